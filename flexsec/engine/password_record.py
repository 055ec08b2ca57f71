"""What the journals tell of the administrator's password: whether it was set after passwords became SCRAM verifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import JournalDamaged
from ..model.login_evidence import PASSWORD_ENCRYPTION, SCRAM, AdminPasswordRecord
from ..model.run import ChangeStatus
from .history import as_run, server_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ..model.journal import JournalStore
    from ..model.resource import ServerId
    from ..model.run import Run


def runs_on(server: ServerId, journals: JournalStore) -> tuple[Run, ...] | None:
    """All runs on a server, oldest first; None when a journal that may be about it cannot be trusted."""
    try:
        own = [run_id for run_id in journals.runs() if server_of(journals, run_id) == server.key]
        return tuple(as_run(journals, run_id) for run_id in own)
    except JournalDamaged:
        return None


def admin_password_record(runs: Iterable[Run], seen_at: datetime | None = None) -> AdminPasswordRecord:
    """What runs tell of the administrator's password. Pure.

    A password counts as set when its run began, an encryption as set when its run ended, so that what overlaps counts
    for nothing. Only a password that was logged in with counts, and every write of the encryption that may have taken
    effect begins anew.

    Args:
        runs: on one server, oldest first.
        seen_at: when password_encryption was last seen to be scram-sha-256 without a run that set it so.
    """
    since: datetime | None = None
    set_at: datetime | None = None
    for run in runs:
        for outcome in run.outcomes:
            change, wrote = outcome.change, outcome.may_have_taken_effect
            if change.kind == "parameters" and change.name == PASSWORD_ENCRYPTION and wrote:
                done = outcome.status is ChangeStatus.APPLIED and (change.after or {}).get("value") == SCRAM
                since = run.ended_at if done else None
                if not done and seen_at is not None and (run.ended_at is None or seen_at < run.ended_at):
                    seen_at = None
            if change.kind == "admin_password" and wrote:
                set_at = run.started_at if outcome.status is ChangeStatus.APPLIED else None
    known = [moment for moment in (since, seen_at) if moment is not None]
    return AdminPasswordRecord(encryption_since=min(known, default=None), set_at=set_at)
