"""What callers give, checked where it comes in: a wrong type is told in words, before anything is sent."""

from __future__ import annotations

from ..errors import InvalidValue
from ..model.connections import Evidence
from ..model.leave import Leave


def check_given(leave: object, evidence: object) -> None:
    """Refuse leave and evidence of another kind.

    Raises:
        InvalidValue: naming what to give instead.
    """
    if not isinstance(leave, Leave):
        raise InvalidValue(f"leave={leave!r} is not leave; give a flexsec.Leave, such as Leave(restart=True)")
    if not isinstance(evidence, Evidence):
        raise InvalidValue("evidence is not of its kind; give a flexsec.Evidence")


def as_value(name: str, value: object) -> str:
    """A parameter's value as the text that the service takes: True and False become on and off.

    Raises:
        InvalidValue: neither a text, a number nor a truth value.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str | int | float):
        return str(value)
    raise InvalidValue(f"the value of {name} is {type(value).__name__}; give a text, a number, True or False")
