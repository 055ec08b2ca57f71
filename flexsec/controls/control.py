"""What a control is: an id, what it reads, and one pure function that judges a server's state."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from ..errors import InvalidValue, UnknownName
from ..model.observation import Unobserved
from .outcome import not_applicable

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check, Severity
    from .references import References
    from .severities import Rating

Value = bool | int | str | tuple[str, ...]
Arguments = Mapping[str, Value]

SECTIONS = ("What it checks", "Why", "Remedy", "What it does not check", "Cost")
"""What the docstring of every check tells, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One setting of a control.

    Attributes:
        kind: integer, boolean, text, or texts (a list of text); texts are of `allowed` unless that is empty.
        pattern, form: for text of no list, the regular expression that it matches whole, and what that is in words.
        one_value: of texts that are name=value, whether a name, its case ignored, may stand there with one value only.
        minimum, maximum: bounds of an integer, both included; None where there is none.
    """

    name: str
    kind: Literal["integer", "boolean", "text", "texts"]
    default: Value
    description: str
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    form: str = "text"
    one_value: bool = False

    @property
    def expected(self) -> str:
        """What values it takes, in words."""
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "text":
            return "one of " + ", ".join(self.allowed) if self.allowed else self.form
        if self.kind == "texts":
            return "a list of " + (", ".join(self.allowed) if self.allowed else self.form)
        if self.maximum is None:
            return f"a whole number from {self.minimum} up"
        return f"a whole number from {self.minimum} to {self.maximum}"

    def expected_instead_of(self, value: object) -> str:
        """What values it takes, in words, and of texts that are at odds which ones they are."""
        well_formed = isinstance(value, tuple) and all(self._admits_text(item) for item in value)
        clash = self.clash(value) if well_formed else None
        return f"one value for each name, not both {clash[0]!r} and {clash[1]!r}" if clash else self.expected

    def admits(self, value: object) -> bool:
        """Whether the value may be given for this argument."""
        if self.kind == "boolean":
            return isinstance(value, bool)
        if self.kind == "text":
            return self._admits_text(value)
        if self.kind == "texts":
            admitted = isinstance(value, tuple) and all(self._admits_text(item) for item in value)
            return admitted and self.clash(value) is None
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def clash(self, value: object) -> tuple[str, str] | None:
        """The first two texts that give one name two values, where that may not be: both cannot be had."""
        held: dict[str, str] = {}
        for item in value if self.one_value and isinstance(value, tuple) else ():
            name, named, wanted = (part.strip() for part in item.partition("="))
            first = held.setdefault(name.casefold(), item) if named else item
            if first.partition("=")[2].strip() != wanted:
                return first, item
        return None

    def _admits_text(self, value: object) -> bool:
        if not isinstance(value, str) or not value.strip():
            return False
        if self.allowed:
            return value in self.allowed
        return not self.pattern or re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One property of a server that a baseline may ask for.

    Attributes:
        family: the stem of the module that it stands in.
        check: judges the state; gets every argument, defaults filled in. Its docstring is the control's page.
        parameters: the server parameters that it reads.
        reads: the parts of `ServerState` that it reads.
    """

    id: str
    title: str
    family: str
    rating: Rating
    check: Callable[[ServerState, Arguments], Check]
    reads: tuple[str, ...]
    references: References
    arguments: tuple[Argument, ...] = ()
    parameters: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How much a failure matters."""
        return self.rating.severity

    @property
    def defaults(self) -> dict[str, Value]:
        """The arguments when none are given."""
        return {argument.name: argument.default for argument in self.arguments}

    @property
    def documentation(self) -> str:
        """The control's page as plain text: the docstring of its check, then its references."""
        page = inspect.cleandoc(self.check.__doc__ or self.title)
        sources = self.references
        cited = [
            *(f"CIS {text}" for text in sources.cis),
            *(f"MCSB {text}" for text in sources.mcsb),
            *(f"Azure Policy {one.guid} ({one.name})" for one in sources.policy),
        ]
        return f"{page}\n\nReferences: {'; '.join(cited) or 'none'}.\n"

    @property
    def sections(self) -> dict[str, str]:
        """The page by section, each as one paragraph; "" is the sentence it opens with."""
        found = {}
        for paragraph in self.documentation.strip().split("\n\n"):
            text = " ".join(paragraph.split())
            name, colon, body = text.partition(": ")
            known = colon and name in (*SECTIONS, "References")
            found[name if known else ""] = body if known else text
        return found

    def settled(self, given: Arguments) -> dict[str, Value]:
        """The given arguments with defaults for the rest.

        Raises:
            UnknownName: an argument that the control does not have.
            InvalidValue: a value that the argument does not take.
        """
        by_name = {argument.name: argument for argument in self.arguments}
        for name, value in given.items():
            if name not in by_name:
                raise UnknownName(f"{self.id} has no argument {name!r}{suggestion(name, by_name)}")
            if not by_name[name].admits(value):
                expected = by_name[name].expected_instead_of(value)
                raise InvalidValue(f"{self.id}: {name} is {value!r}, expected {expected}")
        return {**self.defaults, **given}

    def judge(self, state: ServerState, given: Arguments | None = None) -> Check:
        """Judge a server. Pure; a server that is being deleted is judged by nothing.

        Args:
            state: what was observed.
            given: arguments that differ from the defaults.

        Raises:
            UnknownName, InvalidValue: an argument that the control does not take.
        """
        arguments = self.settled(given or {})
        if not isinstance(state.server, Unobserved) and state.server.state.casefold() == "dropping":
            return not_applicable("the server is being deleted")
        return self.check(state, arguments)


def whole_number(arguments: Arguments, name: str) -> int:
    """An integer argument, settled."""
    value = arguments[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} is no integer argument")
    return value


def text(arguments: Arguments, name: str) -> str:
    """A text argument, settled."""
    value = arguments[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text argument")
    return value


def texts(arguments: Arguments, name: str) -> tuple[str, ...]:
    """An argument that is a list of text, settled."""
    value = arguments[name]
    if not isinstance(value, tuple):
        raise TypeError(f"{name} is no argument of a list of text")
    return value


def suggestion(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The end of a sentence about an unknown name: the closest known ones, or all when none is close."""
    close = get_close_matches(name.casefold(), list(known), n=3, cutoff=0.6)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(known)}" if known else "; it has none"
