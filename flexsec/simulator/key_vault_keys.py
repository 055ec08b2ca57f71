"""A vault's keys, as far as encryption with a key of one's own is watched: which versions, usable from when to when.

Recorded: the bodies, and that lists name no versions. There is no key material: `n`, `x` and `y` look like a public
key and belong to no private one, and operations with keys are not modelled.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from . import key_vault_errors as errors
from .key_vault_call import attributes_body, change_attributes, checked_name, tags_of
from .key_vault_lists import answer_list
from .vault_state import EC_OPERATIONS, RSA_OPERATIONS, Attributes, KeyVersion, VaultKey

if TYPE_CHECKING:
    from .key_vault_call import VaultCall
    from .request import Response

KINDS = ("RSA", "RSA-HSM", "EC", "EC-HSM")
SIZES = (2048, 3072, 4096)
CURVES = {"P-256": 32, "P-384": 48, "P-521": 66, "P-256K": 32}
CREATABLE = frozenset({"kty", "key_size", "crv", "key_ops", "attributes", "tags"})
CHANGEABLE = frozenset({"key_ops", "attributes", "tags"})


def list_keys(asked: VaultCall) -> Response:
    """The keys, each by its latest version and without it in its id."""
    found = [asked.vault.keys[key] for key in sorted(asked.vault.keys)]
    return answer_list(asked, [_item(asked, each, each.latest, "") for each in found])


def list_versions(asked: VaultCall) -> Response:
    """The versions of one key, in the order of their ids; none for a key that there is not."""
    key = asked.vault.keys.get(asked.words[1].lower())
    versions = [] if key is None else sorted(key.versions.values(), key=lambda each: each.id)
    return answer_list(asked, [_item(asked, key, each, f"/{each.id}") for each in versions if key is not None])


def get_key(asked: VaultCall) -> Response:
    """One version with its public half, disabled ones too; the latest when none is named."""
    return asked.answer(_bundle(asked, *_version(asked)))


def create_key(asked: VaultCall) -> Response:
    """Makes a key, or a new version of one that is there."""
    name, body = checked_name(asked.words[1], "key"), asked.body(CREATABLE)
    made = _described(name, body)
    version = KeyVersion(asked.new_version(), Attributes(asked.now, asked.now), tags_of(body.get("tags")))
    change_attributes(version.attributes, body.get("attributes"), asked.now)
    key = asked.vault.keys.setdefault(name.lower(), made)
    key.kind, key.size, key.curve, key.operations = made.kind, made.size, made.curve, made.operations
    key.versions[version.id] = version
    asked.changed(f"create keys/{key.name}")
    return asked.answer(_bundle(asked, key, version))


def rotate_key(asked: VaultCall) -> Response:
    """Makes a new version like the latest."""
    key, _ = _version(asked, latest=True)
    version = KeyVersion(asked.new_version(), Attributes(asked.now, asked.now), dict(key.latest.tags))
    key.versions[version.id] = version
    asked.changed(f"rotate keys/{key.name}")
    return asked.answer(_bundle(asked, key, version))


def update_key(asked: VaultCall) -> Response:
    """Changes attributes and tags of a version."""
    key, version = _version(asked)
    body = asked.body(CHANGEABLE)
    tags = tags_of(body.get("tags"))
    change_attributes(version.attributes, body.get("attributes"), asked.now)
    if body.get("tags") is not None:
        version.tags = tags
    asked.changed(f"update keys/{key.name}")
    return asked.answer(_bundle(asked, key, version))


def _described(name: str, body: dict[str, Any]) -> VaultKey:
    kind = body.get("kty")
    if kind not in KINDS:
        raise errors.bad_parameter(f"kty must be one of {', '.join(KINDS)}")
    if str(kind).startswith("RSA"):
        size = body.get("key_size") or 2048
        if size not in SIZES:
            raise errors.bad_parameter(f"key_size must be one of {', '.join(map(str, SIZES))}")
        return VaultKey(name, str(kind), int(size), None, _operations(body, RSA_OPERATIONS))
    curve = body.get("crv") or "P-256"
    if curve not in CURVES:
        raise errors.bad_parameter(f"crv must be one of {', '.join(CURVES)}")
    return VaultKey(name, str(kind), None, str(curve), _operations(body, EC_OPERATIONS))


def _operations(body: dict[str, Any], usual: tuple[str, ...]) -> tuple[str, ...]:
    wanted = body.get("key_ops")
    if wanted is None:
        return usual
    if not isinstance(wanted, list) or not all(each in usual for each in wanted):
        raise errors.bad_parameter(f"key_ops must be some of {', '.join(usual)}")
    return tuple(wanted)


def _version(asked: VaultCall, *, latest: bool = False) -> tuple[VaultKey, KeyVersion]:
    key = asked.vault.keys.get(asked.words[1].lower())
    shown = "".join(each for each in "/".join(asked.words[1:3]) if each.isalnum() or each in "-/")[:190]
    if key is None:
        raise errors.not_found("key", shown)
    if latest or len(asked.words) < 3:
        return key, key.latest
    found = key.versions.get(asked.words[2].lower())
    if found is None:
        raise errors.not_found("key", shown)
    return key, found


def _bundle(asked: VaultCall, key: VaultKey, version: KeyVersion) -> dict[str, Any]:
    public: dict[str, Any] = {
        "kid": f"{asked.uri}/keys/{key.name}/{version.id}",
        "kty": key.kind,
        "key_ops": list(key.operations),
    }
    if key.size is not None:
        public |= {"n": _lookalike(version.id, "n", key.size // 8), "e": "AQAB"}
    if key.curve is not None:
        length = CURVES[key.curve]
        public |= {"crv": key.curve, "x": _lookalike(version.id, "x", length), "y": _lookalike(version.id, "y", length)}
    body = {"key": public, "attributes": attributes_body(asked.vault, version.attributes)}
    return body | ({"tags": dict(version.tags)} if version.tags else {})


def _item(asked: VaultCall, key: VaultKey, version: KeyVersion, below: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kid": f"{asked.uri}/keys/{key.name}{below}",
        "attributes": attributes_body(asked.vault, version.attributes),
    }
    return body | ({"tags": dict(version.tags)} if version.tags else {})


def _lookalike(version_id: str, part: str, length: int) -> str:
    """So many bytes that differ from version to version, in the service's encoding."""
    raw = hashlib.shake_256(f"{version_id}/{part}".encode()).digest(length)
    return base64.urlsafe_b64encode(bytes([raw[0] | 0x80]) + raw[1:]).decode().rstrip("=")
