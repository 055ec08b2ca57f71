"""What is known of a server's key, in every format, held against files that a person has read.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_keys.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flexsec.model.encryption import EncryptionFacts
from flexsec.model.key_vault_key import CustomerKeys, VaultKey
from flexsec.model.observation import Unobserved
from flexsec.model.server import CustomerKey
from flexsec.reporting.formats import FORMATS, SUFFIXES, render
from flexsec.reporting.keys import document
from tests.reporting.conftest import SERVER

GOLDEN = Path(__file__).parent / "golden_keys"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}


@pytest.fixture
def encryption() -> EncryptionFacts:
    """A pinned key in a vault that lacks a protection, and a second one that could not be read."""
    readers = "/subscriptions/1/resourceGroups/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    return EncryptionFacts(
        kind="AzureKeyVault",
        customer_key=CustomerKey(
            uri=f"https://near.vault.azure.net/keys/db/{'a' * 32}",
            identity=f"{readers}/near",
            status="Valid",
            geo_backup_uri="https://far.vault.azure.net/keys/db",
            geo_backup_identity=f"{readers}/far",
        ),
        vault_keys=CustomerKeys(
            primary=VaultKey(
                vault_id="/subscriptions/1/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/near",
                name="db",
                kind="RSA",
                size=2048,
                current_version="b" * 32,
                used_version="a" * 32,
                enabled=True,
                not_before=None,
                expires_at=datetime(2026, 6, 3, tzinfo=UTC),
                soft_delete=True,
                purge_protection=False,
            ),
            geo_backup=Unobserved("this identity sees no vault far in the server's subscription"),
        ),
        geo_redundant_backup="Enabled",
        fips_mode="",
        identities=(f"{readers}/far", f"{readers}/near"),
    )


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_report_is_as_read(format_name, encryption):
    """The report of a server's key renders exactly as the golden file that a person has read."""
    text = render(document(SERVER, encryption), format_name, width=110)
    path = GOLDEN / f"keys{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_platform_key_is_told_without_a_table(encryption):
    """Microsoft's key is one line; what could not be read of a key of one's own is another."""
    platform = replace(encryption, kind="SystemManaged", customer_key=CustomerKey(), vault_keys=CustomerKeys())
    text = render(document(SERVER, platform), "table", width=110)
    assert "a key of your own needs a new server" in text
    assert "Identity" not in text
    unread = render(document(SERVER, replace(encryption, vault_keys=Unobserved("not allowed"))), "table", width=200)
    assert "not allowed" in unread


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_keeps_to_the_width(width, encryption):
    """No line is wider than the terminal."""
    assert max(map(len, render(document(SERVER, encryption), "table", width=width).splitlines())) <= width
