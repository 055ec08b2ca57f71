"""Patterns by which baselines name servers, tags and properties: * and ? stand for characters, nothing else does."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern, case ignored: * stands for any characters, ? for one."""
    return fnmatchcase(text.casefold(), pattern.casefold().replace("[", "[[]"))


def has_wildcard(pattern: str) -> bool:
    """Whether a pattern may fit more than one text."""
    return "*" in pattern or "?" in pattern


def tag(name: str, tags: Mapping[str, str]) -> str | None:
    """A tag's value, None where there is no such tag; Azure ignores the case of tag names."""
    return next((value for key, value in tags.items() if key.casefold() == name.casefold()), None)


def unfit_tags(tags: Mapping[str, str], patterns: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the tags that are asked for by pattern and are missing or have another value."""
    found = {name: tag(name, tags) for name in patterns}
    return tuple(name for name, value in found.items() if value is None or not fits(value, patterns[name]))
