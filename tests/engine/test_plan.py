"""Plans: which changes, in which order, what is withheld or left, and what the plan rests on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec import Evidence, Leave
from flexsec.baselines.loader import load
from flexsec.engine import plan_file
from flexsec.engine.basis import check_seal, differences, facts, sealed
from flexsec.engine.evaluate import evaluate
from flexsec.engine.plan import PLAN_FORMAT, Planner, desired_parameters
from flexsec.errors import PlanInvalid, UsageError
from flexsec.model.change import Phase
from flexsec.model.desire import DesiredServerSetting
from flexsec.model.observation import Unobserved
from flexsec.model.verdict import Check, Status
from flexsec.operations.registry import OPERATIONS
from flexsec.testing import simulated
from tests.controls.states import state
from tests.engine.worlds import EVERYTHING, GROUP, NAME

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BY_KIND = {operation.kind: operation for operation in OPERATIONS}
OPEN = ["open", "0.0.0.0", "255.255.255.255"]
OFFICE = ["office", "203.0.113.0", "203.0.113.15"]


def planner(found, baseline="recommended"):
    """A planner for a state under a built-in baseline."""
    chosen = load(baseline)
    names = {name for selection in chosen.controls for name in selection.control.parameters}
    return Planner(
        BY_KIND,
        found,
        lambda seen: evaluate(seen, chosen, today=NOW.date()),
        parameters=names,
        baseline_source=baseline,
        now=NOW,
    )


def having(parameters=None, **parts):
    """A server of which everything was read."""
    case = {
        "server": {},
        "parameters": parameters or {},
        "firewall": [],
        "administrators": [],
        "threat_protection": True,
    }
    return state({**case, **parts})


def planned(found, leave=EVERYTHING, evidence=None):
    """The plan for the failures of a state."""
    return planner(found).for_failures(leave=leave, evidence=evidence or Evidence())


def test_a_plan_goes_by_phases_and_names_its_controls():
    """Threat protection first, then parameters, then the restart, then what closes; each change says for which control."""
    pending = {"value": "200", "pending_restart": True}
    plan = planned(having({"log_checkpoints": "off", "max_connections": pending}, firewall=[OPEN, OFFICE],
                          threat_protection=False))  # fmt: skip
    assert [c.phase for c in plan.changes] == [Phase.ADD, Phase.TIGHTEN, Phase.RESTART, Phase.CLOSE]
    assert [c.controls for c in plan.changes] == [
        ("defender-atp-per-server",), ("log-checkpoints",), ("config-no-pending-restart",),
        ("net-fw-no-allow-all", "net-fw-range-bounded"),
    ]  # fmt: skip
    assert plan.withheld == ()


def test_every_failure_is_a_change_withheld_or_left():
    """Without leave nothing is lost: what is not changed is withheld with its flag, or left with what a person does."""
    plan = planned(
        having({"log_checkpoints": "off"}, firewall=[OPEN, OFFICE], server={"entra_auth": "Disabled"}), Leave()
    )
    failing = {verdict.control for verdict in plan.assessment.findings()}
    told = {control for change in plan.changes for control in change.controls}
    told |= {control for held in plan.withheld for control in held.change.controls}
    told |= {left.control for left in plan.left}
    assert failing <= told
    assert all(held.needs for held in plan.withheld)
    assert all(left.reason for left in plan.left)


def test_static_parameters_of_controls_share_one_restart():
    """A static parameter that a control wants counts only after a restart: it is planned once, after all of them."""
    static = {"value": "off", "dynamic": False}
    plan = planned(having({"log_checkpoints": static, "log_disconnections": static}))
    assert [c.phase for c in plan.changes] == [Phase.TIGHTEN, Phase.TIGHTEN, Phase.RESTART]
    assert plan.changes[2].controls == ("log-checkpoints", "log-disconnections")
    assert "log_checkpoints, log_disconnections" in plan.changes[2].sentence


def test_a_restart_names_what_someone_else_left_pending():
    """The note says whose changes come into force as well."""
    plan = planned(having({"log_checkpoints": {"value": "off", "dynamic": False},
                           "max_connections": {"value": "200", "pending_restart": True}}))  # fmt: skip
    assert plan.notes == ("The restart also brings into force what someone else changed: max_connections.",)


def test_a_static_parameter_set_by_hand_is_not_restarted_for():
    """A caller who sets a static parameter decides about the restart alone."""
    found = having({"max_connections": "100"})
    own = planner(found)
    plan = own.assemble(
        [own.diff(desired_parameters({"max_connections": "200"})[0])], leave=EVERYTHING, evidence=Evidence()
    )
    assert [c.kind for c in plan.changes] == ["parameters"]


@pytest.mark.parametrize(("pending", "kinds"), [(False, ["parameters", "restart"]), (True, ["parameters"])])
def test_restoring_a_static_parameter_restarts_when_the_run_s_value_is_in_force(pending, kinds):
    """What is in force is undone only by a restart; what still waits is undone by writing it back."""
    found = having({"max_connections": {"value": "200", "pending_restart": pending}})
    own = planner(found)
    back = own.diff(desired_parameters({"max_connections": "100"})[0])
    plan = own.assemble([back], leave=EVERYTHING, evidence=Evidence(), undoes="a-run")
    assert [c.kind for c in plan.changes] == kinds


def test_a_change_that_makes_a_passing_control_fail_lowers_security():
    """Lowering is told by judging the predicted state; it is withheld without leave."""
    own = planner(having({"log_checkpoints": "on", "work_mem": "4096"}))
    changes = [own.diff(desire) for desire in desired_parameters({"log_checkpoints": "off", "work_mem": "8192"})]
    plan = own.assemble(changes, leave=Leave(), evidence=Evidence())
    assert [c.name for c in plan.changes] == ["work_mem"]
    assert [(h.change.name, h.needs) for h in plan.withheld] == [("log_checkpoints", "--allow-lowering")]


def test_a_change_that_needs_a_withheld_one_is_withheld_too():
    """A higher TLS minimum waits for the cap on the maximum: refused, the one takes the other with it."""
    own = planner(having({"ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": "TLSv1.2"}))
    found = [
        own.diff(d) for d in desired_parameters({"ssl_min_protocol_version": "TLSv1.3", "ssl_max_protocol_version": ""})
    ]
    plan = own.assemble(found, leave=EVERYTHING, evidence=Evidence())
    assert [c.name for c in plan.changes] == ["ssl_max_protocol_version", "ssl_min_protocol_version"]
    assert plan.changes[1].requires == ("parameters/ssl_max_protocol_version",)
    lowering = [replace(c, after={**c.after, "value": "TLSv1.2"}) if "max" in c.name else c for c in found]
    held = own.assemble(lowering, leave=EVERYTHING, evidence=Evidence()).withheld
    assert [h.change.name for h in held] == ["ssl_min_protocol_version"]


def test_two_removals_are_judged_one_after_the_other():
    """Each removal is judged in the state that those before it leave: the last way in stays."""
    plan = planned(having(firewall=[OPEN, ["wide", "0.0.0.0", "255.255.255.255"]]))
    assert len(plan.changes) == 1
    assert "last way in" in plan.withheld[0].reason


def test_an_unread_server_is_planned_nothing_for():
    """On a server that was not read everything is unknown, so nothing is planned."""
    plan = planned(state({"server": {"unobserved": "403"}, "parameters": {"log_checkpoints": "off"}}))
    assert plan.changes == ()
    assert plan.basis["server"] == "unobserved"


# -- what the plan rests on ------------------------------------------------------------------------------------------


def test_the_facts_hold_what_matters_and_nothing_else():
    """Parameters that matter, all that wait for a restart, rules, administrators and the server's own properties."""
    found = facts(
        having({"log_checkpoints": "off", "work_mem": "4096"}, firewall=[OPEN]), ["log_checkpoints", "nowhere"]
    )
    assert found["parameter log_checkpoints"] == "'off'"
    assert found["parameter nowhere"] == "absent"
    assert "parameter work_mem" not in found
    assert found["firewall rules"] == "open (0.0.0.0-255.255.255.255)"
    assert found["threat protection"] == "True"


