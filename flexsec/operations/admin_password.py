"""The administrator's password: written, never read back, proved by a login.

The body holds the password and nothing else: a block that echoes other properties would set back what somebody changed
meanwhile, and is how others recreate servers (D17). There is no finer action than writing the server itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import SecretStoreFailure
from ..model.change import Change, Phase
from ..model.resource import ServerId
from .operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import Target
    from ..model.secret import Secret
    from ..model.subscription import State

KIND = "admin_password"
ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: 15 to 60 seconds.
_TYPICAL_SECONDS = 30


def change(login: str, *, place: str) -> Change:
    """The change that gives the administrator the password that is stored at a place.

    Args:
        login: the administrator login.
        place: where the password is, in words; "" when it is in the caller's hands alone.
    """
    return Change(
        kind=KIND,
        name=login,
        before=None,
        after={"store": place},
        sentence=f"Set the password of administrator {login}" + (f" to the one pending in {place}." if place else "."),
        phase=Phase.IDENTITIES,
        reversible=False,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def operation(secret: Callable[[], Secret], prove: Callable[[], bool | None]) -> Operation:
    """How the password is changed in one run.

    Args:
        secret: gives the new password; asked when it is sent.
        prove: tries to log in with it; None when the server cannot be reached from here.
    """

    def write(connection: Connection, server: Target, change: Change, state: State) -> Acceptance:
        if not isinstance(server, ServerId):
            raise TypeError(f"a password is a server's: {server!r}")
        new = secret()
        connection.hide(new)
        body: Any = {"properties": {"administratorLoginPassword": new.reveal()}}
        return connection.write(
            lambda client, keep: client.servers.begin_update(
                server.resource_group, server.name, body, polling=False, cls=keep
            ),
            what=f"set the administrator's password on {server.name}",
        )

    return _operation(write, lambda _: prove())


def _operation(
    write: Callable[[Connection, Target, Change, State], Acceptance], prove: Callable[[Change], bool | None] | None
) -> Operation:
    return Operation(
        kind=KIND,
        desires=(),
        reads=("server",),
        actions=ACTIONS,
        diff=_no_desire,
        write=write,
        current=lambda _change, _state: None,
        holds=lambda _change, _state: False,
        untouched=lambda _change, _state: prove is not None,  # unknown: only whoever has the password goes on
        undo=lambda _change: None,
        predict=lambda _change, state: state,
        prove=prove,
    )


def _no_desire(desire: Desire, state: State) -> NoReturn:
    raise TypeError(f"no control desires a password: {desire!r}")


def _not_at_hand(connection: Connection, server: Target, change: Change, state: State) -> NoReturn:
    raise SecretStoreFailure("the new password is not at hand here; `flexsec password recover` finds out which works")


OPERATION = _operation(_not_at_hand, None)
"""What is known of such changes where the password is not at hand: they cannot be sent again, nor undone."""
