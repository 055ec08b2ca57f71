"""Both levels of Microsoft Defender for open-source relational databases as one report: the plan, and every server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.observation import Unobserved
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, listed, moment, yes

if TYPE_CHECKING:
    from ..model.defender import DefenderPlan
    from ..model.subscription import CoveredServer, SubscriptionState

SCHEMA = "flexsec.defender/1"

_RECORD = ("subscription_id", "plan_tier", "coverage", "server_id", "engine", "own_setting", "billed")
_COVERAGE = {
    "fullycovered": "fully covered",
    "partiallycovered": "partially covered: some servers differ",
    "notcovered": "not covered",
}

_ENFORCED = {"true": "yes: resources below cannot differ", "false": "no: resources below may differ"}


def document(state: SubscriptionState) -> Document:
    """The report of a subscription's plan and of the servers that it covers."""
    return Document(
        schema=SCHEMA,
        data=to_data(state),
        title="Microsoft Defender for open-source relational databases",
        facts=(
            ("Subscription", Cell(_guid(state))),
            *_plan_facts(state.defender_plan),
            ("Observed", Cell(moment(state.observed_at))),
        ),
        tables=(_servers_table(state),),
        records=Records(columns=_RECORD, rows=_records(state)),
        notes=_notes(state),
        summary=_summary(state),
    )


def _plan_facts(plan: DefenderPlan | Unobserved) -> tuple[tuple[str, Cell], ...]:
    if isinstance(plan, Unobserved):
        return (("Plan", Cell(f"not read: {plan.reason}", Tone.CAUTION)),)
    tier = "on, billed for every server" if plan.enabled else "off"
    facts = [("Plan", Cell(f"{plan.tier} ({tier})", Tone.GOOD if plan.enabled else Tone.BAD))]
    told = {
        "Sub-plan": plan.sub_plan,
        "Coverage": _COVERAGE.get(plan.coverage.casefold(), plan.coverage),
        "Enforced": _ENFORCED.get(plan.enforce.casefold(), plan.enforce),
        "Inherited from": plan.inherited_from,
        "On since": plan.enabled_since,
        "Extensions": listed(f"{name} {'on' if on else 'off'}" for name, on in sorted(plan.extensions.items())),
    }
    return (*facts, *((name, Cell(value)) for name, value in told.items() if value))


def _servers_table(state: SubscriptionState) -> Table:
    shown = columns("=Server", "=Resource group", "=Engine", "Own setting", "Billed")
    if isinstance(state.servers, Unobserved):
        reason = Cell(f"not listed: {state.servers.reason}", Tone.CAUTION)
        return Table(title="Servers", columns=columns("Servers"), rows=(cells(reason),))
    return Table(
        title=count(len(state.servers), "flexible server"),
        columns=shown,
        rows=tuple(
            cells(each.name, each.resource_group, each.engine, _own(each), _billed(state, each))
            for each in state.servers
        ),
        empty="The subscription has no flexible server.",
    )


def _own(server: CoveredServer) -> Cell:
    if isinstance(server.protection, Unobserved):
        return Cell(f"unknown: {server.protection.reason}", Tone.MUTED)
    return Cell("Enabled", Tone.GOOD) if server.protection.enabled else Cell("Disabled", Tone.CAUTION)


def _billed(state: SubscriptionState, server: CoveredServer) -> str:
    """Whether the server is billed: by the plan, or by its own setting; "unknown" where that cannot be told."""
    plan = state.defender_plan
    if not isinstance(plan, Unobserved) and plan.enabled:
        return "by the plan"
    own = server.protection
    if not isinstance(own, Unobserved) and own.enabled:
        return "by its own setting"
    return "unknown" if isinstance(plan, Unobserved) or isinstance(own, Unobserved) else "no"


def _notes(state: SubscriptionState) -> tuple[str, ...]:
    plan = state.defender_plan
    notes = []
    if not isinstance(plan, Unobserved) and plan.inherited_from:
        here = ": it cannot be disabled here" if plan.enabled else ""
        notes.append(f"The plan is inherited from {plan.inherited_from}{here}.")
    if not isinstance(state.servers, Unobserved):
        notes.append("Servers that this identity may not see are not listed.")
    return tuple(notes)


def _summary(state: SubscriptionState) -> str:
    plan = state.defender_plan
    said = "The plan could not be read" if isinstance(plan, Unobserved) else f"The plan is {plan.tier}"
    if isinstance(state.servers, Unobserved):
        return f"{said}; the servers could not be listed."
    own = [each for each in state.servers if not isinstance(each.protection, Unobserved)]
    on = sum(not isinstance(each.protection, Unobserved) and each.protection.enabled for each in own)
    return f"{said}; {on} of {count(len(own), 'PostgreSQL server')} whose own setting was read {_have(on)} it enabled."


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _records(state: SubscriptionState) -> tuple[tuple[str, ...], ...]:
    plan = state.defender_plan
    tier, coverage = ("", "") if isinstance(plan, Unobserved) else (plan.tier, plan.coverage)
    first = (_guid(state), tier, coverage)
    if isinstance(state.servers, Unobserved) or not state.servers:
        return ((*first, "", "", "", ""),)
    return tuple((*first, each.server_id, each.engine, _own_word(each), _billed(state, each)) for each in state.servers)


def _own_word(server: CoveredServer) -> str:
    return "unknown" if isinstance(server.protection, Unobserved) else yes(server.protection.enabled)


def _guid(state: SubscriptionState) -> str:
    return state.server_id.rpartition("/")[2]
