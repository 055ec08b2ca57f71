"""A vault's secrets: set, read, listed, deleted and recovered. Values leave it in answers and nowhere else.

Recorded: all bodies, that lists name no values, that a disabled version cannot be read, that versions are listed by
their ids and times are whole seconds. Documented: that expired values can be read. Inferred: that a list of versions
of a secret that there is not is empty. The simulator's own: a deletion is complete with its answer, where the service
takes some seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import key_vault_errors as errors
from .key_vault_call import attributes_body, change_attributes, checked_name, tags_of
from .key_vault_lists import answer_list
from .vault_state import Attributes, SecretVersion, VaultSecret

if TYPE_CHECKING:
    from .key_vault_call import VaultCall
    from .request import Response

LARGEST = 25 * 1024  # bytes of a value (documented)
SETTABLE = frozenset({"value", "attributes", "tags", "contentType"})
CHANGEABLE = frozenset({"attributes", "tags", "contentType"})
SHOWN_WRONG = re.compile(r"[^0-9a-zA-Z-]")


def list_secrets(asked: VaultCall) -> Response:
    """The secrets, each by its latest version and without it in its id."""
    live = sorted(key for key, each in asked.vault.secrets.items() if each.deleted is None)
    found = [asked.vault.secrets[key] for key in live]
    return answer_list(asked, [_item(asked, each.name, each.latest, "") for each in found])


def list_versions(asked: VaultCall) -> Response:
    """The versions of one secret, in the order of their ids; none for a secret that there is not."""
    secret = asked.vault.secrets.get(asked.words[1].lower())
    if secret is None or secret.deleted is not None:
        return answer_list(asked, [])
    versions = sorted(secret.versions.values(), key=lambda each: each.id)
    return answer_list(asked, [_item(asked, secret.name, each, f"/{each.id}") for each in versions])


def get_secret(asked: VaultCall) -> Response:
    """One version with its value; the latest when none is named."""
    secret, version = _version(asked)
    if not version.attributes.enabled:
        raise errors.secret_disabled()
    return asked.answer({"value": version.value, **_bundle(asked, secret, version)})


def set_secret(asked: VaultCall) -> Response:
    """Makes a new version, which is the latest from now on."""
    name = checked_name(asked.words[1], "secret")
    secret = asked.vault.secrets.get(name.lower())
    if secret is not None and secret.deleted is not None:
        raise errors.deleted_but_recoverable(name)
    body = asked.body(SETTABLE)
    value = body.get("value")
    if not isinstance(value, str):
        raise errors.bad_parameter("The parameter value is missing or not a text")
    if len(value.encode(errors="surrogatepass")) > LARGEST:
        raise errors.bad_parameter(f"The value has more than {LARGEST} bytes")
    version = SecretVersion(asked.new_version(), Attributes(asked.now, asked.now), value)
    _change(asked, version, body)
    secret = secret or asked.vault.secrets.setdefault(name.lower(), VaultSecret(name))
    secret.versions[version.id] = version
    asked.changed(f"set secrets/{secret.name}")
    return asked.answer({"value": version.value, **_bundle(asked, secret, version)})


def update_secret(asked: VaultCall) -> Response:
    """Changes attributes, tags and content type of a version; each of them as a whole."""
    secret, version = _version(asked)
    _change(asked, version, asked.body(CHANGEABLE))
    asked.changed(f"update secrets/{secret.name}")
    return asked.answer(_bundle(asked, secret, version))


def delete_secret(asked: VaultCall) -> Response:
    """Deletes all versions; in a vault with soft delete they can be recovered until their time is over."""
    secret = _live(asked, asked.words[1])
    if not asked.vault.soft_delete:
        del asked.vault.secrets[secret.name.lower()]
        asked.changed(f"delete secrets/{secret.name}")
        return asked.answer(_bundle(asked, secret, secret.latest))
    secret.deleted = asked.now
    asked.changed(f"delete secrets/{secret.name}")
    return asked.answer(_deleted(asked, secret, f"/{secret.latest.id}"))


def list_deleted(asked: VaultCall) -> Response:
    """The deleted secrets."""
    gone = sorted(key for key, each in asked.vault.secrets.items() if each.deleted is not None)
    return answer_list(asked, [_deleted(asked, asked.vault.secrets[key], "") for key in gone])


def get_deleted(asked: VaultCall) -> Response:
    """One deleted secret, without its value; recorded: not when its latest version is disabled."""
    secret = _gone(asked)
    if not secret.latest.attributes.enabled:
        raise errors.secret_disabled()
    return asked.answer(_deleted(asked, secret, f"/{secret.latest.id}"))


def recover(asked: VaultCall) -> Response:
    """Takes a deletion back."""
    secret = _gone(asked)
    secret.deleted = None
    asked.changed(f"recover secrets/{secret.name}")
    return asked.answer(_bundle(asked, secret, secret.latest))


def purge(asked: VaultCall) -> Response:
    """Forgets a deleted secret for good."""
    secret = _gone(asked)
    if asked.vault.purge_protection:
        raise errors.purge_protected(asked.vault)
    del asked.vault.secrets[secret.name.lower()]
    asked.changed(f"purge secrets/{secret.name}")
    return asked.call.raw(204, b"")


def _change(asked: VaultCall, version: SecretVersion, body: dict[str, Any]) -> None:
    """Lets the members that stand beside a value take effect, or none of them."""
    content_type, tags = body.get("contentType"), tags_of(body.get("tags"))
    if content_type is not None and (not isinstance(content_type, str) or len(content_type) > 255):
        raise errors.bad_parameter("contentType is not a text of up to 255 characters")
    change_attributes(version.attributes, body.get("attributes"), asked.now)
    if content_type is not None:
        version.content_type = content_type
    if body.get("tags") is not None:
        version.tags = tags


def _live(asked: VaultCall, name: str) -> VaultSecret:
    found = asked.vault.secrets.get(name.lower())
    if found is None or found.deleted is not None:
        raise errors.not_found("secret", SHOWN_WRONG.sub("", name)[:127])
    return found


def _gone(asked: VaultCall) -> VaultSecret:
    found = asked.vault.secrets.get(asked.words[1].lower())
    if found is None or found.deleted is None:
        raise errors.deleted_not_found(SHOWN_WRONG.sub("", asked.words[1])[:127])
    return found


def _version(asked: VaultCall) -> tuple[VaultSecret, SecretVersion]:
    """The version that a path names, or the latest."""
    secret = _live(asked, asked.words[1])
    if len(asked.words) < 3:
        return secret, secret.latest
    found = secret.versions.get(asked.words[2].lower())
    if found is None:
        raise errors.not_found("secret", f"{secret.name}/{SHOWN_WRONG.sub('', asked.words[2])[:60]}")
    return secret, found


def _bundle(asked: VaultCall, secret: VaultSecret, version: SecretVersion) -> dict[str, Any]:
    return _item(asked, secret.name, version, f"/{version.id}")


def _item(asked: VaultCall, name: str, version: SecretVersion, below: str) -> dict[str, Any]:
    body: dict[str, Any] = {} if version.content_type is None else {"contentType": version.content_type}
    body |= {"id": f"{asked.uri}/secrets/{name}{below}", "attributes": attributes_body(asked.vault, version.attributes)}
    return body | ({"tags": dict(version.tags)} if version.tags else {})


def _deleted(asked: VaultCall, secret: VaultSecret, below: str) -> dict[str, Any]:
    deleted = secret.deleted or asked.now
    return {
        "recoveryId": f"{asked.uri}/deletedsecrets/{secret.name}",
        "deletedDate": int(deleted.timestamp()),
        "scheduledPurgeDate": int(asked.vault.purged_at(deleted).timestamp()),
        **_item(asked, secret.name, secret.latest, below),
    }
