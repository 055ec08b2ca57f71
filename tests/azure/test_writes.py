"""Writes: exactly one request, and every answer to it told apart."""

import pytest

from flexsec.errors import (
    AnswerLost,
    ArmError,
    Busy,
    CredentialUnavailable,
    Forbidden,
    NotFound,
    ServiceFailure,
    Throttled,
    UsageError,
)

BUSY = "Cannot complete operation while server 'shop-db' is busy processing another operation. Try again later."
RESET = ConnectionResetError(104, "Connection reset by peer")


def put(client, keep):
    """One of the writes, as an operation makes it."""
    body = {"properties": {"value": "on", "source": "user-override"}}
    return client.configurations.begin_put("rg", "shop-db", "log_checkpoints", body, polling=False, cls=keep)


def put_rule(client, keep):
    """One of the writes, as an operation makes it."""
    body = {"properties": {"startIpAddress": "1.2.3.4", "endIpAddress": "1.2.3.4"}}
    return client.firewall_rules.begin_create_or_update("rg", "shop-db", "office", body, polling=False, cls=keep)


def delete_rule(client, keep):
    """One of the writes, as an operation makes it."""
    return client.firewall_rules.begin_delete("rg", "shop-db", "office", polling=False, cls=keep)


def put_threat_protection(client, keep):
    """One of the writes, as an operation makes it."""
    operations = client.server_threat_protection_settings
    body = {"properties": {"state": "Enabled"}}
    return operations.begin_create_or_update("rg", "shop-db", "Default", body, polling=False, cls=keep)


def restart(client, keep):
    """One of the writes, as an operation makes it."""
    return client.servers.begin_restart("rg", "shop-db", {"restartWithFailover": False}, polling=False, cls=keep)


EVERY = [put, put_rule, delete_rule, put_threat_protection, restart]


@pytest.mark.parametrize("send", EVERY)
def test_an_accepted_write_is_one_request(kit, send):
    """A 202 gives the status URL, the wait and the operation's name, after exactly one request."""
    acceptance = kit.write(kit.connection(kit.accepted()), send)
    assert acceptance.status_url == kit.status_url
    assert acceptance.retry_after == 10
    assert acceptance.operation == "UpdateOrcasServerParameterManagementOperation"
    assert len(kit.script.requests) == 1
    assert kit.clock.sleeps == []
    assert "canarysignature" not in repr(acceptance)


@pytest.mark.parametrize("send", EVERY)
@pytest.mark.parametrize("status", [200, 201])
def test_a_direct_success_is_a_success(kit, send, status):
    """X27, G9: 200 and 201 with the resource mean done, although the client raises on them."""
    acceptance = kit.write(kit.connection(kit.json(status, {"name": "x", "properties": {"value": "on"}})), send)
    assert acceptance.status_url == ""
    assert len(kit.script.requests) == 1


def test_a_direct_success_with_a_location_is_done(kit):
    """X27: 201 with a Location header points at the resource, not at an operation."""
    acceptance = kit.write(kit.connection(kit.json(201, {"name": "x"}, Location=kit.status_url)))
    assert acceptance.status_url == ""


@pytest.mark.parametrize("send", EVERY)
def test_no_content_is_a_success(kit, send):
    """204 means done: the answer to deleting what is absent."""
    assert kit.write(kit.connection((204, {}, b"")), send).status_url == ""


@pytest.mark.parametrize("send", EVERY)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_write_is_not_sent_again(kit, send, status):
    """G8: an internal error answers one request; whether it took effect is for a read to tell."""
    with pytest.raises(ServiceFailure) as caught:
        kit.write(kit.connection(kit.error(status, "InternalServerError", "Tracking ID: 'abcdefgh-1'")), send)
    assert len(kit.script.requests) == 1
    assert caught.value.tracking_id == "abcdefgh-1"


def test_a_throttled_write_is_not_sent_again(kit):
    """X22: the caller learns the wait; the write is not repeated here."""
    with pytest.raises(Throttled) as caught:
        kit.write(
            kit.connection(kit.error(429, "TooManyRequests", "The request is being throttled.", Retry_After="33"))
        )
    assert caught.value.retry_after == 33
    assert len(kit.script.requests) == 1


