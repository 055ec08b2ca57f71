"""Reads server parameters: the whole list in one request, or one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.parameter import Parameter
from .reading import flag, name, properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId

ACTIONS = ("Microsoft.DBforPostgreSQL/flexibleServers/configurations/read",)


def observe(connection: Connection, server: ServerId, *, deadline: Deadline) -> tuple[Parameter, ...]:
    """Read every parameter, sorted by name: one request of 200 to 400 kB.

    Action: Microsoft.DBforPostgreSQL/flexibleServers/configurations/read. The JSON is read as it is; the client's
    models would cost ten times the CPU (measured).

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: the answer is not a list of parameters.
    """
    what = f"read the parameters of {server.name}"
    entries = connection.read_list(f"{server.arm_id}/configurations", what=what, deadline=deadline)
    return tuple(sorted((parse(entry, what=what) for entry in entries), key=lambda parameter: parameter.name))


def observe_one(connection: Connection, server: ServerId, parameter: str, *, deadline: Deadline) -> Parameter:
    """Read one parameter: one request, action Microsoft.DBforPostgreSQL/flexibleServers/configurations/read.

    Raises:
        NotFound: this server has no such parameter.
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        Unreadable: the answer is not a parameter.
    """
    what = f"read parameter {parameter} of {server.name}"
    return parse(
        connection.read(f"{server.arm_id}/configurations/{parameter}", what=what, deadline=deadline), what=what
    )


def parse(resource: Mapping[str, Any], *, what: str) -> Parameter:
    """The parameter that an entry describes.

    A missing isDynamicConfig or isReadOnly is read as the careful answer: in force only after a restart, not ours to
    write.
    """
    told = properties(resource, what=what)
    return Parameter(
        name=name(resource, what=what),
        value=word(told, "value"),
        default=word(told, "defaultValue"),
        data_type=word(told, "dataType") or "String",
        allowed_values=word(told, "allowedValues"),
        dynamic=flag(told, "isDynamicConfig"),
        read_only=flag(told, "isReadOnly", default=True),
        pending_restart=flag(told, "isConfigPendingRestart"),
        source=word(told, "source"),
        unit=word(told, "unit"),
    )
