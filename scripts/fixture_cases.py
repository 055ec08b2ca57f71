"""The cases that `record_fixtures.py` records: which exchange, under which fault, and how it must end.

A case runs observers and operations on a connection, exactly as the engine does. `live` cases can also be recorded from
a real server: they change nothing, or what they change is put back by `around`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flexsec import Leave
from flexsec.model.change import Change, Phase
from flexsec.model.resource import SubscriptionId
from flexsec.observers import (
    administrators,
    covered_servers,
    defender_plan,
    firewall,
    parameters,
    server,
    threat_protection,
)
from flexsec.operations.registry import OPERATIONS

if TYPE_CHECKING:
    from flexsec import ServerHandle, ServerId
    from flexsec.azure.connection import Connection
    from flexsec.model.acceptance import Ending
    from flexsec.model.clock import Deadline

Run = Callable[["Connection", "ServerId", "Deadline"], object]
_OPERATIONS = {operation.kind: operation for operation in OPERATIONS}
_RULE = "flexsec-recording"
_ADDRESSES = {"start": "203.0.113.64", "end": "203.0.113.71"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fixture.

    Attributes:
        stem, name: the file is `<stem>/<name>.json`.
        about: one sentence on what it shows.
        run: what is done on the connection.
        ends: how it must end: "read", "succeeded", "failed Busy", "unknown", "raises NotFound", ... Alternatives are
            joined by " or ".
        faults: what goes wrong in the simulator.
        keep: the parameters that stay in a recorded parameter list.
        live: can be recorded from a real server.
        around: prepares a real server and puts it back.
    """

    stem: str
    name: str
    about: str
    run: Run
    ends: str
    faults: tuple[dict[str, Any], ...] = ()
    keep: tuple[str, ...] = ()
    live: bool = False
    around: Callable[[ServerHandle], AbstractContextManager[None]] = lambda _: nullcontext()


def _read(part: Any) -> Run:
    return lambda connection, server_id, deadline: part.observe(connection, server_id, deadline=deadline)


def _of(run: Run, **changed: str) -> Run:
    """The same on a server, group or subscription that does not exist."""
    return lambda connection, server_id, deadline: run(connection, replace(server_id, **changed), deadline)


def _write(kind: str, name: str, before: dict[str, str] | None, after: dict[str, str] | None) -> Run:
    change = Change(kind=kind, name=name, before=before, after=after, sentence=f"Write {name}.", phase=Phase.ADD)

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> Ending:
        return _sent(connection, server_id, deadline, change, None)

    return run


def _sent(connection: Connection, target: Any, deadline: Deadline, change: Change, state: Any) -> Ending:
    """Send a change over what was read, and follow it to its end."""
    acceptance = _OPERATIONS[change.kind].write(connection, target, change, state)
    return connection.finish(acceptance, what=f"write {change.name}", deadline=deadline)


def _setting(name: str, value: str | None) -> Run:
    """Set a server's setting over what the server has, or remove a tag."""
    after = None if value is None else {"value": value}
    change = Change(kind="server_setting", name=name, before=None, after=after, sentence="Set.", phase=Phase.TIGHTEN)

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> Ending:
        found = server.observe(connection, server_id, deadline=deadline)
        return _sent(connection, server_id, deadline, change, SimpleNamespace(server=found))

    return run


def _switch(method: str, state: str) -> Run:
    """Switch a way of signing in, over what the server has."""
    change = Change(kind="authentication", name=method, before=None, after={"state": state}, sentence="Switch.",
                    phase=Phase.CLOSE)  # fmt: skip

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> Ending:
        found = server.observe(connection, server_id, deadline=deadline)
        return _sent(connection, server_id, deadline, change, SimpleNamespace(server=found))

    return run


def _after(first: Run, *runs: Run) -> Run:
    """One after the other; the end is the second one's."""

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> object:
        first(connection, server_id, deadline)
        return _then(*runs)(connection, server_id, deadline)

    return run


