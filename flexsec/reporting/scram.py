"""How far a server is on the way from md5 to SCRAM, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.scram import ScramStep
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .run import outcome_cell, told
from .words import listed, moment, server_name

if TYPE_CHECKING:
    from ..model.scram import ScramMigration, ScramStatus

SCHEMA = "flexsec.scram/1"
MIGRATION_SCHEMA = "flexsec.scram-migration/1"

_STEPS = {
    ScramStep.ACCEPT: "scram-sha-256 is accepted beside md5",
    ScramStep.ENCRYPTION: "new passwords are kept as SCRAM verifiers (password_encryption)",
    ScramStep.ROTATION: "the administrator's password is set anew and logged in with",
    ScramStep.MD5_OFF: "md5 is no longer accepted (azure.accepted_password_auth_method)",
}
_RECORD = (
    "server_id", "step", "password_encryption", "accepted", "password_auth", "administrator_login",
    "encryption_since", "password_set_at", "md5_roles", "unknown_roles", "stopped", "runs",
)  # fmt: skip


def document(server_id: str, status: ScramStatus) -> Document:
    """The report of where a server stands."""
    return Document(
        schema=SCHEMA,
        data={"server_id": server_id, **to_data(status)},
        title=f"From md5 to SCRAM on {server_name(server_id)}",
        facts=_facts(server_id, status),
        tables=(_steps(status),),
        records=Records(columns=_RECORD, rows=(_row(server_id, status),)),
        summary=_summary(status),
    )


def migration_document(server_id: str, migration: ScramMigration) -> Document:
    """The report of the steps that were taken."""
    status = migration.status
    rows = [
        cells(run.run_id, run.kind, outcome_cell(outcome), outcome.change.sentence, told(outcome))
        for run in migration.runs
        for outcome in run.outcomes
    ]
    stopped = f"It went no further: {migration.stopped}." if migration.stopped else ""
    return Document(
        schema=MIGRATION_SCHEMA,
        data={"server_id": server_id, **to_data(migration)},
        title=f"From md5 to SCRAM on {server_name(server_id)}",
        facts=_facts(server_id, status),
        tables=(
            Table(
                title="What was done",
                columns=columns("=Run", "=Kind", "=Outcome", "Change", "How it is known, or what went wrong"),
                rows=tuple(rows),
                empty="Nothing was written.",
            ),
            _steps(status),
        ),
        records=Records(
            columns=_RECORD,
            rows=(_row(server_id, status, migration.stopped, " ".join(run.run_id for run in migration.runs)),),
        ),
        notes=(stopped.replace("\n", " "),) if stopped else (),
        summary=_summary(status),
    )


def _facts(server_id: str, status: ScramStatus) -> tuple[tuple[str, Cell], ...]:
    record = status.admin_password
    return (
        ("Server", Cell(server_id)),
        ("password_encryption", Cell(status.password_encryption or "not told")),
        ("Accepted methods", Cell(status.accepted or "not told")),
        ("Password authentication", Cell(status.password_auth or "not told")),
        ("Administrator login", Cell(status.administrator_login or "not told")),
        ("SCRAM known since", Cell(moment(record.encryption_since) or "not recorded here")),
        ("Password set and proved", Cell(moment(record.set_at) or "not recorded here")),
        ("Roles kept as md5", _roles(status.md5_roles)),
        ("Roles not known", _roles(status.unknown_roles)),
    )


def _roles(roles: tuple[str, ...] | None) -> Cell:
    if roles is None:
        return Cell("nobody looked (--role-hashes)", Tone.CAUTION)
    return Cell(listed(roles), Tone.BAD) if roles else Cell("none", Tone.GOOD)


def _steps(status: ScramStatus) -> Table:
    order = list(ScramStep)
    reached = order.index(status.step)

    def standing(step: ScramStep) -> Cell:
        if order.index(step) < reached:
            return Cell("done", Tone.GOOD)
        return Cell("next", Tone.CAUTION) if step is status.step else Cell("later", Tone.MUTED)

    return Table(
        title="Steps, in this order",
        columns=columns("=No.", "=Standing", "What is so after it"),
        rows=tuple(cells(str(number), standing(step), text) for number, (step, text) in enumerate(_STEPS.items(), 1)),
    )


def _row(server_id: str, status: ScramStatus, stopped: str = "", runs: str = "") -> tuple[str, ...]:
    record = status.admin_password
    return (
        server_id,
        status.step.value,
        status.password_encryption,
        status.accepted,
        status.password_auth,
        status.administrator_login,
        record.encryption_since.isoformat() if record.encryption_since else "",
        record.set_at.isoformat() if record.set_at else "",
        " ".join(status.md5_roles or ()),
        " ".join(status.unknown_roles or ()),
        stopped,
        runs,
    )


def _summary(status: ScramStatus) -> str:
    if status.step is ScramStep.DONE:
        return "md5 is no longer accepted."
    return f"Next: {_STEPS[status.step]}."
