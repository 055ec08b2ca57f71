"""What belongs to someone else in a report: the changes handed over, their patches whole, and values that come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .document import Block, Cell, Table, Tone, cells, columns
from .words import count, listed, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.ownership import Fight, HandOver

COLUMNS = ("owner",)
"""What a record of a change says about it; "" for flexsec's own."""
_LANGUAGES = {"terraform": ("Terraform", "hcl"), "bicep": ("Bicep", "bicep"), "az": ("az commands", "sh")}


def handed_over_table(items: Sequence[HandOver]) -> Table:
    """Changes that flexsec does not write; a note that several of an owner share is told once."""
    rows = []
    told = ("", "")
    for item in items:
        again = bool(item.note) and told == (item.owner, item.note)
        mind = Cell("as above", Tone.MUTED) if again else Cell(item.note or "-")
        rows.append(cells(item.owner, item.change.sentence, mind))
        told = item.owner, item.note
    return Table(
        title=f"Handed over: {count(len(items), 'change')} of what others own",
        columns=columns("=Owner", "Change", "Mind"),
        rows=tuple(rows),
    )


def patch_blocks(items: Sequence[HandOver]) -> tuple[Block, ...]:
    """The patches, by owner and language, each as it is to be copied."""
    texts: dict[tuple[str, str], list[str]] = {}
    for item in items:
        for patch in item.patches:
            texts.setdefault((item.owner, patch.language), []).append(patch.text.rstrip("\n"))
    owners = list(dict.fromkeys(item.owner for item in items))
    return tuple(
        _block(owner, language, parts)
        for (owner, language), parts in sorted(texts.items(), key=lambda entry: owners.index(entry[0][0]))
    )


def _block(owner: str, language: str, parts: list[str]) -> Block:
    spoken, syntax = _LANGUAGES.get(language, (language, language))
    between = "\n" if language == "az" else "\n\n"
    return Block(title=f"Handed over to {owner}, as {spoken}", syntax=syntax, text=between.join(parts))


def fights_in_words(fights: Iterable[Fight]) -> tuple[str, ...]:
    """A sentence for each value that somebody keeps setting back."""
    return tuple(fight_in_words(fight) for fight in fights)


def fight_in_words(fight: Fight) -> str:
    """What came back, how often, who set it last, and what ends it."""
    if fight.set_by:
        who = f"last set by {fight.set_by}" + (f" at {moment(fight.set_at)}" if fight.set_at else "")
    else:
        who = f"who set it last is not known: {fight.not_known}" if fight.not_known else "who set it last is not known"
    name = fight.target.partition("/")[2]
    return (
        f"{name} came back as {fight.comes_back_as} for the {_ordinal(fight.times)} time "
        f"({'run' if len(fight.runs) == 1 else 'runs'} {listed(fight.runs)}); {who.rstrip('.')}: "
        "give it an owner in the baseline, or change it there."
    )


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
