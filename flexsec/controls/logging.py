"""What the server writes into its log, and what it must not write there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.parameter import Parameter, comparable, members, merged, same_value
from ..model.verdict import Check, Status
from .control import Argument, Arguments, Control, whole_number
from .outcome import failed, unknown
from .parameter_check import judge_parameter, shown, switched_on
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState

_CONNECTIONS = "log_connections"
_DISCONNECTIONS = "log_disconnections"
_CHECKPOINTS = "log_checkpoints"
_RETENTION = "logfiles.retention_days"
_DOWNLOAD = "logfiles.download_enable"
_VERBOSITY = "log_error_verbosity"
_STATEMENT = "log_statement"
_PGAUDIT = "pgaudit.log"
_ASPECTS = ("authentication", "authorization")


def connections(state: ServerState, arguments: Arguments) -> Check:
    """Every successful login is logged.

    What it checks: log_connections is on. Where it is a list (PostgreSQL 18), that it holds on, all, or both
    authentication and authorization. The data type that the service tells decides which, not the version.

    Why: the log is the only record of who logged in, from where and as whom.

    Remedy: flexsec sets log_connections to on. A list that records something already is extended by authentication and
    authorization; what it holds is kept.

    What it does not check: whether logs leave the server (diagnostic settings), and what log_line_prefix adds.

    Cost: one request per server, shared by all controls that read server parameters. A line per login in the log.
    """
    return judge_parameter(
        state,
        _CONNECTIONS,
        holds=_logs_connections,
        wanted=_wanted_connections,
        consequence="logins leave no trace in the log",
    )


def _logs_connections(parameter: Parameter) -> bool:
    if parameter.data_type != "Set":
        return same_value(parameter.value, "on", "Boolean")
    found = members(parameter.value)
    return bool(found & {"on", "all"}) or found.issuperset(_ASPECTS)


def _wanted_connections(parameter: Parameter) -> str:
    """A list is merged (B8). PostgreSQL 18 refuses a list that mixes off with aspects, so off alone becomes on."""
    if parameter.data_type != "Set" or not parameter.value.strip() or comparable(parameter.value, "Boolean") is False:
        return "on"
    kept = ",".join(part for part in parameter.value.split(",") if part.strip().casefold() != "off")
    return merged(kept, _ASPECTS)


def disconnections(state: ServerState, arguments: Arguments) -> Check:
    """The end of every session is logged.

    What it checks: log_disconnections is on.

    Why: together with the login it tells how long a session lasted.

    Remedy: flexsec sets log_disconnections to on, at once and without a restart.

    What it does not check: whether logs leave the server (diagnostic settings).

    Cost: one request per server, shared by all controls that read server parameters. A line per session in the log.
    """
    return switched_on(state, _DISCONNECTIONS, "the end and length of sessions is not logged")


def checkpoints(state: ServerState, arguments: Arguments) -> Check:
    """Checkpoints are logged.

    What it checks: log_checkpoints is on.

    Why: it shows whether slow answers come from the storage, and most benchmarks ask for it.

    Remedy: flexsec sets log_checkpoints to on, at once and without a restart.

    What it does not check: how often checkpoints happen.

    Cost: one request per server, shared by all controls that read server parameters. A line every few minutes.
    """
    return switched_on(state, _CHECKPOINTS, "checkpoints are not logged")


def retention_days(state: ServerState, arguments: Arguments) -> Check:
    """Server logs are kept long enough to be read after a weekend.

    What it checks: logfiles.retention_days is at least the argument `days`. More passes and is never lowered.

    Why: an incident is often noticed days later. The service keeps server logs for three days unless told otherwise,
    and for seven at most.

    Remedy: flexsec sets logfiles.retention_days, at once and without a restart.

    What it does not check: whether server logs are kept at all (logfiles.download_enable; the evidence shows it), and
    longer keeping in a Log Analytics workspace.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    days = whole_number(arguments, "days")
    parameter = state.parameter(_RETENTION)
    if isinstance(parameter, Parameter) and _days(parameter) is None:
        return unknown(f"{_RETENTION} is {shown(parameter.value)}, which is not a number of days")
    check = judge_parameter(
        state,
        _RETENTION,
        holds=lambda found: (_days(found) or 0) >= days,
        wanted=lambda found: str(days),
        consequence=f"server logs are kept for less than {days} days",
    )
    download = state.parameter(_DOWNLOAD)
    if not isinstance(download, Parameter) or check.status not in (Status.PASS, Status.FAIL):
        return check
    off = same_value(download.value, "off", "Boolean")
    return Check(
        status=check.status,
        reason=f"{check.reason}; it counts only while {_DOWNLOAD} is on (now off)" if off else check.reason,
        evidence={**check.evidence, _DOWNLOAD: download.value},
        desires=check.desires,
        remedy=check.remedy,
    )


