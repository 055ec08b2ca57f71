"""The built-in simulated worlds as a report."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.encoding import to_data
from .document import Document, Records, Table, cells, columns
from .words import count, listed

SCHEMA = "flexsec.worlds/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldFacts:
    """What is to be known about a simulated world before it is used.

    Attributes:
        ready: how many of its servers are in state Ready.
        versions: the major versions among them.
    """

    name: str
    about: str
    subscriptions: int
    servers: int
    ready: int
    versions: tuple[str, ...]


def document(worlds: tuple[WorldFacts, ...]) -> Document:
    """The report; its JSON is a list."""
    return Document(
        schema=SCHEMA,
        data=[to_data(world) for world in worlds],
        title="Simulated worlds",
        facts=(),
        tables=(
            Table(
                title=count(len(worlds), "world"),
                columns=columns("=World", "Subscriptions", "Servers", "Versions", "About"),
                rows=tuple(
                    cells(
                        world.name,
                        str(world.subscriptions),
                        str(world.servers),
                        listed(list(world.versions)),
                        world.about,
                    )
                    for world in worlds
                ),
            ),
        ),
        records=Records(
            columns=("name", "subscriptions", "servers", "ready", "versions", "about"),
            rows=tuple(
                (
                    world.name,
                    str(world.subscriptions),
                    str(world.servers),
                    str(world.ready),
                    " ".join(world.versions),
                    world.about,
                )
                for world in worlds
            ),
        ),
    )
