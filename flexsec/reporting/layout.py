"""How wide the columns of a table are, and where a word that is too long for its column is broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEAST_FOR_TEXT = 24
_SEGMENTS = re.compile(r"[^/]*/|[^/]+")  # of a path, such as a resource id or an RBAC action
_PARTS = re.compile(r"[^/_.,;:=@-]*[/_.,;:=@-]+|[^/_.,;:=@-]+")


def column_widths(
    rows: Sequence[Sequence[str]], whole: Sequence[bool], available: int, *, measure: Callable[[str], int]
) -> list[int] | None:
    """The width of each column, so that no word is broken but a path after its slashes.

    None when the columns do not fit beside each other.

    Args:
        rows: the texts, headings included.
        whole: for each column, whether its texts are kept on one line.
        available: columns of the terminal, without borders and blanks between.
        measure: how many columns a text takes.
    """
    by_column = list(zip(*rows, strict=True))
    wanted = [max(map(measure, column)) for column in by_column]
    least = [
        width if is_whole else max(_longest_word(column, measure), min(width, _LEAST_FOR_TEXT))
        for column, width, is_whole in zip(by_column, wanted, whole, strict=True)
    ]
    spare = available - sum(least)
    if spare < 0:
        return None
    lacking = [most - now for most, now in zip(wanted, least, strict=True)]
    total = sum(lacking)
    if total <= spare:
        return wanted
    return [now + spare * lack // total for now, lack in zip(least, lacking, strict=True)]


def broken(text: str, width: int, *, measure: Callable[[str], int]) -> str:
    """The text with line breaks inside the words that are too long, after a / _ . , - where there is one."""
    return re.sub(r"\S+", lambda word: _broken_word(word[0], max(width, 1), measure), text)


def _broken_word(word: str, width: int, measure: Callable[[str], int]) -> str:
    if measure(word) <= width:
        return word
    segments = _SEGMENTS.findall(word)
    lines = [""]
    for part in (part for one in segments for part in ([one] if measure(one) <= width else _PARTS.findall(one))):
        if lines[-1] and measure(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _longest_word(texts: Sequence[str], measure: Callable[[str], int]) -> int:
    return max(
        (measure(part) for text in texts for word in text.split() for part in _SEGMENTS.findall(word)), default=0
    )
