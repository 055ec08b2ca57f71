"""Signing in: what clients ask before and beside Resource Manager, without a token.

Documented: the OpenID configuration, instance discovery, both token endpoints for client secrets and assertions, the
managed-identity endpoints of App Service and of virtual machines, the cloud's metadata, and the AADSTS errors.
Of a client assertion issuer, subject and audience are checked, not its signature: a world holds no certificates.
"""

from __future__ import annotations

import base64
import hmac
import json
import urllib.parse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import cloud_metadata, sign_in_errors, tokens
from .call import common_headers, compact
from .identities import GUID
from .request import Request, Response
from .routes import split_url
from .sign_in_errors import SignInError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .identities import Application
    from .world import World

__all__ = ["identity", "respond"]

ALIASES = ("common", "organizations")
APP_SERVICE_PATHS = ("/msi/token", "/msi/token/")
MACHINE_PATH = "/metadata/identity/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to the sign-in service."""

    world: World
    request: Request
    method: str
    origin: str
    query: Mapping[str, str]
    now: datetime

    def answer(self, status: int, body: Any) -> Response:
        headers = common_headers(self.world, self.request, self.now) | {"Cache-Control": "no-store, no-cache"}
        return Response(status, headers | {"Content-Type": "application/json; charset=utf-8"}, compact(body))


def identity(world: World) -> dict[str, str]:
    """What a client needs to sign in to a world: tenant_id, client_id and client_secret."""
    application = world.state.sign_in.first_application(world.state.seed)
    return {
        "tenant_id": tokens.tenant_id(world),
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    }


def respond(world: World, request: Request, now: datetime) -> Response | None:
    """The answer of the sign-in service; None for a path that is Resource Manager's."""
    origin, path, query = split_url(request.url)
    asked = _Asked(world, request, request.method.upper(), origin, query, now)
    found = _handler(path)
    if found is None:
        return None
    method, handler = found
    try:
        if asked.method != method:
            raise sign_in_errors.wrong_method(asked.method)
        return handler(asked)
    except SignInError as problem:
        return asked.answer(problem.status, problem.body(now, world.request_id()))


def _handler(path: str) -> tuple[str, Callable[[_Asked], Response]] | None:
    """What a path of the sign-in service leads to, with the method that it takes."""
    words = path.lower().strip("/").split("/")
    whole = "/" + "/".join(words)
    if whole == "/metadata/endpoints":
        return "GET", lambda asked: asked.answer(200, cloud_metadata.endpoints(asked.origin, asked.query))
    if whole == MACHINE_PATH:
        return "GET", _machine_token
    if whole in APP_SERVICE_PATHS:
        return "GET", _app_service_token
    if words[0] in {"subscriptions", "providers", "tenants", "metadata"} or len(words) < 3:
        return None
    tenant, below = words[0], "/".join(words[1:])
    if below == "discovery/instance":
        return "GET", _discovery
    versions = {"v2.0/.well-known/openid-configuration": "v2.0", ".well-known/openid-configuration": "v1.0"}
    if below in versions:
        return "GET", lambda asked: _open_id(asked, tenant, versions[below])
    if below in {"oauth2/v2.0/token", "oauth2/token"}:
        return "POST", lambda asked: _token(asked, tenant, is_v2="v2.0" in below)
    if below in {"discovery/v2.0/keys", "discovery/keys"}:
        return "GET", lambda asked: asked.answer(200, {"keys": []})
    return None


def _discovery(asked: _Asked) -> Response:
    host = asked.origin.partition("://")[2]
    tenant = tokens.tenant_id(asked.world)
    named = urllib.parse.urlsplit(asked.query.get("authorization_endpoint", "")).path.strip("/").split("/")[0]
    body = {
        "tenant_discovery_endpoint": f"{asked.origin}/{named or tenant}/v2.0/.well-known/openid-configuration",
        "api-version": asked.query.get("api-version", "1.1"),
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }
    return asked.answer(200, body)


def _tenant(world: World, name: str) -> str:
    """The tenant that a path names.

    Raises:
        SignInError: 400 AADSTS90002 for a tenant that the world does not have.
    """
    known = {each.lower(): each for each in world.state.tenants()}
    if name in ALIASES:
        return tokens.tenant_id(world)
    if name not in known:
        raise sign_in_errors.unknown_tenant(name) if GUID.fullmatch(name) else sign_in_errors.bad_tenant(name)
    return known[name]


def _open_id(asked: _Asked, name: str, version: str) -> Response:
    tenant = name if name in ALIASES else _tenant(asked.world, name)
    base = f"{asked.origin}/{tenant}"
    middle = "oauth2/v2.0" if version == "v2.0" else "oauth2"
    body = {
        "token_endpoint": f"{base}/{middle}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/{'v2.0/' if version == 'v2.0' else ''}keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{base}/v2.0" if version == "v2.0" else f"https://sts.windows.net/{tenant}/",
        "authorization_endpoint": f"{base}/{middle}/authorize",
        "device_authorization_endpoint": f"{base}/{middle}/devicecode",
        "end_session_endpoint": f"{base}/{middle}/logout",
        "tenant_region_scope": None,
        "cloud_instance_name": asked.origin.partition("://")[2],
    }
    return asked.answer(200, body)


