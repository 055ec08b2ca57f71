"""Comparison and validation of parameter values by data type."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model.parameter import Parameter, comparable, members, merged, refusal, same_value, spelled
from flexsec.simulator import catalogue

TYPES = ("Boolean", "Integer", "Numeric", "Enumeration", "Set", "String")
types = st.sampled_from(TYPES)
words = st.text(alphabet="abcXYZ019_-. ", min_size=1, max_size=8).filter(
    lambda word: word.strip() == word and not word.startswith("-")
)
word_lists = st.lists(words, max_size=6)
numbers = st.one_of(st.integers(-(10**12), 10**12).map(str), st.decimals(-1000, 1000, places=3).map(lambda n: f"{n:f}"))
anything = st.one_of(st.text(max_size=12), numbers, st.sampled_from(["on", "OFF", "True", "1", "0", "", "a,b", "1e3"]))


def a_parameter(**fields) -> Parameter:
    """A writable parameter with these fields."""
    base = Parameter(
        name="work_mem", value="", default="", data_type="String", allowed_values="", dynamic=True,
        read_only=False, pending_restart=False, source="system-default",
    )  # fmt: skip
    return replace(base, **fields)


def recorded():
    """Every parameter of every version that the packaged list holds."""
    for version in catalogue.versions():
        for facts in catalogue.parameters(version).values():
            yield version, a_parameter(
                name=facts.name, value=facts.value, default=facts.default, data_type=facts.data_type,
                allowed_values=facts.allowed_values or "", read_only=facts.is_read_only,
            )  # fmt: skip


@given(types, anything, anything, anything)
def test_sameness_is_an_equivalence(kind, a, b, c):
    """B3: every value is the same as itself, and sameness goes both ways and through."""
    assert same_value(a, a, kind)
    assert same_value(a, b, kind) == same_value(b, a, kind)
    if same_value(a, b, kind) and same_value(b, c, kind):
        assert same_value(a, c, kind)


@pytest.mark.parametrize("value", ["on", "On", "ON", " on ", "true", "TRUE", "1", "yes"])
def test_every_spelling_of_on_is_on(value):
    """B3: ON, On and on are the same value."""
    assert same_value(value, "on", "Boolean")
    assert not same_value(value, "off", "Boolean")


@given(word_lists, st.randoms(use_true_random=False))
def test_a_set_ignores_order_case_blanks_and_repetition(elements, random):
    """B3: Set a,b equals B,A."""
    shuffled = [*elements, *elements[:2]]
    random.shuffle(shuffled)
    spelling = " , ".join(element.swapcase() for element in shuffled)
    assert same_value(",".join(elements), spelling, "Set")


@given(word_lists, words)
def test_sets_with_different_members_differ(elements, extra):
    """A member more is another value."""
    known = {element.casefold() for element in elements}
    assert same_value(",".join(elements), ",".join([*elements, extra]), "Set") == (extra.casefold() in known)


@given(st.integers(-(10**15), 10**15), st.integers(0, 5))
def test_numbers_compare_as_numbers(number, zeros):
    """B3: the same number in other digits is the same value."""
    sign = "-" if number < 0 else ""
    spelling = f" {sign}{'0' * zeros}{abs(number)}.{'0' * (zeros + 1)} "
    assert same_value(str(number), spelling, "Integer")
    assert same_value(str(number), f"{number}e0", "Numeric")
    assert not same_value(str(number), str(number + 1), "Integer")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-100, max_value=100))
def test_decimals_compare_exactly(number):
    """No rounding makes two settings look alike."""
    assert same_value(f"{number:f}", f"{number:f}00", "Numeric")
    assert not same_value(f"{number:f}", f"{number + Decimal('0.0001'):f}", "Numeric")


@given(st.text(max_size=10), st.text(max_size=10))
def test_strings_compare_exactly(left, right):
    """A String value is free text: case, blanks and order matter."""
    assert same_value(left, right, "String") == (left == right)


@given(types, anything)
def test_comparing_never_fails(kind, value):
    """Whatever the service sends can be compared."""
    hash(comparable(value, kind))


@pytest.mark.parametrize(
    "value", ["1_000", "NaN", "Infinity", "١٢", "0x10", "+", "", "1e", "--1", "1e9999999999999999999"]
)
def test_what_is_no_number_to_the_service_is_none_here(value):
    """Number forms that only Python reads are refused before any request."""
    limits = a_parameter(data_type="Integer", allowed_values="0-2147483647")
    assert refusal(limits, value) is not None


@given(word_lists, word_lists)
def test_merging_keeps_what_was_there_and_adds_what_is_missing(current, additions):
    """B8: nothing is dropped, nothing is repeated, and order and spelling of what was there stay."""
    result = merged(",".join(current), tuple(additions))
    assert members(result) == members(",".join(current)) | members(",".join(additions))
    parts = result.split(",") if result else []
    assert parts[: len(current)] == current
    added = [part.casefold() for part in parts[len(current) :]]
    assert len(added) == len(set(added))
    assert not set(added) & {element.casefold() for element in current}


@given(word_lists, word_lists)
def test_merging_twice_changes_nothing(current, additions):
    """B2: a merged value that is merged again stays as it is."""
    once = merged(",".join(current), tuple(additions))
    assert merged(once, tuple(additions)) == once


def test_merging_into_the_recorded_default_keeps_the_libraries():
    """B8: existing pg_cron,pg_stat_statements and pgaudit gives all three."""
    assert merged("pg_cron,pg_stat_statements", ("pgaudit",)) == "pg_cron,pg_stat_statements,pgaudit"
    assert merged("PGAUDIT, pg_cron", ("pgaudit", "", " anon ", "ANON")) == "PGAUDIT,pg_cron,anon"


@pytest.mark.parametrize(
    ("kind", "allowed", "good", "bad"),
    [
        ("Boolean", "on,off", ["on", "OFF", "true", "0", " on "], ["", "maybe", "2", "on,off"]),
        ("Boolean", "true, false", ["on", "false"], ["ja"]),
        ("Enumeration", "TLSv1.2,TLSv1.3", ["tlsv1.2", " TLSv1.3 "], ["", "TLSv1.1", "TLSv1.2,TLSv1.3"]),
        ("Enumeration", ",TLSv1.2,TLSv1.3", ["", "TLSV1.3"], ["none"]),
        ("Enumeration", "", ["anything"], []),
        ("Set", "md5,scram-sha-256", ["md5", "SCRAM-SHA-256, md5"], ["", "scram", "md5,sha1"]),
        ("Set", ",anon,pg_cron", ["", "pg_cron,anon"], ["pgaudit"]),
        ("Set", "", ["anything,else"], []),
        ("Integer", "1-7", ["1", "7", " 3 ", "3.0", "1e0"], ["0", "8", "3.5", "three", "", "-1"]),
        ("Integer", "-1-2147483647", ["-1", "0", "2147483647"], ["-2", "2147483648"]),
        ("Integer", "", ["12"], ["x"]),
        ("Numeric", "0.0-0.9", ["0", "0.9", "5e-1"], ["1", "-0.1", "x"]),
        ("String", "[A-Za-z0-9_]+", ["postgres"], ["", "a b"]),
        ("String", "", ["", "free text"], []),
        ("String", "(unclosed", ["the service judges"], []),
    ],
)
def test_only_what_the_service_takes_is_allowed(kind, allowed, good, bad):
    """B6: allowed values and data type are checked before any request, and the refusal names both."""
    parameter = a_parameter(data_type=kind, allowed_values=allowed)
    for value in good:
        assert refusal(parameter, value) is None, value
    for value in bad:
        sentence = refusal(parameter, value)
        assert sentence is not None, value
        assert parameter.name in sentence
        assert kind in sentence
        assert repr(value) in sentence


@given(types, anything, anything)
def test_a_read_only_parameter_refuses_every_value(kind, allowed, value):
    """B6: the sentence says that the platform sets it."""
    sentence = refusal(a_parameter(data_type=kind, allowed_values=allowed, read_only=True), value)
    assert sentence is not None
    assert "read-only" in sentence


@given(types, anything, anything)
def test_spelling_a_value_never_changes_what_it_means(kind, allowed, value):
    """B3: what is written is the value that was asked for, in the spelling that is listed."""
    parameter = a_parameter(data_type=kind, allowed_values=allowed)
    written = spelled(parameter, value)
    if refusal(parameter, value) is None:
        assert same_value(written, value, kind)
        assert refusal(parameter, written) is None
    assert spelled(parameter, written) == written


@pytest.mark.parametrize(
    ("kind", "allowed", "value", "written"),
    [
        ("Boolean", "on,off", "TRUE", "on"),
        ("Boolean", "true, false", "On", "true"),
        ("Enumeration", "none,ddl,mod,all", "DDL", "ddl"),
        ("Set", "none,read,WRITE", "Write , READ", "WRITE,read"),
        ("Integer", "1-1000", "1e2", "100"),
        ("Integer", "1-7", "007.0", "7"),
        ("Numeric", "0-1", " 0.5 ", "0.5"),
        ("String", ".*", " as typed ", " as typed "),
    ],
)
def test_a_value_is_written_in_the_spelling_of_the_list(kind, allowed, value, written):
    """B3: write the spelling found in the allowed values, and whole numbers in digits."""
    assert spelled(a_parameter(data_type=kind, allowed_values=allowed), value) == written


def test_the_service_would_take_what_it_shows():
    """Every writable parameter in the packaged lists allows its own value and default."""
    odd = [
        f"{version} {parameter.name}={value}"
        for version, parameter in recorded()
        if not parameter.read_only
        for value in (parameter.value, parameter.default)
        if refusal(parameter, value) is not None
        or not same_value(spelled(parameter, value), value, parameter.data_type)
    ]
    assert odd == []
