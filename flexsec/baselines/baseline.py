"""A baseline as a value: which controls are judged, with which arguments, and which failures are accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..model.ownership import FLEXSEC

if TYPE_CHECKING:
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
        tags: patterns by tag name; a server lacks the tag or has another value: it is outside.
    """

    names: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


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
    """

    name: str
    description: str
    controls: tuple[Selection, ...]
    waivers: tuple[Waiver, ...] = ()
    sources: tuple[str, ...] = ()
    scope: Scope = Scope()
    owners: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def owner(self, target: str) -> str:
        """Who owns a change's target: the longest pattern that fits decides; nobody named means flexsec."""
        fitting = [pattern for pattern in self.owners if fnmatchcase(target.casefold(), pattern.casefold())]
        return self.owners[max(fitting, key=len)] if fitting else FLEXSEC
