"""What the commands share that add a Microsoft Entra administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..reporting.neutral import plain
from .output import say

if TYPE_CHECKING:
    from ..model.plan import Plan
    from .given import Decorated


def principal_options(function: Decorated) -> Decorated:
    """Who shall be administrator."""
    for option in reversed(
        (
            click.option("--type", "principal_type", required=True, metavar="TYPE",
                         help="User, Group or ServicePrincipal (also for a managed identity)."),
            click.option("--principal-name", required=True, metavar="NAME",
                         help="The user principal name of a User, the display name of anything else. It becomes the "
                              "role's name."),
            click.option("--tenant", default="", metavar="ID", help="The principal's tenant. Default: the server's."),
            click.option("--application-id", default="", metavar="ID",
                         help="The application or client id, where you know it: it is told apart from the object id."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


def tell_doubts(plan: Plan) -> None:
    """Say on standard error what speaks against what was given."""
    for note in plan.notes:
        say(plain(note))
