"""One scene for each command: the simulated Azure it begins with, the words it is called by, and who may do what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flexsec import FlexSec
from flexsec.baselines.loader import load
from flexsec.engine import plan_file
from flexsec.engine.basis import sealed
from flexsec.engine.history import as_run, plan_of
from flexsec.engine.journal_files import JournalFiles
from flexsec.engine.permissions import role_for, role_for_plan
from flexsec.engine.run_permissions import role_for_run
from flexsec.model.leave import Leave
from flexsec.model.plan import Plan
from flexsec.model.role import Role
from flexsec.model.run import Run
from flexsec.passwords.file_store import FileStore, new_key_file
from flexsec.simulator import FaultPlan, World
from flexsec.simulator.actions import action_of
from flexsec.simulator.routes import find_route
from flexsec.simulator.state import Principal
from flexsec.testing.simulated_login import SimulatedLogin
from flexsec.testing.simulation import Simulation

ME = "22222222-2222-2222-2222-222222222222"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
READER = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    "/reader"
)
LEAVE = Leave(
    restart=True, closing=("firewall", "tls-minimum"), without_evidence="a simulated server", lower_security=True
)
LEAVE_WORDS = (
    *("--allow-restart", "--allow-closing", "firewall", "--allow-closing", "tls-minimum"),
    *("--without-evidence", "a simulated server", "--allow-lowering"),
)
_ACTION = re.compile(r"Microsoft\.[A-Za-z]+(?:/[A-Za-z]+)+/(?:read|write|delete|action)")
_TELLING = frozenset({"missing_action", "notes", "reason", "message", "not_known", "warnings"})
_EXCESS = "permissions: this identity may do more"  # names what is granted, not what is missing


class Scene:
    """A simulated Azure in memory that the command line works on; its journals and files lie in a folder."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world

    @property
    def simulation(self) -> Simulation:
        return Simulation(self.world, kept=self.folder / "world.json")

    @property
    def server(self):
        return self.simulation.client(subscription_id=SUBSCRIPTION).server("rg-shop", "shop-db")

    def restrict(self, actions: Iterable[str]) -> None:
        """From now on whoever signs in may do this and nothing else; what was asked before is forgotten."""
        data = self.world.to_dict()
        data["principals"] = {"default": {"object_id": "2" * 8 + "-0000-0000-0000-" + "2" * 12}}
        self.world = World.from_dict(data)
        self.world.state.principals["default"] = Principal(
            self.world.state.principals["default"].object_id, tuple(actions)
        )

    def asked(self) -> set[tuple[str, str, int | None]]:
        """The action, path and status of every request that needs an action."""
        found = set()
        for each in self.world.requests:
            action = action_of(find_route(each.path, each.api_version), each.method)
            if action is not None:
                found.add((action, each.path, each.status))
        return found


@dataclass(frozen=True, kw_only=True)
class Case:
    """How a command is run so that it asks for all that it can need.

    Attributes:
        words: what is typed; {plan}, {run} and {baseline} stand for what `prepare` made.
        prepare: with all rights; returns what the words' braces stand for.
        code: the exit code when nothing is missing.
        faults: what goes wrong in Azure while the command runs.
        row: what the role is asked for; "" for the command's own path, "plan file" for the plan in {plan}, "run" for that in {run}.
        call: what to do instead of typing words: a verb of the library that no command has.
    """

    words: tuple[str, ...] = ()
    prepare: Callable[[Scene], dict[str, str]] = lambda _: {}
    code: int = 0
    faults: tuple[dict[str, Any], ...] = ()
    row: str = ""
    call: Callable[[Scene], object] | None = None


def role_of(name: str, case: Case, stand_for: dict[str, str], folder: Path) -> Role:
    """The role that is printed for a case."""
    if case.row == "run":
        journals = JournalFiles(folder / "world.json.state")
        run, plan = as_run(journals, stand_for["run"]), plan_of(journals, stand_for["run"])
        return role_for_run(run, plan, baseline=load(plan.baseline_source) if plan.baseline_source else None)
    if case.row == "plan file":
        return role_for_plan(plan_file.read(Path(stand_for["plan"])))
    return role_for(case.row or name, baseline=load(stand_for.get("baseline", "recommended")))


def told(out: str, err: str) -> set[str]:
    """The actions that a report names where it says what could not be read or done."""
    found = set(_ACTION.findall(err))
    try:
        data = json.loads(out)
    except ValueError:
        return found | set(_ACTION.findall(out))  # a captured baseline is YAML
    return found | set(_ACTION.findall(" ".join(_texts(data, telling=False))))


