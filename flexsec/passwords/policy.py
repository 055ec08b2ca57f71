"""Passwords that the service takes: making them, and judging those that somebody gives.

The rules are those that the portal states (public report): 8 to 128 characters, three of the four classes, neither
the login nor three characters of it in a row. They are checked here because the service answers a weak password with
an internal error in the poll, from which nobody can tell what was wrong.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidValue
from ..model.secret import Secret

if TYPE_CHECKING:
    from random import Random

SHORTEST, LONGEST = 8, 128
RUN = 3
"""So many characters of the login in a row, letters or digits, are too many."""
_TRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """How passwords are made.

    Attributes:
        length: 16 to 128; default 32, beyond guessing whatever the alphabet.
        symbols: the characters that are neither letters nor digits. The default ones need no quoting in a URL, a
            shell, or a connection string, where a password with other ones is often mangled.
        excluded: characters that a consumer cannot take, of any class.
    """

    length: int = 32
    symbols: str = "-._~"
    excluded: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot give a strong password.

        Raises:
            InvalidValue: naming what to change.
        """
        if not 16 <= self.length <= LONGEST:
            raise InvalidValue(f"a password of {self.length} characters is not made; the length is 16 to {LONGEST}")
        if any(not character.isascii() or not character.isprintable() or character.isalnum() or character == " "
               for character in self.symbols):  # fmt: skip
            raise InvalidValue("symbols are printable ASCII characters that are neither letters, digits nor spaces")
        alphabets = self.alphabets
        if len(alphabets) < RUN:
            raise InvalidValue("what is excluded leaves fewer than three of the four classes that the service asks for")
        if sum(map(len, alphabets)) < 20:
            raise InvalidValue("what is excluded leaves fewer than 20 characters to choose from")

    @property
    def alphabets(self) -> tuple[str, ...]:
        """The characters of each class that is left."""
        classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, self.symbols)
        left = ("".join(sorted(set(one) - set(self.excluded))) for one in classes)
        return tuple(one for one in left if one)


STANDARD = PasswordPolicy()
"""32 characters of all four classes."""


def generate(policy: PasswordPolicy = STANDARD, *, login: str, random: Random | None = None) -> Secret:
    """A new password from the operating system's randomness.

    Args:
        policy: length and alphabet.
        login: the administrator login, of which no part may stand in it.
        random: another source, for tests.

    Raises:
        InvalidValue: no password of this policy keeps clear of the login.
    """
    source = random or secrets.SystemRandom()
    alphabets = policy.alphabets
    everything = "".join(alphabets)
    for _ in range(_TRIES):
        characters = [source.choice(one) for one in alphabets]
        characters += [source.choice(everything) for _ in range(policy.length - len(characters))]
        source.shuffle(characters)
        made = Secret("".join(characters))
        if not problems(made, login=login):
            return made
    raise InvalidValue("no password of this policy keeps clear of the login; exclude fewer characters")


def problems(password: Secret, *, login: str) -> tuple[str, ...]:
    """What the service would not take about a password, one clause each; nothing of the password is in them."""
    text = password.reveal()
    found = []
    if not SHORTEST <= len(text) <= LONGEST:
        found.append(f"it has {len(text)} characters, and the service takes {SHORTEST} to {LONGEST}")
    if _classes(text) < RUN:
        found.append("it has fewer than three of: lower-case letters, upper-case letters, digits, other characters")
    if login and login.casefold() in text.casefold():
        found.append("it contains the administrator login")
    elif _shares_a_run(text, login):
        found.append(f"it contains {RUN} characters of the administrator login in a row")
    if any(not character.isprintable() for character in text):
        found.append("it contains a control character, such as a line end at the end of a file")
    elif text != text.strip():
        found.append("it begins or ends with a space, which somebody's client will drop")
    return tuple(found)


def check(password: Secret, *, login: str) -> None:
    """Refuse a given password that the service would not take.

    Raises:
        InvalidValue: with every reason, and nothing of the password.
    """
    found = problems(password, login=login)
    if found:
        raise InvalidValue("the password cannot be used: " + "; ".join(found))


def _classes(text: str) -> int:
    return (
        any(character.islower() for character in text)
        + any(character.isupper() for character in text)
        + any(character.isdigit() for character in text)
        + any(not character.isalnum() for character in text)
    )


def _shares_a_run(text: str, login: str) -> bool:
    lowered, name = text.casefold(), login.casefold()
    runs = (name[at : at + RUN] for at in range(len(name) - RUN + 1))
    return any(run.isalnum() and run in lowered for run in runs)
