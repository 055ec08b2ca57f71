"""Microsoft Entra principals: id, type and name held against each other before anything is sent.

The service takes any object id with any name (reported), and an administrator whose parts do not belong together is
only noticed when nobody can log in.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import InvalidValue
from .server import Administrator

if TYPE_CHECKING:
    from collections.abc import Mapping

PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal")
"""The types that an administrator is added as; a managed identity is a ServicePrincipal."""

SERVICE_APPLICATION = "5657e26c-cc92-45d9-bc47-9da6cfdb4ed9"
"""The application by which flexible servers look up Entra principals (public report)."""

KNOWN_APPLICATIONS: Mapping[str, str] = MappingProxyType(
    {
        SERVICE_APPLICATION: "Azure OSSRDBMS PostgreSQL Flexible Server AAD Authentication",
        "123cd850-d9df-40bd-94d5-c9f07b7fa203": "Azure OSSRDBMS Database",
        "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013": "Windows Azure Service Management API",
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Microsoft Azure CLI",
    }
)
"""Application ids that are the same in every tenant (Microsoft documentation), by name; none is an object id."""

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NIL = "00000000-0000-0000-0000-000000000000"
_TYPES = {each.casefold(): each for each in PRINCIPAL_TYPES}
_OTHER_WORDS = {
    "managedidentity": "a managed identity is added as ServicePrincipal",
    "identity": "a managed identity is added as ServicePrincipal",
    "msi": "a managed identity is added as ServicePrincipal",
    "application": "an application is added as ServicePrincipal, by the object id of its service principal",
    "app": "an application is added as ServicePrincipal, by the object id of its service principal",
    "unknown": "say which of them it is: the service takes Unknown, and nobody can then check it",
}
_LONGEST_ROLE_BYTES = 63
_LONGEST_NAME = 256


def guid(text: str, what: str) -> str:
    """An id as it is compared and sent: lower-case.

    Args:
        what: what it is the id of, with its article ("an object id").

    Raises:
        InvalidValue: it is not a GUID.
    """
    found = text.strip().lower()
    if not _GUID.fullmatch(found) or found == _NIL:
        raise InvalidValue(
            f"{_short(text)!r} is not {what}: expected a GUID such as 5b8c11b3-fd9a-47f9-a60f-13aac95e2db3"
        )
    return found


def principal_type(text: str) -> str:
    """A type of principal in the service's spelling.

    Raises:
        InvalidValue: there is no such type.
    """
    folded = re.sub(r"[\s_-]", "", text).casefold()
    if folded in _TYPES:
        return _TYPES[folded]
    hint = _OTHER_WORDS.get(folded, "")
    raise InvalidValue(
        f"there is no type of principal {_short(text)!r}; there are {', '.join(PRINCIPAL_TYPES)}"
        + (f" ({hint})" if hint else "")
    )


def administrator(object_id: str, name: str, kind: str, tenant_id: str = "") -> Administrator:
    """An administrator whose id, name and type can belong together.

    Args:
        object_id: the principal's object id in the tenant, never an application id.
        name: the user principal name of a User, the display name of anything else; it becomes the role's name.
        kind: one of `PRINCIPAL_TYPES`, in any case.
        tenant_id: "" for the server's own.

    Raises:
        InvalidValue: naming which part is wrong and what to give.
    """
    found = Administrator(
        object_id=guid(object_id, "an object id"),
        name=name,
        principal_type=principal_type(kind),
        tenant_id=guid(tenant_id, "a tenant id") if tenant_id else "",
    )
    problem = _name_problem(found)
    if problem:
        raise InvalidValue(problem)
    if found.object_id == found.tenant_id:
        raise InvalidValue(f"{found.object_id} is given as the object id and as the tenant id; they are never the same")
    return found


def doubts(found: Administrator, application_id: str = "") -> tuple[str, ...]:
    """What speaks against an administrator without proving it wrong, one sentence each.

    Args:
        application_id: the client id of the application or managed identity, where the caller knows it.

    Raises:
        InvalidValue: the application id is not a GUID.
    """
    told = []
    known = KNOWN_APPLICATIONS.get(found.object_id)
    if known is not None:
        told.append(
            f"{found.object_id} is the application id of {known!r}, the same in every tenant; an administrator is "
            "named by the object id of its principal in your tenant, and with this one nobody logs in."
        )
    if application_id and guid(application_id, "an application id") == found.object_id:
        told.append(
            f"{found.object_id} is given as the object id and as the application id; the object id of the service "
            "principal is another one (az ad sp show --id APPLICATION_ID --query id)."
        )
    if len(found.name.encode(errors="replace")) > _LONGEST_ROLE_BYTES:
        told.append(f"the name has more than the {_LONGEST_ROLE_BYTES} bytes that a role's name in PostgreSQL has.")
    if found.principal_type == "ServicePrincipal" and "@" in found.name:
        told.append(f"{found.name!r} looks like a user's name, and it is added as ServicePrincipal.")
    return tuple(told)


def _name_problem(found: Administrator) -> str:
    name, kind = found.name, found.principal_type
    if not name.strip() or name != name.strip():
        return "the principal's name is empty, or begins or ends with a blank"
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        return f"the principal's name {_short(name)!r} holds a control character, or is longer than {_LONGEST_NAME}"
    if _GUID.fullmatch(name.lower()):
        return (
            f"the principal's name is the id {name!r}; give the name by which it logs in: the user principal name of "
            "a User, the display name of a Group or ServicePrincipal"
        )
    before, at, after = name.partition("@")
    if kind == "User" and not (before and at and after):
        return (
            f"a User's name is its user principal name, such as dba@contoso.com, and {_short(name)!r} is none; "
            "for anything else the type is Group or ServicePrincipal"
        )
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
