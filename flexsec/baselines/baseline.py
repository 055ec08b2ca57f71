"""A baseline as a value: which controls are judged, with which arguments, and which failures are accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..model.ownership import FLEXSEC
from ..model.pattern import fits, tag, unfit_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..controls.control import Control, Value
    from ..model.verdict import Waiver


@dataclass(frozen=True, slots=True)
class Selection:
    """One control that the baseline asks for, with the arguments it gives; the control's defaults fill the rest."""

    control: Control
    arguments: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which servers a baseline is for: any of the name patterns (* and ?, case ignored), and all of the tags.

    Attributes:
        names: none means every name.
        tags: patterns by tag name; a server that lacks the tag, or has another value, is outside.
    """

    names: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        named = f"servers named {' or '.join(self.names)}" if self.names else "servers of any name"
        tagged = ", ".join(f"{name}={pattern}" for name, pattern in self.tags.items())
        return f"{named} with the tags {tagged}" if tagged else named

    def outside_by_name(self, name: str) -> str:
        """Why a server of this name is not meant, or ""."""
        inside = not self.names or any(fits(name, pattern) for pattern in self.names)
        return "" if inside else f"the name {name} is none of them"

    def outside_by_tags(self, tags: Mapping[str, str]) -> str:
        """Why a server with these tags is not meant, or ""."""
        return "; ".join(_tag_problem(name, tags) for name in unfit_tags(tags, self.tags))


def _tag_problem(name: str, tags: Mapping[str, str]) -> str:
    found = tag(name, tags)
    return f"it has no tag {name}" if found is None else f"its tag {name} is {found or '(empty)'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedRow:
    """One row of a standard, and the controls that answer to it.

    Attributes:
        standard: the standard's name and version.
        row: the row's number or id there ("6.10", "DP-3").
        controls: their ids; none when flexsec judges nothing for it.
        basis: official (its publisher, or Microsoft, maps it), public (numbered as public copies cite it), or ours.
        check: against what the row is to be checked before anyone relies on it.
        level: the standard's own level or profile, or "".
        note: what else is worth knowing, or "".
    """

    standard: str
    row: str
    controls: tuple[str, ...]
    basis: Literal["official", "public", "ours"]
    check: str
    level: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a server shall be like.

    Attributes:
        controls: in the catalogue's order.
        waivers: those of the file itself before those of the baselines that it extends.
        sources: the file or built-in name itself, then what it extends, and so on.
        scope: which servers it is for.
        owners: who owns what, by pattern of a change's target ("parameters/log_*", "firewall/*",
            "threat_protection/Default", "server_setting/tag:*"); see `owner`.
        notes: what everyone who uses it has to know, such as that its numbering is to be checked.
        mapping: which control answers to which row of which standard.
    """

    name: str
    description: str
    controls: tuple[Selection, ...]
    waivers: tuple[Waiver, ...] = ()
    sources: tuple[str, ...] = ()
    scope: Scope = Scope()
    owners: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    mapping: tuple[MappedRow, ...] = ()

    def owner(self, target: str) -> str:
        """Who owns a change's target: the longest pattern that fits decides; nobody named means flexsec."""
        fitting = [pattern for pattern in self.owners if fits(target, pattern)]
        return self.owners[max(fitting, key=len)] if fitting else FLEXSEC