def _defender(tier: str) -> Run:
    """Switch the subscription's Defender plan."""
    change = Change(kind="defender_plan", name="plan", before=None, after={"tier": tier}, sentence="Switch.",
                    phase=Phase.ADD)  # fmt: skip

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> Ending:
        return _sent(connection, SubscriptionId(server_id.subscription_id), deadline, change, None)

    return run


def _read_plan(connection: Connection, server_id: ServerId, deadline: Deadline) -> object:
    return defender_plan.observe(connection, server_id.subscription_id, deadline=deadline)


def _list_covered(connection: Connection, server_id: ServerId, deadline: Deadline) -> object:
    return covered_servers.observe(connection, SubscriptionId(server_id.subscription_id), deadline=deadline)


def _set(name: str, value: str) -> Run:
    return _write("parameters", name, None, {"value": value})


def _then(*runs: Run) -> Run:
    """One after the other; the end is the first one's."""

    def run(connection: Connection, server_id: ServerId, deadline: Deadline) -> object:
        first, *_ = [each(connection, server_id, deadline) for each in runs]
        return first

    return run


def _parameter_kept(name: str) -> Callable[[ServerHandle], AbstractContextManager[None]]:
    @contextmanager
    def around(handle: ServerHandle) -> Iterator[None]:
        value = handle.parameters.get(name).value
        try:
            yield
        finally:
            handle.parameters.set(name, value, leave=Leave(lower_security=True))

    return around


@contextmanager
def _rule_absent_afterwards(handle: ServerHandle) -> Iterator[None]:
    try:
        yield
    finally:
        handle.firewall.remove(_RULE, leave=Leave(closing=("firewall",), without_evidence="made for a recording"))


@contextmanager
def _rule_present_before(handle: ServerHandle) -> Iterator[None]:
    handle.firewall.allow(_RULE, _ADDRESSES["start"], end=_ADDRESSES["end"])
    yield


_SET = _set("log_lock_waits", "on")
_ALLOW = _write("firewall", _RULE, None, _ADDRESSES)
_REMOVE = _write("firewall", _RULE, _ADDRESSES, None)
_REMOVE_TEMPORARY = _write("firewall", "temp-debug", {"start": "0.0.0.0", "end": "255.255.255.255"}, None)  # noqa: S104
_PROTECT = _write("threat_protection", "Default", None, {"state": "Enabled"})
_RESTART = _write("restart", "server", {"pending": "max_connections"}, {"pending": ""})
_PERSON = {"principal": "dba@example.com", "type": "User", "tenant": "33333333-3333-3333-3333-333333333333"}
_PERSONS_ID = "66666666-6666-6666-6666-666666666666"
_ENTRA_ON = _switch("entra", "Enabled")
_ADD = _write("administrators", _PERSONS_ID, None, _PERSON)
_REMOVE_ADMINISTRATOR = _write("administrators", _PERSONS_ID, _PERSON, None)
_WRITE = {"method": "PUT"}
_LISTED = ("log_checkpoints", "log_disconnections", "max_connections", "require_secure_transport", "server_version_num")

