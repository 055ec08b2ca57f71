"""The patterns by which a baseline says who owns what: which kinds there are, and what their names look like."""

from __future__ import annotations

import re

from ..controls.control import suggestion
from ..model.pattern import has_wildcard

KINDS = ("parameters", "firewall", "threat_protection", "restart", "server_setting")
"""The kinds of changes: what stands before the slash of a change's target."""

_SETTINGS = ("backup_retention_days", "storage_auto_grow", "maintenance_window")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")

FORM = rf"^({'|'.join(KINDS)})/\S(.*\S)?$"
"""The form of a pattern, for the JSON Schema."""


def problem(pattern: str) -> str:
    """What is wrong with a pattern, as the end of a sentence, or ""."""
    kind, slash, name = pattern.partition("/")
    if kind not in KINDS:
        hint = suggestion(kind, KINDS)
        return f"{kind!r} is no kind of change{hint}"
    if not slash or not name.strip() or name != name.strip():
        return f"expected a name or a pattern after the slash, such as {kind}/{_example(kind)}"
    if has_wildcard(name):
        return ""
    return _name_problem(kind, name)


def _name_problem(kind: str, name: str) -> str:
    """What is wrong with a name without wildcards."""
    if kind == "parameters" and not _PARAMETER.fullmatch(name):
        return f"{name!r} does not look like the name of a parameter, such as log_connections or azure.extensions"
    if kind == "threat_protection" and name.casefold() != "default":
        return f"there is no threat protection setting {name!r}; the only one is Default"
    if kind == "server_setting" and name not in _SETTINGS and not (name.startswith("tag:") and name != "tag:"):
        return f"there is no server setting {name!r}{suggestion(name, (*_SETTINGS, 'tag:KEY'))}"
    return ""


def _example(kind: str) -> str:
    return {"parameters": "log_*", "threat_protection": "Default", "server_setting": "tag:*"}.get(kind, "*")
