"""Evidence of roles' hashes, from files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.engine.role_hash_file import read
from flexsec.errors import UsageError
from flexsec.model.login_evidence import RoleHash

VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"


def file(directory, content):
    """A file with this content."""
    path = directory / "roles.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_roles_are_read(tmp_path):
    """The words of azure_roles_authtype() are understood, as are our own; an empty one is unknown."""
    content = (
        "\ufeffrolename,more,authtype\napp,1,SCRAM-256\nold,1,MD5\njob,1,NOLOGIN\nodd,1,\nx,1,scram-sha-256\ny,1,none\n"
    )
    assert read(file(tmp_path, content)) == tuple(
        RoleHash(role=role, hash=kept)
        for role, kept in [("app", "scram-sha-256"), ("old", "md5"), ("job", "none"), ("odd", "unknown"),
                           ("x", "scram-sha-256"), ("y", "none")]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ":1: expected a header with the columns role and hash"),
        ("role\napp\n", ":1: expected a header"),
        ("role,rolename,hash\na,b,md5\n", ":1: expected a header"),
        ("role,hash\n", "holds no role"),
        ("role,hash\n,md5\n", ":2: the role is missing"),
        ("role,hash\napp,banana\n", ":2: the hash is none of scram-sha-256, md5, none, unknown"),
        ("role,hash\napp,md5\napp,none\n", "tells of app twice"),
        (b"\xff\xfe\x00", "is not a text file"),
    ],
)
def test_a_file_that_tells_nothing_is_refused_with_its_place(tmp_path, content, words):
    """The message names the file, the line, and what was expected."""
    path = file(tmp_path, content)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message


@pytest.mark.parametrize("hash_itself", [VERIFIER, "md5" + "0123456789abcdef" * 2])
def test_the_hashes_themselves_are_refused_and_not_repeated(tmp_path, hash_itself):
    """A verifier is as good as a secret: the file is refused, and the message does not hold it."""
    with pytest.raises(UsageError, match="the hash itself") as caught:
        read(file(tmp_path, f"role,hash\napp,{hash_itself}\n"))
    assert hash_itself not in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path):
    """A missing file and a directory."""
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UsageError, match=str(path)):
            read(path)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"role,hash\n{text}".encode()))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    """No file brings forth anything but roles or a UsageError."""
    try:
        found = read(file(tmp_path_factory.getbasetemp(), content))
    except UsageError as error:
        found = (error.message,)
    assert found
