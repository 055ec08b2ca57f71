"""What this machine remembers of a server's logins, put into the evidence that a change of authentication rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..engine.password_record import admin_password_record, runs_on
from ..model.change import Change
from ..model.login_evidence import AdminPasswordRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.connections import Evidence
    from ..model.resource import ServerId
    from .flexsec import FlexSec


def remembered(flexsec: FlexSec, server: ServerId, evidence: Evidence, changes: Iterable[object]) -> Evidence:
    """The evidence with what the state directory tells, where one of the changes asks for it and the caller did not.

    Args:
        changes: what is planned; journals are read only for what rests on them.
    """
    classes = {change.closing for change in changes if isinstance(change, Change)}
    if "password-authentication" in classes and evidence.entra_login is None:
        evidence = replace(evidence, entra_login=flexsec.login_records.of(server).entra_login)
    if classes & {"md5", "entra-administrators"} and evidence.admin_password is None:
        evidence = replace(evidence, admin_password=admin_password(flexsec, server))
    return evidence


def admin_password(flexsec: FlexSec, server: ServerId) -> AdminPasswordRecord:
    """What the journals tell of the administrator's password; nothing, when one of them cannot be trusted."""
    runs = runs_on(server, flexsec.journals)
    if runs is None:
        return AdminPasswordRecord()
    return admin_password_record(runs, flexsec.login_records.of(server).scram_seen_at)
