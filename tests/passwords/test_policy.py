"""Passwords that are made are strong, and given ones are judged by the service's rules without being told."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import InvalidValue
from flexsec.model.secret import Secret
from flexsec.passwords.policy import PasswordPolicy, check, generate, problems
from flexsec.simulator.server_update import strong_enough

LOGINS = st.text(string.ascii_lowercase + string.digits + "_-", min_size=1, max_size=63)


@given(LOGINS, st.integers(16, 128), st.text(string.punctuation + string.ascii_letters[:8], max_size=6), st.integers())
def test_a_made_password_is_one_that_the_service_takes(login, length, excluded, seed):
    """Whatever login and policy, what is made has the length, keeps out what is excluded, and breaks no rule."""
    policy = PasswordPolicy(length=length, excluded=excluded)
    made = generate(policy, login=login, random=random.Random(seed)).reveal()
    assert len(made) == length
    assert not set(made) & set(excluded)
    assert not problems(Secret(made), login=login)
    assert strong_enough(made, login)


def test_two_passwords_differ():
    """Every password is new."""
    assert len({generate(login="dba").reveal() for _ in range(100)}) == 100


@given(st.text(string.printable, max_size=140), LOGINS)
def test_a_password_without_problems_is_strong_enough_for_the_service(text, login):
    """What passes here passes there: no weak password is sent to be answered by an internal error."""
    if not problems(Secret(text), login=login):
        assert strong_enough(text, login)


@given(st.text(string.ascii_letters + string.digits, min_size=4, max_size=20), LOGINS)
def test_what_is_wrong_is_told_without_the_password(text, login):
    """No reason holds the password or a part of it."""
    for sentence in problems(Secret(text + "\n"), login=login):
        assert text not in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ab1-xyz", "7 characters"),
        ("A1-" + "b" * 126, "129 characters"),
        ("lowercaseonly", "fewer than three"),
        ("My-dbadmin-7x", "contains the administrator login"),
        ("My-bad-7xyz12", "3 characters of the administrator login"),
        ("Str0ng-enough\n", "control character"),
        (" Str0ng-enough", "begins or ends with a space"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(text, words):
    """D13's cousin: the service answers a weak password with an internal error, so it is refused before it is sent."""
    with pytest.raises(InvalidValue, match=words) as caught:
        check(Secret(text), login="dbadmin")
    assert text.strip() not in caught.value.message


@pytest.mark.parametrize(
    "settings",
    [{"length": 15}, {"length": 129}, {"symbols": "é"}, {"symbols": "a"},
     {"excluded": string.ascii_letters}, {"excluded": string.digits + string.ascii_lowercase + "-._~ABCDEFGHIJ"}],
)  # fmt: skip
def test_a_policy_that_gives_weak_passwords_is_refused(settings):
    """Length, symbols and exclusions have limits, told in words."""
    with pytest.raises(InvalidValue):
        PasswordPolicy(**settings)
