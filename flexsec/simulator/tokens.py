"""Access tokens: issued by a world's own sign-in, shaped like Entra's, and checked for signature, time and audience.

They are signed with a key made from the world's seed, so that processes which share a world accept each other's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import wire_errors
from .request import is_loopback
from .world_file import DEFAULT_PRINCIPAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .identities import Application
    from .state import Principal
    from .world import World

LIFETIME_S = 3599  # as the service tells it
KEY_ID = "flexsec-simulator"
MANAGEMENT = (
    "https://management.azure.com", "https://management.core.windows.net", "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn",
)  # fmt: skip


def issue(world: World, application: Application, tenant_id: str, audience: str, now: datetime) -> str:
    """A token for an application.

    It is valid for an hour of its holder's time, which the world's clock may run ahead of.
    """
    held = principal_of(world, application)
    began = int(now.timestamp())
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{tenant_id}/",
        "iat": began,
        "nbf": began,
        "exp": began + int(LIFETIME_S * max(1.0, world.surroundings.time_scale)),
        "appid": application.client_id,
        "appidacr": "1",
        "idtyp": "app",
        "oid": held.object_id,
        "sub": held.object_id,
        "tid": tenant_id,
        "uti": world.request_id(),
        "ver": "1.0",
    }
    content = f"{_encoded({'typ': 'JWT', 'alg': 'HS256', 'kid': KEY_ID})}.{_encoded(claims)}"
    return f"{content}.{_signature(world, content)}"


def looks_issued(token: str) -> bool:
    """Whether a bearer text claims to be a token of a simulated sign-in."""
    header = _decoded(token.split(".", maxsplit=1)[0]) if token.count(".") == 2 else None
    return header is not None and header.get("kid") == KEY_ID


def check(world: World, token: str, origin: str, now: datetime) -> Principal:
    """The principal that a token was issued for.

    Raises:
        WireError: 401 for a token that is not this world's, has expired, or is meant for another service.
    """
    tenant, said = tenant_id(world), claims_of(world, token)
    if said is None:
        raise wire_errors.invalid_token(tenant, "The access token is invalid.")
    expires = expiry(said)
    if now >= expires:
        raise wire_errors.expired_token(tenant, f"{expires:%m/%d/%Y %I:%M:%S %p}", f"{now:%m/%d/%Y %I:%M:%S %p}")
    if not _is_meant_for(str(said["aud"]), origin):
        raise wire_errors.wrong_audience(tenant, str(said["aud"]), origin)
    application = holder(world, str(said["appid"]))
    if application is None:
        raise wire_errors.invalid_token(tenant, "The application of the access token does not exist any more.")
    return principal_of(world, application)


def claims_of(world: World, token: str) -> dict[str, Any] | None:
    """What a token of this world's sign-in says; None for any other text."""
    content, _, signature = token.rpartition(".")
    if not looks_issued(token) or not hmac.compare_digest(signature.encode(), _signature(world, content).encode()):
        return None
    return _decoded(content.split(".")[1]) or {}


def expiry(claims: Mapping[str, Any]) -> datetime:
    """When a token's time is over."""
    return datetime.fromtimestamp(int(claims["exp"]), UTC)


def principal_of(world: World, application: Application) -> Principal:
    """Who an application acts as."""
    return application.principal or world.state.principals.get("default", DEFAULT_PRINCIPAL)


def tenant_id(world: World) -> str:
    """The tenant in which the world's applications live."""
    return world.state.home_tenant


def holder(world: World, client_id: str) -> Application | None:
    """The application or managed identity of a client id."""
    sign_in, seed = world.state.sign_in, world.state.seed
    return sign_in.application(client_id, seed) or sign_in.managed_identity(client_id)


def _is_meant_for(audience: str, origin: str) -> bool:
    """Whether an audience names Resource Manager, with or without a slash at its end.

    An endpoint on loopback goes by any of its names and addresses, at its own port.
    """
    bare = audience.rstrip("/").lower()
    if bare in MANAGEMENT or bare == origin.lower():
        return True
    return is_loopback(bare) and is_loopback(origin) and bare.rpartition(":")[2] == origin.rpartition(":")[2]


def _signature(world: World, content: str) -> str:
    key = hashlib.sha256(f"{world.state.seed}/token key".encode()).digest()
    return _text(hmac.digest(key, content.encode(errors="replace"), "sha256"))


def _encoded(part: dict[str, Any]) -> str:
    return _text(json.dumps(part, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(part: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
