"""A baseline from a server that is as it should be: what it meets is asked for, as strictly as it meets it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..controls.catalogue import CONTROLS
from ..errors import NotObserved
from ..model.observation import Unobserved
from ..model.resource import ServerId
from ..model.verdict import Status
from .baseline import Baseline, Selection
from .captured_text import written
from .tighten import tightened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..controls.control import Control
    from ..model.server import ServerState


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A control that the server does not meet, so that the baseline does not ask for it."""

    control: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A baseline captured from a server.

    Attributes:
        baseline: the baseline as a value.
        text: the same as a YAML file, with what was left out in comments.
        left_out: in the catalogue's order.
    """

    baseline: Baseline
    text: str
    left_out: tuple[LeftOut, ...]

    @property
    def unknown(self) -> tuple[LeftOut, ...]:
        """What was left out because it could not be judged."""
        return tuple(item for item in self.left_out if item.status == Status.UNKNOWN)


def capture(state: ServerState, controls: Iterable[Control] = CONTROLS) -> Captured:
    """The baseline that a server meets as it is now.

    Each control that passes by its default arguments is asked for, each argument that has an order as strictly as the
    server meets it. What fails, does not apply or is not known is left out.

    Raises:
        NotObserved: the server meets nothing, because too little of it could be read.
    """
    chosen: list[Selection] = []
    left_out: list[LeftOut] = []
    for control in controls:
        check = control.judge(state)
        if check.status == Status.PASS:
            chosen.append(Selection(control, tightened(control, state)))
        else:
            left_out.append(LeftOut(control=control.id, status=check.status, reason=check.reason))
    name = ServerId.parse(state.server_id).name
    if not chosen:
        raise NotObserved(f"there is nothing to capture of {name}: {_why(state)}", missing_action=_missing(state))
    baseline = Baseline(
        name=name,
        description=f"What server {name} was like on {state.observed_at:%Y-%m-%d}.",
        controls=tuple(chosen),
    )
    groups = {status: [(o.control, o.reason) for o in left_out if o.status == status] for status in _HEADINGS}
    text = written(baseline, state, {_HEADINGS[status]: items for status, items in groups.items()})
    return Captured(baseline=baseline, text=text, left_out=tuple(left_out))


_HEADINGS = {
    Status.FAIL: "Left out, because the server fails it",
    Status.UNKNOWN: "Left out, because it is not known",
    Status.NOT_APPLICABLE: "Left out, because it does not apply to the server",
}


def _why(state: ServerState) -> str:
    return state.server.reason if isinstance(state.server, Unobserved) else "it meets no control"


def _missing(state: ServerState) -> str:
    return state.server.missing_action if isinstance(state.server, Unobserved) else ""
