"""Counts, durations and values in words, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


def count(number: int, noun: str, plural: str = "") -> str:
    """Say "1 change" or "3 changes"; `plural` where an s is not enough."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Seconds as "9 s", "1 min 5 s" or "2 h 3 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def moment(time: datetime | None) -> str:
    """A time in UTC to the second, "" when there is none."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else ""


def pairs(values: Mapping[str, str]) -> str:
    """Say "a=1; b=2"."""
    return "; ".join(f"{name}={value}" for name, value in values.items())


def before_or_after(values: Mapping[str, str] | None) -> str:
    """One side of a change: its value or its properties, "(empty)" for an empty value, "(none)" where nothing is."""
    if values is None:
        return "(none)"
    if "value" in values:
        return values["value"] or "(empty)"
    return pairs(values)


def yes(flag: bool) -> str:
    """Say "yes" or "no"."""
    return "yes" if flag else "no"


def listed(items: Iterable[str]) -> str:
    """Items with commas between them."""
    return ", ".join(items)


def of_value(value: object) -> str:
    """A control's argument: a truth as true or false, a list in brackets."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def of_arguments(arguments: Mapping[str, object]) -> str:
    """Say "days=7, strict=true"."""
    return listed(f"{name}={of_value(value)}" for name, value in arguments.items())


def server_name(server_id: str) -> str:
    """The last part of an ARM id; a subscription is called so."""
    place, _, name = server_id.rstrip("/").rpartition("/")
    return f"subscription {name}" if place.casefold() == "/subscriptions" else name


def target_word(server_id: str) -> str:
    """What an ARM id names, as a heading."""
    return "Subscription" if server_name(server_id).startswith("subscription ") else "Server"