def _token(asked: _Asked, name: str, *, is_v2: bool) -> Response:
    """A token for an application that proves who it is."""
    tenant = _tenant(asked.world, name)
    form = dict(urllib.parse.parse_qsl(asked.request.body.decode("utf-8", "replace"), keep_blank_values=True))
    for key in ("grant_type", "client_id", "scope" if is_v2 else "resource"):
        if not form.get(key) and not (key == "client_id" and _basic(asked.request)):
            raise sign_in_errors.missing_parameter(key)
    if form["grant_type"] != "client_credentials":
        raise sign_in_errors.unsupported_grant(form["grant_type"])
    application = _proven(asked, form, tenant)
    audience = _audience(form["scope"]) if is_v2 else form["resource"]
    token = tokens.issue(asked.world, application, tenant, audience, asked.now)
    if is_v2:
        body: dict[str, Any] = {"token_type": "Bearer", "expires_in": tokens.LIFETIME_S}
        return asked.answer(200, body | {"ext_expires_in": tokens.LIFETIME_S, "access_token": token})
    return asked.answer(200, {**_absolute(asked, audience, token), "ext_expires_in": str(tokens.LIFETIME_S)})


def _proven(asked: _Asked, form: Mapping[str, str], tenant: str) -> Application:
    """The application, when its secret or assertion is right.

    Raises:
        SignInError: an unknown application, a wrong secret or assertion, or none.
    """
    basic = _basic(asked.request)
    client_id = form.get("client_id") or (basic[0] if basic else "")
    application = asked.world.state.sign_in.application(client_id, asked.world.state.seed)
    if application is None:
        raise sign_in_errors.unknown_application(client_id, tenant)
    secret = form.get("client_secret") or (basic[1] if basic else "")
    if secret:
        if not hmac.compare_digest(secret.encode(), application.client_secret.encode()):
            raise sign_in_errors.wrong_secret(client_id)
        return application
    assertion = form.get("client_assertion")
    if not assertion:
        raise sign_in_errors.no_secret()
    if form.get("client_assertion_type") != JWT_BEARER:
        raise sign_in_errors.bad_assertion("The client_assertion_type is not that of a JWT bearer assertion.")
    _check_assertion(assertion, client_id, tenant)
    return application


def _check_assertion(assertion: str, client_id: str, tenant: str) -> None:
    parts = assertion.split(".")
    claims = _json(parts[1]) if len(parts) == 3 else None
    if claims is None:
        raise sign_in_errors.bad_assertion("The client assertion is not a JSON web token.")
    for key in ("iss", "sub"):
        if str(claims.get(key, "")).lower() != client_id.lower():
            raise sign_in_errors.bad_assertion(f"The claim '{key}' of the client assertion is not the client id.")
    if tenant not in str(claims.get("aud", "")).lower():
        raise sign_in_errors.bad_assertion("The audience of the client assertion is not the token endpoint.")


def _json(part: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret from an Authorization header."""
    scheme, _, text = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return None
    return urllib.parse.unquote(name), urllib.parse.unquote(secret)


def _audience(scope: str) -> str:
    """The resource of a scope such as https://management.azure.com/.default.

    Raises:
        SignInError: 400 AADSTS1002012 without the suffix.
    """
    wanted = [each for each in scope.split() if each.lower() not in {"openid", "profile", "offline_access"}]
    if len(wanted) != 1 or not wanted[0].lower().endswith("/.default"):
        raise sign_in_errors.bad_scope(scope)
    return wanted[0][: -len("/.default")]


def _app_service_token(asked: _Asked) -> Response:
    """A managed identity's token as App Service gives it; the header proves only that the caller is on the machine."""
    if not asked.request.header("X-IDENTITY-HEADER"):
        raise sign_in_errors.no_identity_header("X-IDENTITY-HEADER", 401)
    return _managed_token(asked)


def _machine_token(asked: _Asked) -> Response:
    """A managed identity's token as a virtual machine's metadata service gives it."""
    if (asked.request.header("Metadata") or "").lower() != "true":
        raise sign_in_errors.no_identity_header("Metadata", 400)
    return _managed_token(asked)


def _managed_token(asked: _Asked) -> Response:
    resource = asked.query.get("resource")
    if not resource:
        raise sign_in_errors.missing_parameter("resource")
    chosen = next(
        (asked.query[key] for key in ("client_id", "principal_id", "object_id") if asked.query.get(key)), None
    )
    identity = asked.world.state.sign_in.managed_identity(chosen)
    if identity is None:
        raise sign_in_errors.unknown_identity()
    token = tokens.issue(asked.world, identity, tokens.tenant_id(asked.world), resource, asked.now)
    return asked.answer(200, {**_absolute(asked, resource, token), "client_id": identity.client_id})


def _absolute(asked: _Asked, resource: str, token: str) -> dict[str, str]:
    """The members of a token answer that tells times as texts, by the clock of the one who asks."""
    clock = asked.world.surroundings.clients_clock
    began = int((asked.now if clock is None else clock()).timestamp())
    return {
        "token_type": "Bearer",
        "expires_in": str(tokens.LIFETIME_S),
        "expires_on": str(began + tokens.LIFETIME_S),
        "not_before": str(began),
        "resource": resource,
        "access_token": token,
    }
