"""A server's own switch of Microsoft Defender for open-source relational databases, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.change_record import NO_RECORD
from ..model.desire import DesiredThreatProtection
from ..model.event import silent
from ..model.leave import Leave
from .given import observed

if TYPE_CHECKING:
    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.server import ThreatProtection
    from .server import Asked, ServerHandle

_PARTS = ("server", "threat_protection")


class ThreatProtectionSetting:
    """The per-server setting; the subscription-wide Defender plan is not touched."""

    def __init__(self, server: ServerHandle) -> None:
        self._server = server

    def get(self) -> ThreatProtection:
        """The setting. Requires .../flexibleServers/advancedThreatProtectionSettings/read.

        Raises:
            NotObserved: it could not be read, with the reason.
        """
        return observed(self._server.observe(_PARTS).threat_protection, "threat protection")

    def enable(self, *, record: ChangeRecord = NO_RECORD, on_event: Listener = silent) -> Run:
        """Enable it and read it back; billed per server. Requires .../advancedThreatProtectionSettings/write.

        Raises:
            NotObserved: the setting could not be read, so it is not known whether a write is needed.
        """
        asked = self._enabled(record)
        return self._server.carry_out(asked.plan, "threat protection enable", on_event, observed=asked.state)

    def plan_enable(self, *, record: ChangeRecord = NO_RECORD) -> Plan:
        """What `enable` would write."""
        return self._enabled(record).plan

    def _enabled(self, record: ChangeRecord) -> Asked:
        return self._server.direct(
            lambda _: [DesiredThreatProtection(enabled=True)], _PARTS, leave=Leave(), record=record
        )
