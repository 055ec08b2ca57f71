"""Properties of the server resource as named settings with a text each: read, checked and compared in one place.

Names: backup_retention_days, storage_auto_grow, maintenance_window, fips_mode, and tag:KEY for each tag.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidValue, UnknownName
from .server import MaintenanceWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .server import Server

RETENTION, AUTO_GROW, WINDOW = "backup_retention_days", "storage_auto_grow", "maintenance_window"
FIPS = "fips_mode"
NAMES = (RETENTION, AUTO_GROW, WINDOW, FIPS)
TAG = "tag:"
SYSTEM_MANAGED = "system-managed"
SHORTEST_RETENTION, LONGEST_RETENTION = 7, 35
MOST_TAGS = 50
"""The service's bounds (Microsoft documentation): days of backups, and tags of one resource."""

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WINDOW = re.compile(r"([A-Za-z]+)\s+([0-9]{1,2}):([0-9]{2})", re.ASCII)
_SWITCH = {"enabled": "Enabled", "on": "Enabled", "true": "Enabled",
           "disabled": "Disabled", "off": "Disabled", "false": "Disabled"}  # fmt: skip
_FORBIDDEN_IN_KEYS = "<>%&\\?/"
_LONGEST_KEY, _LONGEST_TAG_VALUE = 512, 256
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """A server's settings.

    Attributes:
        backup_retention_days: None when the service does not tell.
        storage_auto_grow: Enabled, Disabled, or "" when not told.
        maintenance_window: "Sunday 02:00" (UTC), "system-managed", or "" when not told.
        fips_mode: Enabled, Disabled, or "" when not told.
        tags: as the service spells them.
    """

    backup_retention_days: int | None
    storage_auto_grow: str
    maintenance_window: str
    tags: dict[str, str] = field(default_factory=dict)
    fips_mode: str = ""


def settings_of(server: Server) -> ServerSettings:
    """The settings of a server as it was read."""
    window = server.maintenance_window
    return ServerSettings(
        backup_retention_days=server.backup_retention_days,
        storage_auto_grow=server.storage_auto_grow,
        maintenance_window=window_text(window) if window else "",
        tags=dict(server.tags),
        fips_mode=server.fips_mode,
    )


def value_of(name: str, server: Server) -> str | None:
    """One setting's text; None for a tag that is absent and for what the service does not tell."""
    if name.startswith(TAG):
        key = spelled_key(name, server.tags)
        return None if key is None else server.tags[key]
    settings = settings_of(server)
    if name == RETENTION:
        return None if settings.backup_retention_days is None else str(settings.backup_retention_days)
    told = {AUTO_GROW: settings.storage_auto_grow, FIPS: settings.fips_mode, WINDOW: settings.maintenance_window}
    return told[name] or None


def same(name: str, one: str | None, other: str | None) -> bool:
    """Whether two texts of a setting mean the same; a tag's value counts by its case, the rest does not."""
    if one is None or other is None or name.startswith(TAG):
        return one == other
    return one.casefold() == other.casefold()


def checked_name(name: str) -> str:
    """A setting's name.

    Raises:
        UnknownName: there is no such setting.
        InvalidValue: a tag's key that Azure Resource Manager would refuse.
    """
    if name.startswith(TAG):
        _check_key(name.removeprefix(TAG))
        return name
    if name in NAMES:
        return name
    close = difflib.get_close_matches(name.casefold(), NAMES, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(NAMES)} and {TAG}KEY"
    raise UnknownName(f"a server has no setting {_short(name)!r}; {hint}")


def checked(name: str, value: str) -> str:
    """A value in the spelling in which it is compared and reported.

    Raises:
        UnknownName: there is no such setting.
        InvalidValue: the service would not take it.
    """
    name = checked_name(name)
    if name == RETENTION:
        return _checked_retention(value)
    if name in (AUTO_GROW, FIPS):
        found = _SWITCH.get(value.strip().casefold())
        if found is None:
            raise InvalidValue(f"{name}={_short(value)!r} is neither on nor off")
        return found
    if name == WINDOW:
        return window_text(parse_window(value))
    return _checked_tag_value(name, value)


