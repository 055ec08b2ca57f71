"""The data plane of simulated key vaults: who may do what with secrets and keys, at each vault's own address.

In process a vault answers under its own host name; a simulator on loopback answers for it below `/vaults/NAME`, as
names below localhost are not known everywhere. The order is the service's own as far as it is known: is there a
token, is the path one, may the caller come from where it is, may it do this, does the thing exist.
"""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import fault_effects, key_vault_keys, key_vault_secrets, tokens
from . import key_vault_errors as errors
from .authorization import covers
from .call import Call
from .key_vault_call import Address, VaultCall
from .request import ConnectionDropped, Response, is_loopback
from .request_log import RequestRecord
from .routes import Route, split_url
from .vault_state import vault_id, vaults
from .wire_errors import WireError
from .world_file import DEFAULT_PRINCIPAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .faults import Fault
    from .request import Request
    from .state import Principal, ResourceGroup, Subscription
    from .vault_state import Vault
    from .world import World

VERSIONS = ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
RESOURCES = {
    "vault.azure.net": "https://vault.azure.net",
    "vault.usgovcloudapi.net": "https://vault.usgovcloudapi.net",
    "vault.azure.cn": "https://vault.azure.cn",
}
LOGIN = "https://login.windows.net"
CLIENT_ADDRESS = "203.0.113.5"
"""From where all clients come, as far as a vault's firewall is concerned."""
MUTATING = frozenset({"PUT", "PATCH", "POST", "DELETE"})
HEADERS = {
    "x-ms-keyvault-service-version": "1.9.0.0",
    "x-ms-keyvault-network-info": f"conn_type=Ipv4;addr={CLIENT_ADDRESS};act_addr_fam=InterNetwork;",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What a path and a method stand for, the data action that a role needs for it and the permission of a policy."""

    handle: Callable[[VaultCall], Response]
    action: str
    permission: str


_secrets, _keys = key_vault_secrets, key_vault_keys
# The actions of secrets and keys are Microsoft's; that a deleted secret is read with getSecret is inferred from the
# permission "get" that reading it needs.
OPERATIONS: Mapping[tuple[str, str], Operation] = MappingProxyType(
    {
        ("GET", "secrets"): Operation(_secrets.list_secrets, "secrets/readMetadata/action", "list"),
        ("GET", "secrets/*"): Operation(_secrets.get_secret, "secrets/getSecret/action", "get"),
        ("GET", "secrets/*/versions"): Operation(_secrets.list_versions, "secrets/readMetadata/action", "list"),
        ("GET", "secrets/*/*"): Operation(_secrets.get_secret, "secrets/getSecret/action", "get"),
        ("PUT", "secrets/*"): Operation(_secrets.set_secret, "secrets/setSecret/action", "set"),
        ("PATCH", "secrets/*"): Operation(_secrets.update_secret, "secrets/update/action", "set"),
        ("PATCH", "secrets/*/*"): Operation(_secrets.update_secret, "secrets/update/action", "set"),
        ("DELETE", "secrets/*"): Operation(_secrets.delete_secret, "secrets/delete", "delete"),
        ("GET", "deletedsecrets"): Operation(_secrets.list_deleted, "secrets/readMetadata/action", "list"),
        ("GET", "deletedsecrets/*"): Operation(_secrets.get_deleted, "secrets/getSecret/action", "get"),
        ("POST", "deletedsecrets/*/recover"): Operation(_secrets.recover, "secrets/recover/action", "recover"),
        ("DELETE", "deletedsecrets/*"): Operation(_secrets.purge, "secrets/purge/action", "purge"),
        ("GET", "keys"): Operation(_keys.list_keys, "keys/read", "list"),
        ("GET", "keys/*"): Operation(_keys.get_key, "keys/read", "get"),
        ("GET", "keys/*/versions"): Operation(_keys.list_versions, "keys/read", "list"),
        ("GET", "keys/*/*"): Operation(_keys.get_key, "keys/read", "get"),
        ("POST", "keys/*/create"): Operation(_keys.create_key, "keys/create/action", "create"),
        ("POST", "keys/*/rotate"): Operation(_keys.rotate_key, "keys/rotate/action", "rotate"),
        ("PATCH", "keys/*"): Operation(_keys.update_key, "keys/update/action", "update"),
        ("PATCH", "keys/*/*"): Operation(_keys.update_key, "keys/update/action", "update"),
    }
)


def answer(world: World, request: Request, address: Address, now: datetime) -> Response:
    """The vault's answer; the caller holds the world's turn.

    Raises:
        ConnectionDropped: there is no such vault, so its name leads nowhere; or a fault resets the connection.
    """
    origin, _, query = split_url(request.url)
    method = request.method.upper()
    path = f"/vaults/{address.name}{address.path.rstrip('/')}"
    route = Route("vault data", name=address.name)
    call = Call(world, request, method, route, origin, path, query, now, DEFAULT_PRINCIPAL)
    response: Response | None = None
    try:
        response = _answered(call, address)
        return response
    finally:
        status = None if response is None else response.status
        version = query.get("api-version")
        world.record(RequestRecord(now, method, path, version, status, None, method in MUTATING))


def _answered(call: Call, address: Address) -> Response:
    found = next(
        (each for each in vaults(call.world.state.subscriptions) if each[2].name.lower() == address.name), None
    )
    if found is None:
        if address.by_host:
            raise ConnectionDropped(f"{address.name}.vault: Name or service not known")
        return call.error(errors.vault_unknown(address.name))
    subscription, group, vault = found
    if vault.forget_what_is_due(call.now):
        call.world.touch()
    try:
        response = _respond(call, address, subscription, group, vault)
    except WireError as problem:
        response = call.error(problem)
        if any(fault.id == "X29" for fault, _ in call.striking):
            response = fault_effects.after(call, response)
    headers = {**response.headers, **HEADERS, "x-ms-keyvault-region": vault.location}
    return replace(response, headers=headers)


def _respond(call: Call, address: Address, subscription: Subscription, group: ResourceGroup, vault: Vault) -> Response:
    call.principal, caller = _authenticate(call, subscription, vault)
    operation, words = _operation(call, address)
    action = f"Microsoft.KeyVault/vaults/{operation.action}"
    scope = _scope(vault_id(subscription, group, vault), words)
    early = _struck(call, vault, caller, action, scope)
    if early is not None:
        return early
    _admit(vault, caller)
    if not any(covers(each, action) for each in call.principal.data_actions):
        if vault.rbac:
            raise errors.forbidden_by_role(caller, action, scope, vault)
        raise errors.forbidden_by_policy(caller, operation.action.partition("/")[0], operation.permission, vault)
    base = f"https://{vault.host}" if address.by_host else f"{call.origin}/vaults/{vault.name}"
    asked = VaultCall(call, subscription, group, vault, words, caller, base)
    return fault_effects.after(call, operation.handle(asked))


def _authenticate(call: Call, subscription: Subscription, vault: Vault) -> tuple[Principal, str]:
    """Who asks, also in the words of a refusal.

    Raises:
        VaultError: 401 with the challenge.
    """
    world, listed = call.world, call.world.state.principals
    resource = RESOURCES[vault.host.partition(".")[2]]
    authorization = f"{call.origin if is_loopback(call.origin) else LOGIN}/{subscription.tenant_id}"
    scheme, _, token = (call.request.header("Authorization") or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise errors.unauthorized(errors.no_token(), authorization, resource)
    if token in listed:
        return listed[token], _caller(world, listed[token], None)
    if not world.surroundings.issued_tokens_only and not tokens.looks_issued(token):
        principal = listed.get("default", DEFAULT_PRINCIPAL)
        return principal, _caller(world, principal, None)
    said = tokens.claims_of(world, token)
    application = None if said is None else tokens.holder(world, str(said["appid"]))
    if said is None or application is None:
        raise errors.unauthorized(errors.bad_token("signature"), authorization, resource)
    if call.now >= tokens.expiry(said):
        raise errors.unauthorized(errors.bad_token("lifetime"), authorization, resource)
    if str(said["aud"]).rstrip("/").lower() != resource:
        raise errors.unauthorized(errors.wrong_audience(resource, str(said["aud"])), authorization, resource)
    principal = tokens.principal_of(world, application)
    return principal, _caller(world, principal, application.client_id)


def _caller(world: World, principal: Principal, client_id: str | None) -> str:
    application = client_id or world.state.sign_in.first_application(world.state.seed).client_id
    issuer = f"https://sts.windows.net/{tokens.tenant_id(world)}/"
    return f"appid={application};oid={principal.object_id};iss={issuer}"


def _operation(call: Call, address: Address) -> tuple[Operation, tuple[str, ...]]:
    """What is asked for.

    Raises:
        VaultError: 400 for an api-version that there is not, 501 for what is not modelled.
    """
    version = call.query.get("api-version")
    if not version:
        raise errors.bad_parameter("The api-version query parameter must be specified")
    if version not in VERSIONS:
        raise errors.bad_parameter(
            f"The specified version ({version[:30]}) is not recognized. Consider using the latest supported version "
            f"({VERSIONS[-1]})."
        )
    raw = address.path.strip("/").split("/")
    words = tuple(urllib.parse.unquote(each) for each in raw)
    pattern = "/".join([words[0].lower(), *("*" for _ in words[1:])])
    last = f"{pattern.rpartition('/')[0]}/{words[-1].lower()}" if len(words) == 3 else pattern
    found = OPERATIONS.get((call.method, last)) or OPERATIONS.get((call.method, pattern))
    if found is None or not all(words):
        shown = re.sub(r"[^\w/-]", "", "/".join(words[:1] + words[2:]))[:80]
        raise errors.not_modelled(f"{call.method} of a vault's {shown or 'root'}")
    return found, words


def _scope(vault: str, words: tuple[str, ...]) -> str:
    """The resource that a refusal names, in lower case as far as the service writes it so."""
    lowered = vault.replace("/resourceGroups/", "/resourcegroups/")
    lowered = lowered.replace("/Microsoft.KeyVault/", "/microsoft.keyvault/")
    kind = words[0].lower().removeprefix("deleted")
    return f"{lowered}/{kind}/{words[1]}" if len(words) > 1 else lowered


def _admit(vault: Vault, caller: str) -> None:
    """Refuses what the vault's network settings keep out.

    Raises:
        VaultError: 403.
    """
    if vault.public_network_access == "Disabled":
        raise errors.forbidden_by_connection(caller, vault)
    network, client = vault.network, ipaddress.ip_address(CLIENT_ADDRESS)
    if network is None or network.default_action == "Allow":
        return
    if not any(client in ipaddress.ip_network(each, strict=False) for each in network.ip_rules):
        raise errors.forbidden_by_firewall(caller, CLIENT_ADDRESS, vault)


def _struck(call: Call, vault: Vault, caller: str, action: str, scope: str) -> Response | None:
    """What faults do before the request has any effect: an answer that ends it, or None to go on.

    Raises:
        VaultError: a refusal.
        ConnectionDropped: the connection was reset.
    """
    access = "write" if call.method in MUTATING else "read"
    aspects = frozenset({"any", f"vault {access}"})
    for fault, number in call.world.faults.striking(
        aspects, call.method, call.path, lambda each: fault_effects.concerns_action(each, action)
    ):
        call.world.touch()
        call.striking.append((fault, number))
        refusal = _refusal(call, fault)
        if fault.id == "X28":
            refusal = errors.forbidden_by_role(caller, action, scope, vault)
        if refusal is not None:
            raise refusal
        early = fault_effects.before(call, fault, action, scope) if fault.id == "X29" else None
        if early is not None:
            return early
    return None


def _refusal(call: Call, fault: Fault) -> WireError | None:
    """The refusal that a fault stands for, in a vault's own words."""
    if fault.id == "X1":
        return errors.conflict(call.path.rpartition("/")[2])
    if fault.id == "X7" and not fault.argument("applied"):
        return errors.internal_error()
    if fault.id == "X22":
        header = fault.argument("retry_after")
        return errors.throttled(str(int(fault.argument("seconds"))) if header == "" else header)
    return None