def test_a_throttled_write_does_not_hold_reads_back(kit):
    """Reads and writes have separate allowances: a 429 to a write does not delay a read."""
    connection = kit.connection(kit.error(429, "TooManyRequests", "x", Retry_After="33"), kit.json(200, {}))
    with pytest.raises(Throttled):
        kit.write(connection)
    kit.read(connection)
    assert kit.clock.elapsed == 0


def test_busy_at_submit(kit):
    """X1, A2: a 409 that says busy is `Busy`, after one request."""
    with pytest.raises(Busy) as caught:
        kit.write(kit.connection(kit.error(409, "ServerIsBusy", BUSY)))
    assert caught.value.status == 409
    assert len(kit.script.requests) == 1


def test_a_conflict_that_is_not_busy(kit):
    """A 409 for another reason is not safe to send again and is not called busy."""
    with pytest.raises(ArmError, match="lock") as caught:
        kit.write(kit.connection(kit.error(409, "ScopeLocked", "The scope '/x' cannot perform write operation")))
    assert not isinstance(caught.value, Busy)


def test_a_provider_is_never_registered_behind_our_back(kit):
    """A 409 MissingSubscriptionRegistration stays one request: no POST /register, no second write."""
    with pytest.raises(ArmError, match="not registered"):
        kit.write(
            kit.connection(kit.error(409, "MissingSubscriptionRegistration", "The subscription is not registered"))
        )
    assert kit.script.methods == ["PUT"]


def test_a_missing_permission_names_action_and_scope(kit):
    """X28, G13: 403 gives the action and the scope apart."""
    text = (
        "The client 'c' with object id 'o' does not have authorization to perform action "
        "'Microsoft.DBforPostgreSQL/flexibleServers/configurations/write' over scope '/subscriptions/s/x' or the scope "
        "is invalid. If access was recently granted, please refresh your credentials."
    )
    with pytest.raises(Forbidden) as caught:
        kit.write(kit.connection(kit.error(403, "AuthorizationFailed", text)))
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"
    assert caught.value.scope == "/subscriptions/s/x"
    assert caught.value.missing_action in caught.value.message


def test_an_unknown_parameter(kit):
    """X30, B4: 404 ConfigurationNotExists is `NotFound` and speaks of the version."""
    text = "The configuration 'x' does not exist for shop-db server version 16."
    with pytest.raises(NotFound, match="depends on its version"):
        kit.write(kit.connection(kit.error(404, "ConfigurationNotExists", text)))


def test_a_reset_may_have_taken_effect(kit):
    """X29: a write whose answer is lost is `AnswerLost`, never sent again, and carries no request."""
    with pytest.raises(AnswerLost) as caught:
        kit.write(kit.connection(RESET))
    assert len(kit.script.requests) == 1
    assert caught.value.__context__ is None
    assert "set log_checkpoints on shop-db" in caught.value.message


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("body", [b"<html><title>Sign in</title></html>", b'{"properties": {"val', b"\xff\xfe\x00"])
def test_a_success_that_cannot_be_read_is_a_lost_answer(kit, status, body):
    """X29: HTML or cut JSON with a success status may come from anywhere: the resource must be asked."""
    with pytest.raises(AnswerLost):
        kit.write(kit.connection((status, {}, body)))
    assert len(kit.script.requests) == 1


def test_an_acceptance_cut_off_in_its_body_is_followed(kit):
    """X29: the headers of a 202 arrived whole, so the operation can be followed."""
    status, headers, body = kit.accepted()
    acceptance = kit.write(kit.connection((status, {**headers, "Content-Length": "999"}, body[:20])))
    assert acceptance.status_url == kit.status_url
    assert acceptance.operation == ""


def test_an_acceptance_without_a_status_url_is_a_lost_answer(kit):
    """A 202 that does not say where to follow it leaves only the resource to ask."""
    with pytest.raises(AnswerLost, match="without saying where"):
        kit.write(kit.connection((202, {}, b"{}")))


