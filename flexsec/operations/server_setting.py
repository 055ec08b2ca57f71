"""Settings of the server resource: backup retention, storage autogrow, the maintenance window, FIPS mode, tags.

One PATCH for each, holding the one property that changes: a whole block, as other clients send it, would set back what
somebody else changed meanwhile. Tags are one property, so all of them are sent, as read right before the request;
clients that manage tags rely on the service replacing the map with what is sent (inferred from them; no recording
shows a PATCH that changes a tag). The body may hold any one property (service specification).

Requires Microsoft.DBforPostgreSQL/flexibleServers/write, the one coarse action there is, and the right to follow the
operation.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ..errors import InvalidValue, UnknownName
from ..model.change import Change, Phase
from ..model.desire import DesiredServerSetting, DesiredTagAbsent
from ..model.server import Server
from ..model.server_setting import (
    AUTO_GROW,
    FIPS,
    MOST_TAGS,
    RETENTION,
    TAG,
    WINDOW,
    checked,
    checked_name,
    lowers,
    parse_window,
    same,
    settings_of,
    spelled_key,
    value_of,
)
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: a PATCH of a server is reported done after 60 to 1,026 seconds, 61 at the median.
_TYPICAL_SECONDS = 61
# What changes by itself while a server is written to.
_RESTLESS = frozenset({"state", "minor_version", "high_availability_state"})
_NO_AUTO_GROW = {"premiumv2_lrs": "Premium SSD v2", "ultrassd_lrs": "Ultra Disk"}


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The PATCH that brings a setting to the desired value, None when it is there, or why it is not written."""
    if not isinstance(desire, DesiredServerSetting | DesiredTagAbsent):
        raise TypeError(f"not a desired server setting: {desire!r}")
    server = state.server
    if not isinstance(server, Server):
        return Obstacle(desire=desire, reason=f"the server was not read: {server.reason}")
    name = f"{TAG}{desire.key}" if isinstance(desire, DesiredTagAbsent) else desire.name
    try:
        checked_name(name)
        wanted = None if isinstance(desire, DesiredTagAbsent) else checked(name, desire.value)
    except (InvalidValue, UnknownName) as error:
        return Obstacle(desire=desire, reason=error.message)
    now = value_of(name, server)
    if same(name, now, wanted):
        return None
    refused = _refusal(name, now, wanted, server)
    if refused:
        return Obstacle(desire=desire, reason=refused)
    key = spelled_key(name, server.tags) if name.startswith(TAG) else None
    return _change(name if key is None else f"{TAG}{key}", now, wanted)


def _refusal(name: str, now: str | None, wanted: str | None, server: Server) -> str:
    """Why the service would refuse it on this server, or ""."""
    if name.startswith(TAG):
        full = now is None and len(server.tags) >= MOST_TAGS
        return f"the server has {len(server.tags)} tags, and Azure takes {MOST_TAGS}" if full else ""
    if now is None:
        return f"the service does not tell the server's {name}, so it could not be brought back"
    if name == RETENTION and server.is_replica:
        return f"the server is a read replica and has no backups of its own (set {name} on its primary)"
    disk = _NO_AUTO_GROW.get(server.storage_type.casefold())
    if name == AUTO_GROW and wanted == "Enabled" and disk:
        return f"the server's storage is {disk}, which cannot grow by itself: the service offers that for Premium SSD"
    return ""