@pytest.mark.parametrize(
    ("moved", "sentence"),
    [
        ({"firewall": []}, "firewall rules was open (0.0.0.0-255.255.255.255), is now none"),
        ({"server": {"role": "AsyncReplica"}}, "role was Primary, is now AsyncReplica"),
        ({"threat_protection": {"unobserved": "403"}}, "threat protection was True, is now unobserved"),
        ({"parameters": {"unobserved": "403"}}, "parameter log_checkpoints was 'off', is now absent"),
    ],
)
def test_a_difference_is_one_sentence(moved, sentence):
    """Each fact that moved is told with what it was and what it is."""
    before = facts(having({"log_checkpoints": "off"}, firewall=[OPEN]), ["log_checkpoints"])
    assert differences(before, before) == ()
    after = having(**{"parameters": {"log_checkpoints": "off"}, "firewall": [OPEN], **moved})
    assert sentence in differences(before, facts(after, ["log_checkpoints"]))


def test_facts_of_an_empty_part_are_not_those_of_an_unread_one():
    """Nothing unread is ever taken for empty."""
    empty, unread = having(firewall=[]), replace(having(), firewall=Unobserved("403"))
    assert differences(facts(empty, []), facts(unread, [])) == ("firewall rules was none, is now unobserved",)


# -- plans in files ---------------------------------------------------------------------------------------------------


