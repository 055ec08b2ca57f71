"""What a store tells of the administrator's passwords that it keeps, without any of them."""

from __future__ import annotations

from dataclasses import dataclass

from .secret_store import StoredVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSecret:
    """The stored passwords' properties, newest first, and the place that they are kept at, in words."""

    place: str
    versions: tuple[StoredVersion, ...]
