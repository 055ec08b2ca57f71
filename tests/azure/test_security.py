"""Writes to Microsoft.Security: one request through the official client, with the tier alone, and nothing logged of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from flexsec.errors import AnswerLost, ArmError, Busy, Forbidden, ServiceFailure, Throttled

PLAN = "OpenSourceRelationalDatabases"
CONFLICT = "Another update operation is in progress. Please retry in a few minutes"


def switch(connection, *, tier="Standard", warn=lambda _: ()):
    """Switch the plan."""
    body = {"properties": {"pricingTier": tier}}
    scope = f"subscriptions/{connection.subscription_id}"
    return connection.write_security(
        lambda client: client.pricings.update(scope, PLAN, body), what="switch the plan", warn=warn
    )


def answer(status, document, **headers):
    """An answer of the service."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return status, {"Content-Type": "application/json", **headers}, body


@pytest.mark.parametrize("status", [200, 201])
def test_one_request_with_the_tier_alone(kit, status):
    """One PUT at the pinned api-version, with our user agent, the tier and nothing else; done at once."""
    connection = kit.connection(
        answer(status, {"properties": {"pricingTier": "Standard"}}, **{"x-ms-request-id": "r-1"})
    )
    acceptance = switch(connection)
    assert (acceptance.status_url, acceptance.request_id, acceptance.warnings) == ("", "r-1", ())
    ((method, url, headers, body, _),) = kit.script.requests
    assert method == "PUT"
    assert url.endswith(f"/providers/Microsoft.Security/pricings/{PLAN}?api-version=2024-01-01")
    assert json.loads(body) == {"properties": {"pricingTier": "Standard"}}
    assert headers["User-Agent"].startswith("flexsec/")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (answer(409, {"error": {"code": "Conflict", "message": CONFLICT}}), Busy),
        (answer(409, {"error": {"code": "Conflict", "message": "something else"}}), ArmError),
        (answer(409, {"error": {"code": "MissingSubscriptionRegistration", "message": "x"}}), ArmError),
        (answer(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}), Forbidden),
        (answer(429, {"error": {"code": "TooManyRequests", "message": "x"}}, **{"Retry-After": "9"}), Throttled),
        (answer(500, {"error": {"code": "InternalServerError", "message": "x"}}), ServiceFailure),
        (answer(302, b"", Location="https://elsewhere.example/"), ArmError),
        (answer(200, b"<html>"), AnswerLost),
        (ConnectionError("reset"), AnswerLost),
    ],
)
def test_nothing_is_sent_twice(kit, given, error):
    """Whatever the answer, the client sends one request: no retry, no redirect, no registration of the provider."""
    connection = kit.connection(given)
    with pytest.raises(error) as caught:
        switch(connection)
    assert len(kit.script.requests) == 1
    assert isinstance(caught.value, Busy) is (error is Busy)


def test_what_a_successful_answer_warns_of_is_kept(kit):
    """What the answered document tells of failures beside its success is on the acceptance, scrubbed."""
    connection = kit.connection(answer(200, {"properties": {"note": "Bearer abc.def"}}))
    acceptance = switch(connection, warn=lambda document: (str(document["properties"]["note"]),))
    assert acceptance.warnings == ("Bearer ...",)


def test_no_body_and_no_token_in_the_log(kit, caplog):
    """At DEBUG there is a line for the request, and neither its body nor the token."""
    caplog.set_level(logging.DEBUG)
    switch(kit.connection(answer(200, {"properties": {"pricingTier": "Standard"}})))
    assert (
        f"PUT https://management.azure.com/subscriptions/{kit.subscription}/providers/Microsoft.Security" in caplog.text
    )
    assert "pricingTier" not in caplog.text
    assert kit.credential.token not in caplog.text


def test_reads_and_writes_do_not_mix(kit):
    """The two official clients have a pipeline each: a write to one provider leaves the other's answers alone."""
    plan = answer(200, {"properties": {"pricingTier": "Standard"}})
    connection = kit.connection(plan, answer(200, {"name": "shop-db"}), plan, answer(200, {"name": "shop-db"}))
    for _ in range(2):
        assert switch(connection).status_url == ""
        assert kit.read(connection) == {"name": "shop-db"}


@pytest.mark.parametrize(
    "code",
    [
        "import flexsec",
        "import flexsec.client, flexsec.client.defender, flexsec.operations.registry, flexsec.azure.connection",
        "from flexsec.testing import simulated\nwith simulated('insecure') as s: s.server('rg-shop', 'shop-db').audit()",
        "from flexsec.testing import simulated\nwith simulated('insecure') as s: s.client().defender.show()",
    ],
    ids=["import", "client", "audit", "show"],
)
def test_the_security_client_is_loaded_by_writes_alone(code):
    """Neither importing flexsec, nor an audit by `recommended`, nor looking at the plan loads azure.mgmt.security."""
    code += "\nimport sys; print('azure.mgmt.security' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "False", done.stderr
