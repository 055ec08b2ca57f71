"""The patterns by which a baseline says who owns what: which kinds there are, and what their names look like."""

from __future__ import annotations

import re

from ..controls.control import suggestion
from ..model.pattern import fits, has_wildcard
from ..model.server_setting import NAMES as SETTINGS
from ..model.server_setting import TAG

KINDS = ("parameters", "firewall", "threat_protection", "restart", "server_setting")
"""The kinds of changes: what stands before the slash of a change's target."""

_ONLY = {"threat_protection": "Default", "restart": "server"}
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
    return _name_problem(kind, name)


def _name_problem(kind: str, name: str) -> str:
    """Why a name, or a pattern of names, fits nothing of its kind, as far as the names are known beforehand."""
    if kind == "parameters" and not has_wildcard(name) and not _PARAMETER.fullmatch(name):
        return f"{name!r} does not look like the name of a parameter, such as log_connections or azure.extensions"
    only = _ONLY.get(kind)
    if only is not None and not fits(only, name):
        return f"there is no {kind.replace('_', ' ')} {name!r}; the only one is {only}"
    if kind == "server_setting" and not any(fits(each, name) for each in SETTINGS) and not _fits_tags(name):
        tags = f"{TAG}*" if has_wildcard(name) else f"{TAG}KEY"
        return f"there is no server setting {name!r}{suggestion(name, (*SETTINGS, tags))}"
    return ""


def _fits_tags(pattern: str) -> bool:
    """Whether a pattern fits the setting of any tag: one part of it fits "tag:", and the rest the tag's name."""
    parts = ((pattern[:end], pattern[end:]) for end in range(len(pattern) + 1))
    return any(fits(TAG, start) and (rest or start.endswith("*")) for start, rest in parts)


def _example(kind: str) -> str:
    return {"parameters": "log_*", "threat_protection": "Default", "server_setting": "tag:*"}.get(kind, "*")
