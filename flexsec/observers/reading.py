"""Takes values out of the service's JSON without trusting its shape.

Unknown fields are ignored and missing ones become empty words: the service adds, drops and blanks fields between
versions (recorded: an empty highAvailability.state while a server changes). Only a shape that leaves nothing to read
is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import Unreadable


def properties(resource: Mapping[str, Any], *, what: str) -> Mapping[str, Any]:
    """The "properties" of a resource.

    Raises:
        Unreadable: it has none, or they are not an object.
    """
    found = resource.get("properties")
    if not isinstance(found, Mapping):
        raise Unreadable(
            f"could not {what}: the answer has no object under 'properties' and cannot be read", status=200, what=what
        )
    return found


def name(resource: Mapping[str, Any], *, what: str) -> str:
    """The "name" of a resource.

    Raises:
        Unreadable: it has none.
    """
    found = word(resource, "name")
    if not found:
        raise Unreadable(
            f"could not {what}: an entry of the answer has no name and cannot be told apart", status=200, what=what
        )
    return found


def word(source: Mapping[str, Any], key: str) -> str:
    """A text; numbers and booleans in the service's own spelling, anything else "" as if missing."""
    found = source.get(key)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found) if isinstance(found, str | int | float) else ""


def flag(source: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
    """A boolean, also when it comes as a text; `default` when missing or neither."""
    folded = word(source, key).casefold()
    return folded == "true" if folded in {"true", "false"} else default


def number(source: Mapping[str, Any], key: str) -> int | None:
    """A whole number, also when it comes as a text; None when missing or neither."""
    text = word(source, key)
    return int(text) if text.isascii() and text.isdigit() else None


def inner(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A nested object, empty when missing or null."""
    found = source.get(key)
    return found if isinstance(found, Mapping) else {}
