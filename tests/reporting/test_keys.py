"""What is known of a server's key, where little is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec.model.key_vault_key import CustomerKeys
from flexsec.model.observation import Unobserved
from flexsec.model.server import CustomerKey
from flexsec.reporting.formats import render
from flexsec.reporting.keys import document
from tests.reporting.conftest import SERVER


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
