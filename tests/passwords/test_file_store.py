"""The encrypted file keeps passwords through every change of stage, and tells nothing without its key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flexsec.errors import SecretStoreFailure
from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.passwords.file_store import FileStore, new_key_file

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ABOUT = {"run_id": "r1", "server_id": "/subscriptions/s/x", "login": "dba", "expires_at": None}


@pytest.fixture
def key(tmp_path):
    """A key file."""
    path = tmp_path / "key"
    new_key_file(path)
    return path


@pytest.fixture
def store(tmp_path, key):
    """An empty store."""
    return FileStore(tmp_path / "kept" / "shop-db", key, now=lambda: NOW)


def test_a_pending_password_is_there_for_another_process(store, tmp_path, key):
    """What put_pending returned can be read back by a store of the same file, with all that is said about it."""
    kept = store.put_pending(Secret("one"), **ABOUT)
    again = FileStore(tmp_path / "kept" / "shop-db", key)
    assert again.get(kept.version).reveal() == "one"
    assert again.versions() == (kept,)
    assert (kept.stage, kept.created_at, kept.login) == (Stage.PENDING, NOW, "dba")


def test_promoting_keeps_the_old_password_as_the_previous_one(store):
    """At most one version is current, and doing it twice is doing it once."""
    first = store.put_pending(Secret("one"), **ABOUT)
    store.promote(first.version)
    second = store.put_pending(Secret("two"), **ABOUT)
    store.promote(second.version)
    store.promote(second.version)
    assert [(v.version, v.stage) for v in store.versions()] == [
        (second.version, Stage.CURRENT),
        (first.version, Stage.PREVIOUS),
    ]
    assert store.get(first.version).reveal() == "one"


def test_only_a_pending_version_can_be_abandoned(store):
    """Abandoning what is current changes nothing: a password that works is never marked away."""
    first = store.put_pending(Secret("one"), **ABOUT)
    store.promote(first.version)
    store.abandon(first.version)
    second = store.put_pending(Secret("two"), **ABOUT)
    store.abandon(second.version)
    assert [v.stage for v in store.versions()] == [Stage.ABANDONED, Stage.CURRENT]


def test_the_file_and_its_leftovers_tell_nothing(store, tmp_path):
    """No file below the directory holds the password, the login or the server, and only the owner may read."""
    store.put_pending(Secret("canary-7f"), **ABOUT)
    for path in (tmp_path / "kept").iterdir():
        assert path.stat().st_mode & 0o077 == 0
        for words in (b"canary-7f", b"dba", b"subscriptions"):
            assert words not in path.read_bytes()


def test_a_wrong_or_missing_key_or_version_is_told(store, tmp_path, key):
    """The message names the place and what to do, never a secret."""
    kept = store.put_pending(Secret("canary-7f"), **ABOUT)
    other = tmp_path / "other"
    new_key_file(other)
    path = tmp_path / "kept" / "shop-db"
    for broken, words in [
        (FileStore(path, other), "another key"),
        (FileStore(path, tmp_path / "none"), "no key file"),
        (FileStore(path, path), "not a key file"),
    ]:
        with pytest.raises(SecretStoreFailure, match=words):
            broken.get(kept.version)
    with pytest.raises(SecretStoreFailure, match="no version nine"):
        store.promote("nine")
    key.chmod(0o644)
    with pytest.raises(SecretStoreFailure, match="chmod 600"):
        store.versions()


def test_a_key_file_is_never_replaced(key):
    """A new key over an old one would lose every password."""
    before = key.read_bytes()
    with pytest.raises(SecretStoreFailure, match="exists"):
        new_key_file(key)
    assert key.read_bytes() == before


def test_an_altered_file_is_refused(store, tmp_path):
    """One bit changed anywhere is noticed."""
    store.put_pending(Secret("one"), **ABOUT)
    path = tmp_path / "kept" / "shop-db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SecretStoreFailure, match="altered"):
        store.versions()
