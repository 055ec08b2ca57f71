"""The worlds that come with the package: files under worlds/, and one that is too regular to be written down."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from . import fleet
from .file_reading import WorldError, closest

MIXED_FLEET = "mixed-fleet"


def names() -> tuple[str, ...]:
    """The names of the built-in worlds."""
    files = (each.name for each in _folder().iterdir())
    return tuple(sorted([MIXED_FLEET, *(name.removesuffix(".json") for name in files if name.endswith(".json"))]))


def document(name: str) -> dict[str, Any]:
    """A built-in world as the data of a world file.

    Raises:
        WorldError: no such world; the message lists those there are.
    """
    if name not in names():
        raise WorldError(f"built-in world {name!r}", "no such world", closest(name, names()))
    if name == MIXED_FLEET:
        return fleet.mixed_fleet()
    found: dict[str, Any] = json.loads(_folder().joinpath(f"{name}.json").read_text("utf-8"))
    return found


def _folder() -> Any:
    return resources.files(__package__ or "flexsec.simulator").joinpath("worlds")
