"""PATCH of a server, and PUT of one that is there: what changes at once, what restarts it, what fails in the poll.

Documented: enabling Entra restarts the server, a password reset while password authentication is off succeeds and
changes nothing. Recorded: PUT of a server that is there is an update. Reported: enabling password authentication
without credentials and weak passwords fail in the poll. Documented: a replica has no backups of its own; autogrow is
for Premium SSD, goes on on replicas before their primary and off after it. Inferred: that switching Entra off removes
its administrators; with which answer a setting is refused for these reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import compute, key_change, server_body, wire_errors
from .change import Change
from .server_states import refuse_by_state
from .state import Server, password_digest
from .verifier import password_verifier

if TYPE_CHECKING:
    from .call import Call


def write(call: Call) -> Change:
    """A change of some of the server's properties."""
    server = call.server()
    refuse_by_state(call, server)
    content = call.content()
    properties = server_body.block_of(content, "properties")
    mode = (server_body.text_of(properties, "createMode") or "update").lower()
    if mode not in server_body.UPDATE_MODES:
        raise wire_errors.invalid_parameter_value("createMode")
    plain: dict[str, Any] = {}
    restarts = server_body.read_blocks(call, server, content, properties, plain)
    named = {*properties, *(key for key in ("sku", "tags", "identity") if key in content)}
    _refuse_settings(call, server, plain)
    parts = sorted(named - {"administratorLoginPassword", "createMode"})
    effect: dict[str, Any] = {"plain": plain, "restarts": restarts, "parts": parts}
    error = _size_refusal(call, server, plain) or set_password(call, server, properties, plain, effect)
    error = error or _exchange_keys(call, server, plain)
    return Change("server", "write", server.name, effect, error=error)


def _refuse_settings(call: Call, server: Server, plain: dict[str, Any]) -> None:
    """Refuses settings that do not go with the server's disk, or with its replicas or primary; only what changes.

    Raises:
        WireError: 400.
    """
    kept = plain.get("backup_retention_days", server.backup_retention_days)
    if kept != server.backup_retention_days and server.source_server_id is not None:
        raise wire_errors.invalid_parameter_value("backupRetentionDays")
    grows = plain.get("storage_auto_grow", server.storage_auto_grow)
    if grows == server.storage_auto_grow:
        return
    if grows == "Enabled" and server.storage_type not in {"", "Premium_LRS"}:
        raise wire_errors.invalid_parameter_value("autoGrow")
    own, source = call.server_id().lower(), (server.source_server_id or "").lower()
    for server_id, other in call.world.servers():
        replica_lags = grows == "Enabled" and (other.source_server_id or "").lower() == own
        primary_grows = grows == "Disabled" and server_id.lower() == source
        if (replica_lags and other.storage_auto_grow == "Disabled") or (
            primary_grows and other.storage_auto_grow == "Enabled"
        ):
            raise wire_errors.invalid_parameter_value("autoGrow")


def _exchange_keys(call: Call, server: Server, plain: dict[str, Any]) -> dict[str, str] | None:
    """Works out the server's keys after an exchange; the error with which it fails, if it does."""
    if "customer_key" not in plain:
        return None
    identities = plain.get("identities", server.identities)
    plain["customer_key"], problem = key_change.outcome(call, server, plain["customer_key"], identities)
    return problem


def _size_refusal(call: Call, server: Server, plain: dict[str, Any]) -> dict[str, str] | None:
    """The error with which a size that does not go with the tier fails (recorded).

    Raises:
        WireError: 400, for a Burstable server with replicas (documented as impossible, the answer inferred).
    """
    tier = plain.get("sku_tier", server.sku_tier)
    own = call.server_id().lower()
    if tier == "Burstable" and any((each.source_server_id or "").lower() == own for _, each in call.world.servers()):
        raise wire_errors.invalid_parameter_value("Tier")
    if compute.fits(plain.get("sku_name", server.sku_name), tier):
        return None
    return size_error()


def size_error() -> dict[str, str]:
    """The error of a compute size that does not go with its tier. Recorded."""
    message = "The requested server edition is incompatible with requested Sku Size."
    return {"code": "ServerEditionIncompatibleWithSkuSize", "message": message}


def set_password(
    call: Call, server: Server, properties: dict[str, Any], plain: dict[str, Any], effect: dict[str, Any]
) -> dict[str, str] | None:
    """Takes over a new password as a salted hash, or tells how the operation will fail."""
    password = properties.get("administratorLoginPassword")
    if password is not None and not isinstance(password, str):
        raise wire_errors.invalid_parameter_value("administratorLoginPassword")
    stays_off = plain.get("password_auth", server.password_auth) == "Disabled"
    switched_on = server.password_auth == "Disabled" and not stays_off  # noqa: S105 - a switch
    login = plain.get("administrator_login", server.administrator_login)
    if switched_on and not (password and login):
        return credentials_error()
    if password is None or stays_off:
        return None
    if server.source_server_id is not None or not strong_enough(password, login):
        return wire_errors.internal_server_error(call.world.new_id()).error
    salt = call.world.new_id()
    verifier = password_verifier(password, login, server.in_force("password_encryption") or "", salt)
    effect["password"] = {"salt": salt, "digest": password_digest(password, salt), "verifier": verifier}
    return None


def credentials_error() -> dict[str, str]:
    """The error of password authentication that is enabled without login and password. Reported."""
    message = (
        "The admin credentials are required for creating admin role while enabling Password Authentication "
        "and must be provided."
    )
    return {"code": "EngineCredentialsNotProvided", "message": message}


def strong_enough(password: str, login: str) -> bool:
    """The portal's rules: 8 to 128 characters, three of four classes.

    Not the login nor three characters of it in a row.
    """
    classes = (str.isupper, str.islower, str.isdigit, lambda each: not each.isalnum())
    kinds = sum(any(belongs(each) for each in password) for belongs in classes)
    lowered, name = password.lower(), login.lower()
    pieces = (name[at : at + 3] for at in range(len(name) - 2))
    return (
        8 <= len(password) <= 128 and kinds >= 3 and not any(piece.isalnum() and piece in lowered for piece in pieces)
    )
