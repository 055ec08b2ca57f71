"""How every control about one server parameter judges: what is in force, never what is merely configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredParameter, DesiredRestart
from ..model.observation import Unobserved
from ..model.parameter import Parameter, refusal, same_value, spelled
from ..model.verdict import Status
from .outcome import failed, not_applicable, passed, unread

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.server import ServerState
    from ..model.verdict import Check


def judge_parameter(
    state: ServerState,
    name: str,
    *,
    holds: Callable[[Parameter], bool],
    wanted: Callable[[Parameter], str],
    consequence: str,
    closing: str = "",
) -> Check:
    """Judge one parameter.

    Args:
        state: what was observed.
        name: the parameter.
        holds: whether the parameter's value is good enough; stricter values hold too and are left alone.
        wanted: the value to set when it is not.
        consequence: what a failure means, as a clause.
        closing: the class of leave that setting the wanted value needs.

    Returns:
        not applicable when this server has no such parameter; fail without desires when flexsec cannot set it.
    """
    parameter = state.parameter(name)
    if isinstance(parameter, Unobserved):
        return unread("the server parameters", parameter)
    if parameter is None:
        return absent(state, name)
    evidence = {name: shown(parameter.value)}
    if not holds(parameter):
        return _failing(parameter, wanted(parameter), consequence, closing, evidence)
    if parameter.pending_restart:
        return failed(
            f"{name} is set to {shown(parameter.value)}, which is not in force until the server restarts",
            {**evidence, "pending restart": "yes"},
            desires=(DesiredRestart(parameters=(name,)),),
        )
    return passed(f"{name} is {shown(parameter.value)}", evidence)


def switched_on(state: ServerState, name: str, consequence: str) -> Check:
    """Judge a Boolean parameter that shall be on."""
    return judge_parameter(
        state,
        name,
        holds=lambda parameter: same_value(parameter.value, "on", "Boolean"),
        wanted=lambda parameter: "on",
        consequence=consequence,
    )


def together(*checks: Check) -> Check:
    """Several parameters judged as one: all of them that the server has must hold.

    Either everything that fails is mended or nothing is: half of it would change the server and leave the finding.
    """
    told = [check for check in checks if check.status is not Status.NOT_APPLICABLE]
    failing = [check for check in told if check.status is Status.FAIL]
    short = [check for check in told if check.status is not Status.PASS]
    if not told:
        return checks[0]
    if short and not failing:
        return short[0]
    evidence = {name: value for check in told for name, value in check.evidence.items()}
    if not failing:
        return passed("; ".join(check.reason for check in told), evidence)
    if all(check.desires for check in short):
        desires = tuple(desire for check in short for desire in check.desires)
        return failed("; ".join(check.reason for check in failing), evidence, desires=desires)
    why = "; ".join(check.remedy or check.reason for check in short if not check.desires)
    return failed("; ".join(check.reason for check in failing), evidence, remedy=why)


def absent(state: ServerState, name: str) -> Check:
    """The parameter set depends on the major version: what is not there cannot be wrong (B4)."""
    version = "" if isinstance(state.server, Unobserved) else state.server.version
    where = f"PostgreSQL {version} on this server" if version else "this server"
    return not_applicable(f"{where} has no parameter {name}")


def shown(value: str) -> str:
    """A value as it reads in a sentence."""
    return value if value.strip() else "(empty)"


def _failing(parameter: Parameter, wanted: str, consequence: str, closing: str, evidence: dict[str, str]) -> Check:
    name = parameter.name
    reason = f"{name} is {shown(parameter.value)}: {consequence}"
    refused = refusal(parameter, wanted)
    if refused is not None:
        return failed(reason, evidence, remedy=f"flexsec cannot set it: {refused}")
    desired = DesiredParameter(name=name, value=spelled(parameter, wanted), closing=closing)
    return failed(reason, evidence, desires=(desired,))