_SERVER = (
    Case(stem="server", name="read", about="A server is read.", run=_read(server), ends="read", live=True),
    Case(stem="server", name="not_found", about="The group exists, the server does not.", live=True,
         run=_of(_read(server), name="no-such-server"), ends="raises NotFound"),
    Case(stem="server", name="group_not_found", about="The resource group does not exist.", live=True,
         run=_of(_read(server), resource_group="rg-none"), ends="raises NotFound"),
    Case(stem="server", name="subscription_not_found", about="The subscription does not exist or is not visible.",
         run=_of(_read(server), subscription_id="99999999-9999-9999-9999-999999999999"), ends="raises NotFound"),
    Case(stem="server", name="forbidden", about="The right to read the server is missing.",
         run=_read(server), ends="raises Forbidden", faults=({"id": "X28"},)),
    Case(stem="server", name="throttled", about="Reads are throttled twice, with and without Retry-After.",
         run=_read(server), ends="read",
         faults=({"id": "X22", "arguments": {"retry_after": "7"}},
                 {"id": "X22", "arguments": {"text": "TooManyRequests", "retry_after": None}})),
    Case(stem="server", name="gateway_page", about="A gateway answers with a page of HTML, then the service does.",
         run=_read(server), ends="read", faults=({"id": "X29", "arguments": {"form": "html"}},)),
    Case(stem="server", name="restarting", about="The server says that it is restarting.",
         run=_read(server), ends="read", faults=({"id": "X33"},)),
)  # fmt: skip
_PARAMETERS = (
    Case(stem="parameters", name="list", about="The parameters are listed, one of them waiting for a restart.",
         run=_read(parameters), ends="read", keep=_LISTED, live=True),
    Case(stem="parameters", name="list_stopped", about="The parameters of a stopped server are refused.",
         run=_read(parameters), ends="raises ArmError", faults=({"id": "X20"},)),
    Case(stem="parameters", name="set", about="A parameter is set and read back.", run=_then(_SET, _read(parameters)),
         ends="succeeded", keep=("log_lock_waits",), live=True, around=_parameter_kept("log_lock_waits")),
    Case(stem="parameters", name="set_static", about="A static parameter is set and waits for a restart.",
         run=_then(_set("max_worker_processes", "16"), _read(parameters)), ends="succeeded",
         keep=("max_worker_processes",)),
    Case(stem="parameters", name="set_busy", about="A second write is refused at once: the server is busy.",
         run=_SET, ends="raises Busy", faults=({"id": "X1"} | _WRITE,)),
    Case(stem="parameters", name="set_busy_in_poll", about="A write is accepted and its poll says busy.",
         run=_SET, ends="failed Busy", faults=({"id": "X2"} | _WRITE,)),
    Case(stem="parameters", name="set_busy_without_code", about="A busy answer in the poll, with an empty code.",
         run=_SET, ends="failed Busy", faults=({"id": "X2", "arguments": {"code": ""}} | _WRITE,)),
    Case(stem="parameters", name="set_read_only", about="A value is accepted and refused in the poll as '{0}'.",
         run=_SET, ends="failed ArmError", faults=({"id": "X5"} | _WRITE,)),
    Case(stem="parameters", name="set_internal_error", about="A write is accepted and fails with an internal error.",
         run=_SET, ends="failed ServiceFailure", faults=({"id": "X7", "arguments": {"form": "poll"}} | _WRITE,)),
    Case(stem="parameters", name="set_unknown", about="The server has no such parameter.", live=True,
         run=_set("no_such_parameter", "on"), ends="raises NotFound or raises ArmError"),
    Case(stem="parameters", name="set_forbidden", about="The right to write parameters is missing.",
         run=_SET, ends="raises Forbidden", faults=({"id": "X28"} | _WRITE,)),
    Case(stem="parameters", name="set_throttled", about="A write is throttled: it is not sent again here.",
         run=_SET, ends="raises Throttled", faults=({"id": "X22", "arguments": {"retry_after": "12"}} | _WRITE,)),
    Case(stem="parameters", name="set_at_once", about="A write is answered with 200 and the resource.",
         run=_SET, ends="succeeded", faults=({"id": "X27"} | _WRITE,)),
    Case(stem="parameters", name="poll_forbidden", about="The status of an accepted write may not be read.",
         run=_SET, ends="unknown", faults=({"id": "X24", "times": None},)),
    Case(stem="parameters", name="poll_not_found", about="The status of an accepted write is not found.",
         run=_SET, ends="unknown", faults=({"id": "X25", "times": None},)),
    Case(stem="parameters", name="poll_internal_error", about="A poll fails with 500 once; the write succeeds.",
         run=_SET, ends="succeeded", faults=({"id": "X40"},)),
    Case(stem="parameters", name="poll_canceled", about="An accepted write is cancelled by someone else.",
         run=_SET, ends="canceled ArmError", faults=({"id": "X41"} | _WRITE,)),
)  # fmt: skip
_FIREWALL = (
    Case(stem="firewall", name="list", about="The firewall rules are listed, the whole internet among them.",
         run=_read(firewall), ends="read", live=True),
    Case(stem="firewall", name="allow", about="A rule is added and read back.", run=_then(_ALLOW, _read(firewall)),
         ends="succeeded", live=True, around=_rule_absent_afterwards),
    Case(stem="firewall", name="remove", about="A rule is removed and gone.",
         run=_then(_REMOVE_TEMPORARY, _read(firewall)), ends="succeeded"),
    Case(stem="firewall", name="remove_absent", about="A rule that does not exist is removed.", run=_REMOVE,
         ends="succeeded", live=True),
    Case(stem="firewall", name="allow_busy_in_poll", about="A rule is accepted and its poll says busy.",
         run=_ALLOW, ends="failed Busy", faults=({"id": "X2", "arguments": {"code": "ServerBusy"}} | _WRITE,)),
    Case(stem="firewall", name="allow_forbidden", about="The right to write firewall rules is missing.",
         run=_ALLOW, ends="raises Forbidden", faults=({"id": "X28"} | _WRITE,)),
    Case(stem="firewall", name="list_throttled", about="Listing the rules is throttled once.",
         run=_read(firewall), ends="read", faults=({"id": "X22", "arguments": {"retry_after": "4"}},)),
)  # fmt: skip
_THREAT_PROTECTION = (
    Case(stem="threat_protection", name="read", about="The setting is read.", run=_read(threat_protection),
         ends="read", live=True),
    Case(stem="threat_protection", name="enable", about="Threat protection is enabled and read back.",
         run=_then(_PROTECT, _read(threat_protection)), ends="succeeded"),
    Case(stem="threat_protection", name="enable_forbidden", about="The right to write the setting is missing.",
         run=_PROTECT, ends="raises Forbidden", faults=({"id": "X28"} | _WRITE,)),
    Case(stem="threat_protection", name="enable_not_shown",
         about="The setting is accepted, reported done, and still disabled when read.",
         run=_then(_PROTECT, _read(threat_protection)), ends="succeeded", faults=({"id": "X12"} | _WRITE,)),
)  # fmt: skip
_ADMINISTRATORS = (
    Case(stem="administrators", name="list_empty", about="A server without Entra administrators lists none.",
         run=_read(administrators), ends="read", live=True),
    Case(stem="administrators", name="list_not_enabled", about="Listing is refused: authentication is not enabled.",
         run=_read(administrators), ends="read", faults=({"id": "X14"},)),
    Case(stem="administrators", name="list_forbidden", about="The right to list administrators is missing.",
         run=_read(administrators), ends="raises Forbidden", faults=({"id": "X28"},)),
    Case(stem="administrators", name="add", about="Entra is enabled, an administrator added, and both are read back.",
         run=_after(_ENTRA_ON, _ADD, _read(administrators)), ends="succeeded"),
    Case(stem="administrators", name="add_not_enabled", about="An administrator is refused: Entra is off.",
         run=_ADD, ends="raises ArmError"),
    Case(stem="administrators", name="add_not_accessible",
         about="An administrator is accepted and its poll says that the server is not accessible.",
         run=_after(_ENTRA_ON, _ADD), ends="failed Busy", faults=({"id": "X4"},)),
    Case(stem="administrators", name="add_not_validated",
         about="An administrator is accepted and fails: the principal could not be validated.",
         run=_after(_ENTRA_ON, _ADD), ends="failed ArmError", faults=({"id": "X15"},)),
    Case(stem="administrators", name="remove", about="An administrator is removed and gone.",
         run=_after(_then(_ENTRA_ON, _ADD), _REMOVE_ADMINISTRATOR, _read(administrators)), ends="succeeded"),
)  # fmt: skip
_AUTHENTICATION = (
    Case(stem="authentication", name="enable", about="Entra is enabled; both switches and the tenant are read back.",
         run=_then(_ENTRA_ON, _read(server)), ends="succeeded"),
    Case(stem="authentication", name="enable_ignored", about="It is reported done, and the switch is still off.",
         run=_then(_ENTRA_ON, _read(server)), ends="succeeded", faults=({"id": "X12", "method": "PATCH"},)),
    Case(stem="authentication", name="disable_passwords", about="Entra is enabled, and passwords are disabled.",
         run=_after(_ENTRA_ON, _switch("password", "Disabled"), _read(server)), ends="succeeded"),
    Case(stem="authentication", name="credentials_missing", about="Passwords come back only with login and password.",
         run=_switch("password", "Enabled"), ends="failed ArmError", faults=({"id": "X13"},)),
    Case(stem="authentication", name="enable_forbidden", about="The right to write the server is missing.",
         run=_ENTRA_ON, ends="raises Forbidden", faults=({"id": "X28", "method": "PATCH"},)),
)  # fmt: skip
_RESTARTS = (
    Case(stem="restart", name="restart", about="A restart takes a minute, and nothing waits for one afterwards.",
         run=_then(_RESTART, _read(parameters)), ends="succeeded", keep=("max_connections",)),
    Case(stem="restart", name="not_ready", about="A restart is accepted and refused in the poll: not ready.",
         run=_RESTART, ends="failed Busy", faults=({"id": "X3"},)),
    Case(stem="restart", name="forbidden", about="The right to restart the server is missing.",
         run=_RESTART, ends="raises Forbidden", faults=({"id": "X28", "method": "POST"},)),
)  # fmt: skip

