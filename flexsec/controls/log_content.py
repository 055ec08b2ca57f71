"""What each line of the server's log tells, and whether anyone can fetch the log."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.parameter import Parameter, same_value
from .control import Argument, Arguments, Control, text, whole_number
from .line_prefix import extended, lacking
from .outcome import unknown, unread
from .parameter_check import absent, judge_parameter, shown, switched_on, together
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_DURATION = "log_duration"
_SLOW = "log_min_duration_statement"
_DOWNLOAD = "logfiles.download_enable"
_PREFIX = "log_line_prefix"
_MESSAGES = "log_min_messages"
_STATEMENTS = "log_min_error_statement"
_SHORTEST_MS, _LONGEST_MS = 100, 2147483647
# From the most talkative to the quietest; "log" stands behind "error" here (PostgreSQL documentation).
_LEVELS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error", "log", "fatal",
           "panic")  # fmt: skip


def duration(state: ServerState, arguments: Arguments) -> Check:
    """The time that statements take is logged.

    What it checks: log_duration is on, or log_min_duration_statement is 0 or more. A server that has only one of the
    two is judged by that one.

    Why: a statement that suddenly takes long is how a dump of the data, or a missing index, shows.

    Remedy: flexsec sets log_min_duration_statement to the argument `milliseconds`, at once and without a restart. It
    does not switch log_duration on: that writes a line for every statement, which is a great deal of log to pay for.

    What it does not check: what else is in the lines. A statement that is logged because it was slow stands there as it
    was typed: an ALTER ROLE ... PASSWORD that is slow, waiting for a lock for one, writes its password, whatever the
    threshold and whatever pgaudit redacts. 0 logs every statement in this way, passes, and is pointed out. Clients that
    send a SCRAM verifier in its place, as the password command of psql does, avoid that.

    Cost: one request per server, shared by all controls that read server parameters. A line per slow statement; with
    log_duration or 0 a line per statement, in a workspace paid for by volume.
    """
    if isinstance(state.parameters, Unobserved):
        return unread("the server parameters", state.parameters)
    present = [found for found in map(state.parameter, (_DURATION, _SLOW)) if isinstance(found, Parameter)]
    if not present:
        return absent(state, _DURATION)
    timed = [found for found in present if _timed(found)]
    judged = next((found for found in timed if not found.pending_restart), (timed or present[-1:])[0])
    if judged.name == _SLOW and _milliseconds(judged) is None:
        return unknown(f"{_SLOW} is {shown(judged.value)}, which is not a number of milliseconds")
    check = judge_parameter(
        state,
        judged.name,
        holds=_timed,
        wanted=lambda found: "on" if found.name == _DURATION else str(whole_number(arguments, "milliseconds")),
        consequence="nothing tells how long statements take",
    )
    evidence = {**{found.name: shown(found.value) for found in present}, **check.evidence}
    return replace(check, reason=f"{check.reason}{_passwords(present)}", evidence=evidence)


def _passwords(present: list[Parameter]) -> str:
    """What has to be said of passwords in the log, where the text of statements gets there."""
    slow = next((found for found in present if found.name == _SLOW and _timed(found)), None)
    if slow is None:
        return ""
    if _milliseconds(slow) == 0:
        return f"; {_SLOW} is 0: the text of every statement is logged, passwords included"
    return "; a slow ALTER ROLE ... PASSWORD is logged as it was typed"


def _timed(found: Parameter) -> bool:
    if found.name == _DURATION:
        return same_value(found.value, "on", "Boolean")
    milliseconds = _milliseconds(found)
    return milliseconds is not None and milliseconds >= 0


def _milliseconds(found: Parameter) -> int | None:
    return int(found.value) if re.fullmatch(r"\s*-?[0-9]{1,10}\s*", found.value) else None


def server_logs(state: ServerState, arguments: Arguments) -> Check:
    """The server keeps its log files so that they can be fetched.

    What it checks: logfiles.download_enable is on.

    Why: it is off by default, and while it is off logfiles.retention_days means nothing: a server may pass every
    control about its log and have no file to read after an incident.

    Remedy: flexsec sets logfiles.download_enable to on, at once and without a restart.

    What it does not check: how long the files are kept (log-retention-days), and whether the log is also sent to a
    Log Analytics workspace, which is the better place for what must be kept.

    Cost: one request per server, shared by all controls that read server parameters. No line more is written;
    the files stay for logfiles.retention_days.
    """
    return switched_on(state, _DOWNLOAD, "the server keeps no log file that can be fetched")


def line_prefix(state: ServerState, arguments: Arguments) -> Check:
    """Every line of the log says when, who, in which database and from where.

    What it checks: log_line_prefix holds an escape for the time (%m or %t, also %n), for the user (%u), for the
    database (%d) and for the client (%h, also %r, which adds the port). Read as PostgreSQL reads it: %%u is no escape,
    %-10u is one.

    Why: a line without them cannot be laid at anyone's door. The service's own prefix has the time and the session
    alone.

    Remedy: flexsec keeps the prefix as it is and adds what is missing: the time before it, the rest behind it, as
    user=%u,db=%d,client=%h-. At once and without a restart.

    What it does not check: the order and the separators, the program's name (%a), and what is sent to a workspace.

    Cost: one request per server, shared by all controls that read server parameters. Some dozen characters per line.
    A tool that takes the log apart by its prefix, such as pgBadger, has to be told the new one.
    """
    found = state.parameter(_PREFIX)
    missing = lacking(found.value) if isinstance(found, Parameter) else ()
    return judge_parameter(
        state,
        _PREFIX,
        holds=lambda parameter: not lacking(parameter.value),
        wanted=lambda parameter: extended(parameter.value),
        consequence=f"a line of the log does not tell the {', the '.join(missing)}",
    )


def min_messages(state: ServerState, arguments: Arguments) -> Check:
    """Warnings and errors reach the log, and errors with the statement that caused them.

    What it checks: log_min_messages is at the argument `messages` or more talkative, and log_min_error_statement at
    the argument `error_statements` or more talkative. The levels from talkative to quiet are debug5 to debug1, info,
    notice, warning, error, log, fatal, panic.

    Why: guessed passwords, refused permissions and failing statements of an intruder are warnings and errors.

    Remedy: flexsec sets the one that is too quiet, at once and without a restart. A more talkative level is left alone.

    What it does not check: which passwords get into the log. A statement that fails is logged as it was typed: an
    ALTER ROLE with a password in it that fails writes the password, whatever pgaudit redacts. Clients that send a SCRAM
    verifier in its place, as the password command of psql does, avoid that.

    Cost: one request per server, shared by all controls that read server parameters. At the defaults of PostgreSQL
    nothing; debug levels fill a log quickly.
    """
    return together(
        _at_most(state, _MESSAGES, text(arguments, "messages"), "warnings and errors do not reach the log"),
        _at_most(
            state,
            _STATEMENTS,
            text(arguments, "error_statements"),
            "errors are logged without the statement that caused them",
        ),
    )


def _at_most(state: ServerState, name: str, limit: str, consequence: str) -> Check:
    found = state.parameter(name)
    if isinstance(found, Parameter) and _level(found.value) is None:
        return unknown(f"{name} is {shown(found.value)}, which is no message level known here")
    highest = _LEVELS.index(limit)
    return judge_parameter(
        state,
        name,
        holds=lambda parameter: (_level(parameter.value) or 0) <= highest,
        wanted=lambda parameter: limit,
        consequence=consequence,
    )


def _level(value: str) -> int | None:
    """The level's place; "debug" is PostgreSQL's other word for debug2."""
    word = {"debug": "debug2"}.get(value.strip().casefold(), value.strip().casefold())
    return _LEVELS.index(word) if word in _LEVELS else None


CONTROLS = (
    Control(
        id="log-duration",
        title="Statement duration is logged",
        family="log_content",
        rating=RATINGS["log-duration"],
        check=duration,
        reads=("parameters",),
        parameters=(_DURATION, _SLOW),
        arguments=(
            Argument(
                name="milliseconds",
                kind="integer",
                default=THRESHOLDS["log-duration.milliseconds"].value,
                description="From how many milliseconds on flexsec has statements logged, where none are.",
                minimum=_SHORTEST_MS,
                maximum=_LONGEST_MS,
            ),
        ),
        references=REFERENCES["log-duration"],
    ),
    Control(
        id="log-server-logs-enabled",
        title="Server logs can be downloaded",
        family="log_content",
        rating=RATINGS["log-server-logs-enabled"],
        check=server_logs,
        reads=("parameters",),
        parameters=(_DOWNLOAD,),
        references=REFERENCES["log-server-logs-enabled"],
    ),
    Control(
        id="log-line-prefix",
        title="Log lines tell time, user, database and client",
        family="log_content",
        rating=RATINGS["log-line-prefix"],
        check=line_prefix,
        reads=("parameters",),
        parameters=(_PREFIX,),
        references=REFERENCES["log-line-prefix"],
    ),
    Control(
        id="log-min-messages",
        title="Warnings and failing statements are logged",
        family="log_content",
        rating=RATINGS["log-min-messages"],
        check=min_messages,
        reads=("parameters",),
        parameters=(_MESSAGES, _STATEMENTS),
        arguments=(
            Argument(
                name="messages",
                kind="text",
                default=THRESHOLDS["log-min-messages.messages"].value,
                description="The quietest level of log_min_messages that is good enough.",
                allowed=_LEVELS[: _LEVELS.index("error") + 1],
            ),
            Argument(
                name="error_statements",
                kind="text",
                default=THRESHOLDS["log-min-messages.error_statements"].value,
                description="The quietest level of log_min_error_statement that is good enough.",
                allowed=_LEVELS[: _LEVELS.index("error") + 1],
            ),
        ),
        references=REFERENCES["log-min-messages"],
    ),
)