def _texts(data: Any, *, telling: bool) -> Iterable[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, telling=key in _TELLING)
    elif isinstance(data, list):
        for each in data:
            yield from _texts(each, telling=telling)
    elif isinstance(data, str) and telling and not data.startswith(_EXCESS):
        yield data


# -- what commands begin with ---------------------------------------------------------------------------------------

_FEW = """\
controls:
  tls-require-secure-transport: on
  auth-entra-admin-exists: on
  net-fw-no-azure-services: {remove: true}
  net-fw-no-allow-all: {remove: true}
  defender-atp-per-server: on
  storage-autogrow: on
  config-no-pending-restart: on
"""
_WIDE = """\
controls:
  log-checkpoints: on
  auth-entra-admin-exists: on
  net-fw-no-allow-all: on
  defender-atp-per-server: on
  defender-plan-oss-rdb: on
  ha-zone-redundant: on
  auth-mgmt-rbac-least-privilege: on
"""


def few_controls(scene: Scene) -> dict[str, str]:
    """A baseline that is mended by one change of each kind."""
    path = scene.folder / "few.yaml"
    path.write_text(_FEW)
    return {"baseline": str(path)}


def an_owner(scene: Scene) -> dict[str, str]:
    """Somebody has a role, which can be read."""
    data = scene.world.to_dict()
    owner = {"principal_id": "9" * 8 + "-0000-0000-0000-" + "9" * 12, "role": "Owner"}
    data["subscriptions"][0]["role_assignments"] = [owner]
    scene.world = World.from_dict(data)
    return {}


def _entra(scene: Scene, *, password: bool = True) -> dict[str, str]:
    """A server with Entra authentication, a person (whoever signs in) and a group as administrators, and a proof."""
    data = scene.world.to_dict()
    group = next(each for each in data["subscriptions"][0]["resource_groups"] if each["name"] == "rg-shop")
    server = next(each for each in group["servers"] if each["name"] == "shop-db")
    tenant = data["subscriptions"][0]["tenant_id"]
    server |= {"entra_auth": "Enabled", "tenant_id": tenant, "password_auth": "Enabled" if password else "Disabled"}
    server["administrators"] = {
        ME: {"type": "User", "name": "me@contoso.com", "tenant_id": tenant},
        "6" * 8 + ME[8:]: {"type": "Group", "name": "dbas", "tenant_id": tenant},
    }
    scene.world = World.from_dict(data)
    handle = scene.server
    handle.entra.prove_login(SimulatedLogin(scene.world, handle.id.arm_id))
    secret = scene.folder / "secret"
    secret.write_text("Correct-Horse-7")
    return {"secret": str(secret)}


def entra_on(scene: Scene) -> dict[str, str]:
    """Entra authentication beside passwords."""
    return _entra(scene)


def entra_alone(scene: Scene) -> dict[str, str]:
    """Entra authentication alone, and a password in a file."""
    return _entra(scene, password=False)


def md5_server(scene: Scene) -> dict[str, str]:
    """A server that keeps passwords as md5, a store for its password, and what is known of its roles."""
    run = scene.server.parameters.set("password_encryption", "md5", leave=LEAVE)
    assert run.status == "complete"
    new_key_file(scene.folder / "key")
    (scene.folder / "roles.csv").write_text("role,hash\napp,scram-sha-256\n")
    return {
        name: str(scene.folder / file)
        for name, file in (("key", "key"), ("passwords", "passwords"), ("roles", "roles.csv"))
    }


def password_store(scene: Scene) -> dict[str, str]:
    """A store for the server's password, with one that the server has, and a file with another one."""
    new_key_file(scene.folder / "key")
    store = FileStore(scene.folder / "passwords", scene.folder / "key")
    run = scene.server.admin_password.rotate(store)
    assert run.status == "complete"
    (scene.folder / "given").write_text("Str0ng-enough-for-Azure")
    return {name: str(scene.folder / file) for name, file in
            (("key", "key"), ("passwords", "passwords"), ("given", "given"))}  # fmt: skip


def wide_baseline(scene: Scene) -> dict[str, str]:
    """A baseline that looks beyond the server: at the subscription's Defender plan, the region, and who has a role."""
    an_owner(scene)
    path = scene.folder / "wide.yaml"
    path.write_text(_WIDE)
    return {"baseline": str(path)}


