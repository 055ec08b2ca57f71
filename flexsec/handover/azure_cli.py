"""A change as one az command, for a POSIX shell. Spelt as azure-cli 2.91 takes it; see tests/clients.

az takes an argument that begins with @ for the name of a file, when there is such a file, and splits a tag at its
first equals sign; no argument can hold a zero character. What would be misread is not written down as a command.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..model.server_setting import AUTO_GROW, RETENTION, WINDOW, parse_window
from .settings import is_tag, tags, wanted

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.resource import ServerId
    from ..model.server import ServerState

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_RULE_NAME = re.compile(r"[a-zA-Z0-9][-_a-zA-Z0-9]{0,79}(?<!-)")
_GROUP = ("az", "postgres", "flexible-server")


def patch(change: Change, server: ServerId, state: ServerState) -> str:
    """The command; "" for a change that az has no command for, or would misread."""
    match change.kind:
        case "parameters":
            return _command("parameter set", _below(server), name=change.name, value=wanted(change))
        case "firewall":
            return _rule(change, server)
        case "threat_protection":
            word = (change.after or {}).get("state", "")
            return _command("advanced-threat-protection-setting update", _below(server), state=word)
        case "restart":
            return _command("restart", _itself(server))
        case "server_setting":
            return _setting(change, server, state)
        case "authentication":
            return _authentication(change, server)
        case "administrators":
            return _administrator(change, server)
        case _:
            return ""


def _rule(change: Change, server: ServerId) -> str:
    if not _RULE_NAME.fullmatch(change.name):
        return _removal_by_rest(change, server) if change.after is None else ""
    if change.after is None:
        return _command("firewall-rule delete", _below(server), "--yes", name=change.name)
    start, end = change.after["start"], change.after["end"]
    verb = "create" if change.before is None else "update"
    return _command(
        f"firewall-rule {verb}", _below(server), name=change.name, start_ip_address=start, end_ip_address=end
    )


def _removal_by_rest(change: Change, server: ServerId) -> str:
    """The own command of az refuses names that older versions of the service allowed."""
    url = f"{server}/firewallRules/{quote(change.name, safe='')}?api-version=2024-08-01"
    return shlex.join(["az", "rest", "--method", "delete", "--url", url])


def _authentication(change: Change, server: ServerId) -> str:
    """Passwords come back only with a new one, which stands in no command."""
    after = change.after or {}
    if "login" in after:
        return ""
    if change.name == "entra":
        return _command("update", _itself(server), microsoft_entra_auth=after["state"])
    return _command("update", _itself(server), password_auth=after["state"])


def _administrator(change: Change, server: ServerId) -> str:
    if change.after is None:
        return _command("microsoft-entra-admin delete", _below(server), "--yes", object_id=change.name)
    return _command(
        "microsoft-entra-admin create",
        _below(server),
        object_id=change.name,
        display_name=change.after["principal"],
        type=change.after["type"],
    )


def _setting(change: Change, server: ServerId, state: ServerState) -> str:
    if is_tag(change):
        return _tags(change, server, state)
    if change.name == RETENTION:
        return _command("update", _itself(server), backup_retention=wanted(change))
    if change.name == AUTO_GROW:
        return _command("update", _itself(server), storage_auto_grow=wanted(change))
    return _command("update", _itself(server), maintenance_window=_window(change)) if change.name == WINDOW else ""


def _window(change: Change) -> str:
    found = parse_window(wanted(change))
    if found.custom != "Enabled":
        return "Disabled"
    return f"{_DAYS[found.day_of_week]}:{found.start_hour}:{found.start_minute}"


def _tags(change: Change, server: ServerId, state: ServerState) -> str:
    """All tags: az replaces what is there."""
    found = tags(change, state)
    if any("=" in key or _is_misread(value) or _is_misread(key) or key.startswith("-") for key, value in found.items()):
        return ""
    words = [f"{key}={value}" for key, value in found.items()]
    return shlex.join([*_GROUP, "update", *_itself(server), "--tags", *(words or [""])])


def _command(verb: str, target: tuple[str, ...], *flags: str, **options: str) -> str:
    """A command; a value that could be taken for an option stands behind an equals sign."""
    words = [*_GROUP, *verb.split(), *target, *flags]
    for name, value in options.items():
        if _is_misread(value):
            return ""
        option = f"--{name.replace('_', '-')}"
        words += [f"{option}={value}"] if value.startswith("-") else [option, value]
    return shlex.join(words)


def _is_misread(value: str) -> bool:
    return value.startswith("@") or "\0" in value


def _itself(server: ServerId) -> tuple[str, ...]:
    return "--subscription", server.subscription_id, "--resource-group", server.resource_group, "--name", server.name


def _below(server: ServerId) -> tuple[str, ...]:
    return (*_itself(server)[:4], "--server-name", server.name)
