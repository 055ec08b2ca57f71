"""A server's parameters, for scripts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ..engine.plan import desired_parameters
from ..errors import InvalidValue, UnknownName
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.event import silent
from ..model.leave import Leave
from ..model.parameter import comparable, members, merged
from .given import as_value, observed

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable, Mapping

    from ..model.change_record import ChangeRecord
    from ..model.desire import Desire
    from ..model.event import Listener
    from ..model.parameter import Parameter
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.server import ServerState
    from .server import Asked, ServerHandle

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server", "parameters")
_WHAT = "the parameters"
_NOTHING = frozenset({"", "none"})  # what stands for an empty list (pgaudit.log)


class Parameters:
    """A server's parameters. Writing needs Microsoft.DBforPostgreSQL/flexibleServers/configurations/write."""

    def __init__(self, server: ServerHandle) -> None:
        self._server = server

    def list(self) -> tuple[Parameter, ...]:
        """All parameters, sorted by name. Requires .../flexibleServers/configurations/read.

        Raises:
            NotObserved: they could not be read, with the reason.
        """
        return observed(self._server.observe(("parameters",)).parameters, _WHAT)

    def get(self, name: str) -> Parameter:
        """One parameter.

        Raises:
            UnknownName: this server has no such parameter; close names are suggested.
            NotObserved: the parameters could not be read.
        """
        return _find(name, self.list())

    def set(
        self,
        name: str,
        value: str | float | bool,
        *,
        replace: bool = False,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Set one parameter and read it back; a value that it has already is not written.

        A static parameter comes into force with a restart, which this does not make.

        Args:
            value: as the service spells it; numbers, True and False are understood too.
            replace: make a list (data type Set) exactly what is given; otherwise it is added to what the list holds.

        Raises:
            UnknownName, InvalidValue: no such parameter, read-only, or not an allowed value; nothing is sent.
            LeaveRequired, GuardRefused: it would lower security or shut clients out.
        """
        return self.set_many(
            {name: value}, replace=replace, leave=leave, evidence=evidence, record=record, on_event=on_event
        )

    def set_many(
        self,
        values: Mapping[str, str | float | bool],
        *,
        replace: bool = False,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Set several parameters in one run, one write at a time; see `set`."""
        asked = self._asked(values, replace=replace, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "parameters set", on_event, observed=asked.state)

    def reset(
        self,
        name: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Write a parameter's default back: the service has no other way to reset one.

        Raises:
            as `set`.
        """
        asked = self._reset([name], leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "parameters reset", on_event, observed=asked.state)

    def plan_set(
        self,
        values: Mapping[str, str | float | bool],
        *,
        replace: bool = False,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `set_many` would write."""
        return self._asked(values, replace=replace, leave=leave, evidence=evidence, record=record).plan

    def plan_reset(
        self,
        names: Iterable[str],
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `reset` would write."""
        return self._reset(names, leave=leave, evidence=evidence, record=record).plan

    def _asked(
        self,
        values: Mapping[str, str | float | bool],
        *,
        replace: bool,
        leave: Leave,
        evidence: Evidence,
        record: ChangeRecord,
    ) -> Asked:
        if not values:
            raise InvalidValue("no parameter is named; give at least one name and value")

        texts = {name: as_value(name, value) for name, value in values.items()}

        def desires(state: ServerState) -> builtins.list[Desire]:
            known = observed(state.parameters, _WHAT)
            wanted = [(_find(name, known), value) for name, value in texts.items()]
            return desired_parameters({p.name: value if replace else _added(p, value) for p, value in wanted})

        return self._server.direct(desires, _PARTS, leave=leave, evidence=evidence, record=record)

    def _reset(self, names: Iterable[str], *, leave: Leave, evidence: Evidence, record: ChangeRecord) -> Asked:
        wanted = tuple(names)

        def desires(state: ServerState) -> builtins.list[Desire]:
            known = observed(state.parameters, _WHAT)
            return desired_parameters({name: _find(name, known).default for name in wanted})

        return self._server.direct(desires, _PARTS, leave=leave, evidence=evidence, record=record)


def _added(parameter: Parameter, value: str) -> str:
    """The value with what a list holds already: a write replaces the whole list (B8).

    A word such as on or off stands for a whole list and is never mixed with members (log_connections of PostgreSQL 18).
    """
    whole = any(isinstance(comparable(text, "Boolean"), bool) for text in (parameter.value, value))
    if parameter.data_type != "Set" or whole:
        return value
    added = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip().casefold() not in _NOTHING))
    held = "" if members(parameter.value) <= _NOTHING else parameter.value
    if not added and held:
        raise InvalidValue(
            f"{parameter.name} is a list that holds {parameter.value}, and what is set is added to it; "
            "to take something out, replace the list (replace=True, on the command line --replace)"
        )
    return merged(held, added) if added else value


def _find(name: str, known: tuple[Parameter, ...]) -> Parameter:
    found = next((p for p in known if p.name.casefold() == name.casefold()), None)
    if found is not None:
        return found
    close = difflib.get_close_matches(name, [p.name for p in known], n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else "; `flexsec parameters list` shows them"
    raise UnknownName(f"this server has no parameter {name!r}{hint}")