@pytest.fixture
def plan():
    """A plan of the insecure shop."""
    with simulated("insecure") as simulation:
        yield simulation.server(GROUP, NAME).plan(leave=EVERYTHING, evidence=Evidence(caller_address="203.0.113.9"))


def test_a_plan_survives_its_file(plan, tmp_path):
    """What is read is what was written, in a file of mode 0600 and with nothing left beside it."""
    path = tmp_path / "plan.json"
    plan_file.write(plan, path)
    assert plan_file.read(path) == plan
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def edits():
    """Ways to edit a plan by hand, each of which leaves it a well-formed plan."""
    yield lambda data: data["leave"].update(without_evidence="")
    yield lambda data: data["changes"].pop()
    yield lambda data: data["changes"][1]["after"].update(value="off")
    yield lambda data: data["changes"].reverse()
    yield lambda data: data["basis"].pop("firewall rules")
    yield lambda data: data["evidence"].update(caller_address="")
    yield lambda data: data.update(server_id=data["server_id"].replace("shop-db", "shop-archive"))
    yield lambda data: data.update(digest="0" * 64)


@pytest.mark.parametrize("edit", list(edits()))
def test_an_edited_plan_is_refused(plan, tmp_path, edit):
    """Any edit that leaves a plan is noticed by its digest."""
    path = tmp_path / "plan.json"
    plan_file.write(plan, path)
    data = json.loads(path.read_text())
    edit(data)
    path.write_text(json.dumps(data))
    with pytest.raises(PlanInvalid, match="edited after it was made"):
        plan_file.read(path)


