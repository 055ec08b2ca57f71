"""Finding out which stored password works, after a rotation was cut off, by logging in with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.secret_store import Recovery, Stage, Tried
from .rotation import pending_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.login import Login, LoginAttempt
    from ..model.secret_store import SecretStore, StoredVersion

_NOT_TRIED = "there is no way to log in from here"


def recover(
    store: SecretStore,
    *,
    server_id: str,
    login: str,
    login_with: Login | None,
    over: Callable[[StoredVersion], bool],
) -> Recovery:
    """Try the stored passwords and put the store right.

    The pending password that logs in becomes current; pending ones are abandoned once another one was seen to log in
    and they were seen not to. Nothing is sent to Azure, and without a login nothing is changed.

    Args:
        over: whether the write of a pending password has certainly come to its end. One that may still be under way
            is not abandoned: what is refused now may work in a minute.

    Raises:
        SecretStoreFailure: the store cannot be read or changed.
    """
    pending = pending_of(store, server_id)
    tried: list[Tried] = []
    for version in _candidates(store, pending):
        attempt = _attempt(store, version, login, login_with)
        tried.append(Tried(version=version, works=attempt[0], how=attempt[1]))
        if attempt[0] and version.stage is not Stage.PENDING:
            break
    found = next((one.version for one in tried if one.works), None)
    done: list[str] = []
    if found is not None and found.stage is not Stage.CURRENT:
        found = store.promote(found.version)
        done.append(f"version {found.version} logs in and is now the current one")
    refused = {one.version.version for one in tried if one.works is False}
    for version in pending:
        if found is not None and version.version != found.version and version.version in refused and over(version):
            store.abandon(version.version)
            done.append(f"version {version.version} does not log in and is abandoned")
    settled = not pending_of(store, server_id)
    return Recovery(
        place=store.place,
        tried=tuple(tried),
        works=found,
        done=tuple(done),
        settled=settled,
        advice=_advice(tuple(tried), found, settled=settled),
    )


def _candidates(store: SecretStore, pending: tuple[StoredVersion, ...]) -> list[StoredVersion]:
    """The pending ones first, since a rotation that got through has put the others out of force."""
    versions = store.versions()
    others = [v for stage in (Stage.CURRENT, Stage.PREVIOUS, Stage.ABANDONED) for v in versions if v.stage is stage]
    return [*pending, *others]


def _attempt(
    store: SecretStore, version: StoredVersion, login: str, login_with: Login | None
) -> tuple[bool | None, str]:
    if login_with is None:
        return None, _NOT_TRIED
    attempt: LoginAttempt = login_with(version.login or login, store.get(version.version))
    return attempt.works, attempt.how


def _advice(tried: tuple[Tried, ...], found: StoredVersion | None, *, settled: bool) -> str:
    if found is not None and settled:
        return "Nothing is left to do."
    if found is not None:
        return "A pending version may still come into force; run this again in an hour, or where it can be tried."
    if not tried:
        return "No password is stored; `flexsec password rotate` makes one."
    if any(one.works is None for one in tried):
        return (
            "Run this again where the server can be reached. By hand: log in with the pending version, then with the "
            "current one; the first that works is the password."
        )
    return (
        "None of the stored passwords works: somebody else has set another; `flexsec password rotate` sets a new one."
    )
