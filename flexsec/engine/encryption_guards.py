"""When FIPS mode is not enabled: it takes md5 away, and with it every role whose password is kept as an md5 hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.login_evidence import NO_PASSWORD, SCRAM
from ..model.server_setting import FIPS
from .cut_off import REASON_FLAG, lacking

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.plan import Withheld

CLASSES_WITHOUT_CLIENTS = frozenset({"encryption-key"})
"""Classes of closing changes for which it does not matter who connects: a key that fails shuts out everybody."""


def fips_refusal(change: Change, leave: Leave, evidence: Evidence) -> Withheld | None:
    """Why FIPS mode is not enabled, or None. Whether it locks md5 roles out was never seen; that it may is enough."""
    if change.kind != "server_setting" or change.name != FIPS or change.closing != "md5":
        return None
    if evidence.role_hashes is None:
        if leave.without_evidence:
            return None
        reason = "nobody looked at how the roles' passwords are kept, so who is locked out is unknown"
        return lacking(change, reason, f"--role-hashes FILE (or {REASON_FLAG})")
    doubtful = {each.role for each in evidence.role_hashes if each.hash not in (SCRAM, NO_PASSWORD)}
    missing = sorted(doubtful - set(leave.lockout))
    if not missing:
        return None
    flags = " ".join(f"--allow-lockout {role}" for role in missing)
    reason = f"roles whose password is kept as md5, or may be, would be locked out: {', '.join(missing)}"
    return lacking(change, reason, flags)
