"""What the pgaudit extension records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.audit_classes import CLASSES, covered, extended
from ..model.parameter import Parameter, members, merged
from ..model.verdict import Status
from .control import Argument, Arguments, Control, texts
from .parameter_check import judge_parameter, together
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_LIBRARIES = "shared_preload_libraries"
_EXTENSIONS = "azure.extensions"
_LOG = "pgaudit.log"
_PGAUDIT = "pgaudit"
_THEN = "afterwards run CREATE EXTENSION pgaudit in each database; flexsec does not"


def preloaded(state: ServerState, arguments: Arguments) -> Check:
    """The pgaudit extension is loaded, and may be created in databases.

    What it checks: shared_preload_libraries and azure.extensions both hold pgaudit, in any letter case and order, and
    the first is in force: a value that waits for a restart fails.

    Why: without the library pgaudit.log does nothing, though the service accepts and shows it. Without the entry in
    azure.extensions nobody may run CREATE EXTENSION pgaudit.

    Remedy: flexsec adds pgaudit to both lists and keeps what they hold (pg_cron, pg_stat_statements and others). The
    library is loaded by a restart, which needs leave (--allow-restart) and coincides with every other. Then run
    CREATE EXTENSION pgaudit in each database: that is done inside the databases, and not by flexsec.

    What it does not check: whether the extension was created in the databases, and what it records
    (audit-pgaudit-classes).

    Cost: one request per server, shared by all controls that read server parameters. One restart. While pgaudit.log is
    none nothing is recorded.
    """
    check = together(
        _holds_pgaudit(state, _EXTENSIONS, "CREATE EXTENSION pgaudit is refused"),
        _holds_pgaudit(state, _LIBRARIES, "pgaudit is not loaded and records nothing"),
    )
    if check.status is Status.FAIL and check.desires:
        return replace(check, remedy=_THEN)
    return check


def _holds_pgaudit(state: ServerState, name: str, consequence: str) -> Check:
    return judge_parameter(
        state,
        name,
        holds=lambda parameter: _PGAUDIT in members(parameter.value),
        wanted=lambda parameter: merged(parameter.value, (_PGAUDIT,)),
        consequence=consequence,
    )


def classes(state: ServerState, arguments: Arguments) -> Check:
    """The audit records the classes of statements that matter.

    What it checks: pgaudit.log covers the argument `classes`, read as pgaudit reads it: `all` covers every class, a
    word with a minus takes its class away again, from left to right. So `all` passes and `all,-role,-ddl` fails.

    Why: who created, changed and dropped tables (ddl) and roles and permissions (role) is what an investigation asks
    first, and pgaudit redacts the passwords that log_statement would write.

    Remedy: flexsec adds the missing classes, at once and without a restart, and never takes one away: `all` stays
    `all`. A value with minus words is written as the plain list of its classes and the missing ones, because the
    service takes no minus.

    What it does not check: whether pgaudit is loaded (audit-pgaudit-preloaded; the reason says when it is not), audit
    of single tables by pgaudit.role, and whether a role or a database has a setting of its own.

    Cost: one request per server, shared by all controls that read server parameters. ddl and role are rare; write and
    above all read can multiply the log.
    """
    required = texts(arguments, "classes")
    found = state.parameter(_LOG)
    held = covered(found.value) if isinstance(found, Parameter) else frozenset()
    missing = [name for name in required if not covered(name) <= held]
    check = judge_parameter(
        state,
        _LOG,
        holds=lambda parameter: covered(",".join(required)) <= covered(parameter.value),
        wanted=lambda parameter: extended(parameter.value, required),
        consequence=f"statements of the class {', '.join(missing)} are not recorded",
    )
    libraries = state.parameter(_LIBRARIES)
    if not isinstance(libraries, Parameter) or check.status not in (Status.PASS, Status.FAIL):
        return check
    loaded = _PGAUDIT in members(libraries.value) and not libraries.pending_restart
    suffix = "" if loaded else "; it counts only while pgaudit is loaded (now it is not)"
    return replace(
        check,
        reason=f"{check.reason}{suffix}",
        evidence={**check.evidence, "pgaudit is loaded": "yes" if loaded else "no"},
    )


CONTROLS = (
    Control(
        id="audit-pgaudit-preloaded",
        title="The pgaudit extension is loaded and allowed",
        family="auditing",
        rating=RATINGS["audit-pgaudit-preloaded"],
        check=preloaded,
        reads=("parameters",),
        parameters=(_LIBRARIES, _EXTENSIONS),
        references=REFERENCES["audit-pgaudit-preloaded"],
    ),
    Control(
        id="audit-pgaudit-classes",
        title="The audit records the required classes",
        family="auditing",
        rating=RATINGS["audit-pgaudit-classes"],
        check=classes,
        reads=("parameters",),
        parameters=(_LOG, _LIBRARIES),
        arguments=(
            Argument(
                name="classes",
                kind="texts",
                default=THRESHOLDS["audit-pgaudit-classes.classes"].value,
                description="The classes of statements that are recorded at least.",
                allowed=(*CLASSES, "all"),
            ),
        ),
        references=REFERENCES["audit-pgaudit-classes"],
    ),
)
