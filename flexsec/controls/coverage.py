"""Which properties of a flexible server flexsec judges, and which the tools beside it do.

What others check is data, read from their sources at the versions named there; what flexsec checks is the catalogue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .catalogue import CONTROLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool beside flexsec: what data files call it, its name, and the version that was read."""

    key: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One security property of a flexible server.

    Attributes:
        id: the id of flexsec's control, also where flexsec has none yet.
        plane: where it is told: control, subscription, network, or data (the database itself).
        covered: whether flexsec judges it.
        tools: the ids of the checks that other tools have for it, by the tool's key.
    """

    id: str
    group: str
    plane: str
    title: str
    covered: bool
    tools: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All properties that are known, in the order of their groups, and the tools beside flexsec."""

    tools: tuple[Tool, ...]
    properties: tuple[Property, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in order."""
        return tuple(dict.fromkeys(each.group for each in self.properties))

    def of_group(self, group: str) -> tuple[Property, ...]:
        """The properties of a group."""
        return tuple(each for each in self.properties if each.group == group)


@cache
def coverage() -> Coverage:
    """What is covered by whom. Reads a file of this package."""
    data = json.loads(resources.files(__package__).joinpath("coverage.json").read_text("utf-8"))
    own = {control.id: control.title for control in CONTROLS}
    return Coverage(
        tools=tuple(Tool(key=key, name=each["name"], version=each["version"]) for key, each in data["peers"].items()),
        properties=tuple(
            Property(
                id=each["id"],
                group=each["group"],
                plane=each["plane"],
                title=own.get(each["id"]) or each["title"],
                covered=each["id"] in own,
                tools={key: tuple(ids) for key, ids in each["peers"].items()},
            )
            for each in data["properties"]
        ),
    )
