"""A baseline as a value: which controls are judged, with which arguments, and which failures are accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..controls.control import Control, Value
    from ..model.verdict import Waiver


@dataclass(frozen=True, slots=True)
class Selection:
    """One control that the baseline asks for, with the arguments it gives; the control's defaults fill the rest."""

    control: Control
    arguments: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a server shall be like.

    Attributes:
        controls: in the catalogue's order.
        waivers: those of the file itself before those of the baselines that it extends.
        sources: the file or built-in name itself, then what it extends, and so on.
    """

    name: str
    description: str
    controls: tuple[Selection, ...]
    waivers: tuple[Waiver, ...] = ()
    sources: tuple[str, ...] = ()
