"""Long operations, the SDK and the run time: what users of the service suffered from, and must not suffer from here."""

import itertools
import json
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from flexsec.cli.main import root
from flexsec.errors import NotObserved
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.acceptance.odd import shop_through
from tests.acceptance.scene import (
    ALL_LEAVE,
    ALL_LEAVE_FLAGS,
    TARGET,
    TEN,
    cli,
    effects,
    fault,
    outcome,
    polls,
    shop,
    value,
    verdict,
    world,
    writes,
)

ROOT = Path(__file__).resolve().parents[2]
STATUS_READ = "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
OFF = {"log_checkpoints": "off"}
ONE_OF_EACH = {
    "parameters": lambda server: server.parameters.set("log_checkpoints", "on"),
    "firewall": lambda server: server.firewall.allow("office", "203.0.113.7"),
    "threat_protection": lambda server: server.threat_protection.enable(),
}


@pytest.mark.parametrize("word", ["InProgress", "Completed", "Updating", "Pondering"])
def test_an_operation_that_never_ends_is_indeterminate_and_never_a_success(word):
    """G3: at the deadline the run says that it does not know, within a second of it, and can be resumed."""
    with simulated(world(parameters=OFF), faults=[fault("X23", status=word)]) as azure:
        run = shop(azure, timeout=120.0).parameters.set("log_checkpoints", "on")
        assert run.status is RunStatus.INDETERMINATE
        assert run.outcomes[0].status is ChangeStatus.INDETERMINATE
        assert azure.clock.monotonic() <= 121.0
        assert len(writes(azure)) == 1


def test_the_exit_code_of_an_operation_that_never_ends(tmp_path):
    """G3: the command ends with 5 and names the way to go on."""
    path = tmp_path / "world.json"
    with simulated(world(parameters=OFF), faults=[fault("X23")]) as azure:
        azure.world.save(path)
    result = cli("parameters", "set", "log_checkpoints", "on", *TARGET, "--simulate", path, "--yes", "--timeout", "2m")
    assert result.exit_code == 5, result.output
    assert json.loads(result.stdout)["status"] == "indeterminate"
    assert "resume" in result.stderr


def test_an_operation_that_ended_later_is_found_by_resume():
    """G3: what took effect after the deadline is found, not written again."""
    with simulated(world(parameters=OFF, durations={"configurations": 300.0})) as azure:
        run = shop(azure, timeout=60.0).parameters.set("log_checkpoints", "on")
        assert run.status is RunStatus.INDETERMINATE
        resumed = azure.client().resume(run.run_id)
        assert resumed.status is RunStatus.COMPLETE
        assert len(writes(azure)) == 1
        assert effects(azure) == ("write configurations/log_checkpoints",)


def test_eager_polling_ends_a_short_operation_soon():
    """G4: an operation of three seconds is done in under six when polled eagerly."""
    with simulated(world(parameters=OFF, durations={"configurations": 3.0})) as azure:
        run = shop(azure, poll="eager").parameters.set("log_checkpoints", "on")
        assert run.status is RunStatus.COMPLETE
        assert azure.clock.monotonic() < 6.0


def test_ten_eager_writes_take_little_longer_than_the_service():
    """G4: ten parameters of three seconds each are no matter of minutes."""
    with simulated(world(durations={"configurations": 3.0})) as azure:
        assert shop(azure, poll="eager").parameters.set_many(TEN).status is RunStatus.COMPLETE
        assert azure.clock.monotonic() < 60.0


def test_by_default_the_service_says_when_to_ask():
    """G4: without the option no poll is sent sooner than Retry-After allows."""
    with simulated(world(parameters=OFF, durations={"configurations": 25.0})) as azure:
        shop(azure).parameters.set("log_checkpoints", "on")
        sent = writes(azure)[0].time
        assert [(p.time - sent).total_seconds() for p in polls(azure)] == [10.0, 20.0, 30.0]


