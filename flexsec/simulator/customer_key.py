"""Customer-managed encryption of a server: its keys, the identities that read them, and whether they are valid.

Documented (the official SDK's models): the members and the words Valid and Invalid; a key is set when a server is
created, keys and identities may be exchanged later; a key that cannot be used makes the server Inaccessible. No
recording shows a server with a key of its own; how keys are exchanged is in key_change.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .file_reading import Node
    from .state import Server

KEY = re.compile(r"https://[^/\s]+/keys/[^/\s]+(/[0-9a-zA-Z]+)?")
IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
    re.IGNORECASE,
)
STATUSES = ("Valid", "Invalid")
KEYS = ("primaryKeyURI", "geoBackupKeyURI")
IDENTITIES = ("primaryUserAssignedIdentityId", "geoBackupUserAssignedIdentityId")
KEY_STATUSES = ("primaryEncryptionKeyStatus", "geoBackupEncryptionKeyStatus")
MEMBERS = (*KEYS, *IDENTITIES, *KEY_STATUSES)


def read(node: Node) -> dict[str, str]:
    """The members of `dataEncryption` beside its type, in the service's own names.

    Raises:
        WorldError: no such member, or a text that is no key, identity or status.
    """
    found = {}
    for name, each in node.members(MEMBERS).items():
        if name in KEY_STATUSES:
            found[name] = each.choice(STATUSES)
            continue
        form, example = (KEY, "a key identifier such as https://vault.vault.azure.net/keys/name/version")
        if name in IDENTITIES:
            form, example = (IDENTITY, "the resource id of a user-assigned identity")
        if not form.fullmatch(each.text()):
            raise each.fail(example)
        found[name] = each.text()
    return found


def impossible(server: Server) -> tuple[str, str] | None:
    """What of a server's keys cannot be and what could, or None.

    Keys belong to encryption with Azure Key Vault and every other member to a primary key; those of the backup belong
    to geo-redundant backups (documented). A geo-redundant server without a key for its backups is let be: what reads
    it shall say so.
    """
    key = server.customer_key
    if not key:
        return None
    if server.data_encryption != "AzureKeyVault":
        return (
            f"a key although data_encryption is {server.data_encryption}",
            "data_encryption 'AzureKeyVault' or no key",
        )
    if "primaryKeyURI" not in key:
        return f"no primaryKeyURI beside {', '.join(key)}", "the primary key that every server with a key has"
    geo = [name for name in key if name.startswith("geoBackup")]
    if geo and server.geo_redundant_backup != "Enabled":
        return f"{', '.join(geo)} without geo-redundant backups", "geo_redundant_backup 'Enabled' or none of them"
    if "geoBackupEncryptionKeyStatus" in key and "geoBackupKeyURI" not in key:
        return "geoBackupEncryptionKeyStatus without geoBackupKeyURI", "both or neither"
    return None
