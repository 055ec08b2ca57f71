"""What journals tell of the administrator's password, and what is remembered beside them."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flexsec.engine.login_records import LoginRecords
from flexsec.engine.password_record import admin_password_record
from flexsec.errors import FlexSecError
from flexsec.model.change import Change, Phase
from flexsec.model.login_evidence import PASSWORD_ENCRYPTION, EntraLoginProof
from flexsec.model.resource import ServerId
from flexsec.model.run import ChangeStatus, Outcome, Run, RunStatus

DAWN = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
SERVER = ServerId("11111111-1111-1111-1111-111111111111", "rg-shop", "shop-db")


def run(hour, change, status=ChangeStatus.APPLIED):
    """A run of an hour with one change."""
    begun = DAWN + timedelta(hours=hour)
    return Run(
        run_id=str(hour), kind="test", server_id=SERVER.arm_id, baseline="", status=RunStatus.COMPLETE, started_at=begun,
        ended_at=begun + timedelta(minutes=30), identity="", outcomes=(Outcome(change=change, status=status),),
    )  # fmt: skip


def encryption(value):
    """The parameter set."""
    after = {"value": value}
    return Change(
        kind="parameters", name=PASSWORD_ENCRYPTION, before=None, after=after, sentence="", phase=Phase.TIGHTEN
    )


PASSWORD = Change(kind="admin_password", name="dba", before=None, after={}, sentence="", phase=Phase.IDENTITIES)
SCRAM, MD5 = encryption("scram-sha-256"), encryption("md5")


@pytest.mark.parametrize(
    ("runs", "after"),
    [
        ([], False),
        ([run(1, SCRAM)], False),
        ([run(1, PASSWORD)], False),
        ([run(1, SCRAM), run(2, PASSWORD)], True),
        ([run(1, PASSWORD), run(2, SCRAM)], False),
        ([run(1, SCRAM), run(2, PASSWORD), run(3, MD5)], False),
        ([run(1, SCRAM), run(2, MD5), run(3, PASSWORD)], False),
        ([run(1, SCRAM), run(2, PASSWORD), run(3, MD5), run(4, SCRAM)], False),
        ([run(1, SCRAM), run(2, PASSWORD, ChangeStatus.UNVERIFIED)], False),
        ([run(1, SCRAM), run(2, PASSWORD), run(3, PASSWORD, ChangeStatus.INDETERMINATE)], False),
        ([run(1, SCRAM), run(2, PASSWORD), run(3, PASSWORD, ChangeStatus.FAILED)], True),
        ([run(1, SCRAM, ChangeStatus.INDETERMINATE), run(2, PASSWORD)], False),
        ([run(1, SCRAM), run(2, PASSWORD), run(3, MD5, ChangeStatus.FAILED)], True),
    ],
)
def test_a_password_counts_when_it_was_set_and_proved_after_scram(runs, after):
    """B11: set after password_encryption became scram-sha-256, logged in with, and nothing doubtful since."""
    assert admin_password_record(runs).after_scram is after


def test_a_run_that_sets_both_at_once_counts_for_nothing():
    """What overlaps is not after."""
    both = replace(run(1, SCRAM), outcomes=(Outcome(change=SCRAM, status=ChangeStatus.APPLIED),
                                             Outcome(change=PASSWORD, status=ChangeStatus.APPLIED)))  # fmt: skip
    assert not admin_password_record([both]).after_scram


def test_scram_that_was_seen_counts_until_it_is_changed():
    """B11: a server that had SCRAM all along has it from when it was seen; setting md5 later ends that."""
    seen = DAWN + timedelta(hours=1)
    assert admin_password_record([run(2, PASSWORD)], seen).after_scram
    assert not admin_password_record([run(0, PASSWORD)], seen).after_scram
    assert not admin_password_record([run(2, PASSWORD), run(3, MD5)], seen).after_scram
    assert admin_password_record([run(0, MD5), run(2, PASSWORD)], seen).after_scram


def test_what_is_remembered_is_for_its_owner_alone(tmp_path):
    """A proof and a sighting stand in one file of mode 0600 and are read back; a damaged file tells nothing."""
    records = LoginRecords(tmp_path / "state")
    assert records.of(SERVER).entra_login is None
    proof = EntraLoginProof(server_id=SERVER.arm_id, principal="dba@contoso.com", object_id="x", at=DAWN)
    records.keep_entra_login(SERVER, proof)
    records.keep_scram_seen(SERVER, DAWN)
    assert (records.of(SERVER).entra_login, records.of(SERVER).scram_seen_at) == (proof, DAWN)
    (path,) = (tmp_path / "state" / "logins").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_text("{")
    assert records.of(SERVER).entra_login is None


def test_a_state_directory_that_cannot_be_written_is_named(tmp_path):
    """The message names the file."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(FlexSecError, match=r"cannot write .*logins"):
        LoginRecords(tmp_path / "state").keep_scram_seen(SERVER, DAWN)