def parse_window(text: str) -> MaintenanceWindow:
    """Read "Sunday 02:00" (UTC) or "system-managed"; a system-managed window is all zeros, as it must be sent (F12).

    Raises:
        InvalidValue: neither.
    """
    told = text.strip()
    if told.casefold() == SYSTEM_MANAGED:
        return MaintenanceWindow(custom="Disabled")
    found = _WINDOW.fullmatch(told)
    day = _day(found[1]) if found else None
    if found is None or day is None or int(found[2]) > 23 or int(found[3]) > 59:
        raise InvalidValue(
            f"{WINDOW}={_short(text)!r} is not a day and a time in UTC such as 'Sunday 02:00', nor {SYSTEM_MANAGED!r}"
        )
    return MaintenanceWindow(custom="Enabled", day_of_week=day, start_hour=int(found[2]), start_minute=int(found[3]))


def window_text(window: MaintenanceWindow) -> str:
    """A window as `parse_window` reads it; one that is not custom is the service's own choice."""
    if window.custom.casefold() != "enabled":
        return SYSTEM_MANAGED
    day = _DAYS[window.day_of_week] if window.day_of_week < len(_DAYS) else f"day {window.day_of_week}"
    return f"{day} {window.start_hour:02}:{window.start_minute:02}"


def spelled_key(name: str, tags: Mapping[str, str]) -> str | None:
    """The key of a tag as the server has it: keys ignore case (Microsoft documentation). None when it is absent."""
    wanted = name.removeprefix(TAG).casefold()
    return next((key for key in tags if key.casefold() == wanted), None)


def lowers(name: str, before: str | None, after: str | None) -> bool:
    """Whether a value protects less: fewer days of backups, storage that no longer grows, FIPS mode off."""
    if before is None or after is None:
        return False
    if name == RETENTION:
        return int(after) < int(before)
    return name in (AUTO_GROW, FIPS) and (before.casefold(), after.casefold()) == ("enabled", "disabled")


def _day(word: str) -> int | None:
    folded = word.casefold()
    return next((n for n, day in enumerate(_DAYS) if folded in (day.casefold(), day[:3].casefold())), None)


def _checked_retention(value: str) -> str:
    text = value.strip()
    within = (
        len(text) <= 3 and text.isascii() and text.isdigit() and SHORTEST_RETENTION <= int(text) <= LONGEST_RETENTION
    )
    if not within:
        raise InvalidValue(
            f"{RETENTION}={_short(value)!r} is not a whole number of days "
            f"from {SHORTEST_RETENTION} to {LONGEST_RETENTION}"
        )
    return str(int(text))


def _check_key(key: str) -> None:
    wrong = sorted(set(key) & set(_FORBIDDEN_IN_KEYS))
    if not key.strip() or key != key.strip():
        raise InvalidValue(f"the tag key {key!r} is empty, or begins or ends with a blank")
    if wrong:
        raise InvalidValue(f"the tag key {_short(key)!r} holds {' '.join(wrong)}, which Azure does not take in a key")
    if len(key) > _LONGEST_KEY:
        raise InvalidValue(f"the tag key {_short(key)!r} has {len(key)} characters; Azure takes {_LONGEST_KEY}")
    if _CONTROL.search(key):
        raise InvalidValue(f"the tag key {_short(key)!r} holds a control character")


def _checked_tag_value(name: str, value: str) -> str:
    key = _short(name.removeprefix(TAG))
    if len(value) > _LONGEST_TAG_VALUE:
        raise InvalidValue(f"the value of tag {key} has {len(value)} characters; Azure takes {_LONGEST_TAG_VALUE}")
    if _CONTROL.search(value):
        raise InvalidValue(f"the value of tag {key} holds a control character")
    return value


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
