"""What comes in wrong, from a caller, a file or the service: met with a sentence that says what, where and what to do."""

import json
import re

import pytest

from flexsec import FlexSec
from flexsec.engine import plan_file
from flexsec.errors import (
    CredentialUnavailable,
    InvalidTarget,
    InvalidValue,
    JournalDamaged,
    NotFound,
    NotObserved,
    PlanInvalid,
    RunInProgress,
    StalePlan,
    Unauthorized,
    UnknownName,
)
from flexsec.model.resource import ServerId
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Status
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.acceptance.odd import client_through, shop_through
from tests.acceptance.scene import (
    ALL_LEAVE,
    GROUP,
    NAME,
    SUBSCRIPTION,
    TARGET,
    TEN,
    cli,
    effects,
    fault,
    shop,
    value,
    values,
    verdict,
    world,
    writes,
)

OFF = {"log_checkpoints": "off"}


def journal_of(azure):
    """The file of the only run."""
    found = list((azure.state_directory / "runs").glob("*.jsonl"))
    assert len(found) == 1
    return found[0]


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subscription", "group", "name", "told"),
    [
        (SUBSCRIPTION, GROUP, "no-such-db", "server does not exist"),
        (SUBSCRIPTION, "rg-nowhere", NAME, "resource group does not exist"),
        ("99999999-9999-9999-9999-999999999999", GROUP, NAME, "subscription does not exist"),
    ],
)
def test_what_does_not_exist_is_told_apart(subscription, group, name, told):
    """An unknown server, resource group and subscription are three different messages."""
    with simulated("insecure") as azure:
        with pytest.raises(NotFound, match=told) as missing:
            azure.client(subscription_id=subscription).server(group, name).audit()
        assert missing.value.status == 404


@pytest.mark.parametrize(
    "text",
    [
        "shop-db",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/servers/shop-db",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.DBforMySQL/flexibleServers/shop-db",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g./providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/-x-",
        "",
    ],
)
def test_a_malformed_id_is_refused_with_what_was_expected(text):
    """A text that is no flexible server's id is refused before anything is sent."""
    with pytest.raises(InvalidTarget, match=r"expected|cannot exist|is not"):
        ServerId.parse(text)


def test_an_unknown_parameter_is_met_with_close_names():
    """A misspelt parameter is refused before any write, with the right name suggested."""
    with simulated(world()) as azure:
        with pytest.raises(UnknownName, match="log_checkpoints"):
            shop(azure).parameters.set("log_checkpoint", "on")
        assert not writes(azure)


@pytest.mark.parametrize(
    ("name", "addresses", "end", "told"),
    [
        ("office", "203.0.113.9", "203.0.113.1", "above"),
        ("office", "2001:db8::1", None, "IPv6"),
        ("office", "2001:db8::/64", None, "IPv6"),
        ("office", "203.0.113.7/28", None, "host bits"),
        ("office", "203.0.113.256", None, "0 to 255"),
        ("my office", "203.0.113.7", None, "letters, digits"),
        ("office-", "203.0.113.7", None, "not ending"),
        ("x" * 81, "203.0.113.7", None, "1 to 80"),
    ],
)
def test_a_rule_that_the_service_refuses_is_refused_here(name, addresses, end, told):
    """A firewall rule with swapped or wrong addresses, IPv6, or a bad name costs no request."""
    with simulated(world()) as azure:
        with pytest.raises(InvalidValue, match=told):
            shop(azure).firewall.allow(name, addresses, end=end)
        assert not azure.world.requests


def test_a_block_of_addresses_is_converted():
    """A CIDR block is accepted and becomes its first and last address."""
    with simulated(world()) as azure:
        shop(azure).firewall.allow("office", "203.0.113.0/28")
        rule = azure.world.server(NAME).firewall["office"]
        assert (rule.start, rule.end) == ("203.0.113.0", "203.0.113.15")


# -- the service's errors --------------------------------------------------------------------------------------------


def refusing(status, body=b"", headers=None, *, path=""):
    """A service that answers every request that matches with this; the others are answered as usual."""

    def handler(method, url, _headers, _body, service):
        return (status, headers or {}, body) if re.search(path, url) else service()

    return handler


def test_a_token_that_is_not_accepted_ends_it_with_what_to_do():
    """401: sign in again, check the tenant and the cloud; nothing is tried twice."""
    body = b'{"error":{"code":"InvalidAuthenticationToken","message":"The access token is invalid."}}'
    with simulated("insecure") as azure:
        with pytest.raises(Unauthorized, match=r"[Ss]ign in again") as told:
            shop_through(azure, refusing(401, body)).audit()
        assert told.value.status == 401
        assert told.value.code == "InvalidAuthenticationToken"