def _days(parameter: Parameter) -> int | None:
    text = parameter.value.strip()
    return int(text) if text.isascii() and text.isdigit() else None


def error_verbosity(state: ServerState, arguments: Arguments) -> Check:
    """Error messages in the log carry their detail and context.

    What it checks: log_error_verbosity is default or verbose, not terse.

    Why: terse leaves out the detail, hint and context that explain an error or an attack.

    Remedy: flexsec sets log_error_verbosity to default, at once and without a restart. Verbose is left alone.

    What it does not check: which messages are logged at all (log_min_messages, log_min_error_statement).

    Cost: one request per server, shared by all controls that read server parameters.
    """
    return judge_parameter(
        state,
        _VERBOSITY,
        holds=lambda parameter: comparable(parameter.value, "Enumeration") in ("default", "verbose"),
        wanted=lambda parameter: "default",
        consequence="errors are logged without detail and context",
    )


def statement_ddl(state: ServerState, arguments: Arguments) -> Check:
    """Statements that set passwords do not reach the log.

    What it checks: log_statement is none. The values ddl, mod and all write CREATE ROLE and ALTER ROLE statements into
    the log as they were typed, with the password in them. Other tools count these values as hardening; flexsec never
    writes them.

    Why: whoever reads the log, or the workspace that it is sent to, reads the passwords.

    Remedy: flexsec sets log_statement to none. To keep a record of schema changes use the pgaudit extension with
    pgaudit.log set to ddl,role: it writes <REDACTED> in place of passwords. Change the passwords that were logged.

    What it does not check: passwords that are in the log already, and statements logged because they failed or were
    slow (log_min_error_statement, log_min_duration_statement).

    Cost: one request per server, shared by all controls that read server parameters.
    """
    check = judge_parameter(
        state,
        _STATEMENT,
        holds=lambda parameter: same_value(parameter.value, "none", "Enumeration"),
        wanted=lambda parameter: "none",
        consequence="passwords in CREATE ROLE and ALTER ROLE are written into the log",
    )
    if check.status != Status.FAIL:
        return check
    pgaudit = state.parameter(_PGAUDIT)
    audit = {_PGAUDIT: shown(pgaudit.value)} if isinstance(pgaudit, Parameter) else {}
    advice = "to keep a record of schema changes use pgaudit (pgaudit.log = ddl,role), which redacts passwords"
    remedy = f"{check.remedy}; {advice}" if check.remedy else advice
    return failed(check.reason, {**check.evidence, **audit}, desires=check.desires, remedy=remedy)


CONTROLS = (
    Control(
        id="log-connections",
        title="Connections are logged",
        family="logging",
        rating=RATINGS["log-connections"],
        check=connections,
        reads=("parameters",),
        parameters=(_CONNECTIONS,),
        references=REFERENCES["log-connections"],
    ),
    Control(
        id="log-disconnections",
        title="Disconnections are logged",
        family="logging",
        rating=RATINGS["log-disconnections"],
        check=disconnections,
        reads=("parameters",),
        parameters=(_DISCONNECTIONS,),
        references=REFERENCES["log-disconnections"],
    ),
    Control(
        id="log-checkpoints",
        title="Checkpoints are logged",
        family="logging",
        rating=RATINGS["log-checkpoints"],
        check=checkpoints,
        reads=("parameters",),
        parameters=(_CHECKPOINTS,),
        references=REFERENCES["log-checkpoints"],
    ),
    Control(
        id="log-retention-days",
        title="Server logs are kept long enough",
        family="logging",
        rating=RATINGS["log-retention-days"],
        check=retention_days,
        reads=("parameters",),
        parameters=(_RETENTION, _DOWNLOAD),
        arguments=(
            Argument(
                name="days",
                kind="integer",
                default=THRESHOLDS["log-retention-days.days"].value,
                description="For how many days server logs are kept at least.",
                minimum=1,
                maximum=7,
            ),
        ),
        references=REFERENCES["log-retention-days"],
    ),
    Control(
        id="log-error-verbosity",
        title="Error messages are not terse",
        family="logging",
        rating=RATINGS["log-error-verbosity"],
        check=error_verbosity,
        reads=("parameters",),
        parameters=(_VERBOSITY,),
        references=REFERENCES["log-error-verbosity"],
    ),
    Control(
        id="log-statement-ddl",
        title="Statements that carry passwords are not logged",
        family="logging",
        rating=RATINGS["log-statement-ddl"],
        check=statement_ddl,
        reads=("parameters",),
        parameters=(_STATEMENT, _PGAUDIT),
        references=REFERENCES["log-statement-ddl"],
    ),
)
