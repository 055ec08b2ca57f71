"""Which files a command reads, so that nothing it writes takes the place of one of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .given import Given


def of_options(given: Given) -> tuple[Path, ...]:
    """The files that options name: baseline, evidence, ready file and world."""
    named = (given.leave.connections, given.settings.endpoint)
    return (
        *(path for path in named if path is not None),
        *of_name(given.judgement.baseline),
        *of_world(given.settings.simulate),
    )


def of_name(text: str) -> tuple[Path, ...]:
    """The file of a word that is a name or a file."""
    path = Path(text)
    return (path,) if text and path.is_file() else ()


def of_world(text: str) -> tuple[Path, ...]:
    """The file of a world; that of NAME:FILE may have to be made first."""
    _, colon, kept = text.partition(":")
    return (*of_name(text), *((Path(kept),) if colon and kept else ()))


def of_plan(plan: Path) -> tuple[Path, ...]:
    """A plan's file and that of its approvals."""
    from ..engine import approval_file

    return plan, approval_file.place(plan)


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse to write where the command reads, by whatever path.

    Raises:
        UsageError: an output file is one of the inputs.
    """
    read = tuple(inputs)
    for path in outputs:
        found = next((each for each in read if _same(path, each)), None)
        if found is not None:
            raise UsageError(f"cannot write {path}: the command reads {found}; name another output file")


def _same(one: Path, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return one.exists() and other.exists() and one.samefile(other)
