"""All controls, in the order in which reports list them."""

from __future__ import annotations

from ..errors import UnknownName
from . import authentication, detection, encryption, governance, logging, network, transport
from .control import Control, suggestion

CONTROLS: tuple[Control, ...] = (
    *transport.CONTROLS,
    *authentication.CONTROLS,
    *network.CONTROLS,
    *encryption.CONTROLS,
    *logging.CONTROLS,
    *detection.CONTROLS,
    *governance.CONTROLS,
)

_BY_ID = {entry.id: entry for entry in CONTROLS}


def controls() -> tuple[Control, ...]:
    """All controls, in the catalogue's order."""
    return CONTROLS


def control(control_id: str) -> Control:
    """The control with this id.

    Raises:
        UnknownName: there is none; the message names close ones.
    """
    if control_id not in _BY_ID:
        raise UnknownName(f"there is no control {control_id!r}{suggestion(control_id, _BY_ID)}")
    return _BY_ID[control_id]
