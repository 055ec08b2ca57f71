"""What the patterns of Azure roles cover: exact arithmetic on texts in which `*` stands for anything, or nothing.

Documented by Microsoft: an action of a role definition may hold `*`, which stands for any characters, slashes too, and
case does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable

_ANY = "*"
_OTHER = "\0"  # stands for every character that none of the patterns has

_State = tuple[frozenset[int], ...]


def covers(pattern: str, action: str) -> bool:
    """Whether a pattern covers an action."""
    return _covers(pattern.casefold(), action.casefold())


def some_action(within: Iterable[str], without: Iterable[str] = ()) -> bool:
    """Whether there is any action, known today or not, that all patterns `within` cover and none `without`.

    A text without `*` covers itself alone, so this one question answers the others: whether patterns overlap, and
    whether a pattern covers more than a set of actions.
    """
    wanted, excluded = ([pattern.casefold() for pattern in patterns] for patterns in (within, without))
    alone = next((pattern for pattern in wanted if _ANY not in pattern), None)
    if alone is not None:
        return all(_covers(each, alone) for each in wanted) and not any(_covers(each, alone) for each in excluded)
    return _search(wanted, [each for each in excluded if _ANY in each or all(_covers(other, each) for other in wanted)])


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


def _search(wanted: list[str], excluded: list[str]) -> bool:
    """Whether a text leads all wanted patterns to their ends and none of the excluded: by all texts, in step."""
    patterns = [*wanted, *excluded]
    alphabet = [_OTHER, *sorted({character for pattern in patterns for character in pattern} - {_ANY})]
    begin: _State = tuple(_reached(pattern, {0}) for pattern in patterns)
    seen, waiting = {begin}, [begin]
    while waiting:
        state = waiting.pop()
        ended = [len(pattern) in places for pattern, places in zip(patterns, state, strict=True)]
        if all(ended[: len(wanted)]) and not any(ended[len(wanted) :]):
            return True
        for character in reversed(alphabet):  # the last is taken up first: any other character is soonest a witness
            after: _State = tuple(
                _after(pattern, places, character) for pattern, places in zip(patterns, state, strict=True)
            )
            if all(after[: len(wanted)]) and after not in seen:
                seen.add(after)
                waiting.append(after)
    return False


def _after(pattern: str, places: frozenset[int], character: str) -> frozenset[int]:
    """The places in a pattern that a further character leads to."""
    stayed = {at for at in places if pattern[at : at + 1] == _ANY}
    moved = {at + 1 for at in places if pattern[at : at + 1] == character}
    return _reached(pattern, stayed | moved)


def _reached(pattern: str, places: set[int]) -> frozenset[int]:
    """The places with those that an empty `*` leads on to, without those before the last `*`: it makes up for them."""
    found = set(places)
    for at in places:
        after = at
        while pattern[after : after + 1] == _ANY:
            after += 1
            found.add(after)
    last = max((at for at in found if pattern[at : at + 1] == _ANY), default=0)
    return frozenset(at for at in found if at >= last)
