"""Every command runs with the role that `flexsec permissions` prints for it and nothing more; and needs all of it."""

from __future__ import annotations

import shutil
from functools import partial

import click
import pytest

from flexsec.baselines.loader import load
from flexsec.cli.main import root
from flexsec.engine.permissions import ROWS, role_for, role_for_plan
from flexsec.errors import FlexSecError
from flexsec.model.firewall import FirewallRule
from flexsec.model.role import RoleScope
from flexsec.observers import customer_keys
from flexsec.simulator import World
from tests.cli import least_privilege as scenes
from tests.cli.least_privilege import LEAVE, LEAVE_WORDS, Case, Scene, told

_SERVERS = "/providers/microsoft.dbforpostgresql/flexibleservers/"


def _reconciled(scene):
    """Add a rule and remove the others."""
    branch = FirewallRule("branch", "198.51.100.7", "198.51.100.7")
    return scene.server.firewall.reconcile([branch], remove_others=True, leave=LEAVE)


_STORE = ("--store-file", "{passwords}", "--key-file", "{key}")
CASES = {
    "audit": Case(words=("audit",), code=3),
    "plan": Case(words=("plan", *LEAVE_WORDS), code=3),
    "plan --check-permissions": Case(words=("plan", "--check-permissions", *LEAVE_WORDS), code=3),
    "approve": Case(words=("approve", "{plan}", "--yes"), prepare=scenes.small_plan),
    "apply": Case(words=("apply", "{plan}", "--yes"), prepare=scenes.saved_plan, code=3),
    "harden": Case(
        words=("harden", "--baseline", "{baseline}", "--rollback-on-failure", "--yes", *LEAVE_WORDS),
        prepare=scenes.few_controls,
        faults=({"id": "X7", "method": "DELETE", "path": "temp-debug", "times": None},),
        code=7,
    ),
    "resume": Case(words=("resume", "{run}", "--yes"), prepare=scenes.stopped_run, code=3),
    "rollback": Case(words=("rollback", "{run}", "--yes", *LEAVE_WORDS), prepare=scenes.finished_run),
    "parameters list": Case(words=("parameters", "list")),
    "parameters set": Case(words=("parameters", "set", "log_lock_waits=on", "--yes")),
    "parameters reset": Case(words=("parameters", "reset", "log_checkpoints", "--yes")),
    "firewall list": Case(words=("firewall", "list")),
    "firewall allow": Case(words=("firewall", "allow", "branch", "198.51.100.7", "--yes")),
    "firewall remove": Case(words=("firewall", "remove", "office", "--yes", *LEAVE_WORDS[1:3], *LEAVE_WORDS[5:])),
    "firewall reconcile": Case(call=_reconciled),
    "threat-protection get": Case(call=lambda scene: scene.server.threat_protection.get()),
    "threat-protection enable": Case(call=lambda scene: scene.server.threat_protection.enable()),
    "entra show": Case(words=("entra", "show")),
    "entra enable": Case(words=("entra", "enable", "--allow-restart", "--yes")),
    "entra add": Case(
        words=("entra", "add", "7" * 8 + scenes.ME[8:], "--type", "Group", "--principal-name", "more", "--yes"),
        prepare=scenes.entra_on,
    ),
    "entra replace": Case(
        words=(
            "entra",
            "replace",
            scenes.ME,
            "7" * 8 + scenes.ME[8:],
            "--type",
            "Group",
            "--principal-name",
            "more",
            "--allow-closing",
            "entra-administrators",
            "--without-evidence",
            "a test",
            "--yes",
        ),
        prepare=scenes.entra_on,
    ),
    "entra remove": Case(
        words=(
            "entra",
            "remove",
            scenes.ME,
            "--allow-closing",
            "entra-administrators",
            "--without-evidence",
            "a test",
            "--yes",
        ),
        prepare=scenes.entra_on,
    ),
    "entra prove-login": Case(words=("entra", "prove-login"), prepare=scenes.entra_on),
    "entra only": Case(
        words=("entra", "only", "--allow-closing", "password-authentication", "--without-evidence", "a test", "--yes"),
        prepare=scenes.entra_on,
    ),
    "entra allow-passwords": Case(
        words=(
            "entra",
            "allow-passwords",
            "--login",
            "shopadmin",
            "--password-file",
            "{secret}",
            "--allow-lowering",
            "--yes",
        ),
        prepare=scenes.entra_alone,
    ),
    "scram status": Case(words=("scram", "status")),
    "password rotate": Case(words=("password", "rotate", *_STORE, "--yes"), prepare=scenes.password_store),
    "password reset": Case(
        words=("password", "reset", "--password-file", "{given}", "--yes"), prepare=scenes.password_store
    ),
    "password recover": Case(words=("password", "recover", *_STORE), prepare=scenes.password_store),
    "password status": Case(words=("password", "status", *_STORE), prepare=scenes.password_store),
    "scram migrate": Case(
        words=(
            "scram",
            "migrate",
            "--store-file",
            "{passwords}",
            "--key-file",
            "{key}",
            "--allow-closing",
            "md5",
            "--role-hashes",
            "{roles}",
            "--without-evidence",
            "a test",
            "--yes",
        ),
        prepare=scenes.md5_server,
    ),
    "settings show": Case(words=("settings", "show")),
    "settings set": Case(words=("settings", "set", "backup_retention_days=21", "tag:env=prod", "--yes")),
    "keys show": Case(words=("keys", "show"), prepare=scenes.own_key),
    "keys set": Case(
        words=(
            "keys",
            "set",
            "--key",
            "https://kv-keys.vault.azure.net/keys/two",
            "--allow-closing",
            "encryption-key",
            "--yes",
        ),
        prepare=scenes.own_key,
    ),
    "defender show": Case(words=("defender", "show")),
    "defender enable-plan": Case(words=("defender", "enable-plan", "--allow-subscription-cost", "--yes")),
    "defender disable-plan": Case(
        words=("defender", "disable-plan", "--allow-lowering", "--yes"), prepare=scenes.plan_switched_on
    ),
    "capture": Case(words=("capture",), code=4),  # what a stopped server holds cannot be read
    "permissions": Case(words=("permissions", "--for", "audit")),
    "permissions --check": Case(words=("permissions", "--for", "audit", "--check"), code=6),
    "runs": Case(words=("runs",), prepare=scenes.finished_run),
    "controls list": Case(words=("controls", "list")),
    "controls show": Case(words=("controls", "show", "log-checkpoints")),
    "controls coverage": Case(words=("controls", "coverage")),
    "baseline list": Case(words=("baseline", "list")),
    "baseline show": Case(words=("baseline", "show")),
    "baseline diff": Case(words=("baseline", "diff", "recommended", "samples/baseline.yaml")),
    "baseline capture": Case(words=("baseline", "capture"), prepare=scenes.an_owner),
    "baseline validate": Case(words=("baseline", "validate", "samples/baseline.yaml")),
    "baseline schema": Case(words=("baseline", "schema")),
    "simulate worlds": Case(words=("simulate", "worlds")),
    "simulate schema": Case(words=("simulate", "schema")),
}
VARIANTS = {
    "audit by a baseline that reads more": Case(
        words=("audit", "--baseline", "{baseline}"), prepare=scenes.wide_baseline, code=3, row="audit"
    ),
    "plan with a value that is set back": Case(
        words=("plan", *LEAVE_WORDS), prepare=scenes.contested, code=3, row="plan"
    ),
    "apply with the role of a small plan": Case(
        words=("apply", "{plan}", "--yes"), prepare=scenes.small_plan, code=3, row="plan file"
    ),
}
for _kind, _made in {"settings": scenes.settings_run, "rule": scenes.rule_run, "Defender": scenes.defender_run}.items():
    VARIANTS[f"rollback of a {_kind} run"] = Case(
        words=("rollback", "{run}", "--yes", *LEAVE_WORDS), prepare=_made, row="run"
    )
    VARIANTS[f"resume of a {_kind} run"] = Case(
        words=("resume", "{run}", "--yes"), prepare=partial(_made, stopped=True), row="run"
    )