def test_a_token_that_expires_during_a_run_ends_the_run_resumable():
    """401 in the middle: the rest is not started, and `resume` with a good token goes on."""
    state = {"expired": False}
    body = b'{"error":{"code":"ExpiredAuthenticationToken","message":"The access token expiry time is past."}}'

    def handler(method, url, headers, sent, service):
        if "log_checkpoints" in url and method == "PUT":
            state["expired"] = True
        return (401, {}, body) if state["expired"] else service()

    with simulated("insecure") as azure:
        client = client_through(azure, handler)
        hardening = client.server(GROUP, NAME).harden(leave=ALL_LEAVE)
        assert {verdict.status for verdict in hardening.after.verdicts} == {Status.UNKNOWN}
        assert hardening.run == client.runs()[0]
        run = hardening.run
        assert run.status is RunStatus.PARTIAL
        assert run.ended_at is not None
        resumed = azure.client().resume(run.run_id)
        assert resumed.status is RunStatus.COMPLETE
        assert len(effects(azure)) == len(set(effects(azure)))


def test_what_is_forbidden_names_action_and_scope():
    """403: the missing action and its scope are told, for a read of the server itself."""
    action = "Microsoft.DBforPostgreSQL/flexibleServers/read"
    with simulated("insecure", faults=[fault("X28", times=None, action=action)]) as azure:
        assessment = shop(azure).audit()
        about_server = verdict(assessment, "enc-at-rest-platform")
        assert about_server.status is Status.UNKNOWN
        assert about_server.check.missing_action == action
        assert action in about_server.check.reason
        azure.world.faults.add(Fault("X28", times=None))
        with pytest.raises(NotObserved, match="configurations/read") as told:
            shop(azure).parameters.list()
        assert told.value.missing_action.endswith("/configurations/read")


def test_a_forbidden_write_names_action_and_scope():
    """403 on a write: action and scope stand in the outcome, and it is sent once."""
    action = "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write"
    with simulated(world(), faults=[fault("X28", times=None, action=action)]) as azure:
        failed = shop(azure).firewall.allow("office", "203.0.113.7").outcomes[0]
        assert failed.status is ChangeStatus.FAILED
        assert (failed.missing_action, failed.attempts) == (action, 1)
        assert failed.scope.endswith(f"/flexibleServers/{NAME}/firewallRules/office")
        assert action in failed.message


@pytest.mark.parametrize(
    ("headers", "seconds", "at_least"),
    [(None, 6, 6.0), ("0", 0, 1.0), ("", 7, 7.0)],
    ids=["no header", "zero", "header"],
)
def test_throttling_is_waited_out(headers, seconds, at_least):
    """429: waits as the header says, else as the words say, and never under a second; then it goes on."""
    throttled = fault("X22", times=2, path="configurations", seconds=seconds, retry_after=headers)
    with simulated(world(), faults=[throttled]) as azure:
        assert verdict(shop(azure).audit(), "log-checkpoints").status is Status.PASS
        assert azure.clock.monotonic() >= 2 * at_least


def test_a_throttled_write_is_sent_again_when_it_may_be():
    """429 on a write changed nothing: it is written again after the wait, and takes effect once."""
    throttled = fault("X22", method="PUT", text="ResourceRequestsThrottled", seconds=40)
    with simulated(world(parameters=OFF), faults=[throttled]) as azure:
        run = shop(azure).parameters.set("log_checkpoints", "on")
        assert run.outcomes[0].status is ChangeStatus.APPLIED
        assert run.outcomes[0].attempts == 2
        sent = writes(azure)
        assert (sent[1].time - sent[0].time).total_seconds() >= 40
        assert len(effects(azure)) == 1


def test_a_wait_longer_than_the_time_given_is_not_begun():
    """429 that asks for 372 s in a budget of 60 s: the run ends at once, resumable."""
    throttled = fault("X22", method="PUT", text="ResourceRequestsThrottled", seconds=372)
    with simulated(world(parameters=OFF), faults=[throttled]) as azure:
        run = shop(azure, timeout=60.0).parameters.set("log_checkpoints", "on")
        assert azure.clock.monotonic() < 5.0
        assert run.status is RunStatus.PARTIAL
        assert "372 s" in run.outcomes[0].message
        assert azure.client().resume(run.run_id).status is RunStatus.COMPLETE


def test_a_500_on_a_read_is_tried_three_times():
    """500 on a read: two more tries, then what was read is unknown, with the tracking id in the reason."""
    with simulated(world(), faults=[fault("X7", times=2, path="configurations")]) as azure:
        assert verdict(shop(azure).audit(), "log-checkpoints").status is Status.PASS
    with simulated(world(), faults=[fault("X7", times=None, path="configurations")]) as azure:
        unknown = verdict(shop(azure).audit(), "log-checkpoints")
        assert unknown.status is Status.UNKNOWN
        assert "Tracking ID" in unknown.check.reason


