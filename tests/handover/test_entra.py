"""Ways of signing in and administrators, for their owners: whole blocks, never a password, never nobody let in."""

from __future__ import annotations

from dataclasses import replace

from flexsec.handover.registry import hand_over
from flexsec.model.desire import DesiredAuthentication
from flexsec.operations.authentication import passwords_back
from tests.handover.changes import DBA, STATE, TENANT, change, entra

OFF = DesiredAuthentication(method="password", enabled=False)


def texts(item, owner, state):
    """What an owner is handed, by language."""
    return {patch.language: patch.text for patch in hand_over(item, owner, state).patches}


def test_both_switches_and_the_tenant_are_written():
    """What a block leaves out is not known to stay."""
    state = entra(DBA)
    off = change(OFF, state)
    hcl = texts(off, "terraform", state)["terraform"]
    assert "active_directory_auth_enabled = true" in hcl
    assert "password_auth_enabled         = false" in hcl
    assert f'tenant_id                     = "{TENANT}"' in hcl
    bicep = texts(off, "bicep", state)["bicep"]
    assert "activeDirectoryAuth: 'Enabled'" in bicep
    assert "passwordAuth: 'Disabled'" in bicep
    assert texts(off, "dba", state)["az"].endswith("--password-auth Disabled")


def test_no_file_says_that_nobody_is_let_in():
    """Where the other way is off, only the command is left, with what flexsec's guards say."""
    off = change(OFF, entra(DBA))
    assert "bicep" not in texts(off, "bicep", STATE)
    assert "terraform" not in texts(off, "terraform", STATE)


def test_a_password_stands_in_no_patch():
    """Passwords back on need one, so there is no patch; the note says so."""
    handed = hand_over(passwords_back("shopadmin"), "terraform", replace(STATE))
    assert handed.patches == ()
    assert "There is no command for this" in handed.note
