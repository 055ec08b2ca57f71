"""Says in one sentence what went wrong, where, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ArmError, Busy, Forbidden, NotFound, ServiceFailure, Throttled, Unauthorized

if TYPE_CHECKING:
    from .service_error import ServiceError

# Codes whose own words do not say what to do (recorded or reported in public issue threads).
_HINTS = {
    "serverstoppederror": "the server is stopped; start it first",
    "servergroupdropping": "the server is being deleted",
    "scopelocked": "a management lock forbids it; the lock's owner must lift it first",
    "invalidapiversionparameter": "this cloud does not know the API version that flexsec speaks",
    "noregisteredproviderfound": "Microsoft.DBforPostgreSQL is not registered in this subscription",
    "missingsubscriptionregistration": "Microsoft.DBforPostgreSQL is not registered in this subscription; its owner "
    "registers it (az provider register)",
    "operationcancelled": "the service cancelled the operation",
    "invalidparametervalue": "the service does not take this value",
    "azurekeyvaultkeynotfound": "the service did not get to the key, which may be there all the same: (1) the identity "
    "must be assigned to the server and may get, wrap and unwrap with the key (role Key Vault Crypto Service "
    "Encryption User); (2) a role or an identity that is new takes some minutes to work; (3) the vault's firewall must "
    "let trusted Microsoft services in, and the vault must be of the server's tenant; (4) the key must be enabled and "
    "in its time",
    "cmkinvalidencryptionparameters": "the keys and identities do not go together: a server with geo-redundant backups "
    "needs both keys and both identities in one request, two identities that differ, each assigned to the server, and "
    "the second key in the paired region",
    "cmknotsupportedforgeoredundantbackupenabledserver": "a server with geo-redundant backups takes a key of your own "
    "only together with a second one in the paired region, and in some regions not at all",
}
# Words in an error's text that mean something particular, whatever its code (reported).
_HINTS_IN_WORDS = {
    "0LP01": "the service could not look the principal up in Microsoft Entra: the tenant must have the service "
    "principal of application 5657e26c-cc92-45d9-bc47-9da6cfdb4ed9 (az ad sp create --id with that id), "
    "and object id, name and type must be those of one principal in it",
    "admin credentials are required": "password authentication comes back only together with the administrator's login "
    "and a new password (`flexsec entra allow-passwords`)",
}
_PLACEHOLDER = "{0}"


def sentence(
    kind: type[ArmError], told: ServiceError, *, status: int, what: str, action: str, scope: str, wait: float
) -> str:
    """The message of an error of this kind."""
    match kind:
        case _ if kind is Unauthorized:
            reason = _unauthorized(told)
        case _ if kind is Forbidden:
            reason = _forbidden(told, action, scope)
        case _ if kind is NotFound:
            reason = _not_found(told)
        case _ if kind is Throttled:
            reason = f"Azure is throttling requests and asks to wait {wait:g} s. {_said(told)}"
        case _ if kind is Busy:
            reason = f"{_busy(told)}; try again later. {_said(told)}"
        case _ if kind is ServiceFailure:
            reason = _service_failure(told, status)
        case _:
            reason = _other(told, status)
    return f"could not {what}: {reason}"


def _busy(told: ServiceError) -> str:
    """Who is busy: Microsoft.Security's "Conflict" is about a subscription's plans."""
    if told.code.casefold() == "conflict":
        return "another update is going on"
    return "the server is busy with another operation"


def _unauthorized(told: ServiceError) -> str:
    return (
        "Azure did not accept the token (401). Sign in again, and check that the tenant is the one that the "
        f"subscription belongs to and that the cloud is the right one. {_said(told)}"
    )


def _forbidden(told: ServiceError, action: str, scope: str) -> str:
    if not action:
        if told.code.casefold() == "requestdisallowedbypolicy":
            return f"an Azure Policy assignment forbids it (403). {_said(told)}"
        return f"this identity is not allowed to (403). {_said(told)}"
    over = f" over {scope}" if scope else ""
    return (
        f"this identity lacks the action {action}{over} (403); grant it a role that holds the action. "
        "A role given just now takes some minutes to work"
    )


def _not_found(told: ServiceError) -> str:
    code, words = told.code.casefold(), told.words.casefold()
    if code == "resourcegroupnotfound":
        return f"the resource group does not exist in this subscription (404); check --resource-group. {_said(told)}"
    if code in {"subscriptionnotfound", "invalidsubscriptionid"}:
        return (
            "the subscription does not exist or this identity cannot see it (404); check the subscription id and "
            f"the tenant that is signed in to. {_said(told)}"
        )
    if code == "configurationnotexists":
        return f"this server has no such parameter; the set depends on its version. {_said(told)}"
    if "flexibleservers/" in words and "under resource group" in words:
        return f"the server does not exist in this resource group (404); check its name. {_said(told)}"
    return f"the resource does not exist (404). {_said(told)}"


def _service_failure(told: ServiceError, status: int) -> str:
    failed = f"the service failed ({status})" if status >= 500 else "the operation failed inside the service"
    if hint := _hint_in_words(told):
        return f"{hint}. {_said(told)}"
    return f"{failed}; if it stays, give the ids of this error to Microsoft support. {_said(told)}"


def _other(told: ServiceError, status: int) -> str:
    if told.words.strip() == _PLACEHOLDER:
        return (
            f"the service refused it without a reason ({told.code or 'no code'}); recorded causes are a read-only "
            "parameter and a value that is not allowed"
        )
    if 300 <= status < 400:
        return f"the answer is a redirect ({status}), which flexsec does not follow; is the cloud the right one?"
    refused = "the operation failed" if status < 300 else f"the service refused it ({status})"
    return f"{_hint_in_words(told) or _HINTS.get(told.code.casefold(), refused)}. {_said(told)}"


def _hint_in_words(told: ServiceError) -> str:
    return next((hint for words, hint in _HINTS_IN_WORDS.items() if words in told.words), "")


def _said(told: ServiceError) -> str:
    if not told.words and not told.code:
        return "Azure gave no reason"
    if not told.words:
        return f"Azure says: {told.code}"
    return f"Azure says: {told.code}: {told.words}" if told.code else f"Azure says: {told.words}"
