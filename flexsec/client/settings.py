"""A server's settings (backup retention, storage autogrow, the maintenance window, FIPS mode, tags), for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidValue
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.desire import DesiredServerSetting, DesiredTagAbsent
from ..model.event import silent
from ..model.leave import Leave
from ..model.server_setting import TAG, ServerSettings, checked, checked_name, settings_of
from .given import as_value, check_values, observed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.change_record import ChangeRecord
    from ..model.desire import Desire
    from ..model.event import Listener
    from ..model.plan import Plan
    from ..model.run import Run
    from .server import Asked, ServerHandle

Value = str | int | bool | None
_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server",)


class Settings:
    """A server's settings. Writing needs Microsoft.DBforPostgreSQL/flexibleServers/write."""

    def __init__(self, server: ServerHandle) -> None:
        self._server = server

    def get(self) -> ServerSettings:
        """All settings. Requires Microsoft.DBforPostgreSQL/flexibleServers/read.

        Raises:
            NotObserved: the server could not be read, with the reason.
        """
        return settings_of(observed(self._server.observe(_PARTS).server, "the server"))

    def set(
        self,
        values: Mapping[str, Value],
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Set settings in one run, one write each, and read them back; what is there already is not written.

        Args:
            values: by name: backup_retention_days (7 to 35), storage_auto_grow (on or off, True or False),
                maintenance_window ("Sunday 02:00" in UTC, or "system-managed"), fips_mode (on or off), tag:KEY (None
                removes the tag; other tags are kept).
            leave: `lower_security` for fewer days of backups, for storage that no longer grows and for FIPS mode off;
                `restart` for FIPS mode, and `closing` with md5 for FIPS mode on.
            evidence: how roles' passwords are kept, for FIPS mode on.

        Raises:
            UnknownName, InvalidValue: no such setting, a value that no server takes, or one that this server, as it
                was read, excludes; nothing is sent. What depends on other servers the service decides: a primary whose
                replicas do not grow yet ends as a failed outcome of the run.
            LeaveRequired, GuardRefused: it would lower security; the server is in a state without writes.
        """
        asked = self._asked(values, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "settings set", on_event, observed=asked.state)

    def plan_set(
        self,
        values: Mapping[str, Value],
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `set` would write."""
        return self._asked(values, leave=leave, evidence=evidence, record=record).plan

    def _asked(self, values: Mapping[str, Value], *, leave: Leave, evidence: Evidence, record: ChangeRecord) -> Asked:
        check_values("settings", values)
        if not values:
            raise InvalidValue("no setting is named; give at least one name and value")
        desires = [_desire(name, value) for name, value in values.items()]
        names = [name.casefold() for name in values]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise InvalidValue(f"{twice} is given twice: the case of a tag's key does not tell two tags apart")
        return self._server.direct(lambda _: desires, _PARTS, leave=leave, evidence=evidence, record=record)


def _desire(name: str, value: Value) -> Desire:
    """What a caller wants of one setting, checked before anything is read.

    Raises:
        UnknownName, InvalidValue: no such setting or value.
    """
    checked_name(name)
    if value is not None:
        return DesiredServerSetting(name=name, value=checked(name, as_value(name, value)))
    if not name.startswith(TAG):
        raise InvalidValue(f"{name}=None: only a tag can be removed")
    return DesiredTagAbsent(key=name.removeprefix(TAG))
