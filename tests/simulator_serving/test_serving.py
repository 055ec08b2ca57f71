"""A served world answers any client over HTTPS on loopback."""

from __future__ import annotations

import json
import socket
import ssl
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from flexsec.simulator import World
from flexsec.simulator.serving import PortUnavailable, serve
from tests.simulator_serving.conftest import DB, Client

READY_KEYS = {
    "arm_endpoint", "authority", "ca_file", "tenant_id", "client_id", "client_secret", "identity_endpoint",
    "subscriptions", "vault_url",
}  # fmt: skip


def test_the_ready_file_tells_all_that_a_client_needs(serving, tmp_path):
    """The ready file is there once connections are accepted, names every server, is its owner's alone, and goes at the end."""
    path = tmp_path / "ready.json"
    with serving(ready=path) as client:
        document = json.loads(path.read_text())
        assert set(document) == READY_KEYS
        assert document == client.served.endpoint
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert document["subscriptions"] == [
            {
                "subscription_id": "11111111-1111-1111-1111-111111111111",
                "servers": [
                    {"resource_group": "rg-shop", "name": "shop-db"},
                    {"resource_group": "rg-shop", "name": "shop-archive"},
                ],
                "vaults": [
                    {
                        "resource_group": "rg-shop",
                        "name": "kv-shop",
                        "url": f"{document['arm_endpoint']}/vaults/kv-shop",
                    }
                ],
            }
        ]
        assert client.arm("GET", DB).json["name"] == "shop-db"
    assert not path.exists()


def test_a_ready_file_of_an_earlier_run_is_replaced(serving, tmp_path):
    """Whoever waits for the ready file never reads what an earlier run left; an empty file is taken too."""
    path = tmp_path / "ready.json"
    for left in ('{"arm_endpoint": "https://127.0.0.1:1"}', "", "\n"):
        path.write_text(left)
        with serving(ready=path) as client:
            assert json.loads(path.read_text())["arm_endpoint"] == client.served.endpoint["arm_endpoint"]


@pytest.mark.parametrize("text", ["dear diary", "[1]", '{"a": 1}'])
def test_somebodys_file_is_not_overwritten(tmp_path, text):
    """A ready file that would replace some other file is refused, and the file is left alone."""
    path = tmp_path / "diary.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match="is not a ready file"), serve(World.builtin("insecure"), ready=path):
        pass
    assert path.read_text() == text


