"""The file that tells clients where the served simulator is and how to sign in; written once it accepts connections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..durability import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..world import World


def endpoint(world: World, port: int, ca_file: Path, identity: Mapping[str, str]) -> dict[str, Any]:
    """What a client needs to know.

    Args:
        world: what is served.
        port: where.
        ca_file: the authority to trust.
        identity: tenant_id, client_id and client_secret.
    """
    base = f"https://127.0.0.1:{port}"
    return {
        "arm_endpoint": base,
        "authority": base,
        "ca_file": str(ca_file),
        "tenant_id": identity["tenant_id"],
        "client_id": identity["client_id"],
        "client_secret": identity["client_secret"],
        "identity_endpoint": f"http://127.0.0.1:{port}/msi/token",
        "vault_url": f"{base}/vaults/{{vault}}",
        "subscriptions": [
            {
                "subscription_id": subscription.id,
                "servers": [
                    {"resource_group": group.name, "name": server.name}
                    for group in subscription.groups.values()
                    for server in group.servers.values()
                ],
                "vaults": [
                    {"resource_group": group.name, "name": vault.name, "url": f"{base}/vaults/{vault.name}"}
                    for group in subscription.groups.values()
                    for vault in group.vaults.values()
                ],
            }
            for subscription in world.state.subscriptions.values()
        ],
    }


def clear(path: Path) -> None:
    """Removes what an earlier run left, so that whoever waits for the file does not read that.

    Raises:
        ValueError: the file is there and no ready file, so it is somebody's.
        OSError: it cannot be read or removed.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return
    if text.strip() and not _is_ready_file(text):
        raise ValueError(f"{path} exists and is not a ready file; it is left alone")
    path.unlink()


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Writes the file whole or not at all, readable for its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    replace_file(path, json.dumps(document, indent=2) + "\n")


def remove(path: Path, document: Mapping[str, Any]) -> None:
    """Removes the file at the end, unless it is not this run's any more."""
    try:
        if json.loads(path.read_bytes()) == document:
            path.unlink()
    except (OSError, ValueError, RecursionError):
        return


def _is_ready_file(text: bytes) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "arm_endpoint" in found
