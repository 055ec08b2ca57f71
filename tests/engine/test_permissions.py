"""The table of rights: complete, derived from what the code asks for, and explained."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from flexsec.baselines.baseline import Selection
from flexsec.baselines.loader import load
from flexsec.controls.catalogue import CONTROLS
from flexsec.engine.basis import sealed
from flexsec.engine.observe import ASKED_PARTS, PARTS
from flexsec.engine.permissions import DATA_READS, NEVER, READS, ROWS, SETTING_CONTROLS, role_for, role_for_plan
from flexsec.engine.reasons import REASONS
from flexsec.errors import UnknownName
from flexsec.model.action_pattern import covers
from flexsec.model.role import RoleScope
from flexsec.operations.registry import OPERATIONS
from flexsec.testing import simulated

COARSE = "Microsoft.DBforPostgreSQL/flexibleServers/write"
CASES = Path(__file__).resolve().parent.parent / "controls" / "cases"


def test_every_part_of_a_state_has_its_actions():
    """The table knows the actions of each part that is ever observed."""
    assert set(READS) == {*PARTS, *ASKED_PARTS}


def test_every_action_is_spelt_out_and_explained():
    """No row holds a wildcard, each action has its reason, and no reason is left over."""
    used = {
        action for row in ROWS.values() for action in (*row.actions, *row.data_actions, *row.optional)
    } | {action for operation in OPERATIONS for action in operation.actions} | {a for each in READS.values() for a in each} | {a for each in DATA_READS.values() for a in each}  # fmt: skip
    assert used == set(REASONS)
    for action, reason in REASONS.items():
        assert re.fullmatch(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|write|delete|action)", action)
        assert reason == reason.strip()
        assert not reason.endswith(".")
        assert reason[0].islower()


def test_a_change_names_the_actions_of_its_operation():
    """Every change of a plan names actions that its operation says its changes may need."""
    actions = {operation.kind: set(operation.actions) for operation in OPERATIONS}
    with simulated("insecure") as simulation:
        plan = simulation.server("rg-shop", "shop-db").plan()
    for change in (*plan.changes, *(held.change for held in plan.withheld)):
        assert change.permissions
        assert set(change.permissions) <= actions[change.kind]


def test_nothing_in_the_table_is_never_to_be_granted():
    """No command needs what flexsec says is never to be granted."""
    for name, row in ROWS.items():
        for action in (*row.actions, *row.data_actions, *row.optional):
            assert not any(covers(pattern, action) for pattern, _ in NEVER), (name, action)


def test_auditing_writes_nothing_and_rotating_only_the_server():
    """Three separate roles: an audit only reads, and rotating writes the server and the secret and nothing else."""
    audit, rotate = role_for("audit"), role_for("rotate")
    assert all(action.endswith("/read") for action in audit.actions)
    assert audit.data_actions == ()
    assert {action for action in rotate.actions if not action.endswith("/read")} == {COARSE}
    assert all(action.startswith("Microsoft.KeyVault/vaults/secrets/") for action in rotate.data_actions)
    assert len(rotate.data_actions) == 3
    assert all(need.scope is RoleScope.VAULT for need in rotate.needs if need.data)


def baseline_of(*controls):
    """The recommended baseline with these controls instead."""
    by_id = {control.id: control for control in CONTROLS}
    told = {"gov-tags": {"required": ("env=prod", "owner")}}
    chosen = tuple(Selection(control=by_id[name], arguments=told.get(name, {})) for name in controls)
    return replace(load("recommended"), controls=chosen)


def test_a_baseline_that_reads_more_needs_more():
    """A control that looks at the subscription's plan makes an audit read that; `recommended` does not."""
    action = "Microsoft.Security/pricings/read"
    assert action in role_for("audit", baseline=baseline_of("defender-plan-oss-rdb")).actions
    assert action not in role_for("audit").actions


