"""The refusals of a vault's data plane, word for word where they are known.

Each function names its source: recorded (seen in recorded traffic), reported (in a public thread), documented or
inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .wire_errors import WireError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .vault_state import Vault

HELP = "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid="


class VaultError(WireError):
    """An error of a vault: beside code and message it may have an inner code, which tells one 403 from another."""

    def __init__(
        self, status: int, code: str, message: str, *, inner: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, message, headers=headers)
        self.inner = inner

    @property
    def error(self) -> dict[str, Any]:
        """The content of the body's error object."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        return body | ({"innererror": {"code": self.inner}} if self.inner else {})


def unauthorized(sentence: str, authorization: str, resource: str) -> VaultError:
    """401 with the challenge. Recorded, its words for a missing token too; those for a wrong audience are reported."""
    challenge = f'Bearer authorization="{authorization}", resource="{resource}"'
    return VaultError(401, "Unauthorized", sentence, headers={"WWW-Authenticate": challenge})


def no_token() -> str:
    """The sentence for a request without a token. Recorded."""
    return "AKV10000: Request is missing a Bearer or PoP token."


def wrong_audience(expected: str, found: str) -> str:
    """The sentence for a token of another service. Reported."""
    return f"AKV10022: Invalid audience. Expected {expected}, found: {found}."


def bad_token(reason: str) -> str:
    """The sentence for a token that is forged or over. Inferred."""
    return f"AKV10001: Error validating token: {reason}."


def vault_unknown(name: str) -> VaultError:
    """404 of the simulator's own: a vault that is not in the world has no address to answer from."""
    return VaultError(404, "VaultNotFound", f"The simulated world has no key vault '{name[:60]}'.")


def forbidden_by_role(caller: str, action: str, resource: str, vault: Vault) -> VaultError:
    """403: no role of the caller holds the data action. Reported."""
    message = (
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
        "definitions were changed recently, please observe propagation time.\r\n"
        f"Caller: {caller}\r\nAction: '{action}'\r\nResource: '{resource}'\r\nAssignment: (not found)\r\n"
        f"DenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\nVault: {_place(vault)}\r\n"
    )
    return VaultError(403, "Forbidden", message, inner="ForbiddenByRbac")


def forbidden_by_policy(caller: str, kind: str, permission: str, vault: Vault) -> VaultError:
    """403: no access policy gives the permission. Reported."""
    message = (
        f"The user, group or application '{caller}' does not have {kind} {permission} permission on key vault "
        f"'{_place(vault)}'. {HELP}2125287"
    )
    return VaultError(403, "Forbidden", message, inner="AccessDenied")


def forbidden_by_firewall(caller: str, address: str, vault: Vault) -> VaultError:
    """403: the vault's firewall lets the address not in. Reported."""
    message = (
        f"Client address is not authorized and caller is not a trusted service.\r\nClient address: {address}\r\n"
        f"Caller: {caller}\r\nVault: {_place(vault)}"
    )
    return VaultError(403, "Forbidden", message, inner="ForbiddenByFirewall")


def forbidden_by_connection(caller: str, vault: Vault) -> VaultError:
    """403: public access is off. Reported."""
    message = (
        "Public network access is disabled and request is not from a trusted service nor via an approved private "
        f"link.\r\nCaller: {caller}\r\nVault: {_place(vault)}"
    )
    return VaultError(403, "Forbidden", message, inner="ForbiddenByConnection")


def secret_disabled() -> VaultError:
    """403: the version is disabled. Recorded."""
    message = "Operation get is not allowed on a disabled secret."
    return VaultError(403, "Forbidden", message, inner="SecretDisabled")


def not_found(what: str, name: str) -> VaultError:
    """404: no secret or key of that name, or no such version of it. Recorded."""
    message = (
        f"A {what} with (name/id) {name} was not found in this key vault. If you recently deleted this {what} you may "
        f"be able to recover it using the correct recovery command. {HELP}2125182"
    )
    return VaultError(404, f"{what.capitalize()}NotFound", message)


def deleted_not_found(name: str) -> VaultError:
    """404: no secret of that name that was deleted. Recorded."""
    return VaultError(404, "SecretNotFound", f"Deleted Secret not found: {name}")


def deleted_but_recoverable(name: str) -> VaultError:
    """409: the name belongs to a deleted secret. Reported."""
    message = (
        f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this "
        "state, the secret can only be recovered or purged."
    )
    return VaultError(409, "Conflict", message, inner="ObjectIsDeletedButRecoverable")


def purge_protected(vault: Vault) -> VaultError:
    """403: purge protection is on. Reported; the inner code is inferred."""
    message = (
        'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will '
        f"automatically purge it after the retention period has passed.\r\nVault: {_place(vault)}"
    )
    return VaultError(403, "Forbidden", message, inner="ForbiddenByPolicy")


def bad_parameter(sentence: str) -> VaultError:
    """400: a name, body or query that cannot be. Documented code, inferred sentences."""
    return VaultError(400, "BadParameter", sentence)


def not_modelled(what: str) -> VaultError:
    """501: the real service does this, the simulator does not and will not pretend to."""
    return VaultError(501, "NotModelledBySimulator", f"The simulator does not model this: {what}.")


def conflict(name: str) -> VaultError:
    """409 of fault X1: another write to the same object. Documented code, inferred sentence."""
    message = f"There was a conflict updating {name}. Multiple requests may not write to the same object at once."
    return VaultError(409, "ConflictError", message)


def throttled(seconds: str | None) -> VaultError:
    """429 of fault X22. The body is reported, by whom it came without Retry-After."""
    message = "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached"
    return VaultError(429, "Throttled", message, headers={} if seconds is None else {"Retry-After": seconds})


def internal_error() -> VaultError:
    """500 of fault X7. Inferred."""
    return VaultError(500, "InternalServerError", "An internal server error occurred.")


def _place(vault: Vault) -> str:
    return f"{vault.name};location={vault.location}"
