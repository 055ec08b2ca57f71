"""A secret that cannot be shown by accident: no text form, no formatting, no pickling, no equality."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Wraps a text that must not be printed; `reveal` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __str__(self) -> NoReturn:
        raise TypeError("a Secret has no text form; call reveal() where it is sent")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a Secret has no text form; call reveal() where it is sent")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)