@pytest.mark.parametrize("form", ["html", "truncated", "empty"])
@pytest.mark.parametrize("times", [1, None])
def test_an_answer_that_is_not_json_is_no_state(form, times):
    """HTML, half a body or none, with status 200: asked again, and unknown when it stays; never an empty list."""
    broken = fault("X29", times=times, path="firewallRules", form=form, status=200)
    with simulated("insecure", faults=[broken]) as azure:
        found = verdict(shop(azure).audit(), "net-fw-no-allow-all")
        assert found.status is (Status.FAIL if times else Status.UNKNOWN)


@pytest.mark.parametrize(
    ("broken", "sent"),
    [
        (fault("X29", method="PUT", form="reset_before"), 2),
        (fault("X29", method="PUT", form="reset_after"), 1),
        (fault("X29", method="PUT", form="html", applied=True, status=202), 1),
        (fault("X29", method="PUT", form="html", applied=False, status=202), 2),
        (fault("X29", method="PUT", form="html", applied=True, status=500), 1),
        (fault("X29", method="PUT", form="html", applied=False, status=502), 2),
        (fault("X29", method="PUT", form="truncated"), 1),
        (fault("X29", method="PUT", form="empty"), 1),
    ],
    ids=["reset before", "reset after", "html 202, in effect", "html 202, lost", "html 500, in effect", "html 502, lost",
         "truncated", "empty"],
)  # fmt: skip
def test_a_write_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(broken, sent):
    """A reset before or after the write took effect, and a garbled answer: it takes effect once, whatever was lost."""
    with simulated(world(parameters=OFF), faults=[broken]) as azure:
        run = shop(azure).parameters.set("log_checkpoints", "on")
        assert run.outcomes[0].status is ChangeStatus.APPLIED
        assert value(azure, "log_checkpoints") == "on"
        assert effects(azure) == ("write configurations/log_checkpoints",)
        assert len(writes(azure)) == sent


def test_a_connection_that_breaks_on_every_read_is_told():
    """A connection that never holds: the reads are tried four times, and the parts are unknown with the reason."""
    with simulated(world(), faults=[fault("X29", times=None, form="reset_before")]) as azure:
        assessment = shop(azure).audit()
        assert {v.status for v in assessment.verdicts} == {Status.UNKNOWN}
        assert all("connection broke" in v.check.reason for v in assessment.verdicts)


def test_no_credential_is_told_before_anything_is_sent():
    """A credential that gives no token: the reason is told, without the secret in it, and no request is sent."""

    class Nothing:
        def get_token(self, *scopes, **options):
            raise RuntimeError("vault sealed: client_secret=secret-canary-5151")

    with simulated("insecure") as azure:
        client = FlexSec(Nothing(), SUBSCRIPTION, transport=azure.transport, clock=azure.clock)
        with pytest.raises(CredentialUnavailable, match="vault sealed") as told:
            client.server(GROUP, NAME).audit()
        assert "secret-canary-5151" not in str(told.value)
        assert not azure.world.requests


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: plan["changes"].pop(),
        lambda plan: plan["changes"][0]["after"].update(state="Disabled"),
        lambda plan: plan["leave"].update(restart=True),
        lambda plan: plan["basis"].update(version="17"),
        lambda plan: plan.update(digest="0" * 64),
        lambda plan: plan.update(format=99),
        lambda plan: plan.update(changes="none"),
    ],
)
def test_a_plan_edited_by_hand_is_refused(tmp_path, edit):
    """A plan whose content is not what was sealed is refused, whatever was edited."""
    path = tmp_path / "plan.json"
    with simulated("insecure") as azure:
        plan_file.write(shop(azure).plan(), path)
        data = json.loads(path.read_text())
        edit(data)
        path.write_text(json.dumps(data))
        with pytest.raises(PlanInvalid, match=r"edited|format|not a plan"):
            plan_file.read(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"changes": 1}', "\x00", "name: recommended"])
def test_a_file_that_is_no_plan_is_refused(tmp_path, text):
    """Whatever else stands in the file, the message names it and says how a plan is made."""
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanInvalid, match=r"plan\.json"):
        plan_file.read(path)


def test_a_plan_for_another_server_is_refused():
    """A plan is carried out only on the server that it was made for."""
    with simulated("insecure") as azure:
        client = azure.client()
        plan = client.server(GROUP, NAME).plan()
        with pytest.raises(PlanInvalid, match=NAME):
            client.server(GROUP, "shop-archive").apply(plan)


