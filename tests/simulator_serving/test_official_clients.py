"""The official clients and azure-identity work on a served world as on Azure, by way of the ready file."""

from __future__ import annotations

import json

import pytest
from azure.identity import ManagedIdentityCredential

from flexsec import FlexSec, Leave
from flexsec.azure.endpoint import read_endpoint
from flexsec.errors import CredentialUnavailable
from flexsec.model.run import RunStatus
from flexsec.simulator import Fault

LEAVE = Leave(restart=True, closing=("firewall",), without_evidence="a test")


class ServedTime:
    """The served world's clock; waiting moves it."""

    def __init__(self, served):
        self._served = served
        self._start = served.clock.now()

    def now(self):
        return self._served.clock.now()

    def monotonic(self):
        return (self._served.clock.now() - self._start).total_seconds()

    def sleep(self, seconds):
        self._served.advance(seconds)


@pytest.fixture
def azure(serving, tmp_path):
    """A library client of a served insecure world, and what serves it."""
    with serving(ready=tmp_path / "ready.json") as client:
        endpoint = read_endpoint(tmp_path / "ready.json")
        yield (
            FlexSec(
                endpoint.credential(),
                endpoint.servers[0].subscription_id,
                cloud=endpoint.cloud,
                clock=ServedTime(client.served),
                state_directory=tmp_path / "state",
            ),
            client.served,
        )


def test_a_server_is_hardened_over_https(azure):
    """Observing, hardening, verifying and rolling back go through HTTPS, sign-in and the official client; one write at a time."""
    flexsec, served = azure
    handle = flexsec.server("rg-shop", "shop-db")
    hardening = handle.harden(leave=LEAVE)
    assert hardening.run.status is RunStatus.COMPLETE
    assert served.world.server("shop-db").parameters["require_secure_transport"].value == "on"
    assert served.world.max_writes_in_flight(served.world.server_id("shop-db")) == 1
    again = flexsec.rollback(hardening.run.run_id, leave=Leave(lower_security=True, **_plain(LEAVE)))
    assert again.status in {RunStatus.COMPLETE, RunStatus.ROLLED_BACK}
    assert served.world.server("shop-db").parameters["require_secure_transport"].value == "off"


def _plain(leave):
    return {"restart": leave.restart, "closing": leave.closing, "without_evidence": leave.without_evidence}


def test_a_connection_that_breaks_after_a_write_is_weathered(azure):
    """The library survives a real reset of the connection after a write took effect: it reads, and does not write again."""
    flexsec, served = azure
    served.world.faults.add(
        Fault("X29", method="PUT", path="log_checkpoints", arguments={"form": "reset_after", "applied": True})
    )
    run = flexsec.server("rg-shop", "shop-db").parameters.set("log_checkpoints", "on")
    assert run.status is RunStatus.COMPLETE
    assert sum(each.method == "PUT" for each in served.world.requests) == 1


def test_a_wrong_secret_is_refused_in_words(serving, tmp_path):
    """azure-identity gets the service's refusal, and the library says it without the secret."""
    path = tmp_path / "ready.json"
    with serving(ready=path) as client:
        wrong = tmp_path / "wrong.json"
        wrong.write_text(json.dumps({**client.served.endpoint, "client_secret": "canary-wrong"}))
        endpoint = read_endpoint(wrong)
        flexsec = FlexSec(
            endpoint.credential(),
            endpoint.servers[0].subscription_id,
            cloud=endpoint.cloud,
            state_directory=tmp_path / "state",
        )
        with pytest.raises(CredentialUnavailable, match="AADSTS7000215") as caught:
            flexsec.server("rg-shop", "shop-db").audit()
    assert "canary-wrong" not in str(caught.value)


def test_a_managed_identity_signs_in(serving, monkeypatch):
    """azure-identity's managed identity takes its token from the identity endpoint of the ready file."""
    with serving() as client:
        monkeypatch.setenv("IDENTITY_ENDPOINT", client.served.endpoint["identity_endpoint"])
        monkeypatch.setenv("IDENTITY_HEADER", "any")
        with ManagedIdentityCredential() as credential:
            token = credential.get_token(client.served.endpoint["arm_endpoint"] + "/.default").token
        answered = client.arm("GET", "/subscriptions", headers={"Authorization": f"Bearer {token}"})
        assert answered.status in {200, 400}  # 400: that version is the PostgreSQL provider's
        assert (
            client.arm(
                "GET", client.served.world.server_id("shop-db"), headers={"Authorization": f"Bearer {token}"}
            ).status
            == 200
        )
