"""Reads a world file member by member and says exactly where it is wrong, what stands there and what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

# A world's time lies between these: what is reckoned from it still has to be a date.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_MOST_LISTED = 20


class WorldError(ValueError):
    """A world that cannot be: `where` is the JSON path to the culprit."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(f"{where}: found {found}, expected {expected}")
        self.where = where


def shown(value: Any) -> str:
    """A value as a reader of JSON knows it, short."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = (
        {None: "null", True: "true", False: "false"}.get(value)
        if value is None or isinstance(value, bool)
        else repr(value)
    )
    return text if len(text := text or repr(value)) <= 80 else text[:77] + "..."


def suggestion(name: str, known: Sequence[str]) -> str:
    """The known name that was probably meant, in brackets; "" when none is close."""
    by_lower = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), list(by_lower), 1, 0.6)
    return f" (did you mean {by_lower[close[0]]!r}?)" if close else ""


def one_of(known: Sequence[str]) -> str:
    """The known names; of many only how many there are."""
    return f"one of {', '.join(known)}" if len(known) <= _MOST_LISTED else f"one of {len(known)} known names"


def closest(name: str, known: Sequence[str]) -> str:
    """The known names, and the one that was probably meant."""
    return f"{one_of(known)}{suggestion(name, known)}"


class Node:
    """A value of the file with the path that leads to it."""

    __slots__ = ("value", "where")

    def __init__(self, value: Any, where: str = "$") -> None:
        self.value = value
        self.where = where

    def fail(self, expected: str, found: str | None = None) -> WorldError:
        """The error for this value."""
        return WorldError(self.where, shown(self.value) if found is None else found, expected)

    def members(self, known: Sequence[str] | None = None) -> dict[str, Node]:
        """The members of an object; with `known`, any other key is an error."""
        if not isinstance(self.value, Mapping):
            raise self.fail("an object")
        for key in self.value:
            if not isinstance(key, str):
                raise self.fail("keys that are text", f"the key {key!r}")
        unknown = [key for key in self.value if known is not None and key not in known]
        if known is not None and unknown:
            found = ", ".join(f"{key!r}{suggestion(key, known)}" for key in unknown)
            keys = "the unknown key" if len(unknown) == 1 else "the unknown keys"
            raise WorldError(f"{self.where}.{unknown[0]}", f"{keys} {found}", one_of(known))
        return {key: Node(value, f"{self.where}.{key}") for key, value in self.value.items()}

    def items(self) -> Iterator[Node]:
        """The elements of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.fail("a list")
        return (Node(value, f"{self.where}[{index}]") for index, value in enumerate(self.value))

    def text(self) -> str:
        """A non-empty text."""
        if not isinstance(self.value, str) or not self.value:
            raise self.fail("a text")
        return self.value

    def string(self) -> str:
        """A text, possibly empty."""
        if not isinstance(self.value, str):
            raise self.fail("a text, possibly empty")
        return self.value

    def optional_text(self) -> str | None:
        """A non-empty text or null."""
        return None if self.value is None else self.text()

    def choice(self, choices: Sequence[str]) -> str:
        """One of some words, in their own spelling."""
        if not isinstance(self.value, str) or self.value not in choices:
            hint = suggestion(str(self.value), choices)
            raise self.fail(one_of(choices), f"{shown(self.value)}{hint}")
        return self.value

    def optional_choice(self, choices: Sequence[str]) -> str | None:
        """One of some words, or null."""
        return None if self.value is None else self.choice(choices)

    def number(self, low: float = 0, high: float = float("inf")) -> float:
        """A number within bounds."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.fail(f"a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, low: int = 0, high: int = 2**53) -> int:
        """A whole number within bounds."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(f"a whole number from {low} to {high}")
        return value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.fail("true or false")
        return self.value

    def moment(self) -> datetime:
        """A time in ISO 8601 with its offset."""
        try:
            parsed = datetime.fromisoformat(self.text())
        except ValueError:
            raise self.fail("a time such as 2026-01-31T09:00:00Z") from None
        if parsed.tzinfo is None:
            raise self.fail("a time with its offset, such as 2026-01-31T09:00:00Z")
        try:
            return parsed.astimezone(UTC)
        except OverflowError:
            raise self.fail("a time that is also one in UTC") from None

    def clock(self) -> datetime:
        """A world's time."""
        found = self.moment()
        if not EARLIEST <= found <= LATEST:
            raise self.fail(f"a time between the years {EARLIEST.year} and {LATEST.year}")
        return found

    def optional_moment(self) -> datetime | None:
        """A time or null."""
        return None if self.value is None else self.moment()

    def texts(self) -> dict[str, str]:
        """An object whose values are texts."""
        return {key: node.string() for key, node in self.members().items()}


def written(moment: datetime | None) -> str | None:
    """A time as `Node.moment` reads it."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