def test_the_same_plan_is_not_carried_out_twice():
    """A plan that was applied is stale: the server is no longer as it found it."""
    with simulated("insecure") as azure:
        server = shop(azure)
        plan = server.plan(leave=ALL_LEAVE)
        server.apply(plan)
        with pytest.raises(StalePlan):
            server.apply(plan)


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_a_journal_cut_off_in_mid_line_is_continued(cut):
    """The half-written last line of a journal is dropped, and the run is finished without a second effect."""
    with simulated("insecure") as azure:
        server = shop(azure)
        before = values(azure)
        run = server.harden(leave=ALL_LEAVE).run
        done, journal = values(azure), journal_of(azure)
        journal.write_bytes(journal.read_bytes()[:-cut])
        client = azure.client()
        assert client.run(run.run_id).ended_at is None
        with pytest.raises(RunInProgress, match="resume"):
            client.server(GROUP, NAME).parameters.set("work_mem", "65536")
        assert client.resume(run.run_id).status is RunStatus.COMPLETE
        assert values(azure) == done != before
        assert len(effects(azure)) == len(set(effects(azure)))


@pytest.mark.parametrize("damage", ["edited", "missing", "swapped", "binary"])
def test_a_journal_damaged_in_the_middle_is_not_trusted(damage):
    """A journal whose lines do not chain is refused with its run and line, and never resumed or rolled back by."""
    with simulated("insecure") as azure:
        run = shop(azure).harden(leave=ALL_LEAVE).run
        journal = journal_of(azure)
        lines = journal.read_bytes().splitlines(keepends=True)
        match damage:
            case "edited":
                lines[3] = lines[3].replace(b'"number":3', b'"number":4')
            case "missing":
                del lines[3]
            case "swapped":
                lines[3], lines[4] = lines[4], lines[3]
            case "binary":
                lines[3] = b"\x00\xff\xfe\n"
        journal.write_bytes(b"".join(lines))
        client = azure.client()
        for use in (client.resume, client.rollback, client.run):
            with pytest.raises(JournalDamaged, match=f"{run.run_id} is damaged at line 4"):
                use(run.run_id)
        assert client.runs() == ()


def test_an_unknown_run_is_told():
    """A run id that does not exist, or cannot, is an unknown name."""
    with simulated("insecure") as azure:
        client = azure.client()
        for run_id in ("20260105T090000Z-00000000", "../../etc/passwd", ""):
            with pytest.raises(UnknownName, match="flexsec runs"):
                client.resume(run_id)


# -- Ctrl-C ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop_at", [1, 4, 10])
def test_a_stop_in_the_middle_finishes_the_write_in_flight(stop_at):
    """Ctrl-C: the write in flight ends, no other begins, the run is interrupted, and `resume` completes it."""
    with simulated(world()) as azure:
        client = azure.client()

        def stop(event):
            if event.stage == "waiting" and event.number == stop_at:
                client.stop()

        run = client.server(GROUP, NAME).parameters.set_many(TEN, on_event=stop)
        statuses = [o.status for o in run.outcomes]
        assert statuses == [ChangeStatus.APPLIED] * stop_at + [ChangeStatus.NOT_STARTED] * (10 - stop_at)
        assert len(writes(azure)) == stop_at
        assert run.status is (RunStatus.COMPLETE if stop_at == 10 else RunStatus.INTERRUPTED)
        if stop_at < 10:
            assert all("stopped on request" in o.message for o in run.outcomes[stop_at:])
        assert azure.client().resume(run.run_id).status is RunStatus.COMPLETE
        assert len(writes(azure)) == 10
        assert len(effects(azure)) == 10


def test_a_stop_while_the_server_is_busy_sends_nothing_again():
    """Ctrl-C while a write waits to be sent again: it is not, and the run is interrupted."""
    with simulated(world(), faults=[fault("X2", times=None)]) as azure:
        client = azure.client()
        run = client.server(GROUP, NAME).parameters.set_many(
            TEN, on_event=lambda event: client.stop() if event.stage == "waiting" else None
        )
        assert len(writes(azure)) == 1
        assert run.status is RunStatus.INTERRUPTED
        azure.world.faults.clear()
        assert azure.client().resume(run.run_id).status is RunStatus.COMPLETE


def test_an_interrupted_run_is_finished_by_the_command_line(tmp_path):
    """A run that was interrupted in one process is finished by `flexsec resume` in another, with nothing left to find."""
    path = tmp_path / "world.json"
    with simulated("insecure") as azure:
        azure.world.save(path)
    with simulated(path) as azure:
        client = azure.client()
        run = client.server(GROUP, NAME).harden(leave=ALL_LEAVE, on_event=lambda _: client.stop()).run
        assert run.status is RunStatus.INTERRUPTED
    result = cli("resume", "--simulate", path, "--yes", "--format", "json", "--fail-on", "critical")
    assert result.exit_code == 0, result.output
    result = cli("audit", *TARGET, "--simulate", path, "--format", "json", "--fail-on", "critical")
    assert result.exit_code == 0, result.output
