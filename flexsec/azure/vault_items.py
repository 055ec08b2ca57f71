"""What a vault's lists say of a secret's versions, and which of them is the newest, current, pending or done.

A vault keeps times in whole seconds and lists versions by their random ids (recorded), so of two versions made within
one second nothing but what was written on them tells which is newer: each carries the one that it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..model.secret_store import Stage, StoredVersion

STAGE, RUN, LOGIN, VERSION, FORMER = (
    "flexsec-stage",
    "flexsec-run",
    "flexsec-login",
    "flexsec-version",
    "flexsec-former",
)
SERVER = ("flexsec-server", "flexsec-server-2")
"""A resource id can be longer than a tag's value, so it may stand in two."""
PROMOTED = "promoted"
"""The stage of a version in the pending secret whose password is the current one, or was."""
MOST_TAGS = 15
_LONGEST = 256
_OWN = "flexsec-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One version of a secret, without its value.

    Attributes:
        id: the vault's own id of it.
        created: in whole seconds; None when it is not told.
    """

    id: str
    enabled: bool
    created: datetime | None
    expires: datetime | None
    content_type: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The id by which a store's user knows it: that of the pending version that it was promoted from."""
        return self.tags.get(VERSION) or self.id

    @property
    def foreign_tags(self) -> dict[str, str]:
        """The tags that somebody else put on it."""
        return {key: value for key, value in self.tags.items() if not key.startswith(_OWN)}

    def stored(self, stage: Stage) -> StoredVersion:
        """It as the store's users see it."""
        return StoredVersion(
            version=self.version,
            stage=stage,
            created_at=self.created,
            expires_at=self.expires,
            run_id=self.tags.get(RUN, ""),
            server_id="".join(self.tags.get(key, "") for key in SERVER),
            login=self.tags.get(LOGIN, ""),
        )


def item_of(entry: object) -> Item | None:
    """An entry of a list, or a secret itself; None when it is neither."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str):
        return None
    attributes, tags = entry.get("attributes"), entry.get("tags")
    told = attributes if isinstance(attributes, Mapping) else {}
    content_type = entry.get("contentType")
    return Item(
        id=str(entry["id"]).rstrip("/").rpartition("/")[2],
        enabled=told.get("enabled") is not False,
        created=_moment(told.get("created")),
        expires=_moment(told.get("exp")),
        content_type=content_type if isinstance(content_type, str) else "",
        tags={str(key): str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {},
    )


def newest_first(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The versions in the order in which they were made, the newest first."""
    by_id = {each.id: each for each in items}

    def rank(item: Item) -> tuple[float, int]:
        followed, depth, seen = item, 0, {item.id}
        while (former := by_id.get(followed.tags.get(FORMER, ""))) is not None and former.created == item.created:
            if former.id in seen:
                break
            seen.add(former.id)
            followed, depth = former, depth + 1
        return item.created.timestamp() if item.created else 0.0, depth

    return tuple(sorted(items, key=rank, reverse=True))


def stored_versions(current: tuple[Item, ...], pending: tuple[Item, ...]) -> tuple[StoredVersion, ...]:
    """All versions that can be read, newest first, each once.

    Args:
        current: the versions of the secret that consumers read.
        pending: those of the secret beside it; what flexsec has not marked there is somebody else's.
    """
    found: dict[str, StoredVersion] = {}
    for place, item in enumerate(newest_first(current)):
        if item.enabled and item.version not in found:
            found[item.version] = item.stored(Stage.CURRENT if place == 0 else Stage.PREVIOUS)
    beside = [
        item.stored(stage)
        for item in newest_first(pending)
        if item.enabled and item.version not in found and (stage := _waiting(item)) is not None
    ]
    return tuple(sorted([*beside, *found.values()], key=_made, reverse=True))


def tags_of(stage: str, *, run_id: str, server_id: str, login: str) -> dict[str, str]:
    """The tags of a version that flexsec stores."""
    parts = [server_id[at : at + _LONGEST] for at in range(0, len(server_id), _LONGEST)]
    told = {STAGE: stage, RUN: run_id, LOGIN: login, **dict(zip(SERVER, parts, strict=False))}
    return {key: value for key, value in told.items() if value}


def with_room(own: dict[str, str], foreign: Mapping[str, str]) -> dict[str, str]:
    """Our tags and as many of somebody else's as a version can have beside them."""
    kept = list(foreign.items())[: MOST_TAGS - len(own)]
    return own | dict(kept)


def _waiting(item: Item) -> Stage | None:
    """What a version of the pending secret is, where the other secret does not hold it."""
    known = {Stage.PENDING: Stage.PENDING, Stage.ABANDONED: Stage.ABANDONED, PROMOTED: Stage.PREVIOUS}
    return known.get(item.tags.get(STAGE, ""))


def _made(version: StoredVersion) -> float:
    return version.created_at.timestamp() if version.created_at else 0.0


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
