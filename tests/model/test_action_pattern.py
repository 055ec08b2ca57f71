"""The arithmetic of role patterns, held against every text of a small alphabet."""

import itertools
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model import action_pattern
from flexsec.model.action_pattern import covers, some_action

PATTERNS = st.text(alphabet="aB*", max_size=5)
CONTRIBUTOR_LACKS = (
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
)
# "c" stands for the characters that no pattern has; 6 are enough to tell any of these patterns apart from the others.
WORDS = ["".join(word) for length in range(7) for word in itertools.product("abc", repeat=length)]


def plainly(pattern, word):
    """Whether a pattern covers a word, by the regular expression that it stands for."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), word, re.IGNORECASE) is not None


@given(PATTERNS, st.text(alphabet="abAB", max_size=6))
def test_a_pattern_covers_what_its_regular_expression_matches(pattern, word):
    """A star stands for any characters or none, and case does not matter."""
    assert covers(pattern, word) is plainly(pattern, word)


@given(st.lists(PATTERNS, min_size=1, max_size=2), st.lists(PATTERNS, max_size=2))
def test_a_witness_is_always_right(within, without):
    """Where some short text lies in all patterns and none of the others, the answer is that there is one."""
    found = any(all(plainly(p, word) for p in within) and not any(plainly(p, word) for p in without) for word in WORDS)
    if found:
        assert some_action(within, without)


@given(st.text(alphabet="a*", max_size=3), st.lists(st.text(alphabet="a*", max_size=3), max_size=2))
def test_small_patterns_have_small_witnesses(pattern, without):
    """Where no short text is a witness there is none: for patterns this small the answer is exactly that of a search."""
    found = any(plainly(pattern, word) and not any(plainly(p, word) for p in without) for word in WORDS)
    assert some_action([pattern], without) is found


@given(st.lists(st.text(alphabet="ab*", max_size=4), min_size=2, max_size=3), st.lists(PATTERNS, max_size=2))
def test_what_patterns_share_is_found_exactly(within, without):
    """Of several patterns too the answer is that of a search: what they share is at most as long as all together."""
    found = any(all(plainly(p, word) for p in within) and not any(plainly(p, word) for p in without) for word in WORDS)
    answer = some_action(within, without)
    if sum(len(pattern.replace("*", "")) for pattern in within) + 2 <= 6:
        assert answer is found
    assert answer or not found


@given(PATTERNS)
def test_a_pattern_is_never_more_than_itself_or_everything(pattern):
    """Nothing is left of a pattern without itself, or without everything."""
    assert not some_action([pattern], [pattern.swapcase()])
    assert not some_action([pattern], ["*"])
    assert some_action([pattern, "*"])


@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(PATTERNS, max_size=2), PATTERNS)
def test_more_patterns_never_make_more(within, without, another):
    """A further condition, or a further exclusion, never brings an action in."""
    if some_action([*within, another], without) or some_action(within, [*without, another]):
        assert some_action(within, without)


@pytest.mark.parametrize(
    ("within", "without", "expected"),
    [
        (["*"], CONTRIBUTOR_LACKS, True),
        (["*", "*/delete"], CONTRIBUTOR_LACKS, True),
        (["*", "Microsoft.Authorization/*/write"], CONTRIBUTOR_LACKS, False),
        (["*", "Microsoft.Authorization/roleAssignments/write"], CONTRIBUTOR_LACKS, False),
        (["*/read", "*/write"], [], False),
        (["Microsoft.DBforPostgreSQL/*", "*/read"], [], True),
        (["Microsoft.DBforPostgreSQL/flexibleServers/*"], ["Microsoft.DBforPostgreSQL/*"], False),
        (["Microsoft.DBforPostgreSQL/*"], ["Microsoft.DBforPostgreSQL/*/read", "Microsoft.DBforPostgreSQL/*/write"], True),
        (["a/*/read"], ["a/b/read"], True),
        (["a/read"], ["A/READ"], False),
        ([], ["*"], False),
        ([], [], True),
    ],
)  # fmt: skip
def test_questions_about_roles(within, without, expected):
    """Contributor may delete but not assign roles; a wildcard is more than any list of actions."""
    assert some_action(within, without) is expected


class Lines:
    """Counts the lines of the module that are run."""

    def __init__(self):
        self.count = 0

    def __call__(self, frame, event, _argument):
        if frame.f_code.co_filename != action_pattern.__file__:
            return None
        self.count += event == "line"
        return self


def steps(question):
    """A question's answer, and how many lines it took."""
    lines, earlier = Lines(), sys.gettrace()
    sys.settrace(lines)
    try:
        answer = question()
    finally:
        sys.settrace(earlier)
    return answer, lines.count


MANY = [f"Microsoft.Svc{number}/*/delete" for number in range(200)]


@pytest.mark.parametrize(
    ("within", "without", "expected"),
    [
        (["*/read"], [*MANY, "*/read"], False),
        (["*/delete"], MANY, True),
        (["*/read", "Microsoft.DBforPostgreSQL/*"], MANY, True),
        (["Microsoft.Svc7/*", "*/delete"], MANY, True),  # Microsoft.Svc7/delete
        (["Microsoft.Svc7/*/*", "*/delete"], MANY, False),
        (["Microsoft.*", "*/delete", "*Svc*"], MANY, True),
    ],
)
def test_two_hundred_patterns_take_few_steps(within, without, expected):
    """However many patterns a custom role takes back, each is looked at a few times."""
    answer, count = steps(lambda: some_action(within, without))
    assert answer is expected
    assert count < 20_000


def test_what_cannot_be_told_is_said_after_few_steps():
    """Patterns whose stars interlock in too many ways get no answer, neither yes nor no, and soon."""
    answer, count = steps(lambda: some_action(["*a*b" * 12 + "*x", "*b*c*a" * 8 + "*x"], ["*q"]))
    assert answer is None
    assert count < 500_000
    assert some_action(["*a*b" * 12 + "*", "*c*d" * 12 + "*"], ["*"]) is False, "one pattern that holds all is enough"


def test_many_stars_take_no_time():
    """A pattern made to be slow is answered like any other."""
    slow = "a*" * 40
    assert some_action([slow], [slow + "b*"])
    assert not some_action([slow + "b*"], [slow])
