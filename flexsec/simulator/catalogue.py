"""The server parameters that each PostgreSQL major version has, from one packaged data file.

Whole lists were recorded for 13 and 16; 14, 15, 17 and 18 are derived from 16 and partial lists. `basis` tells of
every entry whether it was recorded, documented or derived.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
RANGE = re.compile(rf"({NUMBER})-({NUMBER})")


@dataclass(frozen=True, slots=True)
class ParameterFacts:
    """What is true of a parameter on every server of a major version; values are text, as on the wire."""

    name: str
    value: str
    default: str
    data_type: str
    allowed_values: str | None
    is_dynamic: bool
    is_read_only: bool
    source: str
    unit: str | None
    basis: str

    @property
    def description(self) -> str:
        """Our own words; the service's descriptions are not part of the data."""
        return f"Sets the PostgreSQL server parameter {self.name}."

    def admits(self, value: str) -> bool:
        """Whether the service takes a value: lists ignore case, ranges are inclusive, text must match its pattern."""
        allowed = self.allowed_values
        if allowed is None:
            return True
        if self.data_type in {"Integer", "Numeric"}:
            return _in_range(value, allowed, whole=self.data_type == "Integer")
        if self.data_type == "String":
            return re.fullmatch(allowed, value, re.DOTALL) is not None
        choices = {choice.strip().casefold() for choice in allowed.split(",")}
        if self.data_type == "Set":
            return all(element.strip().casefold() in choices for element in value.split(","))
        return value.strip().casefold() in choices


def _in_range(value: str, allowed: str, *, whole: bool) -> bool:
    bounds = RANGE.fullmatch(allowed.strip())
    pattern = r"-?\d+" if whole else NUMBER
    if not re.fullmatch(pattern, value.strip(), re.ASCII):
        return False
    return bounds is None or float(bounds[1]) <= float(value) <= float(bounds[2])


@cache
def _document() -> Mapping[str, Any]:
    text = resources.files(__package__ or "flexsec.simulator").joinpath("catalogue.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def versions() -> tuple[str, ...]:
    """The major versions that have a list, oldest first."""
    return tuple(sorted(_document()["minor_versions"], key=int))


def minor_version(major: str) -> str:
    """The minor version that a simulated server of a major version reports unless its world says another."""
    return str(_document()["minor_versions"][major])


@cache
def parameters(major: str) -> Mapping[str, ParameterFacts]:
    """All parameters of a major version by name, in the service's order.

    Raises:
        KeyError: no list for that major version.
    """
    document = _document()
    if major in document["whole"]:
        rows = {row[0]: ParameterFacts(*row) for row in document["whole"][major]["rows"]}
    else:
        difference = document["derived_from_16"][major]
        without = set(difference["without"])
        base = (row for row in document["whole"]["16"]["rows"] if row[0] not in without)
        rows = {row[0]: ParameterFacts(*[*row[:-1], "derived"]) for row in base}
        rows |= {row[0]: ParameterFacts(*row) for row in difference["rows"]}
    return MappingProxyType({name: rows[name] for name in sorted(rows, key=str.casefold)})
