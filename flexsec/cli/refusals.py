"""Refusals laid out for a reader: which changes, why, and what to give; identical reasons are told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.refuse import refuse_withheld
from ..errors import Refused
from ..reporting.plan import grouped
from ..reporting.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.plan import Plan, Withheld


def refuse(plan: Plan) -> None:
    """Refuse a plan that does not make every change it was asked for, in lines that can be read.

    Raises:
        LeaveRequired, GuardRefused: a change is held back; nothing is written.
    """
    try:
        refuse_withheld(plan)
    except Refused as error:
        held = [item for item in plan.withheld if item.change.kind != "restart"]
        heading = f"refused, nothing was written: {count(len(held), 'change')} held back"
        raise type(error)((heading, *laid_out(held))) from None


def laid_out(withheld: Sequence[Withheld]) -> list[str]:
    """One line for each change, then "why:" and "give:" for all changes that share them."""
    lines: list[str] = []
    for group in grouped(withheld):
        lines += [f"- {item.change.sentence}" for item in group]
        lines.append(f"  why:  {group[0].reason}")
        if group[0].needs:
            lines.append(f"  give: {group[0].needs}")
    return lines
