"""The identifiers of keys."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.controls.keys import key_version

HOSTS = (
    "shop.vault.azure.net",
    "shop.vault.azure.cn",
    "shop.vault.usgovcloudapi.net",
    "shop.managedhsm.azure.net",
    "shop.vault.azure.net:443",
)
NAME = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=127)
VERSION = st.text(string.hexdigits, min_size=1, max_size=32)
ENDS = st.sampled_from(["", "/", "//"])


@given(st.sampled_from(HOSTS), NAME, VERSION, ENDS)
def test_a_version_is_found_in_every_cloud(host, name, version, end):
    """F4: with a version at its end an identifier is pinned, without one it is not, whatever the host and slashes."""
    assert key_version(f"https://{host}/keys/{name}/{version}{end}") == version
    assert key_version(f"https://{host}/keys/{name}{end}") == ""


@given(st.text(max_size=40))
def test_any_text_has_a_version_or_is_no_identifier(text):
    """No text makes the reading stumble, and none without a host is taken for an identifier."""
    found = key_version(text)
    assert found is None or "//" in text


@pytest.mark.parametrize(
    "text",
    ["", "https://h", "https://h/keys", "https://h/secrets/a", "https://h/keys/a/1/2", "/keys/a", "https://[h/keys/a"],
)
def test_what_is_no_identifier_of_a_key(text):
    """Secrets, other depths, no host and broken addresses are told from a key without a version."""
    assert key_version(text) is None