_SETTINGS = (
    Case(stem="server_setting", name="set_retention", about="Backups are kept for longer, and that is read back.",
         run=_then(_setting("backup_retention_days", "14"), _read(server)), ends="succeeded"),
    Case(stem="server_setting", name="set_window", about="A maintenance window is set and read back.",
         run=_then(_setting("maintenance_window", "Sunday 02:30"), _read(server)), ends="succeeded"),
    Case(stem="server_setting", name="set_tag", about="A tag is set over those that the server has.",
         run=_then(_setting("tag:env", "prod"), _read(server)), ends="succeeded"),
    Case(stem="server_setting", name="set_busy_in_poll", about="A setting is accepted and its poll says busy.",
         run=_setting("storage_auto_grow", "Enabled"), ends="failed Busy",
         faults=({"id": "X2", "method": "PATCH", "arguments": {"code": ""}},)),
    Case(stem="server_setting", name="set_forbidden", about="The right to write the server is missing.",
         run=_setting("storage_auto_grow", "Enabled"), ends="raises Forbidden",
         faults=({"id": "X28", "method": "PATCH"},)),
)  # fmt: skip
_DEFENDER = (
    Case(stem="defender_plan", name="read", about="The subscription's plan is read.", run=_read_plan, ends="read",
         live=True),
    Case(stem="defender_plan", name="enable", about="The plan is switched on at once and read back.",
         run=_then(_defender("Standard"), _read_plan), ends="succeeded"),
    Case(stem="defender_plan", name="enable_conflict", about="Another plan of the subscription is being changed.",
         run=_defender("Standard"), ends="raises Busy", faults=({"id": "X16"},)),
    Case(stem="defender_plan", name="enable_forbidden", about="The right to change plans is missing.",
         run=_defender("Standard"), ends="raises Forbidden", faults=({"id": "X28"} | _WRITE,)),
    Case(stem="defender_plan", name="covered_servers", about="The servers that the plan covers are listed.",
         run=_list_covered, ends="read"),
)  # fmt: skip

CASES = (
    *_SERVER, *_PARAMETERS, *_FIREWALL, *_THREAT_PROTECTION, *_ADMINISTRATORS, *_AUTHENTICATION, *_RESTARTS, *_SETTINGS,
    *_DEFENDER,
)  # fmt: skip
"""All cases, by stem."""
