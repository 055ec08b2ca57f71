"""A ready file leads the official clients to an endpoint of its own, and nothing but a ready file does."""

from __future__ import annotations

import json
import socket

import pytest

from flexsec.azure.clouds import Cloud
from flexsec.azure.connection import Connection
from flexsec.azure.endpoint import check_answering, read_endpoint
from flexsec.azure.pipeline import _own_transport
from flexsec.errors import InvalidTarget, UsageError
from flexsec.model.resource import ServerId

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def ready(tmp_path):
    """Writes a ready file with some members changed or, as None, left out."""
    authority = tmp_path / "ca.pem"
    authority.write_text("a certificate")

    def write(**changed):
        document = {
            "arm_endpoint": "https://127.0.0.1:8443/",
            "authority": "https://127.0.0.1:8443",
            "ca_file": str(authority),
            "tenant_id": "33333333-3333-3333-3333-333333333333",
            "client_id": "44444444-4444-4444-4444-444444444444",
            "client_secret": "canary-secret",
            "identity_endpoint": "http://127.0.0.1:8443/msi/token",
            "subscriptions": [
                {"subscription_id": SUBSCRIPTION, "servers": [{"resource_group": "rg-shop", "name": "shop-db"}]}
            ],
        } | changed
        path = tmp_path / "ready.json"
        path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}))
        return path

    return write


def test_a_ready_file_is_a_cloud_an_identity_and_servers(ready, tmp_path):
    """The file's endpoints become a cloud whose tokens are asked for at its own scope, with its own authority."""
    found = read_endpoint(ready())
    assert found.cloud.arm_endpoint == found.cloud.authority == "https://127.0.0.1:8443"
    assert found.cloud.scope == "https://127.0.0.1:8443/.default"
    assert found.cloud.ca_file == str(tmp_path / "ca.pem")
    assert found.servers == (ServerId(SUBSCRIPTION, "rg-shop", "shop-db"),)
    assert "canary-secret" not in repr(found)
    assert found.client_secret.reveal() == "canary-secret"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"arm_endpoint": None}, "'arm_endpoint' is missing"),
        ({"client_secret": ""}, "'client_secret' is missing"),
        ({"tenant_id": 7}, "'tenant_id' is missing or not a text"),
        ({"arm_endpoint": "http://127.0.0.1:8443"}, "expected such as https://"),
        ({"arm_endpoint": "https://me@127.0.0.1"}, "expected such as https://"),
        ({"arm_endpoint": "https://127.0.0.1:99999"}, "expected such as https://"),
        ({"authority": "https://127.0.0.1/tenant"}, "'authority' is 'https://127.0.0.1/tenant'"),
        ({"ca_file": "/nonexistent/ca.pem"}, "has the server ended?"),
        ({"subscriptions": None}, "'subscriptions' is missing"),
        ({"subscriptions": [7]}, "'subscriptions' is missing or not a list of objects"),
        ({"subscriptions": [{"subscription_id": SUBSCRIPTION}]}, "'servers' is missing"),
        ({"subscriptions": [{"subscription_id": SUBSCRIPTION, "servers": [{"name": "x"}]}]}, "'resource_group'"),
    ],
)
def test_what_is_no_ready_file_is_refused(ready, changed, words):
    """The message names the file and the member that is wrong, and not the secret."""
    path = ready(**changed)
    with pytest.raises(UsageError) as caught:
        read_endpoint(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message
    assert "canary-secret" not in caught.value.message


def test_a_wrong_subscription_is_refused(ready):
    """A subscription id in the file that cannot be one is refused as anywhere."""
    with pytest.raises(InvalidTarget, match="nope"):
        read_endpoint(ready(subscriptions=[{"subscription_id": "nope", "servers": []}]))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\x00"])
def test_other_files_are_refused(tmp_path, text):
    """A file that is something else, or not there, is a usage error that says who writes such files."""
    path = tmp_path / "other"
    path.write_text(text)
    for each in (path, tmp_path / "missing", tmp_path):
        with pytest.raises(UsageError, match="simulate serve --ready"):
            read_endpoint(each)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://127.0.0.1:8443/subscriptions", True),
        ("https://127.0.0.1:8444/subscriptions", False),
        ("https://127.0.0.1/subscriptions", False),
        ("http://127.0.0.1:8443/subscriptions", False),
        ("https://management.azure.com:8443/subscriptions", False),
    ],
)
def test_only_links_to_the_endpoints_own_port_are_followed(kit, url, ours):
    """A token goes to the host and port of the endpoint, and to no other port of that host."""
    cloud = Cloud(name="x", arm_endpoint="https://127.0.0.1:8443", authority="x", scope="x")
    connection = Connection(kit.credential, SUBSCRIPTION, clock=kit.clock, cloud=cloud)
    assert connection._is_ours(url) is ours


