"""What notices an attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredThreatProtection
from ..model.observation import Unobserved
from .control import Arguments, Control
from .outcome import failed, passed, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check


def threat_protection(state: ServerState, arguments: Arguments) -> Check:
    """Microsoft Defender watches this server for unusual logins and queries.

    What it checks: the server's setting advancedThreatProtectionSettings/Default is Enabled.

    Why: it raises alerts on password guessing and on logins from unusual places, identities and applications.

    Remedy: flexsec enables the setting on this server. Microsoft charges for each protected server.

    What it does not check: whether the subscription's Defender plan for open-source relational databases is on, and
    whether anyone reads the alerts. A replica has a setting of its own.

    Cost: one request per server.
    """
    found = state.threat_protection
    if isinstance(found, Unobserved):
        return unread("the threat protection setting", found)
    if found.enabled:
        return passed("threat protection is enabled", {"advancedThreatProtectionSettings": "Enabled"})
    return failed(
        "threat protection is disabled: attacks on this server raise no alert",
        {"advancedThreatProtectionSettings": "Disabled"},
        desires=(DesiredThreatProtection(enabled=True),),
    )


CONTROLS = (
    Control(
        id="defender-atp-per-server",
        title="Threat protection is enabled on the server",
        family="detection",
        rating=RATINGS["defender-atp-per-server"],
        check=threat_protection,
        reads=("threat_protection",),
        references=REFERENCES["defender-atp-per-server"],
    ),
)