EVERY = CASES | VARIANTS
WIDE = [name for name, row in ROWS.items() if row.wide]
NOT_RUN = {
    "demo": "it works on a simulated Azure of its own, in which it may do everything",
    "simulate serve": "it is Azure's side, and goes on until it is told to stop",
    "rotate": "the role for `password rotate`, which is run",
    "password new-key": "it writes a file, and reaches no Azure",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Each case's beginning, made once with all rights: the world, what its words stand for, and its folder."""
    made = {}

    def prepare(name: str, case: Case) -> tuple[dict, dict[str, str], object]:
        if name not in made:
            scene = Scene(tmp_path_factory.mktemp("scene"), World.builtin("insecure"))
            stand_for = case.prepare(scene)
            made[name] = scene.world.to_dict(), stand_for, scene.folder
        return made[name]

    return prepare


@pytest.fixture
def run(prepared, flexsec, tmp_path, monkeypatch):
    """Run a case with these rights; gives exit code, the actions told, and what was asked of Azure."""
    count = iter(range(1000))

    def run_with(name: str, actions):
        case = EVERY[name]
        world, stand_for, begun = prepared(name, case)
        folder = tmp_path / str(next(count))
        shutil.copytree(begun, folder)
        scene = Scene(folder, World.from_dict(world))
        scene.restrict(actions)
        scenes.faults(scene, case)
        monkeypatch.setattr("flexsec.cli.session.simulation", lambda *_, **__: scene.simulation)
        if case.call is not None:
            return *_call(case, scene), scene.asked()
        moved = {key: value.replace(str(begun), str(folder)) for key, value in stand_for.items()}
        words = [word.format(**moved) if word.startswith("{") else word for word in case.words]
        answer = flexsec(*words, "--simulate", "scene")
        return answer.code, told(answer.out, answer.err), scene.asked()

    return run_with


@pytest.fixture
def role(prepared):
    """The role of a case."""
    return lambda name: scenes.role_of(name, EVERY[name], *prepared(name, EVERY[name])[1:])


def _call(case, scene):
    """A library verb: 0, or the exit code of its error, or 5 for a run in which something failed."""
    try:
        result = case.call(scene)
    except FlexSecError as error:
        return error.exit_code, told("", error.message)
    outcomes = getattr(result, "outcomes", ())
    said = told("", " ".join(text for each in outcomes for text in (each.missing_action, *each.warnings)))
    return (5 if any(each.missing_action for each in outcomes) else 0), said


def commands(group: click.Group, path: tuple[str, ...] = ()):
    """Every command of the command line by its path."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_command_has_a_row_and_is_run():
    """A command without a row in the table of rights, or without a case here, does not pass."""
    every = set(commands(root))
    assert every <= set(ROWS), "add a row to flexsec/engine/permissions.py"
    assert set(ROWS) == set(CASES) | set(NOT_RUN), "add a case above"
    assert not set(CASES) & set(NOT_RUN)
    beyond = {name for name in ROWS if name.split(" --")[0] not in every}
    assert beyond == {"rotate", "firewall reconcile", "threat-protection get", "threat-protection enable"}


@pytest.mark.parametrize("name", EVERY)
def test_a_command_runs_with_its_role_alone(name, run, role):
    """With every action denied that is not in its printed role, a command succeeds; it asks for all of its role, at the scope that the role says."""
    needed = role(name)
    code, _, asked = run(name, needed.actions)
    assert code == EVERY[name].code
    refused = {action for action, _, status in asked if status == 403}
    assert refused <= {need.action for need in needed.optional}
    assert {action for action, _, _ in asked} - refused == set(needed.actions), "it asked for all of the role"
    for need in needed.needs:
        if need.scope is RoleScope.VAULT:
            continue  # an encrypted file stands for the vault here; the store's own tests ask one
        below = [_SERVERS in path.casefold() for action, path, _ in asked if action == need.action]
        assert (
            all(below)
            if need.scope is RoleScope.SERVER
            else name in WIDE or name.endswith("Defender run") or not all(below)
        ), need


@pytest.mark.parametrize("name", EVERY)
def test_a_command_needs_each_action_of_its_role(name, run, role):
    """Without any one action of its role a command fails or reports something as not read or not known, and names just that action."""
    needed = role(name).actions
    if not needed:
        return
    _, usual, _ = run(name, needed)
    for action in needed:
        code, said, asked = run(name, tuple(each for each in needed if each != action))
        assert action in {each for each, _, status in asked if status == 403}, action
        assert said - usual == {action}, f"{name} without {action} told of {sorted(said - usual)} (exit code {code})"


def test_a_plan_with_changes_of_every_kind_needs_what_apply_needs(tmp_path):
    """The role of a plan is never more than that of `apply`; with every kind of change it is the same."""
    scene = Scene(tmp_path, World.builtin("insecure"))
    plan, stand_for = scenes.every_kind(scene)
    assert role_for_plan(plan).needs == role_for("apply", baseline=load(stand_for["baseline"])).needs


@pytest.mark.parametrize(
    "name",
    ["plan with a value that is set back", "rollback", "parameters list", "firewall list", "defender enable-plan"],
)
def test_optional_actions_are_asked_for_and_nothing_fails_without(name, run, role):
    """What a role names as optional is asked for, is refused without it, and changes neither the exit code nor the rest."""
    needed = role(name)
    optional = {need.action for need in needed.optional} - set(customer_keys.ACTIONS)  # this server has no such key
    code, _, asked = run(name, needed.actions)
    assert {action for action, _, status in asked if status == 403} == optional
    granted, _, asked = run(name, (*needed.actions, *optional))
    assert granted == code == EVERY[name].code
    assert {status for action, _, status in asked if action in optional} == {200}
