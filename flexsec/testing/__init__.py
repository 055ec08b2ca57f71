"""For people who script against Azure: a simulated subscription, in process or served, strict recordings, a clock.

The pytest fixtures made of these are in plugin.py.

The names are resolved on first use: the simulator needs no `responses`, the replayer no simulator.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..simulator import Fault as Fault
    from ..simulator import FaultPlan as FaultPlan
    from ..simulator import World as World
    from .clock import VirtualClock as VirtualClock
    from .recorder import RecordingTransport as RecordingTransport
    from .recordings import Exchange as Exchange
    from .recordings import Recording as Recording
    from .recordings import RecordingInvalid as RecordingInvalid
    from .recordings import read_recording as read_recording
    from .recordings import write_recording as write_recording
    from .replay import Replay as Replay
    from .replay import ReplayMismatch as ReplayMismatch
    from .replay import replayed as replayed
    from .service import ServedSimulation as ServedSimulation
    from .service import served as served
    from .simulation import Simulation as Simulation
    from .simulation import simulated as simulated

_HOMES = {
    "Exchange": ".recordings",
    "Fault": "..simulator",
    "FaultPlan": "..simulator",
    "Recording": ".recordings",
    "RecordingInvalid": ".recordings",
    "RecordingTransport": ".recorder",
    "Replay": ".replay",
    "ReplayMismatch": ".replay",
    "ServedSimulation": ".service",
    "Simulation": ".simulation",
    "VirtualClock": ".clock",
    "World": "..simulator",
    "read_recording": ".recordings",
    "replayed": ".replay",
    "served": ".service",
    "simulated": ".simulation",
    "write_recording": ".recordings",
}

__all__ = [
    "Exchange",
    "Fault",
    "FaultPlan",
    "Recording",
    "RecordingInvalid",
    "RecordingTransport",
    "Replay",
    "ReplayMismatch",
    "ServedSimulation",
    "Simulation",
    "VirtualClock",
    "World",
    "read_recording",
    "replayed",
    "served",
    "simulated",
    "write_recording",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'flexsec.testing' has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