def test_an_acceptance_with_only_a_location_is_followed_there(kit):
    """The Location header is the second choice."""
    acceptance = kit.write(kit.connection((202, {"Location": kit.status_url}, b"")))
    assert acceptance.status_url == kit.status_url


@pytest.mark.parametrize("retry_after", ["soon", "Thu, 01 Jan 2026 12:00:30 GMT", "", "-5", "nan", "1e999"])
def test_an_odd_retry_after_does_not_lose_the_acceptance(kit, retry_after):
    """The client's own parser raises on a Retry-After that is no integer; the write was accepted all the same."""
    acceptance = kit.write(kit.connection(kit.accepted(retry_after=retry_after)))
    assert acceptance.status_url == kit.status_url
    assert acceptance.retry_after in (None, 0.0, 30.0)


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<html>", b"[]", b'"x"', b'{"error": 7}', b'{"error": {"code": 5}}']
)
@pytest.mark.parametrize("status", [300, 304, 400, 401, 402, 403, 404, 405, 409, 412, 413, 418, 429, 499, 500, 599])
def test_any_error_status_with_any_body_is_an_arm_error(kit, status, body):
    """G14: the status is kept whatever the body is."""
    with pytest.raises(ArmError) as caught:
        kit.write(kit.connection((status, {}, body)))
    assert caught.value.status == status
    assert caught.value.__context__ is None
    assert len(kit.script.requests) == 1


def test_a_claims_challenge_is_answered_once(kit):
    """A 401 that asks for other claims was never let in: the write goes out again with a token that has them."""
    challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    refused = kit.error(401, "InvalidAuthenticationToken", "expired", WWW_Authenticate=challenge)
    assert kit.write(kit.connection(refused, kit.accepted())).status_url
    assert [claims for _, claims in kit.credential.asked] == [None, '{"access_token":{}}']


def test_a_claims_challenge_that_cannot_be_met(kit):
    """When the credential cannot meet the challenge, that is said, without the request that provoked it."""

    class NoClaims(kit.credential_type):
        def get_token(self, *scopes, claims=None, **_):
            if claims:
                raise ValueError("run az login again")
            return super().get_token(*scopes)

    challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    refused = kit.error(401, "InvalidAuthenticationToken", "expired", WWW_Authenticate=challenge)
    with pytest.raises(CredentialUnavailable, match="az login") as caught:
        kit.write(kit.connection(refused, credential=NoClaims()))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "challenge",
    [
        *[f'Bearer error="insufficient_claims", claims="{claims}"' for claims in ("%%%", "_w", "abcde", "")],
        "Bearer",
        "Basic",
        "",
    ],
)
def test_a_senseless_challenge_is_a_401(kit, challenge):
    """A challenge that cannot be read leaves the 401."""
    refused = kit.error(401, "InvalidAuthenticationToken", "The access token is invalid.", WWW_Authenticate=challenge)
    with pytest.raises(ArmError, match="Sign in again") as caught:
        kit.write(kit.connection(refused))
    assert caught.value.status == 401


def test_a_mistake_in_the_call_is_not_disguised(kit):
    """A programming error in `send` comes out as itself: nothing was sent."""
    with pytest.raises(TypeError):
        kit.write(kit.connection(kit.accepted()), lambda client, keep: client.configurations.begin_put("only one"))
    assert kit.script.requests == []


def test_a_call_that_sends_nothing_is_an_error(kit):
    """A `send` that sends nothing is not a success."""
    with pytest.raises(AnswerLost, match="no request was sent"):
        kit.write(kit.connection(kit.accepted()), lambda client, keep: None)


@pytest.mark.parametrize("application_id", ["a\r\nX-Evil: 1", "x" * 65, "ü"])
def test_an_application_id_cannot_forge_a_header(kit, application_id):
    """What goes into the user agent is checked before anything is sent."""
    with pytest.raises(UsageError):
        kit.connection(kit.accepted(), application_id=application_id)


def test_the_application_id_leads_the_user_agent(kit):
    """The application id of a script stands before flexsec's own name."""
    kit.write(kit.connection(kit.accepted(), application_id="nightly"))
    assert kit.script.requests[0][2]["User-Agent"].startswith("nightly flexsec/")
