"""What the patterns of Azure roles cover: exact arithmetic on texts in which `*` stands for anything, or nothing.

Documented by Microsoft: an action of a role definition may hold `*`, which stands for any characters, slashes too, and
case does not matter.

Whoever writes a custom role writes the patterns, so none may make this slow. Two observations keep it so. A pattern
holds another whole exactly if it covers the other's text with each `*` replaced by a character that no pattern has:
only a `*` covers that. For the same reason several patterns hold another whole only if one of them does alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANY = "*"
_OTHER = "\0"  # stands for every character that none of the patterns has
_MOST = 200  # patterns that what two patterns share may fall into; those of real roles fall into a few

_Shared = frozenset[str] | None  # patterns that together cover what some patterns share; None: more than `_MOST`


def covers(pattern: str, action: str) -> bool:
    """Whether a pattern covers an action."""
    return _covers(pattern.casefold(), action.casefold())


def some_action(within: Iterable[str], without: Iterable[str] = ()) -> bool | None:
    """Whether there is any action, known today or not, that all patterns `within` cover and none `without`.

    A text without `*` covers itself alone, so this one question answers the others: whether patterns overlap, and
    whether a pattern covers more than a set of actions.

    Returns:
        None when it cannot be told: more than one pattern `within`, whose `*` interlock in too many ways. For a single
        one there is always an answer.
    """
    wanted, excluded = ({_plain(pattern) for pattern in patterns} for patterns in (within, without))
    if any(_holds(each, pattern) for each in excluded for pattern in wanted):
        return False
    shared = _shared_by_all(_narrowest(wanted))
    if shared is None:
        return None
    return any(not any(_holds(each, pattern) for each in excluded) for pattern in shared)


def _shared_by_all(patterns: list[str]) -> _Shared:
    """What all patterns share, as patterns."""
    shared = frozenset({_ANY})
    for pattern in patterns:
        found: _Shared = frozenset()
        for each in shared:
            found = _joined(found, _shared(each, pattern))
        if found is None:
            return None
        shared = found
    return shared


def _shared(one: str, other: str) -> _Shared:
    """What two patterns share, as patterns; from the end on, for each two places what both cover from there."""
    if _holds(one, other):
        return frozenset({other})
    if _apart(one, other) or _apart(one[::-1], other[::-1]):
        return frozenset()
    beyond: list[_Shared] = []  # from the next place in `one` on, by the place in `other`
    for at in range(len(one), -1, -1):
        row: list[_Shared] = [frozenset()] * (len(other) + 1)
        for place in range(len(other), -1, -1):
            row[place] = _from_here(one[at : at + 1], other[place : place + 1], beyond, row, place)
        beyond = row
    return beyond[0]


def _from_here(mine: str, yours: str, beyond: list[_Shared], row: list[_Shared], place: int) -> _Shared:
    """What two patterns share from here on, given what they share further on; "" is the end of a pattern."""
    if not mine and not yours:
        return frozenset({""})
    if mine == _ANY and yours == _ANY:
        return _joined(_led(_ANY, beyond[place]), _led(_ANY, row[place + 1]))  # one of the two ends first
    if mine == _ANY:
        return _joined(beyond[place], _led(yours, row[place + 1]) if yours else frozenset())
    if yours == _ANY:
        return _joined(row[place + 1], _led(mine, beyond[place]) if mine else frozenset())
    return _led(mine, beyond[place + 1]) if mine == yours else frozenset()


def _led(first: str, shared: _Shared) -> _Shared:
    return None if shared is None else frozenset(_plain(first + pattern) for pattern in shared)


def _joined(one: _Shared, other: _Shared) -> _Shared:
    if one is None or other is None or len(one | other) > _MOST:
        return None
    return one | other


def _apart(one: str, other: str) -> bool:
    """Whether two patterns begin differently before the first `*` of either."""
    for mine, yours in zip(one, other, strict=False):
        if _ANY in (mine, yours):
            return False
        if mine != yours:
            return True
    return _ANY not in (one + other) and one != other


def _narrowest(patterns: set[str]) -> list[str]:
    """The patterns without those that hold another of them whole: whatever lies in the other lies in them."""
    return sorted(each for each in patterns if not any(_holds(each, other) for other in patterns - {each}))


def _holds(pattern: str, other: str) -> bool:
    """Whether a pattern covers everything that another covers."""
    return _covers(pattern, other.replace(_ANY, _OTHER))


def _plain(pattern: str) -> str:
    """The pattern with its case ignored and no `*` beside another, which would add nothing."""
    while _ANY + _ANY in pattern:
        pattern = pattern.replace(_ANY + _ANY, _ANY)
    return pattern.casefold()


def _covers(pattern: str, action: str) -> bool:
    """The pieces between the stars stand in the action, the first at its beginning, the last at its end."""
    first, *others = pattern.split(_ANY)
    if not others:
        return pattern == action
    *inner, last = others
    if not action.startswith(first) or not action.endswith(last) or len(action) < len(first) + len(last):
        return False
    at, end = len(first), len(action) - len(last)
    for piece in inner:
        found = action.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
