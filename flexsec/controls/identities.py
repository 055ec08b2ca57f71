"""Which tenants and managed identities the server is tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.pattern import fits
from .administrators import on_the_primary, shown_name
from .control import Argument, Arguments, Control, texts
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import Administrator, Server, ServerState
    from ..model.verdict import Check

_SYSTEM = "SystemAssigned"


def tenant_pinned(state: ServerState, arguments: Arguments) -> Check:
    """The server and its administrators belong to a tenant that is expected.

    What it checks: authConfig.tenantId and the tenantId of each administrator are among the argument `tenants`. Without
    tenants given, that each administrator's tenant is the server's own, so that a foreign one stands out. While
    Microsoft Entra authentication is disabled no tenant is in force and nothing is judged.

    Why: whoever runs a tenant decides who its identities are. An administrator of a foreign tenant is outside of your
    conditional access, your reviews and your process for people who leave.

    Remedy: left to you. Add an administrator of the right tenant, see that it can log in, then delete the foreign one;
    on a replica, do it on the primary. A server's own tenant is changed with authConfig.tenantId (azurerm: tenant_id);
    identities of the former tenant lose their way in, so have another way first.

    What it does not check: guests who were invited into an expected tenant. They count as its own; a name that holds
    #EXT# tells them.

    Cost: one request per server, shared by the controls that read administrators.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    if server.entra_auth.casefold() == "disabled":
        return not_applicable("Microsoft Entra authentication is disabled, so no tenant's identities log in")
    given = {tenant.strip().casefold() for tenant in texts(arguments, "tenants")}
    expected = given or {server.tenant_id.casefold()} - {""}
    listed = () if isinstance(state.administrators, Unobserved) else state.administrators
    problems = _unexpected(server, listed, expected)
    if problems:
        return failed(
            "; ".join(problems),
            _tenants(server, listed, expected),
            remedy="see that an administrator of an expected tenant can log in, and only then delete those of others"
            f"{on_the_primary(state)}; a server's own tenant is changed with authConfig.tenantId",
        )
    if isinstance(state.administrators, Unobserved):
        return unread("the Microsoft Entra administrators", state.administrators)
    if not given and not listed:
        return not_applicable("no tenants are given, and there is no administrator whose tenant could differ")
    untold = [*([] if server.tenant_id else ["the server"]), *(shown_name(one) for one in listed if not one.tenant_id)]
    if untold:
        return unknown(f"the service does not tell the tenant of {', '.join(untold)}")
    whom = "the server and every administrator belong" if listed else "the server belongs"
    return passed(f"{whom} to an expected tenant", _tenants(server, listed, expected))


def _unexpected(server: Server, listed: tuple[Administrator, ...], expected: set[str]) -> list[str]:
    """What is told and not expected; nothing is while nothing is known to be expected."""
    if not expected:
        return []
    own = server.tenant_id
    foreign = [one for one in listed if one.tenant_id and one.tenant_id.casefold() not in expected]
    found = [f"the server trusts tenant {own}, which is not expected"] if own and own.casefold() not in expected else []
    if foreign:
        names = ", ".join(f"{shown_name(one)} ({one.tenant_id})" for one in foreign)
        found.append(f"administrators of a tenant that is not expected: {names}")
    return found


def _tenants(server: Server, listed: tuple[Administrator, ...], expected: set[str]) -> dict[str, str]:
    return {
        "authConfig.tenantId": server.tenant_id or "not told",
        "expected tenants": ", ".join(sorted(expected)),
        "administrators": ", ".join(f"{shown_name(one)} ({one.tenant_id or 'not told'})" for one in listed) or "none",
    }