def test_without_a_header_polls_come_after_one_to_five_seconds():
    """G4: a restart comes without Retry-After: the pauses grow from one second to five, and are never 30."""
    with simulated("insecure") as azure:
        shop(azure).harden(leave=ALL_LEAVE)
        restart = writes(azure, "/restart$")[0]
        times = [restart.time, *(p.time for p in polls(azure) if p.operation_id == restart.operation_id)]
        pauses = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
        assert len(pauses) > 10
        assert all(1.0 <= pause <= 5.0 for pause in pauses)
        assert pauses == sorted(pauses)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_forbidden_status_is_settled_by_reading_the_resource(kind):
    """G5: 403 on the status URL is no failure: the resource is read, and the missing action is told."""
    with simulated(world(parameters=OFF), faults=[fault("X24", times=None)]) as azure:
        run = ONE_OF_EACH[kind](shop(azure))
        done = run.outcomes[0]
        assert done.status is ChangeStatus.APPLIED
        assert "read back" in done.proof
        assert any(STATUS_READ in warning for warning in done.warnings)
        assert len(writes(azure)) == 1


def test_a_role_without_the_right_to_follow_operations_still_hardens():
    """G5: an identity that lacks only the right to read operations ends complete, with warnings."""
    allowed = ["Microsoft.DBforPostgreSQL/flexibleServers/*"]
    with simulated(world(parameters=OFF, principals={"narrow": allowed}), principal="narrow") as azure:
        run = shop(azure).harden(leave=ALL_LEAVE).run
        assert run.status is RunStatus.COMPLETE
        assert all(any(STATUS_READ in warning for warning in o.warnings) for o in run.outcomes)


@pytest.mark.parametrize(
    "lost",
    [
        fault("X25", times=None),
        fault("X26", status=204),
        fault("X26", status=200),
        fault("X40", times=None),
    ],
    ids=["404", "204", "empty 200", "500"],
)
@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_status_that_cannot_be_had_is_settled_by_reading_the_resource(lost, kind):
    """G6: a status URL that is gone, empty or failing proves nothing: the resource does."""
    with simulated(world(parameters=OFF), faults=[lost]) as azure:
        run = ONE_OF_EACH[kind](shop(azure))
        assert run.outcomes[0].status is ChangeStatus.APPLIED
        assert "read back" in run.outcomes[0].proof
        assert len(writes(azure)) == 1


def test_one_failing_poll_is_asked_again():
    """G6: a single 500 on the status URL is passed over."""
    with simulated(world(parameters=OFF), faults=[fault("X40")]) as azure:
        done = shop(azure).parameters.set("log_checkpoints", "on").outcomes[0]
        assert (done.status, done.proof, done.warnings) == (ChangeStatus.APPLIED, "read back", ())


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_canceled_operation_is_a_failure(kind):
    """G6: Canceled is a failure, told with its code, and not written again."""
    with simulated(world(parameters=OFF), faults=[fault("X41")]) as azure:
        run = ONE_OF_EACH[kind](shop(azure))
        assert run.outcomes[0].status is ChangeStatus.FAILED
        assert run.outcomes[0].code == "OperationCancelled"
        assert len(writes(azure)) == 1
        assert not effects(azure)