@pytest.mark.parametrize("name", ["apply", "harden", "resume", "rollback"])
@pytest.mark.parametrize(("control", "target"), SETTING_CONTROLS.items())
def test_the_coarse_action_is_needed_only_for_what_needs_it(name, control, target):
    """Writing the server itself, and so its password, is in the role only for a control that flexsec may so mend."""
    mended = baseline_of("log-checkpoints", control)
    assert COARSE in role_for(name, baseline=mended).actions
    assert COARSE not in role_for("audit", baseline=mended).actions
    assert COARSE not in role_for(name, baseline=baseline_of("log-checkpoints")).actions
    assert COARSE not in role_for(name, baseline=replace(mended, owners={"server_setting/*": "terraform"})).actions


@pytest.mark.parametrize(
    ("owners", "needed"),
    [
        ({"server_setting/*": "terraform", "server_setting/tag:ENV": "flexsec"}, True),
        ({"server_setting/tag:env": "policy"}, False),
        ({"server_setting/tag:owner": "policy"}, True),
        ({"server_setting/*": "terraform", "server_setting/tag:owner": "flexsec"}, False),
    ],
)
def test_each_tag_has_its_owner(owners, needed):
    """Each tag that the baseline gives a value decides for itself; one asked for by name alone is never written."""
    found = role_for("harden", baseline=replace(baseline_of("gov-tags"), owners=owners))
    assert (COARSE in found.actions) is needed


def test_the_controls_that_change_the_server_itself_are_known():
    """Of all failing cases, those that desire a setting of the server are of exactly the controls that the table names."""
    found = set()
    for control in CONTROLS:
        for path in (CASES / control.id).glob("*.json"):
            text = path.read_text("utf-8")
            if '"server_setting"' in json.dumps(json.loads(text)):
                found.add(control.id)
    assert found == set(SETTING_CONTROLS)


@pytest.mark.parametrize("name", ["parameters.set", "flexsec parameters  set", "parameters set"])
def test_a_verb_has_the_name_of_its_command(name):
    """`parameters.set` of the library and `flexsec parameters set` are one row."""
    assert role_for(name).purpose == "parameters set"


def test_every_verb_of_the_library_has_a_row():
    """Whatever a script calls that reaches Azure, `role_for` knows it by its name; what only plans needs no more."""
    own = {"baseline", "planner", "means", "judge_again", "baseline_or_recommended", "direct", "carry_out", "own",
           "changes_for", "asked"}  # fmt: skip
    own |= {"connection", "server", "stop", "stopped", "run", "permissions"}
    with simulated("insecure") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        client = simulation.client()
    parts = {"": server, "parameters.": server.parameters, "firewall.": server.firewall, "settings.": server.settings,
             "threat_protection.": server.threat_protection, "defender.": client.defender}  # fmt: skip
    verbs = {
        f"{prefix}{name}"
        for prefix, part in parts.items()
        for name, member in vars(type(part)).items()
        if callable(member) and not name.startswith(("_", "plan_")) and name not in own
    }
    verbs |= {"resume", "rollback", "runs", "approve"}
    verbs -= {"defender.apply", "defender.resume"}  # what `resume` and `rollback` put to work
    for verb in verbs:
        assert role_for(verb), verb


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("adit", "did you mean audit?"),
        ("parameters", "parameters list or parameters set or parameters reset"),
        ("xyzzy", "there are audit, plan"),
        ("", "there are audit, plan"),
    ],
)
def test_an_unknown_command_is_answered_with_the_closest(name, hint):
    """What is no command is refused with close ones, with those of the group, or with all."""
    with pytest.raises(UnknownName, match=re.escape(hint)):
        role_for(name)


def test_a_plan_needs_what_it_reads_and_writes():
    """The role of a plan is the union of its changes' actions with what applying reads; an empty plan needs nothing."""
    with simulated("insecure") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        plan = server.parameters.plan_set({"log_lock_waits": "on"})
        role = role_for_plan(plan)
        assert role.purpose == f"plan {plan.digest[:12]} for shop-db"
        reads = {action for part in PARTS for action in READS[part]}
        assert set(role.actions) == reads | set(plan.changes[0].permissions)
        assert {n.action for n in role.needs if n.scope is RoleScope.SUBSCRIPTION} == {
            "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
        }
        assert role_for_plan(sealed(replace(plan, changes=()))).needs == ()
