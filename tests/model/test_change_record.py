"""What may be said about a change, and what is refused because it could not be kept or shown as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import InvalidValue
from flexsec.model.change_record import LONGEST_NAME, LONGEST_TEXT, NO_RECORD, Approval, ChangeRecord
from flexsec.model.encoding import from_data, to_data
from flexsec.reporting.neutral import visible

NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
RECORDS = st.builds(ChangeRecord, reference=NAMES, reason=NAMES, ticket=NAMES)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"reference": "x" * (LONGEST_NAME + 1)}, "the change reference has 101 characters; 100 are allowed"),
        ({"reason": "x" * (LONGEST_TEXT + 1)}, "the reason has 2001 characters; 2000 are allowed"),
        ({"ticket": "OPS-7\nOPS-8"}, "the ticket is more than one line"),
        ({"reference": "CHG\t7"}, "the change reference is more than one line, or holds a tab"),
        ({"reason": "all\x1b[2Jgone"}, "the reason holds a character that cannot be shown (U+001B, at position 4)"),
        ({"reason": "abc\x00"}, "U+0000"),
        ({"reason": "for \u202egnp.exe"}, "U+202E"),
        ({"ticket": "half \ud83d"}, "U+D83D"),
        ({"reason": "  \n "}, "the reason is blank; say something, or leave it out"),
        ({"reference": 7}, "the change reference is int; give a text"),
        ({"ticket": None}, "the ticket is NoneType; give a text"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(texts, told):
    """A text that is too long, blank, of several lines where one is meant, or not for the eye is refused, and says why."""
    with pytest.raises(InvalidValue) as refused:
        ChangeRecord(**texts)
    assert told in refused.value.message
    assert "\x1b" not in refused.value.message


def test_a_reason_may_have_several_lines_in_any_script():
    """A reason is free text: lines, accents, emoji of several code points and right-to-left words are kept as they are."""
    reason = "Año nuevo:\n\tschließen\r\n日本語, שלום, 👩‍💻"
    assert ChangeRecord(reason=reason).reason == reason


@given(RECORDS)
def test_what_is_taken_is_shown_as_it_is(record):
    """What a record takes holds nothing that a report would have to escape, and survives being stored."""
    assert visible(record.reference + record.ticket + record.reason) == record.reference + record.ticket + record.reason
    assert from_data(ChangeRecord, to_data(record)) == record


@given(st.text())
def test_no_text_slips_through_with_a_control_character(text):
    """Whatever is taken as a reference is one line without a single unsafe character; all else is refused in words."""
    if visible(text) == text and len(text) <= LONGEST_NAME and (not text or text.strip()):
        assert ChangeRecord(reference=text).reference == text
        assert text.splitlines() in ([], [text])
        return
    with pytest.raises(InvalidValue, match=r"^the change reference "):
        ChangeRecord(reference=text)


@given(RECORDS, RECORDS, RECORDS)
def test_a_later_record_is_put_over_an_earlier_one(first, second, third):
    """What a later record says wins text by text, what it leaves open stays; saying nothing changes nothing."""
    both = first.overlaid(second)
    for name in ("reference", "reason", "ticket"):
        assert getattr(both, name) == getattr(second, name) or getattr(second, name) == ""
        assert getattr(both, name) in (getattr(first, name), getattr(second, name))
    assert first.overlaid(NO_RECORD) == NO_RECORD.overlaid(first) == first
    assert first.overlaid(second).overlaid(third) == first.overlaid(second.overlaid(third))
    assert bool(both) == (bool(first) or bool(second))


def test_an_approval_is_checked_like_a_record():
    """An approval's comment follows the rules of a reason, and its time names a moment."""
    when = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    with pytest.raises(InvalidValue, match="the comment holds a character that cannot be shown"):
        Approval(digest="d", approved_by="a", approved_at=when, comment="\x07")
    with pytest.raises(InvalidValue, match="lacks its offset from UTC"):
        Approval(digest="d", approved_by="a", approved_at=when.replace(tzinfo=None))
