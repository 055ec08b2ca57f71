"""An Azure subscription in memory that answers like Azure Resource Manager: for trials, tests and rehearsals.

All state is a `World`; `answer` is the whole service: (world, request, now) to a response. There is no clock, no
socket and no thread in it.
"""

from __future__ import annotations

from .answering import answer
from .fault_plan import FaultPlan
from .faults import Fault
from .file_reading import WorldError
from .request import ConnectionDropped, Request, Response
from .request_log import RequestRecord
from .world import World

__all__ = [
    "ConnectionDropped",
    "Fault",
    "FaultPlan",
    "Request",
    "RequestRecord",
    "Response",
    "World",
    "WorldError",
    "answer",
]
