"""`flexsec simulate worlds`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ...reporting.worlds import WorldFacts, document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, show

if TYPE_CHECKING:
    from ...simulator import World


@click.command("worlds")
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """List the built-in worlds, which --simulate and `simulate serve --world` take by name."""
    from ...simulator import World

    check_files(given)
    show(document(tuple(_facts(name, World.builtin(name)) for name in World.builtin_names())), given)
    return 0


def _facts(name: str, world: World) -> WorldFacts:
    servers = [server for _, server in world.servers()]
    states = Counter(server.state for server in servers)
    return WorldFacts(
        name=name,
        about=world.state.about,
        subscriptions=len(world.state.subscriptions),
        servers=len(servers),
        ready=states["Ready"],
        versions=tuple(sorted({server.version for server in servers}, key=int)),
    )
