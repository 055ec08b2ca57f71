"""What is told of Entra and of SCRAM, in every format, held against files that a person has read.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_credentials.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flexsec.model.change import Change, Phase
from flexsec.model.entra_state import EntraState
from flexsec.model.login_evidence import AdminPasswordRecord, EntraLoginProof
from flexsec.model.observation import Unobserved
from flexsec.model.run import ChangeStatus, Outcome, Run, RunStatus
from flexsec.model.scram import ScramMigration, ScramStatus, ScramStep
from flexsec.model.server import Administrator
from flexsec.reporting import entra, scram
from flexsec.reporting.formats import FORMATS, SUFFIXES, render
from tests.reporting.conftest import SERVER

GOLDEN = Path(__file__).parent / "golden_credentials"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TENANT = "33333333-3333-3333-3333-333333333333"
PROOF = EntraLoginProof(
    server_id=SERVER,
    principal="me@contoso.com",
    object_id="2" * 8 + TENANT[8:],
    at=AT,
    how="a Microsoft Entra token, TLSv1.3",
)
STATE = EntraState(
    entra_auth="Enabled",
    password_auth="Enabled",
    tenant_id=TENANT,
    administrator_login="shopadmin",
    administrators=(
        Administrator(object_id="6" * 8 + TENANT[8:], name="dbas", principal_type="Group", tenant_id=TENANT),
        Administrator(object_id="2" * 8 + TENANT[8:], name="me@contoso.com", principal_type="User"),
    ),
    proved=PROOF,
    lacking=("evidence that no client logs in with a password",),
)
STATUS = ScramStatus(
    password_encryption="scram-sha-256",
    accepted="md5,scram-sha-256",
    password_auth="Enabled",
    administrator_login="shopadmin",
    admin_password=AdminPasswordRecord(encryption_since=AT, set_at=AT),
    md5_roles=("old",),
    unknown_roles=(),
    step=ScramStep.MD5_OFF,
)
CHANGE = Change(
    kind="parameters",
    name="password_encryption",
    before={"value": "md5"},
    after={"value": "scram-sha-256"},
    sentence="Set password_encryption to scram-sha-256 (now md5).",
    phase=Phase.TIGHTEN,
)
RUN = Run(
    run_id="20260105T090000Z-0a1b2c3d",
    kind="scram encryption",
    server_id=SERVER,
    baseline="recommended",
    status=RunStatus.COMPLETE,
    started_at=AT,
    ended_at=AT,
    identity="",
    outcomes=(Outcome(change=CHANGE, status=ChangeStatus.APPLIED, attempts=1, proof="read back"),),
)
DOCUMENTS = {
    "entra": entra.document(SERVER, STATE),
    "entra_login": entra.proof_document(PROOF),
    "scram": scram.document(SERVER, STATUS),
    "scram_migration": scram.migration_document(
        SERVER, ScramMigration(runs=(RUN,), status=STATUS, stopped="it locks out old | and more\nand more lines")
    ),
}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_report_is_as_read(kind, format_name):
    """A report renders exactly as the golden file that a person has read."""
    text = render(DOCUMENTS[kind], format_name, width=110)
    path = GOLDEN / f"{kind}{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_forgotten():
    """Every golden file belongs to a report that is still rendered."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{kind}{suffix}" for kind in DOCUMENTS for suffix in SUFFIXES}


@pytest.mark.parametrize("width", [40, 72, 200])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_table_keeps_to_the_width(kind, width):
    """No line is wider than the terminal, unless a single value cannot be broken."""
    assert max(map(len, render(DOCUMENTS[kind], "table", width=width).splitlines())) <= max(width, 0)


def test_what_could_not_be_read_is_told():
    """Unread administrators are not none, and roles that nobody looked at are not none either."""
    unread = replace(STATE, administrators=Unobserved("not allowed: x is missing", "x"), proved=None, tenant_id="")
    text = render(entra.document(SERVER, unread), "table", width=110)
    assert "They could not be read" in text
    assert "not allowed: x is missing" in text
    assert "none is remembered here" in text
    blind = render(scram.document(SERVER, replace(STATUS, md5_roles=None, unknown_roles=None)), "table", width=110)
    assert "nobody looked (--role-hashes)" in blind
    assert "md5 is no longer accepted." in render(scram.document(SERVER, replace(STATUS, step=ScramStep.DONE)), "table")
