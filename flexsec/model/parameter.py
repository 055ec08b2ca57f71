"""A server parameter as the service describes it, and the comparison and validation of its values by data type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .parameter_unit import in_unit

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_RANGE = re.compile(rf"^\s*({_NUMBER})\s*-\s*({_NUMBER})\s*$")
_NUMBER_ALONE = re.compile(_NUMBER)
_MOST_DIGITS = 30
# PostgreSQL takes every beginning of these words that fits one of them alone ("t", "of"; "o" fits two).
_TRUE = frozenset({"on", "1", *("true"[:end] for end in range(1, 5)), *("yes"[:end] for end in range(1, 4))})
_FALSE = frozenset({"of", "off", "0", *("false"[:end] for end in range(1, 6)), *("no"[:end] for end in range(1, 3))})
_LEADING_ZERO = re.compile(r"-?0[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One entry of a server's parameter list. All values are texts, as the service sends them.

    Attributes:
        data_type: Boolean, Integer, Numeric, Enumeration, Set or String.
        allowed_values: "on,off", a range "1-7", a comma list (an empty first element allows the empty value)
            or, for String, a regular expression.
        dynamic: a change takes effect without a restart.
        pending_restart: `value` is set and not yet in force.
        source: "system-default" or "user-override"; the service uses the latter also for values nobody touched.
    """

    name: str
    value: str
    default: str
    data_type: str
    allowed_values: str
    dynamic: bool
    read_only: bool
    pending_restart: bool
    source: str
    unit: str = ""


def same_value(left: str, right: str, data_type: str) -> bool:
    """Whether two texts mean the same value of this data type.

    Booleans and enumerations ignore case (on, true and 1 are equal), numbers compare as numbers, sets ignore
    order, case and blanks, strings compare exactly. As PostgreSQL reads them: an Integer of digits that begins with 0
    is octal (recorded: log_file_mode is 0600 and its default 384), and a Set that takes members away ("all,-role")
    is read in its order.
    """
    return comparable(left, data_type) == comparable(right, data_type)


def comparable(value: str, data_type: str) -> object:
    """The form in which values of this data type compare."""
    text = value.strip()
    match data_type:
        case "Boolean":
            folded = text.casefold()
            return True if folded in _TRUE else False if folded in _FALSE else folded
        case "Enumeration":
            return text.casefold()
        case "Set":
            return _in_order(text) if re.search(r"(^|,)\s*-", text) else members(text)
        case "Integer" if _LEADING_ZERO.fullmatch(text):
            return Decimal(int(text, 8)) if not set(text) & set("89") else text
        case "Integer" | "Numeric":
            return _number(text) if _number(text) is not None else text
        case _:
            return value


def members(value: str) -> frozenset[str]:
    """The members of a Set value, lower case, without blanks."""
    return frozenset(_in_order(value))


def _in_order(value: str) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in value.split(",") if part.strip())


def merged(current: str, additions: tuple[str, ...]) -> str:
    """A Set value with members added: what was there keeps its order and spelling, nothing is dropped (B8)."""
    present = [part.strip() for part in current.split(",") if part.strip()]
    known = set(members(current))
    for addition in additions:
        word = addition.strip()
        if word and word.casefold() not in known:
            present.append(word)
            known.add(word.casefold())
    return ",".join(present)


def refusal(parameter: Parameter, value: str) -> str | None:
    """Why the service would not take this value, as a sentence that names what is allowed; None when it would."""
    if parameter.read_only:
        return f"{parameter.name} is read-only: the platform sets it (now {parameter.value!r})"
    if _is_allowed(parameter, value):
        return None
    number = in_unit(value, parameter.unit)
    hint = f"; the value is a number of {parameter.unit} without a unit: {value.strip()} is {number}" if number else ""
    return (
        f"{value!r} is not a value of {parameter.name}: expected {parameter.data_type}, "
        f"allowed {_allowed_in_words(parameter)}{hint}"
    )


def spelled(parameter: Parameter, value: str) -> str:
    """The value in the spelling of the parameter's allowed values, so that what is written is what is listed."""
    choices = _choices(parameter)
    match parameter.data_type:
        case "Boolean" | "Enumeration":
            return next((c for c in choices if same_value(c, value, parameter.data_type)), value.strip())
        case "Set":
            spelling = {choice.casefold(): choice for choice in choices}
            parts = [part.strip() for part in value.split(",") if part.strip()]
            return ",".join(spelling.get(part.casefold(), part) for part in parts)
        case "Integer":
            return _plain(value)
        case "Numeric":
            return value.strip()
        case _:
            return value


def _choices(parameter: Parameter) -> list[str]:
    return [choice.strip() for choice in parameter.allowed_values.split(",")]


def _is_allowed(parameter: Parameter, value: str) -> bool:
    unlisted = not parameter.allowed_values.strip()  # recorded for a few: the service alone knows what it takes
    match parameter.data_type:
        case "Boolean":
            return isinstance(comparable(value, "Boolean"), bool)
        case "Enumeration" | "Set" if unlisted:
            return True
        case "Enumeration":
            return value.strip().casefold() in {choice.casefold() for choice in _choices(parameter)}
        case "Set":
            allowed = {choice.casefold() for choice in _choices(parameter)}
            wanted = members(value)
            return wanted <= allowed if wanted else "" in allowed
        case "Integer" | "Numeric":
            return _in_range(parameter, value)
        case _:
            return _matches(parameter.allowed_values, value)


def _in_range(parameter: Parameter, value: str) -> bool:
    number = _number(value)
    whole = parameter.data_type == "Integer"
    if number is None or (whole and (number != number.to_integral_value() or _LEADING_ZERO.fullmatch(value.strip()))):
        return False  # 010 is 8 to PostgreSQL and ten to whoever typed it
    bounds = _RANGE.match(parameter.allowed_values)
    return bounds is None or Decimal(bounds[1]) <= number <= Decimal(bounds[2])


def _matches(pattern: str, value: str) -> bool:
    if not pattern:
        return True
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # a pattern that only the service understands is the service's to judge


def _number(value: str) -> Decimal | None:
    """The number that the text is; Decimal itself would also take 1_000, NaN and the digits of other scripts."""
    text = value.strip()
    if not _NUMBER_ALONE.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return None


def _plain(value: str) -> str:
    """A whole number in digits alone: "1e3" and "1000.0" become "1000", the only form that is sure to be taken."""
    number = _number(value)
    if number is None or number != number.to_integral_value() or number.adjusted() > _MOST_DIGITS:
        return value.strip()
    return str(int(number))


def _allowed_in_words(parameter: Parameter) -> str:
    match parameter.data_type:
        case "Enumeration" | "Set":
            words = ["(empty)" if choice == "" else choice for choice in _choices(parameter)]
            return ", ".join(words)
        case "Integer" | "Numeric":
            bounds = _RANGE.match(parameter.allowed_values)
            unit = f" {parameter.unit}" if parameter.unit else ""
            return f"{bounds[1]} to {bounds[2]}{unit}" if bounds else parameter.allowed_values
        case "String":
            return f"text matching {parameter.allowed_values}"
        case _:
            return parameter.allowed_values.replace(",", " or ").replace("  ", " ")
