"""What a run does besides writing to its server, such as storing the password that it is about to set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.run import Outcome
    from .journal import Journal


class Steps(Protocol):
    """Done inside the run: its lock is held, its journal is open. Both are called again when a run is resumed."""

    def before(self, journal: Journal) -> None:
        """Done before anything is sent to the server.

        Raises:
            FlexSecError: nothing is written to the server; the run ends with this reason.
        """
        ...

    def after(self, journal: Journal, ended: Mapping[int, Outcome]) -> None:
        """Done when every change has come to its end, or to none.

        Args:
            ended: what became of each change, by position.

        Raises:
            FlexSecError: the run ends in part, with this reason.
        """
        ...
