"""What pgaudit records under a value, and values that record more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model.audit_classes import CLASSES, covered, extended
from flexsec.model.parameter import members

WORDS = (*CLASSES, "misc_set", "all", "none")
SPELLINGS = (str.lower, str.upper, str.title)
words = st.builds(
    lambda minus, word, spell: minus + spell(word),
    st.sampled_from(("", "", "", "-")),
    st.sampled_from(WORDS),
    st.sampled_from(SPELLINGS),
)
values = st.builds(
    lambda separator, parts: separator.join(parts), st.sampled_from((",", ", ")), st.lists(words, max_size=7)
)
required = st.lists(st.sampled_from((*CLASSES, "all")), max_size=4)

# pgaudit's own bits: misc holds that of misc_set, all holds bits that have no name yet.
BITS = {name: 1 << place for place, name in enumerate((*CLASSES, "misc_set"))}
BITS["misc"] |= BITS["misc_set"]
BITS |= {"all": 0xFFFFFFFF, "none": 0}


def bitmap(value: str) -> int:
    """The bits that pgaudit sets for a value, word by word."""
    flags = 0
    for word in filter(None, (part.strip().lower() for part in value.split(","))):
        flags = flags & ~BITS[word[1:]] if word.startswith("-") else flags | BITS[word]
    return flags


@given(values)
def test_a_value_is_read_as_pgaudit_reads_it(value):
    """Words add and take away from left to right, all is everything, and misc holds misc_set."""
    flags = bitmap(value)
    assert covered(value) == {name for name in (*CLASSES, "misc_set") if flags & _own_bit(name)}


def _own_bit(name: str) -> int:
    return BITS[name] & ~BITS["misc_set"] if name == "misc" else BITS[name]


@given(values, required)
def test_extending_never_loses_a_class(value, classes):
    """Whatever was recorded is recorded still, and what is asked for as well: no audit is downgraded."""
    after = bitmap(extended(value, classes))
    assert covered(extended(value, classes)) >= covered(value) | covered(",".join(classes))
    named = sum(_own_bit(name) for name in (*CLASSES, "misc_set"))
    assert after & named & bitmap(value) == bitmap(value) & named


@given(values, required)
def test_what_is_not_asked_for_is_not_added(value, classes):
    """A class that was left out on purpose stays out; only misc comes whole."""
    added = covered(extended(value, classes)) - covered(value) - covered(",".join(classes))
    assert added <= {"misc_set"}


@given(values, required)
def test_extending_twice_changes_nothing(value, classes):
    """B2: an extended value is not extended again, and one that covers what is asked for comes back as it is."""
    once = extended(value, classes)
    assert extended(once, classes) == once
    if covered(",".join(classes)) <= covered(value):
        assert once == value


@given(values, required, required)
def test_extending_is_commutative_up_to_order(value, one, other):
    """Two baselines that ask for classes reach the same audit, whichever is first."""
    first, second = extended(extended(value, one), other), extended(extended(value, other), one)
    assert covered(first) | {"misc_set"} == covered(second) | {"misc_set"}


@given(values, required)
def test_what_is_written_takes_nothing_away(value, classes):
    """The service takes no word with a minus and no class that its list does not name: neither is ever added."""
    after = extended(value, classes)
    if after != value:
        assert not any(word.startswith("-") for word in members(after))
        assert members(after) - members(value) <= {*CLASSES, "all", "misc_set"}
        assert "misc_set" not in members(after) or "misc_set" in members(value) or "-misc" in members(value)


@given(st.lists(st.sampled_from((*CLASSES, "all")), unique=True, max_size=5), required)
def test_what_was_there_keeps_its_order(present, classes):
    """B8: words that are added stand behind those that were there."""
    after = extended(",".join(present), classes).split(",")
    assert after[: len(present)] == present or not present


@pytest.mark.parametrize(
    ("value", "classes", "after"),
    [
        ("all", ("ddl", "role"), "all"),
        ("ALL", ("ddl",), "ALL"),
        ("none", ("ddl", "role"), "ddl,role"),
        ("", ("role",), "role"),
        ("none,write", ("ddl",), "write,ddl"),
        ("all,-role,-ddl", ("ddl", "role"), "all"),
        ("all,-read", ("ddl", "role"), "all,-read"),
        ("all,-read,-ddl", ("ddl",), "write,function,role,ddl,misc"),
        ("write,all,-read,-role", ("role",), "write,function,role,ddl,misc"),
        ("read,-misc", ("all",), "all"),
        ("misc,-misc_set", ("ddl",), "ddl,misc"),
        ("all,-misc,misc_set", ("ddl", "misc"), "all"),
    ],
)
def test_extended_values(value, classes, after):
    """'all' is never replaced by a list of a few classes, and a minus never survives a write."""
    assert extended(value, classes) == after
