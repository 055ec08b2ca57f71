"""The exchange of a server's customer-managed keys and identities by a PATCH: what is taken, what fails in the poll.

Documented (the official SDK's models, azure-cli): keys and identities may be exchanged, the kind of key may not.
Reported: the codes of the three errors, that they come while the operation is followed, the text of two, that a
geo-redundant server wants all four members in one request, and that its two identities must differ. Inferred: the text
of AzureKeyVaultKeyNotFound, that a disabled or expired key is answered with it, and that an identity which the server
does not have is an invalid parameter. No recording shows any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import wire_errors
from .customer_key import IDENTITIES, IDENTITY, KEY, KEY_STATUSES, KEYS, MEMBERS
from .vault_state import vaults

if TYPE_CHECKING:
    from .call import Call
    from .state import Server

GEO = tuple(name for name in (*KEYS, *IDENTITIES) if name.startswith("geoBackup"))
ERRORS = {
    "AzureKeyVaultKeyNotFound": "The Azure Key Vault key '{key}' was not found.",
    "CMKInvalidEncryptionParameters": "The input server encryption parameters are invalid. Geo-Backup Encryption user "
    "assigned identity and key is required to encrypt Geo-Redundant CMK enabled server. Please retry operation with "
    "valid input parameters. ",
    "CMKNotSupportedForGeoRedundantBackupEnabledServer": "Customer Managed Key encryption is not supported for Geo "
    "redundant backup enabled server.",
}
"""Code and message: the second and the third as reported, the first ours."""


def error(code: str, key: str = "") -> dict[str, str]:
    """The error of an operation."""
    return {"code": code, "message": ERRORS[code].format(key=key)}


def read(server: Server, block: dict[str, Any]) -> dict[str, str] | None:
    """The members of `dataEncryption` as a request wants them; None when it changes none of them.

    Raises:
        WireError: 501 for another kind of key, 400 for a text that is no key or identity.
    """
    kind = block.get("type")
    if kind not in (None, "") and str(kind).lower() != server.data_encryption.lower():
        raise wire_errors.not_modelled("a change of data encryption")
    told = {name: block[name] for name in MEMBERS if block.get(name) not in (None, "")}
    for name, value in told.items():
        form = KEY if name in KEYS else IDENTITY if name in IDENTITIES else None
        if not isinstance(value, str) or (form is not None and not form.fullmatch(value)):
            raise wire_errors.invalid_parameter_value(name)
    changed = {
        name for name, value in told.items() if value.lower() != server.customer_key.get(name, "").lower()
    } - set(KEY_STATUSES)
    if not changed:
        return None
    if server.data_encryption != "AzureKeyVault":
        raise wire_errors.not_modelled("a customer-managed key on a server that was created without one")
    return {name: value for name, value in told.items() if name not in KEY_STATUSES}


def outcome(
    call: Call, server: Server, wanted: dict[str, str], identities: list[str]
) -> tuple[dict[str, str], dict[str, str] | None]:
    """The server's members after the exchange, and the error with which it fails, if it does.

    Args:
        wanted: from `read`.
        identities: those of the server after the request.
    """
    after = {**server.customer_key, **wanted}
    problem = _problem(call, server, wanted, after, identities)
    for key, status in zip(KEYS, KEY_STATUSES, strict=True):
        if key in wanted and after.get(key):
            after[status] = "Valid"
    return {name: after[name] for name in MEMBERS if name in after}, problem


def _problem(
    call: Call, server: Server, wanted: dict[str, str], after: dict[str, str], identities: list[str]
) -> dict[str, str] | None:
    geo = server.geo_redundant_backup == "Enabled"
    readers = [after.get(name, "").lower() for name in IDENTITIES]
    invalid = error("CMKInvalidEncryptionParameters")
    if geo and not {*KEYS, *IDENTITIES} <= wanted.keys():
        return invalid
    if not geo and any(name in wanted for name in GEO):
        return invalid
    if geo and readers[0] == readers[1]:
        return invalid
    if any(each and each not in {held.lower() for held in identities} for each in readers):
        return invalid
    for name in KEYS:
        if name in wanted and not _usable(call, wanted[name]):
            return error("AzureKeyVaultKeyNotFound", wanted[name])
    return None


def _usable(call: Call, uri: str) -> bool:
    """Whether a vault of the world holds the key, enabled and in its time."""
    parts = urlsplit(uri)
    _, _, name, *version = parts.path.split("/")
    for _, _, vault in vaults(call.world.state.subscriptions):
        key = vault.keys.get(name.lower())
        if vault.host != (parts.hostname or "").lower() or key is None:
            continue
        found = key.versions.get(version[0].lower()) if version else key.latest
        if found is None or not found.attributes.enabled:
            return False
        begins, ends = found.attributes.not_before, found.attributes.expires
        return (begins is None or begins <= call.now) and (ends is None or ends > call.now)
    return False