def test_a_plan_that_is_only_laid_out_anew_is_still_the_plan(plan, tmp_path):
    """White space and the order of keys are not content."""
    path = tmp_path / "plan.json"
    plan_file.write(plan, path)
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert plan_file.read(path) == plan


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "-o NAME.json`: it is not JSON"),
        (b"\xff\xfe\x00", "is not a plan"),
        (b"[]", "it is other JSON"),
        (b'{"kind": "something else"}', "it is other JSON"),
        (b'{"format": 99, "changes": [], "digest": ""}', "is a plan of format 99"),
        (b'{"format": 2, "changes": [], "digest": ""}', "is not a plan"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_name(tmp_path, content, words):
    """A foreign, empty, binary or newer file is refused with a sentence that names the file."""
    path = tmp_path / "foreign.json"
    path.write_bytes(content)
    with pytest.raises(PlanInvalid) as caught:
        plan_file.read(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message


def test_a_plan_cut_short_is_refused(plan, tmp_path):
    """Half a plan is no plan, wherever it is cut."""
    path = tmp_path / "plan.json"
    plan_file.write(plan, path)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, len(whole) // 23):
        path.write_bytes(whole[:length])
        with pytest.raises(PlanInvalid):
            plan_file.read(path)


def test_places_that_cannot_be_read_or_written_are_named(plan, tmp_path):
    """A missing file, a directory and a missing directory are the caller's mistake, told with the path."""
    with pytest.raises(UsageError, match="missing\\.json"):
        plan_file.read(tmp_path / "missing.json")
    with pytest.raises(UsageError, match=str(tmp_path)):
        plan_file.read(tmp_path)
    with pytest.raises(UsageError, match="nowhere"):
        plan_file.write(plan, tmp_path / "nowhere" / "plan.json")
    with pytest.raises(UsageError):
        plan_file.write(plan, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sealing_covers_everything(plan):
    """The seal is of everything but itself, and sealing again changes nothing."""
    assert plan.format == PLAN_FORMAT
    assert sealed(plan) == plan
    with pytest.raises(PlanInvalid):
        check_seal(replace(plan, notes=("made by hand",)))


def wishing(*tags):
    """The plan for a server without tags on which one control asks for these."""
    wishes = tuple(DesiredServerSetting(name=f"tag:{key}", value=value) for key, value in tags)
    check = Check(status=Status.FAIL, reason="tags are missing", desires=wishes)
    found = having()
    made = planner(found)
    verdict = replace(made.assessment.verdicts[0], control="gov-tags", check=check, status=Status.FAIL)
    judged = replace(made.assessment, verdicts=(verdict,))
    made = Planner(BY_KIND, found, lambda _: judged, parameters=(), baseline_source="", now=NOW)
    return made.for_failures(leave=EVERYTHING, evidence=Evidence())


TAGS = st.tuples(st.sampled_from(["env", "Env", "ENV", "owner"]), st.sampled_from(["a", "b"]))


@given(st.lists(TAGS, min_size=1, max_size=5))
def test_one_target_is_changed_once(tags):
    """Whatever is wished for, no two changes are about one tag, whose case does not count; what contradicts is left."""
    plan = wishing(*tags)
    targets = [change.target.casefold() for change in plan.changes]
    assert sorted(targets) == sorted({f"server_setting/tag:{key.casefold()}" for key, _ in tags})
    assert all(change.controls == ("gov-tags",) for change in plan.changes)
    first = {}
    contradicting = [value for key, value in tags if first.setdefault(key.casefold(), value) != value]
    assert len(plan.left) == len(contradicting)
    assert all(left.reason.startswith("it conflicts with gov-tags, which wants: Set the tag") for left in plan.left)


def test_a_finding_that_another_change_mends_is_not_left_to_anybody():
    """The rule for everybody breaks the address budget too; its removal mends both, and nothing is left to do."""
    plan = planned(having(firewall=[OPEN, OFFICE]))
    removal = next(c for c in plan.changes if c.kind == "firewall")
    assert removal.controls == ("net-fw-no-allow-all", "net-fw-range-bounded")
    assert "net-fw-range-bounded" not in {left.control for left in plan.left}


def test_a_finding_that_stays_after_all_changes_is_left():
    """Removing the rule for everybody leaves a range that is too wide by itself."""
    plan = planned(having(firewall=[OPEN, OFFICE, ["wide", "20.0.0.0", "20.255.255.255"]]))
    assert "net-fw-range-bounded" in {left.control for left in plan.left}
    assert all("net-fw-range-bounded" not in change.controls for change in plan.changes)