def own_key(scene: Scene) -> dict[str, str]:
    """A server with a key of its own, and a vault that holds it and another one."""
    data = scene.world.to_dict()
    group = next(each for each in data["subscriptions"][0]["resource_groups"] if each["name"] == "rg-shop")
    server = next(each for each in group["servers"] if each["name"] == "shop-db")
    server["identities"] = [READER]
    server["data_encryption"] = "AzureKeyVault"
    server["customer_key"] = {
        "primaryKeyURI": "https://kv-keys.vault.azure.net/keys/one",
        "primaryUserAssignedIdentityId": READER,
        "primaryEncryptionKeyStatus": "Valid",
    }
    key = {"versions": [{"id": "a" * 32, "created": "2025-01-01T00:00:00Z"}]}
    vault = {"name": "kv-keys", "purge_protection": True, "keys": {"one": key, "two": key}}
    group["vaults"] = [*group.get("vaults", []), vault]
    scene.world = World.from_dict(data)
    return {}


def every_kind(scene: Scene) -> tuple[Plan, dict[str, str]]:
    """A plan with changes of every kind: what hardening writes, a rule that is added, and a static parameter."""
    stand_for = few_controls(scene)
    server = scene.server
    hardening = server.plan(Path(stand_for["baseline"]), leave=LEAVE)
    added = server.firewall.plan_allow("branch", "198.51.100.7")
    static = server.parameters.plan_set({"max_prepared_transactions": "10"})
    planner = server.planner(server.observe(), load(stand_for["baseline"]))
    changes = [*hardening.changes, *added.changes, *static.changes]
    return planner.assemble(changes, leave=LEAVE, evidence=hardening.evidence), stand_for


def saved_plan(scene: Scene) -> dict[str, str]:
    """The plan with changes of every kind, in a file."""
    path = scene.folder / "plan.json"
    plan, stand_for = every_kind(scene)
    plan_file.write(plan, path)
    return {"plan": str(path), **stand_for}


def small_plan(scene: Scene) -> dict[str, str]:
    """A plan that somebody else made."""
    path = scene.folder / "plan.json"
    plan = scene.server.parameters.plan_set({"log_lock_waits": "on"})
    plan_file.write(sealed(replace(plan, made_by="3" * 8 + "-0000-0000-0000-" + "3" * 12)), path)
    return {"plan": str(path)}


def stopped_run(scene: Scene) -> dict[str, str]:
    """A run with changes of every kind that was told to stop before the first."""
    plan, stand_for = every_kind(scene)
    client = scene.simulation.client(subscription_id=SUBSCRIPTION)
    client.stop()
    run = client.server("rg-shop", "shop-db").apply(plan)
    assert not run.changed
    return {"run": run.run_id, **stand_for}


def finished_run(scene: Scene) -> dict[str, str]:
    """A run with changes of every kind."""
    plan, stand_for = every_kind(scene)
    run = scene.server.apply(plan)
    assert run.status == "complete"
    return {"run": run.run_id, **stand_for}


def _begun(scene: Scene, act: Callable[[FlexSec], Run], *, stopped: bool) -> dict[str, str]:
    """A run of one verb: finished, or told to stop before its first change."""
    client = scene.simulation.client(subscription_id=SUBSCRIPTION)
    if stopped:
        client.stop()
    run = act(client)
    assert run.changed is not stopped
    return {"run": run.run_id}


def settings_run(scene: Scene, *, stopped: bool = False) -> dict[str, str]:
    """A run of `settings set`."""
    values = {"backup_retention_days": 21, "tag:env": "prod"}
    return _begun(scene, lambda client: client.server("rg-shop", "shop-db").settings.set(values), stopped=stopped)


def rule_run(scene: Scene, *, stopped: bool = False) -> dict[str, str]:
    """A run of `firewall allow`, which is undone by removing the rule."""
    return _begun(
        scene, lambda client: client.server("rg-shop", "shop-db").firewall.allow("branch", "198.51.100.7"),
        stopped=stopped,
    )  # fmt: skip


def defender_run(scene: Scene, *, stopped: bool = False) -> dict[str, str]:
    """A run of `defender enable-plan`."""
    leave = replace(LEAVE, subscription_cost=True)
    return _begun(scene, lambda client: client.defender.enable_plan(leave=leave), stopped=stopped)


def contested(scene: Scene) -> dict[str, str]:
    """A parameter that was set twice, and that somebody else set back each time."""
    for _ in range(2):
        assert scene.server.parameters.set("log_checkpoints", "on").changed
        scene.world.server("shop-db").parameters["log_checkpoints"].value = "off"
    return {}


def plan_switched_on(scene: Scene) -> dict[str, str]:
    """A subscription whose Defender plan is on."""
    leave = replace(LEAVE, subscription_cost=True)
    run = scene.simulation.client(subscription_id=SUBSCRIPTION).defender.enable_plan(leave=leave)
    assert run.status == "complete"
    return {}


def faults(scene: Scene, case: Case) -> None:
    """Let go wrong what goes wrong in a case."""
    for each in FaultPlan.from_list(list(case.faults)):
        scene.world.faults.add(each)
