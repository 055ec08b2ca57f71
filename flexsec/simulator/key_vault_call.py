"""One request to a vault on its way: where the vault is addressed, who asks, and what every answer is made of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import key_vault_errors as errors
from .request import is_loopback
from .vault_state import vault_id

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import ResourceGroup, Subscription
    from .vault_state import Attributes, Vault

HOST = re.compile(r"https?://([a-z0-9-]{1,60})\.vault\.(azure\.net|usgovcloudapi\.net|azure\.cn)(:443)?", re.IGNORECASE)
PATH = re.compile(r"/vaults/([a-zA-Z0-9-]{1,60})(/.*)?")
NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
MOST_TAGS = 15
LONGEST = 256


@dataclass(frozen=True, slots=True)
class Address:
    """Which vault a URL is for: by its own host name, or below `/vaults/` of a simulator on loopback."""

    name: str
    path: str
    by_host: bool


def address_of(origin: str, path: str) -> Address | None:
    """The vault that a URL is for; None for any other URL."""
    if found := HOST.fullmatch(origin):
        return Address(found[1].lower(), path, by_host=True)
    if (found := PATH.fullmatch(path)) and is_loopback(origin):
        return Address(found[1].lower(), found[2] or "/", by_host=False)
    return None


@dataclass(frozen=True, slots=True)
class VaultCall:
    """A request to a vault that exists.

    Attributes:
        words: the path below the vault, in its parts; names keep their case.
        caller: who asks, in the words of a refusal.
        base: the URL below which this client reaches the vault.
    """

    call: Call
    subscription: Subscription
    group: ResourceGroup
    vault: Vault
    words: tuple[str, ...]
    caller: str
    base: str

    @property
    def now(self) -> datetime:
        """The time in whole seconds, which is what a vault keeps."""
        return self.call.now.replace(microsecond=0)

    @property
    def uri(self) -> str:
        """The vault's own address, with which all ids begin."""
        return f"https://{self.vault.host}"

    def new_version(self) -> str:
        """The id of a new version: 32 hexadecimal digits."""
        return self.call.world.new_id().replace("-", "")

    def changed(self, line: str) -> None:
        """Notes an effect on the vault, without values."""
        key = vault_id(self.subscription, self.group, self.vault).lower()
        self.call.world.state.effects.setdefault(key, []).append(line)
        self.call.world.touch()

    def body(self, known: frozenset[str]) -> dict[str, Any]:
        """The JSON object that was sent, with no member but those known.

        Raises:
            VaultError: 400 BadParameter; nothing of the body is in it.
        """
        try:
            found = json.loads(self.call.request.body or b"{}")
        except (ValueError, RecursionError):
            raise errors.bad_parameter("The request body is not valid JSON") from None
        if not isinstance(found, dict):
            raise errors.bad_parameter("The request body is not a JSON object")
        unknown = [key for key in found if key not in known]
        if unknown:
            raise errors.bad_parameter(f"Unknown property '{unknown[0][:60]}'")
        return found

    def answer(self, body: Any) -> Response:
        """A success."""
        return self.call.answer(200, body)


def attributes_body(vault: Vault, attributes: Attributes) -> dict[str, Any]:
    """The attributes of a version, as all bodies show them. Recorded."""
    body: dict[str, Any] = {"enabled": attributes.enabled}
    if attributes.not_before is not None:
        body["nbf"] = _seconds(attributes.not_before)
    if attributes.expires is not None:
        body["exp"] = _seconds(attributes.expires)
    body |= {"created": _seconds(attributes.created), "updated": _seconds(attributes.updated)}
    body["recoveryLevel"] = vault.recovery_level
    return body | ({"recoverableDays": vault.retention_days} if vault.soft_delete else {})


def change_attributes(attributes: Attributes, wanted: Any, now: datetime) -> None:
    """Lets a request's `attributes` take effect.

    Raises:
        VaultError: 400 for a member or a value that cannot be.
    """
    if wanted is None:
        wanted = {}
    if not isinstance(wanted, dict):
        raise errors.bad_parameter("attributes is not an object")
    for key, value in wanted.items():
        if key == "enabled" and isinstance(value, bool):
            attributes.enabled = value
        elif key in {"nbf", "exp"} and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**36:
            setattr(attributes, "expires" if key == "exp" else "not_before", datetime.fromtimestamp(value, UTC))
        elif value is not None and key not in {"created", "updated", "recoveryLevel", "recoverableDays"}:
            raise errors.bad_parameter(f"attributes has an invalid value for '{key[:60]}'")
    if attributes.expires and attributes.not_before and attributes.expires <= attributes.not_before:
        raise errors.bad_parameter("exp must lie after nbf")
    attributes.updated = now


def tags_of(wanted: Any) -> dict[str, str]:
    """The tags of a request.

    Raises:
        VaultError: 400 for more than 15, or texts of more than 256 characters (documented).
    """
    if wanted is None:
        return {}
    if not isinstance(wanted, dict) or not all(isinstance(value, str) for value in wanted.values()):
        raise errors.bad_parameter("tags is not an object of texts")
    if len(wanted) > MOST_TAGS:
        raise errors.bad_parameter(f"There are {len(wanted)} tags, and at most {MOST_TAGS} are allowed")
    if any(not 0 < len(key) <= LONGEST or len(value) > LONGEST for key, value in wanted.items()):
        raise errors.bad_parameter(f"A tag's name or value has more than {LONGEST} characters")
    return dict(wanted)


def checked_name(name: str, what: str) -> str:
    """A name that a new secret or key may have (documented).

    Raises:
        VaultError: 400.
    """
    if not NAME.fullmatch(name):
        raise errors.bad_parameter(f"The {what} name has an invalid format: 1 to 127 letters, digits and dashes")
    return name


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