def test_an_endpoint_of_its_own_is_reached_directly_and_verified():
    """With an authority of its own no proxy of the environment is used, and nothing else is trusted."""
    own = _own_transport(Cloud(name="x", arm_endpoint="x", authority="x", scope="x", ca_file="/ca.pem"))
    usual = _own_transport(Cloud(name="x", arm_endpoint="x", authority="x", scope="x"))
    with own, usual:
        assert (own.connection_config.verify, own.session.trust_env) == ("/ca.pem", False)
        assert (usual.connection_config.verify, usual.session.trust_env) == (True, True)


def test_an_authority_that_is_gone_is_a_broken_connection(tmp_path):
    """A served simulator takes its certificate along when it ends: that is told as a lost answer, not as a defect."""
    from datetime import UTC, datetime

    from flexsec.azure.clouds import Cloud
    from flexsec.azure.connection import Connection
    from flexsec.errors import AnswerLost
    from flexsec.model.clock import Deadline
    from flexsec.testing import VirtualClock, simulated

    clock = VirtualClock(datetime(2026, 1, 5, tzinfo=UTC))
    cloud = Cloud(
        name="endpoint",
        arm_endpoint="https://127.0.0.1:9",
        authority="https://127.0.0.1:9",
        scope="https://127.0.0.1:9/.default",
        ca_file=str(tmp_path / "gone.pem"),
    )
    connection = Connection(
        simulated("insecure").credential, "11111111-1111-1111-1111-111111111111", clock=clock, cloud=cloud
    )
    with pytest.raises(AnswerLost, match="cannot be reached any more"):
        connection.read("/subscriptions/x", what="read it", deadline=Deadline(clock, 60.0))


def test_where_vaults_answer_comes_from_the_file(ready):
    """Below the endpoint itself, also when an older file does not say; a vault's token goes nowhere else."""
    assert read_endpoint(ready()).cloud.vault_url == "https://127.0.0.1:8443/vaults/{vault}"
    told = "https://127.0.0.1:8443/kv/{vault}"
    assert read_endpoint(ready(vault_url=told)).cloud.vault_url == told
    for wrong in ("https://evil.example/{vault}", "https://127.0.0.1:8443/vaults", 7):
        with pytest.raises(UsageError, match="'vault_url' is"):
            read_endpoint(ready(vault_url=wrong))


def test_a_file_that_a_killed_simulator_left_behind_is_told_at_once(ready):
    """A closed port of this machine is told with the file and what to do; another machine is not asked beforehand."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        path = ready(arm_endpoint=f"https://127.0.0.1:{port}")
        check_answering(read_endpoint(path), path)
    with pytest.raises(UsageError, match=f"nothing answers at https://127.0.0.1:{port}, where endpoint file .*ready"):
        check_answering(read_endpoint(path), path)
    elsewhere = ready(arm_endpoint="https://azure.invalid:1")
    check_answering(read_endpoint(elsewhere), elsewhere)
