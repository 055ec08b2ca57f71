"""Values to JSON and back, and the digest of a value. pydantic does the work and is loaded on first use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


def to_data(value: object) -> Any:
    """A frozen value as JSON data (dicts, lists, texts, numbers)."""
    kind: type[Any] = type(value)
    return _adapter(cast("Hashable", kind)).dump_python(value, mode="json")


def from_data(kind: type[T], data: object) -> T:
    """A value from JSON data.

    Raises:
        ValueError: the data is not of this kind (pydantic's ValidationError, which lists every problem).
    """
    loaded: T = _adapter(cast("Hashable", kind)).validate_python(data)
    return loaded


def canonical(data: object) -> str:
    """JSON data as one text that is equal for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data: object) -> str:
    """SHA-256 of JSON data, as hexadecimal text."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(cast("Any", kind))
