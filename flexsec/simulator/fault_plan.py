"""Which faults are switched on in a world, in order, and what each has done so far."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .fault_kinds import FAULTS
from .faults import Fault, known_names


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0
    fired: int = 0

    def strikes(self) -> bool:
        """Counts a matching request and tells whether the fault strikes it."""
        fault = self.fault
        self.seen += 1
        if self.seen <= fault.after or (fault.times is not None and self.fired >= fault.times):
            return False
        chance = random.Random(f"{fault.seed}/{fault.id}/{self.seen}").random()  # noqa: S311 - repeatable, not secret
        if chance >= fault.probability:
            return False
        self.fired += 1
        return True


class FaultPlan:
    """The faults of a world, in order, with the count of what each has done so far."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._armed = [_Armed(fault) for fault in faults]

    def __len__(self) -> int:
        return len(self._armed)

    def __iter__(self) -> Iterator[Fault]:
        return (armed.fault for armed in self._armed)

    def add(self, *faults: Fault) -> None:
        """Switches more faults on."""
        self._armed.extend(_Armed(fault) for fault in faults)

    def clear(self) -> None:
        """Switches all faults off; what they did stays done."""
        self._armed.clear()

    def fired(self, fault_id: str) -> int:
        """How often faults of an id have struck."""
        return sum(armed.fired for armed in self._armed if armed.fault.id == fault_id)

    def striking(
        self, aspects: frozenset[str], method: str, path: str, relevant: Callable[[Fault], bool]
    ) -> Iterator[tuple[Fault, int]]:
        """Yields the faults that strike a request with their running number.

        Each is counted only when the iteration reaches it.
        """
        for armed in list(self._armed):
            if armed.fault.concerns(aspects, method, path) and relevant(armed.fault) and armed.strikes():
                yield armed.fault, armed.fired

    @classmethod
    def from_list(cls, entries: Sequence[Mapping[str, Any]]) -> FaultPlan:
        """The plan that `to_list` wrote, or a person.

        Raises:
            ValueError: an unknown key, id or argument.
        """
        plan = cls()
        allowed = (*Fault.__dataclass_fields__, "seen", "fired")
        for entry in entries:
            for key in entry:
                if key not in allowed:
                    raise ValueError(f"unknown key {key!r}{known_names(key, dict.fromkeys(allowed))}")
            _check_types(entry)
            own = {key: value for key, value in entry.items() if key not in {"seen", "fired"}}
            plan._armed.append(_Armed(Fault(**own), int(entry.get("seen", 0)), int(entry.get("fired", 0))))
        return plan

    def to_list(self) -> list[dict[str, Any]]:
        """The plan as plain data, counts included."""
        return [_entry(armed) for armed in self._armed]


def _check_types(entry: Mapping[str, Any]) -> None:
    """Refuses plain data that no fault can be made of."""
    for key, value in entry.items():
        right: bool
        if key in {"id", "method", "path"}:
            right = isinstance(value, str) or (value is None and key != "id")
        elif key == "arguments":
            right = isinstance(value, Mapping)
        elif key == "times" and value is None:
            right = True
        else:
            numbers = int | float if key == "probability" else int
            right = isinstance(value, numbers) and not isinstance(value, bool)
        if not right:
            raise ValueError(f"{key} is {value!r}")
    if "id" not in entry:
        raise ValueError(f"no id; known are {', '.join(FAULTS)}")


def _entry(armed: _Armed) -> dict[str, Any]:
    defaults = {"method": None, "path": None, "after": 0, "probability": 1.0, "seed": 0}
    entry: dict[str, Any] = {"id": armed.fault.id}
    entry |= {
        name: getattr(armed.fault, name) for name, usual in defaults.items() if getattr(armed.fault, name) != usual
    }
    entry["times"] = armed.fault.times
    if armed.fault.arguments:
        entry["arguments"] = {
            key: list(value) if isinstance(value, tuple) else value for key, value in armed.fault.arguments.items()
        }
    if armed.seen:
        entry |= {"seen": armed.seen, "fired": armed.fired}
    return entry
