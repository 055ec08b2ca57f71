"""Signs in, and says in words what was tried when that fails. No secret ever comes from an argument."""

from __future__ import annotations

import base64
import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..errors import CredentialUnavailable, UnknownName, UsageError
from .sign_in_advice import advice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azure.core.credentials import AccessToken, TokenCredential

    from .clouds import Cloud

KINDS = ("default", "environment", "workload-identity", "managed-identity", "cli", "powershell", "developer-cli")
"""How an identity can be found; "default" tries the others in turn."""

_FAILS_WHEN_MADE = {"workload-identity": "WorkloadIdentityCredential"}

_TENANT = re.compile(r"^[a-zA-Z0-9.-]{1,100}$")
_CLIENT = re.compile(r"^[0-9a-fA-F-]{36}$")
_OBJECT_ID = re.compile(r"^[0-9a-zA-Z-]{1,64}$")


def credential(
    kind: str = "default", *, cloud: Cloud, tenant_id: str | None = None, client_id: str | None = None
) -> TokenCredential:
    """A credential of this kind. Nothing is asked for until the first request.

    Args:
        kind: one of `KINDS`.
        cloud: whose sign-in host is used.
        tenant_id: the tenant to sign in to, a GUID or a domain; the credential's own choice when None.
        client_id: the client id of a user-assigned managed identity or of a workload identity.

    Raises:
        UnknownName: no such kind.
        UsageError: a tenant or client id that cannot be one, or that this kind does not take.
        CredentialUnavailable: the environment holds too little for this kind.
    """
    _check(kind, tenant_id, client_id)
    build = _builders()[kind]
    try:
        found = build(cloud, tenant_id, client_id)
    except (ValueError, OSError, ImportError) as error:
        reason = advice(_FAILS_WHEN_MADE.get(kind, ""), error)
    else:
        return found if tenant_id is None else _InTenant(found, tenant_id)
    raise CredentialUnavailable(reason)


class GuardedCredential:
    """Around any credential: its failures become `CredentialUnavailable`, and it remembers who signed in.

    The token itself is not kept here.
    """

    def __init__(self, inner: TokenCredential) -> None:
        self._inner = inner
        self._object_id: str | None = None

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        """A token from the credential.

        Raises:
            CredentialUnavailable: none can be had; the message says what was tried.
        """
        options: dict[str, str | bool] = {"enable_cae": True} if enable_cae else {}
        options |= {"claims": claims} if claims else {}
        options |= {"tenant_id": tenant_id} if tenant_id else {}
        try:
            token = _ask(self._inner, scopes, options)
        except CredentialUnavailable as error:
            reason = error.message
        except Exception as error:  # noqa: BLE001 - a credential is the caller's code and may fail in any way
            reason = advice(_name_of(self._inner), error)
        else:
            self._object_id = object_id_of(token.token)
            return token
        raise CredentialUnavailable(reason)

    def object_id(self, scope: str) -> str:
        """The object id of whoever signs in, "" when the token does not tell or none can be had."""
        if self._object_id is None:
            try:
                self.get_token(scope)
            except CredentialUnavailable:
                return ""
        return self._object_id or ""


class _InTenant:
    """A credential that always asks for tokens of one tenant."""

    def __init__(self, inner: TokenCredential, tenant_id: str) -> None:
        self.inner = inner
        self._tenant_id = tenant_id

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        """A token of the tenant."""
        return self.inner.get_token(
            *scopes, claims=claims, tenant_id=tenant_id or self._tenant_id, enable_cae=enable_cae
        )


def _check(kind: str, tenant_id: str | None, client_id: str | None) -> None:
    if kind not in KINDS:
        close = get_close_matches(kind.casefold(), KINDS, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise UnknownName(f"credential {kind!r} does not exist: expected one of {', '.join(KINDS)}{hint}")
    if tenant_id is not None and not _TENANT.match(tenant_id):
        raise UsageError(f"tenant {tenant_id!r} is not a tenant: expected a GUID or a domain such as contoso.com")
    if client_id is not None and not _CLIENT.match(client_id):
        raise UsageError(f"client id {client_id!r} is not one: expected a GUID")
    if client_id is not None and kind not in {"default", "managed-identity", "workload-identity"}:
        raise UsageError(
            f"a client id makes no sense with credential {kind!r}: it names a managed or workload identity"
        )
    if tenant_id is not None and kind == "managed-identity":
        raise UsageError("a managed identity belongs to one tenant; leave the tenant out")


def _builders() -> Mapping[str, Callable[[Cloud, str | None, str | None], TokenCredential]]:
    from azure import identity

    def default(cloud: Cloud, tenant_id: str | None, client_id: str | None) -> TokenCredential:
        clients = {"managed_identity_client_id": client_id, "workload_identity_client_id": client_id}
        return identity.DefaultAzureCredential(
            authority=cloud.authority,
            additionally_allowed_tenants=_allowed(tenant_id),
            **(clients if client_id else {}),
        )

    def workload(cloud: Cloud, tenant_id: str | None, client_id: str | None) -> TokenCredential:
        return identity.WorkloadIdentityCredential(tenant_id=tenant_id, client_id=client_id, authority=cloud.authority)

    return {
        "default": default,
        "environment": lambda cloud, tenant_id, _: identity.EnvironmentCredential(
            authority=cloud.authority, additionally_allowed_tenants=_allowed(tenant_id)
        ),
        "workload-identity": workload,
        "managed-identity": lambda _cloud, _tenant, client_id: identity.ManagedIdentityCredential(client_id=client_id),
        "cli": lambda _cloud, tenant_id, _: identity.AzureCliCredential(tenant_id=tenant_id or ""),
        "powershell": lambda _cloud, tenant_id, _: identity.AzurePowerShellCredential(tenant_id=tenant_id or ""),
        "developer-cli": lambda _cloud, tenant_id, _: identity.AzureDeveloperCliCredential(tenant_id=tenant_id or ""),
    }


def _allowed(tenant_id: str | None) -> list[str]:
    return [tenant_id] if tenant_id else []


def _ask(inner: Any, scopes: tuple[str, ...], options: dict[str, str | bool]) -> AccessToken:
    if hasattr(inner, "get_token"):
        token: AccessToken = inner.get_token(*scopes, **options)
        return token
    from azure.core.credentials import AccessToken

    told = inner.get_token_info(*scopes, options=options)
    return AccessToken(told.token, told.expires_on)


def _name_of(credential: object) -> str:
    """The class of the credential that really signs in."""
    return _name_of(credential.inner) if isinstance(credential, _InTenant) else type(credential).__name__


def object_id_of(token: str) -> str:
    """The "oid" claim of a JSON web token; "" for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return ""
    found = claims.get("oid") if isinstance(claims, dict) else None
    return found if isinstance(found, str) and _OBJECT_ID.match(found) else ""