def managed_identities(state: ServerState, arguments: Arguments) -> Check:
    """The server has the managed identities that it needs, and no others.

    What it checks: the identities of the server are those that encryption with customer-managed keys uses
    (dataEncryption.primaryUserAssignedIdentityId and geoBackupUserAssignedIdentityId) and those that the argument
    `others` names; none is missing and none is left over. The system-assigned identity counts as one. Resource ids are
    compared without regard to case and to a slash at the end.

    Why: whoever administers the database can act through extensions as the server's identity. An identity that nothing
    needs any more still has its permissions. Without the identity that reads the key the server stops.

    Remedy: left to you, because flexsec cannot see what uses an identity: az postgres flexible-server identity assign,
    and remove once nothing uses it. The service is reported not to give up its last user-assigned identity. An identity
    that is used from within the database is named in `others`.

    What it does not check: what the identities are allowed to do, and identities of applications that connect.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    needed = _needed(state.server)
    if not isinstance(needed, dict):
        return needed
    held = {_folded(one): one for one in _held(state.server)}
    others = [_folded(one) for one in texts(arguments, "others")]
    missing = [one for folded, one in needed.items() if folded not in held]
    spare = [
        one
        for folded, one in held.items()
        if folded not in needed and not any(fits(folded, pattern) for pattern in others)
    ]
    evidence = {"identities": ", ".join(held.values()) or "none", "used by keys": ", ".join(needed.values()) or "none"}
    problems = [f"used by a key and not assigned: {', '.join(missing)}"] if missing else []
    problems += [f"assigned and not known to be used: {', '.join(spare)}"] if spare else []
    if problems:
        return failed("; ".join(problems), evidence, remedy=_assignment(bool(missing), bool(spare)))
    return passed("the server has the managed identities that it needs, and no others", evidence)


def _needed(server: Server) -> dict[str, str] | Check:
    """The identities that encryption uses, or the check that says why they are not known."""
    key = server.customer_key
    match server.encryption.casefold():
        case "systemmanaged":
            return {}
        case "azurekeyvault" if key.identity:
            return {_folded(one): one for one in (key.identity, key.geo_backup_identity) if one}
        case "azurekeyvault":
            return unknown("the service does not tell which identity reads the customer-managed key")
        case _:
            return unknown(f"the service tells {server.encryption or 'nothing'} about whose key encrypts the server")


def _held(server: Server) -> tuple[str, ...]:
    """All identities: the service leaves the whole block out where there is none (recorded)."""
    system = (_SYSTEM,) if _SYSTEM.casefold() in server.identity_type.casefold() else ()
    return (*server.identities, *system)


def _folded(identity: str) -> str:
    return identity.strip().rstrip("/").casefold()


def _assignment(missing: bool, spare: bool) -> str:
    """What a person does about it."""
    steps = ["assign what is missing: az postgres flexible-server identity assign"] if missing else []
    if spare:
        steps.append(
            "find out what uses the rest; name it in the argument others, or remove it: "
            "az postgres flexible-server identity remove"
        )
    return "; ".join(steps)


CONTROLS = (
    Control(
        id="auth-tenant-pinned",
        title="The server and its administrators belong to an expected tenant",
        family="identities",
        rating=RATINGS["auth-tenant-pinned"],
        check=tenant_pinned,
        reads=("administrators", "server"),
        arguments=(
            Argument(
                name="tenants",
                kind="texts",
                default=THRESHOLDS["auth-tenant-pinned.tenants"].value,
                description="The ids of the expected tenants; none given means the server's own.",
                pattern=r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
                form="tenant ids such as 0f8fad5b-d9cb-469f-a165-70867728950e",
            ),
        ),
        references=REFERENCES["auth-tenant-pinned"],
    ),
    Control(
        id="auth-app-managed-identity",
        title="The server has the managed identities that it needs, and no others",
        family="identities",
        rating=RATINGS["auth-app-managed-identity"],
        check=managed_identities,
        reads=("server",),
        arguments=(
            Argument(
                name="others",
                kind="texts",
                default=THRESHOLDS["auth-app-managed-identity.others"].value,
                description="Identities that something other than encryption uses: resource ids, in which * stands for "
                "any characters, or SystemAssigned.",
            ),
        ),
        references=REFERENCES["auth-app-managed-identity"],
    ),
)
