"""Says in one sentence why a vault refused, and what to do: the same 403 has five causes, and they want five things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import SecretStoreFailure
from .scrub import scrub, spellings
from .service_error import parse_error

if TYPE_CHECKING:
    from ..model.secret import Secret
    from .answer import Answer

_ACTION = re.compile(r"Action: '([\w./*-]{1,200})'")
_PERMISSION = re.compile(r"does not have (\w{1,20} \w{1,20}) permission")
_ADDRESS = re.compile(r"Client address: ([0-9a-fA-F.:]{3,45})")
_ROLE = "the role Key Vault Secrets Officer holds it"
_NEEDED = "secrets get, list, set"


def inner_code(answer: Answer) -> str:
    """The inner code, which tells one refusal from another; "" when there is none."""
    error = answer.document.get("error") if isinstance(answer.document, Mapping) else None
    for key in ("innererror", "innerError"):
        inner = error.get(key) if isinstance(error, Mapping) else None
        if isinstance(inner, Mapping) and isinstance(inner.get("code"), str):
            return scrub(str(inner["code"]), 100)
    return ""


def failure(
    answer: Answer, *, what: str, name: str, place: str, hidden: Secret | None = None, note: str = ""
) -> SecretStoreFailure:
    """The error for an answer that is not a success.

    Args:
        what: what was being done, in the imperative ("store a pending password").
        name: the secret that the request was about.
        hidden: what was sent, which the service may echo.
        note: what holds all the same, such as where the working password is.
    """
    said = _without(parse_error(answer).words, hidden)
    reason = _reason(answer, name, said)
    tail = f" {note}" if note else ""
    return SecretStoreFailure(f"could not {what} in {place}: {reason}{tail}")


def _without(words: str, hidden: Secret | None) -> str:
    for form in spellings(hidden) if hidden is not None else ():
        words = words.replace(form, "...")
    return words


def _reason(answer: Answer, name: str, said: str) -> str:
    match answer.status:
        case 401:
            return (
                "the vault did not accept the token (401). Sign in to the tenant that the vault belongs to, and check "
                f"that the cloud is the right one. {_says(said)}"
            )
        case 403:
            return _forbidden(inner_code(answer), name, said)
        case 404:
            return (
                f"there is no such secret or version ({name}, 404); check the vault's name and the secret's. "
                f"{_says(said)}"
            )
        case 409:
            return _conflict(inner_code(answer), name, said)
        case 429:
            return "the vault is throttling requests (429), and the time given did not suffice to wait for it"
    if answer.status >= 500:
        return f"the vault failed ({answer.status}); try again, and if it stays, ask Microsoft support. {_says(said)}"
    if 200 <= answer.status < 300:
        return f"the answer ({answer.status}) is not the vault's own, or was cut off"
    if 300 <= answer.status < 400:
        return f"the answer is a redirect ({answer.status}), which is not followed; is the cloud the right one?"
    return f"the vault refused it ({answer.status}). {_says(said)}"


def _forbidden(inner: str, name: str, said: str) -> str:
    code = inner.casefold()
    action, permission, address = _ACTION.search(said), _PERMISSION.search(said), _ADDRESS.search(said)
    if code == "forbiddenbyrbac" or (not code and action):
        missing = f"the data action {action[1]}" if action else "a data action"
        return (
            f"this identity lacks {missing} on the vault (403); {_ROLE}. Owner and Contributor hold no data actions, "
            "and a role given just now takes some minutes to work"
        )
    if code == "accessdenied" or (not code and permission):
        missing = f"the permission '{permission[1]}'" if permission else "a permission"
        return f"no access policy of the vault gives this identity {missing} (403); it needs {_NEEDED}"
    if code == "forbiddenbyfirewall":
        here = f" {address[1]}" if address else ""
        return f"the vault's firewall does not let this address{here} in (403); add it to the vault's network rules"
    if code == "forbiddenbyconnection":
        return "the vault takes no requests from public networks (403); run where its private endpoint can be reached"
    if code == "secretdisabled":
        return f"the version of {name} is disabled (403), so it cannot be read; enable it in the vault"
    return f"this identity is not allowed to (403). {_says(said)}"


def _conflict(inner: str, name: str, said: str) -> str:
    code = inner.casefold()
    if code == "objectisdeletedbutrecoverable":
        return deleted(name)
    if code == "objectisbeingdeleted":
        return f"secret {name} is just being deleted (409); wait, then recover it or purge it"
    if code == "objectisbeingrecovered":
        return f"secret {name} is just being recovered (409); try again in a minute"
    return f"the vault reports a conflict about {name} (409): somebody else writes to it; try again. {_says(said)}"


def deleted(name: str) -> str:
    """The sentence for a name that belongs to a deleted secret."""
    return (
        f"secret {name} was deleted and still holds its name (409). Recover it (az keyvault secret recover), purge it "
        "(az keyvault secret purge), or give another name"
    )


def _says(said: str) -> str:
    return f"Azure says: {said}" if said else "Azure gave no reason"
