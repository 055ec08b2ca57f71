"""The escapes of log_line_prefix, against a second reading of PostgreSQL's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flexsec.controls.line_prefix import extended, lacking

pieces = st.sampled_from(
    ["%", "%%", "%m", "%t", "%n", "%u", "%d", "%h", "%r", "%q", "%-10u", "%5d", "%-", "%12", "user=", "-", " ", "u", "d", "5", "[%p]"]
)  # fmt: skip
prefixes = st.lists(pieces, max_size=8).map("".join)
TELLS = {"time": "mtn", "user": "u", "database": "d", "client": "hr"}


def escapes(prefix: str) -> list[str]:
    """The escapes' letters, character by character, as log_line_prefix is walked through."""
    found, at = [], 0
    while at < len(prefix):
        if prefix[at] != "%":
            at += 1
            continue
        at += 1
        if prefix[at : at + 1] == "%":
            at += 1
            continue
        if prefix[at : at + 1] == "-":
            at += 1
        while prefix[at : at + 1].isdigit():
            at += 1
        if at < len(prefix):
            found.append(prefix[at])
            at += 1
    return found


@given(prefixes)
def test_what_a_prefix_lacks_is_what_postgresql_would_not_print(prefix):
    """Percent signs, widths and escapes without an end are read as the server reads them."""
    found = set(escapes(prefix))
    assert lacking(prefix) == tuple(thing for thing, letters in TELLS.items() if not found & set(letters))


@given(prefixes)
def test_an_extended_prefix_lacks_nothing_and_keeps_what_was_there(prefix):
    """Nothing that was printed is lost, reordered or printed twice, and extending again changes nothing."""
    after = extended(prefix)
    assert lacking(after) == ()
    assert [letter for letter in escapes(after) if letter in escapes(prefix)] == escapes(prefix)
    assert extended(after) == after
    if not prefix.rstrip("0123456789").endswith(("%", "%-")):
        assert prefix in after


def test_the_service_takes_what_is_made_of_its_default():
    """The recorded default is kept; no quotation mark, the one thing the service refuses, is added."""
    assert extended("%t-%c-") == "%t-%c-user=%u,db=%d,client=%h-"
    assert extended("%t") == "%t-user=%u,db=%d,client=%h-"
    assert "'" not in extended("")
