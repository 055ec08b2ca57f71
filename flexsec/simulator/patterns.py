"""Regular expressions that callers give, refused where matching one could take for ever and stop everyone's answers."""

from __future__ import annotations

import re

_LONGEST = 200
# A group that repeats or chooses, and is itself repeated: the shape of patterns that backtrack without bound.
_NESTED = re.compile(r"\([^()]*[+*|{][^()]*\)[+*{]")


def pattern(text: str) -> re.Pattern[str]:
    """A pattern that ignores case.

    Raises:
        re.error: no regular expression, longer than 200 characters, or one that repeats a repeating group.
    """
    if len(text) > _LONGEST:
        raise re.error(f"it is longer than {_LONGEST} characters")
    if _NESTED.search(text):
        raise re.error("it repeats a group that repeats or chooses, which could match for ever")
    return re.compile(text, re.IGNORECASE)