def test_only_its_own_authority_vouches_for_it(client):
    """The certificate is good for 127.0.0.1 and localhost by the authority of the run, and by no other."""
    for name in ("127.0.0.1", "localhost"):
        with (
            socket.create_connection(("127.0.0.1", client.port)) as plain,
            client.context.wrap_socket(plain, server_hostname=name) as tls,
        ):
            assert tls.version() in {"TLSv1.2", "TLSv1.3"}
    with (
        socket.create_connection(("127.0.0.1", client.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost"),
    ):
        pass


def test_the_port_is_on_loopback_alone(client):
    """The listening socket is bound to 127.0.0.1."""
    assert client.served._listener._socket.getsockname() == ("127.0.0.1", client.port)


def test_a_port_in_use_is_told(client):
    """A second server on the port is refused with the port and the reason; the first goes on."""
    with (
        pytest.raises(PortUnavailable, match=rf"port {client.port} of 127.0.0.1.*in use"),
        serve(World.builtin("insecure"), port=client.port),
    ):
        pass
    assert client.alive()


def test_one_connection_carries_many_requests(client):
    """Connections are kept alive as long as the client wants."""
    client.arm("GET", DB)
    socket_before = client.connection.sock
    for _ in range(5):
        assert client.arm("GET", DB).status == 200
    assert client.connection.sock is socket_before
    assert client.served.connections == 1
    closed = client.arm("GET", DB, headers={"Connection": "close", "Authorization": f"Bearer {client.token}"})
    assert closed.headers["connection"] == "close"


def test_several_requests_may_be_sent_at_once(client):
    """Requests that a client sends without waiting are answered in order."""
    wanted = b"GET /_simulator/%b HTTP/1.1\r\nHost: localhost\r\n%b\r\n"
    sent = wanted % (b"clock", b"") + wanted % (b"latency", b"") + wanted % (b"faults", b"Connection: close\r\n")
    received = client.send_raw(sent)
    assert received.count(b"HTTP/1.1 200 ") == 3
    assert received.index(b"time_scale") < received.index(b"milliseconds") < received.index(b'"faults"')


def test_a_large_answer_is_compressed_when_asked(client):
    """Gzip comes when the client takes it, and means the same; without it, or with q=0, the body is plain."""
    url = f"{DB}/configurations"
    head = {"Authorization": f"Bearer {client.token}"}
    plain = client.arm("GET", url)
    packed = client.arm("GET", url, headers={**head, "Accept-Encoding": "deflate, gzip;q=0.8"})
    refused = client.arm("GET", url, headers={**head, "Accept-Encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.raw) < len(plain.raw) / 4
    assert packed.json == plain.json == refused.json
    assert "content-encoding" not in plain.headers | refused.headers


def test_every_answer_has_a_request_id(client):
    """Answers, refusals, sign-in, control and broken requests alike carry an id that no other answer has."""
    head = {"Authorization": f"Bearer {client.token}"}
    answers = [
        client.arm("GET", DB),
        client.arm("GET", DB, headers={}),
        client.arm("GET", DB + "/nothing"),
        client.ask("GET", "/nowhere", headers=head),
        client.control("GET", "clock"),
        client.control("GET", "nothing"),
        client.arm("PUT", DB, b"x" * (4 * 1024 * 1024 + 1)),
    ]
    ids = [each.headers["x-ms-request-id"] for each in answers]
    assert len(set(ids)) == len(ids)
    assert [each.status for each in answers] == [200, 401, 404, 404, 200, 404, 413]
    assert b"x-ms-request-id: " in client.send_raw(b"nonsense\r\n\r\n")


def test_links_lead_back_to_the_name_the_client_used(client):
    """The status URL of a write is on the host by which the client came."""
    head = {"Authorization": f"Bearer {client.token}", "Host": f"localhost:{client.port}"}
    body = {"properties": {"value": "on", "source": "user-override"}}
    accepted = client.arm("PUT", f"{DB}/configurations/log_checkpoints", body, headers=head)
    assert accepted.status == 202
    assert urlsplit(accepted.headers["azure-asyncoperation"]).netloc == f"localhost:{client.port}"


def test_no_other_host_gets_into_an_answer(client):
    """A request for another host is refused: its name would otherwise stand in links that tokens are sent to."""
    answered = client.arm("GET", DB, headers={"Host": "management.azure.com"})
    assert answered.status == 421
    assert answered.json["error"]["code"] == "MisdirectedRequest"


def test_a_managed_identity_is_asked_without_tls(client):
    """The identity endpoint of the ready file answers plain HTTP, as App Service's does, and its token is good."""
    address = urlsplit(client.served.endpoint["identity_endpoint"])
    resource = client.served.endpoint["arm_endpoint"]
    asked = (
        f"GET {address.path}?api-version=2019-08-01&resource={resource} HTTP/1.1\r\n"
        f"Host: {address.netloc}\r\nX-IDENTITY-HEADER: any\r\nConnection: close\r\n\r\n"
    )
    received = client.send_raw(asked.encode(), tls=False)
    assert received.startswith(b"HTTP/1.1 200 ")
    token = json.loads(received.partition(b"\r\n\r\n")[2])["access_token"]
    assert client.arm("GET", DB, headers={"Authorization": f"Bearer {token}"}).status == 200


def test_time_runs_at_the_scale_asked_for(serving):
    """With a high time scale an operation of ten simulated seconds is over almost at once, also when nobody asks."""
    with serving(time_scale=10_000) as client:
        body = {"properties": {"value": "on", "source": "user-override"}}
        taken = threading.Event()
        client.served.world.observers.append(lambda operation: taken.set())
        accepted = client.arm("PUT", f"{DB}/configurations/log_checkpoints", body)
        assert accepted.headers["retry-after"] == "1"
        assert taken.wait(10)
        assert client.arm("GET", f"{DB}/configurations/log_checkpoints").json["properties"]["value"] == "on"


def test_time_begins_at_the_real_one_or_later(serving):
    """A world from the past is served at the present; one from the future keeps its time."""
    with serving() as client:
        assert abs((client.served.clock.now() - datetime.now(UTC)).total_seconds()) < 60
    future = World.builtin("insecure")
    future.state.clock = datetime(2100, 1, 1, tzinfo=UTC)
    with serving(future) as client:
        assert client.served.clock.now().year == 2100


def test_a_kept_world_is_saved_at_the_end(serving, tmp_path):
    """What happened to a world that is attached to a file is in the file afterwards, down to its clock."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    world = World.load(path)
    world.attach(path)
    with serving(world) as client:
        rule = {"properties": {"startIpAddress": "203.0.113.9", "endIpAddress": "203.0.113.9"}}
        assert client.arm("PUT", f"{DB}/firewallRules/late", rule).status in {201, 202}
        client.served.advance(3600)
        last = client.served.clock.now()
    kept = World.load(path)
    assert "late" in kept.server("shop-db").firewall
    assert kept.clock >= last


def test_a_world_file_made_unreadable_is_told_and_the_server_goes_on(serving, tmp_path):
    """While the world's file is no world, requests are answered 503 with the reason; when it is mended, all is well."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    good = path.read_text()
    world = World.load(path)
    world.attach(path)
    with serving(world) as client:
        assert client.arm("GET", DB).status == 200
        path.write_text("{")
        broken = client.arm("GET", DB)
        assert broken.status == 503
        assert "world.json" in broken.json["error"]["message"]
        path.write_text(good)
        assert client.arm("GET", DB).status == 200


def test_a_served_world_can_be_served_again(serving):
    """After the end nothing is left behind that keeps the world from being used otherwise."""
    world = World.builtin("insecure")
    before, running = world.surroundings, set(threading.enumerate())
    for _ in range(2):
        with serving(world) as client:
            assert client.arm("GET", DB).status == 200
    assert world.surroundings == before
    assert not [each for each in set(threading.enumerate()) - running if each.name.startswith("flexsec-")]


def test_an_answer_under_way_is_finished_at_the_end(serving):
    """A request that is being answered when the server is told to stop gets its answer."""
    world, entered, release = World.builtin("insecure"), threading.Event(), threading.Event()
    with serving(world) as client:
        client.token  # noqa: B018 - signs in while nothing waits
        application = client.served._application
        application.latency = 1.0
        application._sleep = lambda _: (entered.set(), release.wait(10))
        found = []
        asking = threading.Thread(target=lambda: found.append(client.arm("GET", DB)))
        asking.start()
        assert entered.wait(10)
        threading.Timer(0.05, release.set).start()
    asking.join(10)
    assert [each.status for each in found] == [200]


def test_latency_comes_before_every_answer(serving):
    """Each answer of the service waits the latency once; the control endpoint does not."""
    with serving(latency=0.25) as client:
        waits = []
        client.served._application._sleep = waits.append
        client.arm("GET", DB)
        client.control("GET", "clock")
        assert waits == [0.25, 0.25]  # signing in, and the read


def test_many_clients_at_once_share_one_world(client):
    """Eight clients that read and write at the same time all get their answers, each with an id of its own, from one world."""
    token, barrier, ids = client.token, threading.Barrier(8), []

    def work(number):
        own = Client(client.served)
        own._token = token
        with closing(own.connection):
            barrier.wait(10)
            for turn in range(10):
                address = f"203.0.{number}.{turn}"
                rule = {"properties": {"startIpAddress": address, "endIpAddress": address}}
                answers = [own.arm("PUT", f"{DB}/firewallRules/r{number}-{turn}", rule), own.arm("GET", DB)]
                ids.extend((each.status, each.headers["x-ms-request-id"]) for each in answers)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ids) == len({each for _, each in ids}) == 160
    assert {status for status, _ in ids} <= {200, 202}
    assert client.control("GET", "requests?method=PUT").json["count"] == 80
    assert client.control("GET", f"requests?path={DB.rpartition('/')[2]}$").json["count"] == 80
