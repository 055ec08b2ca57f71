"""What a change of a server setting means before any language has its say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.server import Server
from ..model.server_setting import TAG, spelled_key

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.server import ServerState


def wanted(change: Change) -> str:
    """The value that a change brings."""
    return (change.after or {}).get("value", "")


def is_tag(change: Change) -> bool:
    """Whether a change of a server setting is one of its tags."""
    return change.name.startswith(TAG)


def tags(change: Change, state: ServerState) -> dict[str, str]:
    """All tags of the server as they shall be: a language that writes tags writes all of them."""
    found = dict(state.server.tags) if isinstance(state.server, Server) else {}
    key = spelled_key(change.name, found) or change.name.removeprefix(TAG)
    found.pop(key, None)
    if change.after is not None:
        found[key] = wanted(change)
    return dict(sorted(found.items()))


def authentication(change: Change, state: ServerState) -> dict[str, str]:
    """Both ways of signing in as they shall be, by the service's names.

    {} for a change that carries a password, and where neither would be left: no file shall say that.
    """
    after = change.after or {}
    if "login" in after or not isinstance(state.server, Server):
        return {}
    found = {"activeDirectoryAuth": state.server.entra_auth, "passwordAuth": state.server.password_auth}
    found["activeDirectoryAuth" if change.name == "entra" else "passwordAuth"] = after["state"]
    if not any(word.casefold() == "enabled" for word in found.values()):
        return {}
    tenant = after.get("tenant") or state.server.tenant_id
    return {**found, "tenantId": tenant} if found["activeDirectoryAuth"].casefold() == "enabled" and tenant else found
