"""Values compare as PostgreSQL reads them: each data type against a second, plain description of its parser.

The descriptions follow PostgreSQL's guc.c, bool.c and varlena.c; the Boolean and Integer ones were compared with a
PostgreSQL 15 by set_config.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model.parameter import comparable, merged, refusal, same_value
from flexsec.model.parameter_unit import in_unit
from tests.model.test_parameter import a_parameter

BEGINNINGS = [word[:end] for word in ("true", "false", "yes", "no", "on", "off") for end in range(1, len(word) + 1)]
spelt = st.sampled_from((str.lower, str.upper, str.title, str.swapcase))
booleans = st.builds(
    lambda text, spell: spell(text), st.sampled_from([*BEGINNINGS, "1", "0", "", "2", "onn", "enable", "10"]), spelt
)
digits = st.text(alphabet="0123456789", min_size=1, max_size=12)
integers = st.builds(
    lambda sign, number, rest: sign + number + rest,
    st.sampled_from(("", "-")),
    digits,
    st.sampled_from(("", ".0", ".000", "e0", "e2", "E1", ".5", "x", " ")),
)
places = st.integers(0, 6)
numerics = st.builds(
    lambda number, point, zeros: f"{Decimal(number).scaleb(-point):f}" + ("0" * zeros if point else ""),
    st.integers(-(10**12), 10**12),
    places,
    places,
)
# Words as the service's lists have them: lower case letters, digits, and - or _ within.
members_of_a_set = st.from_regex(r"[a-z][a-z0-9]{0,5}([-_][a-z0-9]{1,4})?", fullmatch=True)
sets = st.lists(members_of_a_set, max_size=6)
choices = st.sampled_from(("none", "ddl", "mod", "all", "TLSv1.2", "TLSv1.3", "safe_encoding"))
BYTES = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
TIMES = {"us": 1, "ms": 10**3, "s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}
UNITS = {
    "bytes": (BYTES, 1),
    "KB": (BYTES, 1024),
    "8KB": (BYTES, 8192),
    "megabytes": (BYTES, 1024**2),
    "microseconds": (TIMES, 1),
    "milliseconds": (TIMES, 10**3),
    "seconds": (TIMES, 10**6),
    "minutes": (TIMES, 60 * 10**6),
}


def boolean(text: str) -> bool | None:
    """A Boolean as PostgreSQL reads it: any beginning of a word that fits one value alone, whatever its case."""
    folded = text.lower()
    on = [word for word in ("true", "yes", "on") if folded and word.startswith(folded)]
    off = [word for word in ("false", "no", "off") if folded and word.startswith(folded)]
    if folded in ("0", "1"):
        return folded == "1"
    return bool(on) if bool(on) != bool(off) else None


def integer(text: str) -> int | None:
    """An Integer as PostgreSQL reads it: octal behind a 0, decimal with a fraction or an exponent, rounded to even."""
    bare = text.strip()
    sign, number = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    if number.isdigit():
        if not number.startswith("0"):
            return sign * int(number)
        return sign * int(number, 8) if set(number) <= set("01234567") else None
    try:
        return int(Decimal(bare).to_integral_value(ROUND_HALF_EVEN))
    except ArithmeticError:
        return None


@given(booleans, booleans)
def test_booleans_are_the_same_when_postgresql_reads_the_same(left, right):
    """B3: every beginning of true, false, yes, no, on and off is the value that PostgreSQL takes it for."""
    read = boolean(left), boolean(right)
    if None not in read:
        assert same_value(left, right, "Boolean") is (read[0] == read[1])
    for text, value in zip((left, right), read, strict=True):
        assert (comparable(text, "Boolean") is value) or (
            value is None and not isinstance(comparable(text, "Boolean"), bool)
        )


@given(integers, integers)
def test_integers_are_the_same_when_postgresql_reads_the_same(left, right):
    """B3: of all values that would be written, those that PostgreSQL reads alike are alike, and no others."""
    anyone = a_parameter(data_type="Integer", allowed_values="")
    written = [text for text in (left, right) if refusal(anyone, text) is None]
    if len(written) == 2:
        assert same_value(left, right, "Integer") is (integer(left) == integer(right))
    for text in written:
        assert same_value(text, str(integer(text)), "Integer")


@pytest.mark.parametrize(
    ("shown", "same", "other"), [("0600", "384", "600"), ("010", "8", "10"), ("-010", "-8", "-10")]
)
def test_an_integer_that_begins_with_0_is_octal(shown, same, other):
    """Recorded: log_file_mode shows 0600 beside the default 384, which is the same value."""
    assert same_value(shown, same, "Integer")
    assert not same_value(shown, other, "Integer")


@pytest.mark.parametrize("text", ["010", "08", "-007", "00"])
def test_an_integer_that_begins_with_0_is_never_written(text):
    """What reads as ten to a person and as eight to PostgreSQL is refused before any request."""
    assert refusal(a_parameter(data_type="Integer", allowed_values="-100-100"), text) is not None


@given(numerics, numerics)
def test_numerics_are_the_same_when_postgresql_reads_the_same(left, right):
    """B3: numbers compare as the doubles that PostgreSQL keeps, for as many digits as a setting has."""
    assert same_value(left, right, "Numeric") is (float(left) == float(right))


@given(choices, choices, spelt)
def test_enumerations_are_the_same_when_postgresql_reads_the_same(left, right, spell):
    """B3: words of an enumeration compare without case, and in full."""
    assert same_value(spell(left), right, "Enumeration") is (left.lower() == right.lower())
    assert not same_value(left[:-1], left, "Enumeration")


@given(sets, sets, spelt)
def test_sets_are_the_same_when_postgresql_reads_the_same(left, right, spell):
    """B3: a list of identifiers is folded to lower case and stripped of blanks; its order means nothing."""
    spelling = " , ".join(spell(word) for word in left)
    assert same_value(spelling, ",".join(right), "Set") is (set(left) == set(right))


@given(sets)
def test_a_set_that_takes_members_away_is_read_in_its_order(words):
    """The words all,-role and -role,all are two values to pgaudit: the last word on a member counts."""
    assert not same_value("all,-role", "-role,all", "Set")
    taking = [*words, "all", "-role"]
    assert same_value(",".join(taking), " , ".join(word.upper() for word in taking), "Set")
    assert not same_value(",".join(taking), ",".join(reversed(taking)), "Set")


@given(st.decimals(0, 10**6, places=2), st.sampled_from([*BYTES, *TIMES]), st.sampled_from(sorted(UNITS)))
def test_a_value_with_a_unit_is_the_number_that_postgresql_makes_of_it(number, suffix, unit):
    """64MB in a parameter of kB is 65536; a unit of another kind, and what is no whole number, is no hint at all."""
    sizes, size = UNITS[unit]
    exact = number * sizes[suffix] / size if suffix in sizes else None
    whole = exact is not None and exact == exact.to_integral_value()
    assert in_unit(f"{number}{suffix}", unit) == (str(int(exact)) if whole else "")
    assert in_unit(f" {number} {suffix} ", unit) == in_unit(f"{number}{suffix}", unit)


@given(sets, sets, sets)
def test_merging_is_commutative_up_to_order(current, one, other):
    """B8: two controls that each add to a list reach the same list, whichever comes first."""
    base = ",".join(current)
    first = merged(merged(base, tuple(one)), tuple(other))
    second = merged(merged(base, tuple(other)), tuple(one))
    assert same_value(first, second, "Set")
    assert same_value(first, merged(base, (*one, *other)), "Set")
    for result in (first, second):
        assert result.split(",")[: len(current)] == current or not current
