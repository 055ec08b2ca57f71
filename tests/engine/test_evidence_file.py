"""Evidence of who connects, from files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.engine.evidence_file import read
from flexsec.errors import UsageError
from flexsec.model.connections import Connection

ONE = Connection(address="203.0.113.7", role="app", tls_version="TLSv1.3")


def file(directory, name, content):
    """A file with this content."""
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("seen.csv", "address,role,tls_version\n203.0.113.7,app,TLSv1.3\n"),
        ("seen.csv", "\ufefftls_version, role,address,extra\nTLSv1.3,app,203.0.113.7,x\n".replace(", role", ",role")),
        ("seen.txt", "address,role,tls_version\r\n 203.0.113.7 , app ,TLSv1.3\r\n"),
        ("seen.JSON", '[{"address": "203.0.113.7", "role": "app", "tls_version": "TLSv1.3", "more": 1}]'),
    ],
)
def test_a_connection_is_read(tmp_path, name, content):
    """CSV with a header in any order, and a JSON list; other columns are ignored."""
    assert read(file(tmp_path, name, content)) == (ONE,)


def test_role_and_version_may_be_left_out(tmp_path):
    """Only the address is needed; null counts as left out."""
    assert read(file(tmp_path, "a.csv", "address\n203.0.113.7\n")) == (Connection(address="203.0.113.7"),)
    assert read(file(tmp_path, "a.json", '[{"address": "203.0.113.7", "role": null}]'))[0].role == ""


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", ":1: expected a header with the column 'address'"),
        ("a.csv", "ip\n203.0.113.7\n", ":1: expected a header"),
        ("a.csv", "address\n", "holds no connection"),
        ("a.csv", "address\n203.0.113.7\nfe80:1\n", ":3: 'fe80:1' is not an IPv4 address"),
        ("a.csv", "role,address\napp,::1\napp\n", "holds no connection from an IPv4 address"),
        ("a.csv", "address,tls_version\n203.0.113.7,banana\n", ":2: 'banana' is no TLS version; expected one of none"),
        ("a.csv", b"\xff\xfe\x00", "is not a text file"),
        ("a.json", "", "not JSON"),
        ("a.json", "{}", "expected a list of objects"),
        ("a.json", "[]", "holds no connection"),
        ("a.json", '["203.0.113.7"]', "expected a list of objects"),
        ("a.json", '[{"address": "203.0.113.7"}, {"address": "203.0.113.256"}]', "entry 2: '203.0.113.256'"),
        ("a.json", '[{"address": 7}]', "entry 1: '7' is not an IPv4 address"),
    ],
)
def test_a_file_that_tells_nothing_is_refused_with_its_place(tmp_path, name, content, words):
    """The message names the file, the line or entry, and what was expected."""
    path = file(tmp_path, name, content)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """A missing file and a directory."""
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UsageError, match=str(path)):
            read(path)


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode), suffix=st.sampled_from((".csv", ".json"))
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, suffix):
    """No file brings forth anything but connections or a UsageError."""
    path = file(tmp_path_factory.getbasetemp(), f"any{suffix}", content)
    try:
        found = read(path)
    except UsageError as error:
        found = (error.message,)
    assert found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=20))
def test_both_forms_tell_the_same(tmp_path_factory, addresses):
    """The same addresses as CSV and as JSON are the same connections."""
    folder = tmp_path_factory.getbasetemp()
    as_csv = read(file(folder, "same.csv", "address\n" + "\n".join(addresses) + "\n"))
    as_json = read(file(folder, "same.json", json.dumps([{"address": one} for one in addresses])))
    assert as_csv == as_json
