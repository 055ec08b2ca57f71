"""All controls, in the order in which reports list them."""

from __future__ import annotations

from ..errors import UnknownName
from . import (
    admin_password,
    administrators,
    auditing,
    authentication,
    availability,
    backup,
    detection,
    encryption,
    firewall,
    governance,
    identities,
    key_health,
    keys,
    lifecycle,
    log_content,
    logging,
    management,
    network,
    transport,
)
from .control import Control, suggestion

CONTROLS: tuple[Control, ...] = (
    *transport.CONTROLS,
    *authentication.CONTROLS,
    *administrators.CONTROLS,
    *identities.CONTROLS,
    *management.CONTROLS,
    *admin_password.CONTROLS,
    *network.CONTROLS,
    *firewall.CONTROLS,
    *encryption.CONTROLS,
    *keys.CONTROLS,
    *key_health.CONTROLS,
    *logging.CONTROLS,
    *log_content.CONTROLS,
    *auditing.CONTROLS,
    *detection.CONTROLS,
    *backup.CONTROLS,
    *availability.CONTROLS,
    *lifecycle.CONTROLS,
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