def _change(name: str, now: str | None, wanted: str | None, *, back: bool = False) -> Change:
    closing = "md5" if name == FIPS and wanted == "Enabled" else ""
    return Change(
        kind="server_setting",
        name=name,
        before=_properties(now),
        after=_properties(wanted),
        sentence=_sentence(name, now, wanted, back=back),
        phase=Phase.CLOSE if closing else Phase.ADD if name.startswith(TAG) else Phase.TIGHTEN,
        closing=closing,
        restarts=name == FIPS,  # whether the service restarts the server for it is not known: leave is asked for
        lowers_security=lowers(name, now, wanted),
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def _sentence(name: str, now: str | None, wanted: str | None, *, back: bool) -> str:
    if wanted is None:
        return f"Remove the tag {name.removeprefix(TAG)} (now {_shown(now)})."
    what = f"the tag {name.removeprefix(TAG)}" if name.startswith(TAG) else name
    verb = f"Set {what} back to" if back else f"Set {what} to"
    return f"{verb} {_shown(wanted)} (now {_shown(now)})." + _consequence(name, now, wanted)


def _consequence(name: str, now: str | None, wanted: str) -> str:
    if name == RETENTION and lowers(name, now, wanted):
        return f" Backups older than {wanted} days are deleted, and no undoing brings them back."
    if name == AUTO_GROW and wanted == "Enabled":
        return " Storage that has grown costs more and never shrinks; read replicas need it first."
    if name == FIPS and wanted == "Enabled":
        return (
            " No request of this kind was ever recorded: the service may restart the server, and md5 passwords and "
            "whatever else needs md5 may stop working."
        )
    if name == FIPS:
        return " No request of this kind was ever recorded: the service may restart the server."
    if name == AUTO_GROW:
        return " A full disk makes the server read-only; a read replica must keep it while its primary has it."
    if name == WINDOW:
        return " A maintenance that is under way keeps the time it was announced for."
    return ""


def write(connection: Connection, server: ServerId, change: Change, state: ServerState) -> Acceptance:
    """PATCH the one property; of tags, all that the server had when it was read just now, with the one changed.

    Raises:
        TypeError: the server was not read, which the engine does not let happen.
    """
    if not isinstance(state.server, Server):
        raise TypeError(f"settings are written over what was read: {state.server!r}")
    body: Any = _body(change, state.server)
    return connection.write(
        lambda client, keep: client.servers.begin_update(
            server.resource_group, server.name, body, polling=False, cls=keep
        ),
        what=f"set {change.name} on {server.name}",
    )


def _body(change: Change, server: Server) -> dict[str, Any]:
    wanted = _value(change.after)
    if change.name.startswith(TAG):
        return {"tags": _tags(change.name, wanted, server.tags)}
    if wanted is None:
        raise TypeError(f"only a tag can be removed: {change.name}")
    if change.name == RETENTION:
        return {"properties": {"backup": {"backupRetentionDays": int(wanted)}}}
    if change.name == AUTO_GROW:
        return {"properties": {"storage": {"autoGrow": wanted}}}
    if change.name == FIPS:
        return {"properties": {"fipsMode": wanted}}
    window = parse_window(wanted)
    told = {"customWindow": window.custom, "dayOfWeek": window.day_of_week}
    return {
        "properties": {"maintenanceWindow": told | {"startHour": window.start_hour, "startMinute": window.start_minute}}
    }


def _tags(name: str, wanted: str | None, tags: Mapping[str, str]) -> dict[str, str]:
    """All tags with this one at its value, under the key as the server spells it, or without it."""
    key = spelled_key(name, tags) or name.removeprefix(TAG)
    others = {each: value for each, value in tags.items() if each != key}
    return others if wanted is None else {**others, key: wanted}


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The setting as observed, None for an absent tag."""
    return _properties(value_of(change.name, state.server)) if isinstance(state.server, Server) else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the setting has the wanted value."""
    return _is(change.name, _value(change.after), state)


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the setting still has the value from before the change."""
    return _is(change.name, _value(change.before), state)


def undo(change: Change) -> Change:
    """The write that brings the earlier value back; a tag that was absent is removed again."""
    return _change(change.name, _value(change.after), _value(change.before), back=True)


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the setting as wanted."""
    server, wanted = state.server, _value(change.after)
    if not isinstance(server, Server):
        return state
    if change.name.startswith(TAG):
        return replace(state, server=replace(server, tags=_tags(change.name, wanted, server.tags)))
    if wanted is None:
        return state
    if change.name == RETENTION:
        return replace(state, server=replace(server, backup_retention_days=int(wanted)))
    if change.name == AUTO_GROW:
        return replace(state, server=replace(server, storage_auto_grow=wanted))
    if change.name == FIPS:
        return replace(state, server=replace(server, fips_mode=wanted))
    return replace(state, server=replace(server, maintenance_window=parse_window(wanted)))


def side_effects(change: Change, before: ServerState, after: ServerState) -> tuple[str, ...]:
    """What else of the server differs: the service's doing, or somebody else's at the same time."""
    if not isinstance(before.server, Server) or not isinstance(after.server, Server):
        return ()
    expected = predict(change, before).server
    if not isinstance(expected, Server):
        return ()
    was, now = _facts(expected), _facts(after.server)
    return tuple(
        f"{name} was {was.get(name) or 'absent'} and is now {now.get(name) or 'absent'}"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name) and name != change.name
    )


def _facts(server: Server) -> dict[str, str]:
    """Everything that is told of a server and stays as it is unless written, as texts by name."""
    settings = settings_of(server)
    found = {each.name: repr(getattr(server, each.name)) for each in fields(server) if each.name not in _RESTLESS}
    found.pop("tags")
    found[WINDOW] = settings.maintenance_window
    return found | {f"{TAG}{key.casefold()}": repr(value) for key, value in server.tags.items()}


def _is(name: str, value: str | None, state: ServerState) -> bool:
    return isinstance(state.server, Server) and same(name, value_of(name, state.server), value)


def _properties(value: str | None) -> dict[str, str] | None:
    return None if value is None else {"value": value}


def _value(properties: Mapping[str, str] | None) -> str | None:
    return None if properties is None else properties["value"]


def _shown(value: str | None) -> str:
    return "absent" if value is None else value or "''"


OPERATION = Operation(
    kind="server_setting",
    desires=("server_setting", "tag_absent"),
    reads=("server",),
    actions=ACTIONS,
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
    side_effects=side_effects,
)
