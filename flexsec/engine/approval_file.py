"""Approvals in a file beside their plan: written whole or not at all, refused when edited.

The digest shows an accident or a careless edit. Who can write the file can also write a digest that fits: nothing is
signed, so the file has to be protected where it is kept.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ..errors import ApprovalRequired, UsageError
from ..model.change_record import Approval
from ..model.encoding import digest, from_data, to_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 1
# Whoever applies the plan is somebody else and has to read it; it holds no secret.
_MODE = 0o644


def place(plan: Path) -> Path:
    """Where the approvals of a plan file are kept: NAME.approval.json beside NAME.json."""
    stem = plan.stem if plan.suffix == ".json" else plan.name
    return plan.with_name(f"{stem}.approval.json")


def read(path: Path) -> tuple[Approval, ...]:
    """The approvals in a file, oldest first; none when there is no file.

    Raises:
        ApprovalRequired: it is no such file, of another format, or was edited: nothing in it counts.
        UsageError: the file cannot be read.
    """
    text = _bytes(path)
    return () if text is None else _parsed(text, path)


def add(approval: Approval, path: Path) -> tuple[Approval, ...]:
    """Add an approval to a file; what was approved of another plan is dropped from it.

    Returns:
        What the file holds now.

    Raises:
        ApprovalRequired: the file that is there cannot be trusted.
        UsageError: the file cannot be read or written, or somebody else wrote it at this moment.
    """
    before = _bytes(path)
    kept = () if before is None else tuple(each for each in _parsed(before, path) if each.digest == approval.digest)
    found = (*kept, approval)
    data: dict[str, Any] = {"format": FORMAT, "approvals": [to_data(each) for each in found]}
    _replace(path, json.dumps({**data, "digest": digest(data)}, indent=2, ensure_ascii=False) + "\n", before=before)
    return found


def _parsed(text: bytes, path: Path) -> tuple[Approval, ...]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(path, "it is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("approvals"), list):
        raise _wrong(path, "it is other JSON")
    if data.get("format") != FORMAT:
        raise _wrong(path, f"it is of format {data.get('format')!r}; this version of flexsec reads format {FORMAT}")
    if data.get("digest") != digest({key: value for key, value in data.items() if key != "digest"}):
        raise _wrong(path, "it was edited after it was written: its digest does not match")
    try:
        return tuple(from_data(Approval, each) for each in data["approvals"])
    except ValueError:
        raise _wrong(path, "an entry is no approval") from None


def _wrong(path: Path, why: str) -> ApprovalRequired:
    return ApprovalRequired(
        f"the approvals in {path} do not count: {why}; move the file away and have the plan approved again"
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read the approvals {path}: {error.strerror or error}") from None


def _replace(path: Path, text: str, *, before: bytes | None) -> None:
    """Put the text in the file's place, unless somebody else has written there since."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            with _alone(path):
                if _bytes(path) != before:
                    raise _written_meanwhile(path)
                beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write the approval to {path}: {error.strerror or error}") from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock beside the file, so that nobody writes between the comparison and the replacement.

    The lock is empty, open to every user who may approve, and taken away while it is held.
    """
    from filelock import FileLock, Timeout

    beside = path.with_name(f".{path.name}.lock")
    lock = FileLock(beside, mode=0o666, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _written_meanwhile(path) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows does not take away what is open
            beside.unlink(missing_ok=True)
        lock.release()


def _written_meanwhile(path: Path) -> UsageError:
    return UsageError(f"somebody else has just written {path}: look at it and approve again")
