"""What is really so in a simulated world, held against what flexsec said about it."""

from __future__ import annotations

from collections.abc import Collection

from flexsec import FlexSecError
from flexsec.baselines.loader import load
from flexsec.engine.evaluate import evaluate
from flexsec.model.change import Change
from flexsec.model.parameter import Parameter, comparable
from flexsec.model.run import ChangeStatus, Hardening, Run, RunStatus
from flexsec.model.server import Server, ServerState
from flexsec.model.server_setting import settings_of
from flexsec.model.verdict import Assessment, Status
from flexsec.operations.registry import OPERATIONS
from flexsec.testing import Simulation

from .worlds import GROUP, NAME

OPERATION = {operation.kind: operation for operation in OPERATIONS}
BROUGHT_ABOUT = (ChangeStatus.APPLIED, ChangeStatus.ALREADY)


def observed(simulation: Simulation) -> ServerState:
    """The server, read from a calm service."""
    return simulation.server(GROUP, NAME).observe()


def judged(simulation: Simulation) -> Assessment:
    """The server, judged from a calm service."""
    return evaluate(observed(simulation), load("recommended"), today=simulation.clock.now().date())


def values(simulation: Simulation) -> dict[str, object]:
    """Every value that flexsec can write, in the form in which values compare."""
    state = observed(simulation)
    assert isinstance(state.parameters, tuple)
    assert isinstance(state.firewall, tuple)
    found: dict[str, object] = {p.name: comparable(p.value, p.data_type) for p in state.parameters}
    found |= {f"rule {rule.name}": rule.range for rule in state.firewall}
    assert isinstance(state.server, Server)
    return found | {"threat protection": state.threat_protection, "settings": settings_of(state.server)}


def untrue(run: Run, simulation: Simulation, *, besides: Collection[str] = ()) -> list[str]:
    """The changes that the run says it brought about and that are not in the world.

    Args:
        besides: the targets that somebody else changed meanwhile.
    """
    state = observed(simulation)
    found = []
    for outcome in run.outcomes:
        change = outcome.change
        if outcome.status not in BROUGHT_ABOUT or change.target in besides:
            continue
        if change.kind == "restart":
            named = set((change.before or {})["pending"].split(","))
            if not any(f"parameters/{name}" in besides for name in named) and any(
                _pending(state, name) for name in named
            ):
                found.append(change.sentence)
        elif not OPERATION[change.kind].holds(change, state):
            found.append(change.sentence)
    return found


_MARKS = {
    "parameters": "{} configurations/{}",
    "firewall": "{} firewallRules/{}",
    "threat_protection": "{} advancedThreatProtectionSettings/{}",
    "restart": "restart",
}
_SETTINGS = {"backup_retention_days": "update backup", "storage_auto_grow": "update storage"}
_NOT_OURS = (ChangeStatus.FAILED, ChangeStatus.NOT_STARTED, ChangeStatus.ALREADY)


def denied(run: Run, simulation: Simulation, *, since: int = 0) -> list[str]:
    """The changes that took effect although the run says, without doubt, that it did not bring them about.

    Args:
        since: how many effects there were before the run began.
    """
    simulation.clock.sleep(7200)  # whatever is still on its way arrives
    observed(simulation)
    effects = simulation.world.effects(simulation.world.server_id(NAME))[since:]
    return [
        f"{outcome.status}: {outcome.change.sentence} {outcome.message}"
        for outcome in run.outcomes
        if outcome.status in _NOT_OURS and not outcome.doubted and mark(outcome.change) in effects
    ]


def mark(change: Change) -> str:
    """The simulator's line for the effect of a change."""
    verb = "write" if change.after is not None else "delete"
    if change.kind == "server_setting":
        return _SETTINGS[change.name]
    return _MARKS[change.kind].format(verb, change.name)


def _pending(state: ServerState, name: str) -> bool:
    parameter = state.parameter(name)
    return isinstance(parameter, Parameter) and parameter.pending_restart


def unexplained(hardening: Hardening, after: Assessment) -> list[str]:
    """The controls that fail, could have been mended, and for which the hardening gives no reason."""
    plan = hardening.plan
    told = {left.control for left in plan.left}
    told |= {control for withheld in plan.withheld for control in withheld.change.controls}
    if hardening.run is not None:
        for outcome in hardening.run.outcomes:
            if outcome.status not in BROUGHT_ABOUT:
                told |= set(outcome.change.controls)
    # What could not be judged before the plan was made is reported as unknown, with the reason.
    told |= {
        verdict.control
        for verdict in hardening.before.verdicts
        if verdict.status in (Status.UNKNOWN, Status.NOT_APPLICABLE) and verdict.check.reason
    }
    return [
        verdict.control
        for verdict in after.with_status(Status.FAIL)
        if verdict.check.desires and verdict.control not in told
    ]


def settled(simulation: Simulation, run: Run) -> Run:
    """The run, resumed (twice at most) until nothing of it is open or what is left is definite."""
    client = simulation.client()
    for _ in range(2):
        if run.status is RunStatus.COMPLETE:
            break
        run = client.resume(run.run_id)
    return run


def hardened(simulation: Simulation, **options: object) -> Hardening | FlexSecError:
    """A hardening, or the error with which flexsec says that it cannot even begin."""
    try:
        return simulation.server(GROUP, NAME).harden(**options)  # type: ignore[arg-type]
    except FlexSecError as error:
        return error
