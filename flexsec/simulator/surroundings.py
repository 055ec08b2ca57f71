"""How a world is reached: what its server tells it, and what is no part of its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How a world is reached; no part of its state.

    Attributes:
        issued_tokens_only: bearer texts that neither the sign-in issued nor `principals` lists are refused.
        time_scale: simulated seconds per second of its clients, which tokens have to outlast.
        clients_clock: the time of its clients, where it is not the simulated one.
        page_size: how many entries of a list come at once; 0 for all of them.
    """

    issued_tokens_only: bool = False
    time_scale: float = 1.0
    clients_clock: Callable[[], datetime] | None = None
    page_size: int = 0
