"""An Azure that answers elsewhere, as a ready file tells: where, how to sign in, which authority to trust.

The served simulator writes such a file once it accepts connections.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import UsageError
from ..model.resource import ServerId, check_subscription_id
from ..model.secret import Secret
from .clouds import Cloud

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_CONNECT_SECONDS = 2.0
_TEXTS = ("arm_endpoint", "authority", "ca_file", "tenant_id", "client_id", "client_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where an Azure answers, who signs in there, and which servers it has.

    Attributes:
        cloud: its endpoints and the authority to trust.
        servers: the flexible servers that the file names.
        serving: a name that no other serving has, so that what was recorded on one does not hold up the next.
    """

    cloud: Cloud
    tenant_id: str
    client_id: str
    client_secret: Secret = field(repr=False)
    servers: tuple[ServerId, ...]
    serving: str

    def credential(self) -> TokenCredential:
        """Signs in with azure-identity at the endpoint's own authority, by way of no proxy."""
        from azure.identity import ClientSecretCredential

        found: TokenCredential = ClientSecretCredential(
            self.tenant_id,
            self.client_id,
            self.client_secret.reveal(),
            authority=self.cloud.authority,
            disable_instance_discovery=True,
            connection_verify=self.cloud.ca_file,
            use_env_settings=False,
        )
        return found


def read_endpoint(path: Path) -> Endpoint:
    """The endpoint that a ready file describes.

    Raises:
        UsageError: the file cannot be read or is no ready file; the message says what is missing.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"endpoint file {path} cannot be read: {error.strerror or error};"
            " `flexsec simulate serve --ready` writes one"
        ) from None
    except (ValueError, RecursionError):
        raise _wrong(path, "it is not JSON") from None
    if not isinstance(document, dict):
        raise _wrong(path, "it is not a JSON object")
    texts = {key: _text(path, document, key) for key in _TEXTS}
    for key in ("arm_endpoint", "authority"):
        _check_url(path, key, texts[key])
    if not Path(texts["ca_file"]).is_file():
        raise _wrong(path, f"its ca_file {texts['ca_file']!r} does not exist; has the server ended?")
    arm_endpoint = texts["arm_endpoint"].rstrip("/")
    cloud = Cloud(
        name="endpoint",
        arm_endpoint=arm_endpoint,
        authority=texts["authority"].rstrip("/"),
        scope=f"{arm_endpoint}/.default",
        vault_url=_vault_url(path, document, arm_endpoint),
        ca_file=texts["ca_file"],
    )
    return Endpoint(
        cloud=cloud,
        tenant_id=texts["tenant_id"],
        client_id=texts["client_id"],
        client_secret=Secret(texts["client_secret"]),
        servers=_servers(path, document),
        serving=Path(texts["ca_file"]).parent.name,
    )


def check_answering(endpoint: Endpoint, path: Path) -> None:
    """Tell at once that nothing listens on this machine where the file says, rather than after failing to sign in.

    Raises:
        UsageError: the port is closed: the server was killed, and could not remove its file.
    """
    parts = urlsplit(endpoint.cloud.arm_endpoint)
    if parts.hostname not in _THIS_MACHINE:
        return
    try:
        socket.create_connection((parts.hostname, parts.port or 443), timeout=_CONNECT_SECONDS).close()
    except ConnectionRefusedError:
        raise UsageError(
            f"nothing answers at {endpoint.cloud.arm_endpoint}, where endpoint file {path} says: the simulator ended"
            " without removing the file; start it again with `flexsec simulate serve --ready`"
        ) from None
    except OSError:
        return  # signing in tells what is wrong


def _wrong(path: Path, why: str) -> UsageError:
    return UsageError(f"endpoint file {path} is not one that `flexsec simulate serve --ready` writes: {why}")


def _text(path: Path, holder: dict[str, Any], key: str) -> str:
    found = holder.get(key)
    if not isinstance(found, str) or not found:
        raise _wrong(path, f"{key!r} is missing or not a text")
    return found


def _check_url(path: Path, key: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        right = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise _wrong(path, f"{key!r} is {url!r}, expected such as https://127.0.0.1:8443")


def _vault_url(path: Path, document: dict[str, Any], arm_endpoint: str) -> str:
    """Where key vaults answer: below the endpoint itself, so that no token goes elsewhere."""
    found = document.get("vault_url", f"{arm_endpoint}/vaults/{{vault}}")
    if not isinstance(found, str) or not found.startswith(f"{arm_endpoint}/") or found.count("{vault}") != 1:
        raise _wrong(path, f"'vault_url' is {found!r}, expected such as {arm_endpoint}/vaults/{{vault}}")
    return found


def _servers(path: Path, document: dict[str, Any]) -> tuple[ServerId, ...]:
    found = []
    for subscription in _objects(path, document, "subscriptions"):
        subscription_id = _text(path, subscription, "subscription_id")
        check_subscription_id(subscription_id)
        for server in _objects(path, subscription, "servers"):
            group, name = _text(path, server, "resource_group"), _text(path, server, "name")
            found.append(ServerId(subscription_id, group, name))
    return tuple(found)


def _objects(path: Path, holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _wrong(path, f"{key!r} is missing or not a list of objects")
    return found
