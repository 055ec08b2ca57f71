"""Server parameters as a report."""

from __future__ import annotations

from ..model.encoding import to_data
from ..model.parameter import Parameter, same_value
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, listed, server_name, yes

SCHEMA = "flexsec.parameters/1"

_RECORD = (
    "server_id",
    "name",
    "value",
    "default",
    "data_type",
    "allowed_values",
    "unit",
    "dynamic",
    "read_only",
    "pending_restart",
    "source",
)


def document(server_id: str, parameters: tuple[Parameter, ...]) -> Document:
    """The report of a server's parameters; its JSON is a list."""
    return Document(
        schema=SCHEMA,
        data=[to_data(parameter) for parameter in parameters],
        title=f"Parameters of {server_name(server_id)}",
        facts=(("Server", Cell(server_id)),),
        tables=(
            Table(
                title=count(len(parameters), "parameter"),
                columns=columns("=Parameter", "Value", "Default", "Type", "Allowed", "Mind"),
                rows=tuple(_row(parameter) for parameter in parameters),
                empty="No parameter matches.",
            ),
        ),
        records=Records(columns=_RECORD, rows=tuple(_record(server_id, parameter) for parameter in parameters)),
    )


def _row(parameter: Parameter) -> tuple[Cell, ...]:
    unit = f" {parameter.unit}" if parameter.unit and parameter.value else ""
    usual = same_value(parameter.value, parameter.default, parameter.data_type)
    return cells(
        parameter.name,
        Cell((parameter.value or "(empty)") + unit, Tone.PLAIN if usual else Tone.CAUTION),
        parameter.default or "(empty)",
        parameter.data_type,
        parameter.allowed_values,
        _mind(parameter),
    )


def _mind(parameter: Parameter) -> Cell:
    marks = []
    if parameter.pending_restart:
        marks.append("restart pending")
    if parameter.read_only:
        marks.append("read-only")
    elif not parameter.dynamic:
        marks.append("needs a restart")
    return Cell(listed(marks), Tone.BAD if parameter.pending_restart else Tone.MUTED)


def _record(server_id: str, parameter: Parameter) -> tuple[str, ...]:
    return (
        server_id,
        parameter.name,
        parameter.value,
        parameter.default,
        parameter.data_type,
        parameter.allowed_values,
        parameter.unit,
        yes(parameter.dynamic),
        yes(parameter.read_only),
        yes(parameter.pending_restart),
        parameter.source,
    )