@pytest.mark.parametrize("moment", ["answer", "poll"])
def test_another_process_finishes_what_a_killed_one_began(tmp_path, moment):
    """G7: a process killed after the 202: `resume` in another one ends the write without a second PUT."""
    path = tmp_path / "world.json"
    with simulated(world(parameters=OFF)) as azure:
        azure.world.save(path)
    child = subprocess.run(
        [sys.executable, str(ROOT / "tests/acceptance/dies_at.py"), str(path), moment],
        env={"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr
    result = subprocess.run(
        [sys.executable, "-m", "flexsec", "resume", "--simulate", str(path), "--yes", "--format", "json"],
        cwd=ROOT, capture_output=True, check=False, timeout=60, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == "complete"
    kept = json.loads(path.read_text())
    assert [operation["kind"] for operation in kept["operations"]] == ["configurations"]
    with simulated(path) as azure:
        assert effects(azure) == ("write configurations/log_checkpoints",)
        assert value(azure, "log_checkpoints") == "on"


@pytest.mark.parametrize("applied", [True, False])
def test_a_restart_answered_with_500_is_looked_for_before_it_is_sent_again(applied):
    """G8: after a failed restart the server is read first; one that took effect is not repeated."""
    broken = fault("X7", path="/restart$", form="immediate", applied=applied)
    with simulated("insecure", faults=[broken]) as azure:
        run = shop(azure).harden(leave=ALL_LEAVE).run
        assert outcome(run, "restart/server").status is ChangeStatus.APPLIED
        sent = writes(azure, "/restart$")
        assert len(sent) == (1 if applied else 2)
        assert effects(azure).count("restart") == 1
        requests = list(azure.world.requests)
        for earlier, later in itertools.pairwise(sent):
            between = requests[requests.index(earlier) + 1 : requests.index(later)]
            assert any(r.method == "GET" and "/locations/" not in r.path for r in between)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_an_answer_at_once_is_a_success(kind, status):
    """G9: 200 or 201 with the resource, on which the official client raises, is a write that is done."""
    with simulated(world(parameters=OFF), faults=[fault("X27", status=status)]) as azure:
        run = ONE_OF_EACH[kind](shop(azure))
        assert [(o.status, o.attempts, o.warnings) for o in run.outcomes] == [(ChangeStatus.APPLIED, 1, ())]
        assert len(writes(azure)) == 1
        assert not polls(azure)


def test_importing_flexsec_loads_nothing_heavy():
    """G10: the import costs neither an Azure package nor pydantic, rich or YAML."""
    code = (
        "import sys, flexsec; "
        "print([m for m in sys.modules if m.split('.')[0] in ('azure','pydantic','rich','yaml','requests','click')])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_an_audit_does_not_load_the_network_client():
    """G10: an audit loads the PostgreSQL client alone; azure.mgmt.network and -security stay out."""
    code = (
        "import sys\n"
        "from flexsec.cli.main import root\n"
        "root.main(['audit','-g','rg-shop','-n','shop-db','--simulate','insecure','--exit-zero'],"
        " standalone_mode=False)\n"
        "print(sorted({'.'.join(m.split('.')[:3]) for m in sys.modules if m.startswith('azure.mgmt.')}),"
        " file=sys.stderr)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = told.stderr.strip().splitlines()[-1]
    assert "azure.mgmt.postgresqlflexibleservers" in loaded
    assert "azure.mgmt.network" not in loaded
    assert "azure.mgmt.security" not in loaded


def commands(command=root, path=("flexsec",)):
    """Every command line that there is, as lines of words: the command, then its arguments and options."""
    context = click.Context(command, info_name=path[-1])
    words = sorted(" ".join(sorted(p.opts)) if p.param_type_name == "option" else p.human_readable_name
                   for p in command.get_params(context) if "--help" not in p.opts)  # fmt: skip
    yield f"{' '.join(path)}: {', '.join(words)}"
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            yield from commands(command.get_command(context, name), (*path, name))


def test_the_command_line_is_what_scripts_rely_on():
    """G11: no command, argument or option goes or is renamed; a new one is added to the list beside this file."""
    agreed = (Path(__file__).parent / "command_line.txt").read_text(encoding="utf-8").splitlines()
    assert list(commands()) == agreed


def odd_fields(body):
    """What the service may do to an answer between versions: new members, nulls, lists in the place of objects."""
    document = json.loads(body)
    if not isinstance(document, dict):
        return body
    document["surprise"] = [{"deeply": {"nested": None}}]
    for entry in [document, *document.get("value", [])]:
        properties = entry.get("properties")
        if isinstance(properties, dict):
            properties |= {"newProperty": {"a": [1, 2]}, "documentationLink": None}
            for name in ("maintenanceWindow", "backup", "storage", "replica", "highAvailability", "dataEncryption"):
                if name in properties:
                    properties[name] = [properties[name]]
        if "tags" in entry or "sku" in entry:
            entry["tags"] = None
    return json.dumps(document).encode()


def test_odd_and_unknown_fields_do_not_stop_an_audit():
    """G12: an audit completes on answers with unknown members and lists where objects were.

    What stood in the objects is unknown, never a finding; everything else has the same verdict.
    """

    def odd(method, url, headers, body, service):
        status, answer_headers, answer = service()
        return status, answer_headers, odd_fields(answer) if method == "GET" and status == 200 else answer

    with simulated("insecure") as azure:
        expected = {v.control: v.status for v in shop(azure).audit().verdicts}
        found = {v.control: v.status for v in shop_through(azure, odd).audit().verdicts}
        lost = {"enc-key-health"}
        assert {found.pop(control) for control in lost} == {Status.UNKNOWN}
        assert found == {control: status for control, status in expected.items() if control not in lost}


def test_a_shape_that_cannot_be_read_is_unknown_for_that_part_alone():
    """G12: a list that is none makes its part unknown, with the reason, and the rest is judged."""

    def broken(method, url, headers, body, service):
        status, answer_headers, answer = service()
        return (status, answer_headers, b'{"value": {"no": "list"}}') if "/firewallRules?" in url else (
            status, answer_headers, answer)  # fmt: skip

    with simulated("insecure") as azure:
        assessment = shop_through(azure, broken).audit()
        assert verdict(assessment, "net-fw-no-allow-all").status is Status.UNKNOWN
        assert verdict(assessment, "log-checkpoints").status is Status.FAIL


def test_a_missing_action_is_named_in_the_audit(tmp_path):
    """G13: what an identity may not read is unknown, and the report names the action that is missing."""
    missing = "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read"
    path = tmp_path / "world.json"
    with simulated(world(), faults=[fault("X28", times=None, action=missing)]) as azure:
        azure.world.save(path)
    result = cli("audit", *TARGET, "--simulate", path, "--format", "json", "--fail-on", "critical")
    assert result.exit_code == 4, result.output
    told = {v["control"]: v for v in json.loads(result.stdout)["verdicts"]}
    assert told["log-checkpoints"]["status"] == "unknown"
    assert told["log-checkpoints"]["check"]["missing_action"] == missing
    assert told["defender-atp-per-server"]["status"] == "fail"


def test_a_missing_action_is_named_in_the_run(tmp_path):
    """G13: a write that is denied is told with action and scope, is sent once, and the exit code is 5."""
    missing = "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"
    path = tmp_path / "world.json"
    with simulated("insecure", faults=[fault("X28", times=None, action=missing, path="log_checkpoints")]) as azure:
        azure.world.save(path)
    result = cli("harden", *TARGET, "--simulate", path, *ALL_LEAVE_FLAGS, "--format", "json")
    assert result.exit_code == 5, result.output
    failed = [o for o in json.loads(result.stdout)["run"]["outcomes"] if o["status"] == "failed"]
    assert [o["missing_action"] for o in failed] == [missing]
    assert failed[0]["scope"].endswith("/flexibleServers/shop-db/configurations/log_checkpoints")
    assert failed[0]["attempts"] == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_page_instead_of_an_error_keeps_its_status(status):
    """G14: HTML with an error status is told with that status; no second error hides it."""
    page = fault("X29", times=None, path="configurations", status=status)
    with simulated(world(), faults=[page]) as azure:
        server = shop(azure, timeout=30.0)
        with pytest.raises(NotObserved) as told:
            server.parameters.list()
        assert "502 Bad Gateway" in str(told.value)
        assert str(status) in str(told.value)
        assert verdict(server.audit(), "defender-atp-per-server").status is Status.FAIL


def test_a_page_instead_of_a_throttling_error_is_still_throttling():
    """G14: HTML with a 429 is waited out, a second at least each time."""
    page = fault("X29", times=4, path="configurations", status=429)
    with simulated(world(), faults=[page]) as azure:
        assert shop(azure).parameters.get("log_checkpoints").value == "on"
        assert azure.clock.monotonic() >= 4.0


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\xfe", b"<html>", b'{"error":', b"[]", b"null", b'"busy"', b"{" * 5000]
)
def test_any_bytes_are_an_answer(body):
    """G14: whatever bytes an error carries, the audit ends with verdicts and the original status."""

    def odd(method, url, headers, _, service):
        return (503, {}, body) if "/firewallRules?" in url else service()

    with simulated("insecure") as azure:
        unknown = verdict(shop_through(azure, odd).audit(), "net-fw-no-allow-all")
        assert unknown.status is Status.UNKNOWN
        assert "503" in unknown.check.reason
