"""The requests to one vault: reads that are retried, and writes that are sent again only when they had no effect."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import AnswerLost, CredentialUnavailable, SecretStoreFailure, UsageError
from ..model.secret import Secret
from .credentials import GuardedCredential
from .faults import throttle_wait
from .retry import RETRIED_STATUSES, patiently
from .scrub import keep_logs_clean
from .service_error import parse_error
from .vault_failure import failure, inner_code
from .vault_items import Item, item_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport
    from azure.keyvault.secrets import SecretClient

    from ..model.clock import Clock, Deadline
    from .answer import Answer
    from .clouds import Cloud
    from .vault_address import VaultAddress

_LOG = logging.getLogger("flexsec.azure")
_MOST_PAGES = 400
_TRIES = 3


class VaultSecrets:
    """The secrets of one vault, as one identity sees them.

    Args:
        address: where.
        credential: any Azure credential.
        clock: every wait runs on it.
        cloud: which audience tokens are for.
        transport: what sends the requests; the client's own when None.
        application_id: put before the user agent.
    """

    def __init__(
        self,
        address: VaultAddress,
        credential: TokenCredential,
        *,
        clock: Clock,
        cloud: Cloud,
        transport: HttpTransport[Any, Any] | None,
        application_id: str,
    ) -> None:
        keep_logs_clean()
        self._address = address
        self._clock = clock
        try:
            from .pipeline import Exchange, secret_client

            self._exchange = Exchange()
            self._client: SecretClient = secret_client(
                GuardedCredential(credential),
                address.url,
                cloud=cloud,
                clock=clock,
                exchange=self._exchange,
                transport=transport,
                application_id=application_id,
            )
        except ImportError:
            raise UsageError(
                "passwords in Azure Key Vault need a package that is not installed: pip install 'flexsec[keyvault]'"
            ) from None

    def versions(self, name: str, *, deadline: Deadline) -> tuple[Item, ...]:
        """All versions of a secret, in no order; none of a secret that there is not.

        Needs the data action Microsoft.KeyVault/vaults/secrets/readMetadata/action.

        Raises:
            SecretStoreFailure: they cannot be listed.
        """
        found: list[Item] = []
        url, seen = f"/secrets/{quote(name)}/versions", set[str]()
        while url:
            seen.add(url)
            page = self._read(url, what="list its versions", name=name, deadline=deadline)
            if page is None:
                return ()
            entries, url = _page(page)
            if entries is None:
                raise self._odd("list its versions")
            found += entries
            if url and (url in seen or len(seen) >= _MOST_PAGES or not self._address.holds(url)):
                raise SecretStoreFailure(
                    f"could not list its versions in {self._address.place}: the list does not end, or leads elsewhere"
                )
        return tuple(found)

    def value(self, name: str, version: str, *, deadline: Deadline) -> tuple[Item, Secret] | None:
        """One version with its value; None when there is none.

        Needs the data action Microsoft.KeyVault/vaults/secrets/getSecret/action.

        Raises:
            SecretStoreFailure: it cannot be read.
        """
        what = "read a stored password"
        url = f"/secrets/{quote(name)}/{quote(version, safe='')}"
        document = self._read(url, what=what, name=name, deadline=deadline)
        if document is None:
            return None
        item, text = item_of(document), document.get("value")
        if item is None or not isinstance(text, str):
            raise self._odd(what)
        return item, Secret(text)

    def is_deleted(self, name: str, *, deadline: Deadline) -> bool:
        """Whether a name belongs to a deleted secret. False also where that may not be asked.

        Needs the data action Microsoft.KeyVault/vaults/secrets/getSecret/action (inferred).
        """
        answer = self._answer(f"/deletedsecrets/{quote(name)}", what="see whether its name is free", deadline=deadline)
        return answer.status == 200 or (answer.status == 403 and inner_code(answer) == "SecretDisabled")

    def set(
        self,
        name: str,
        secret: Secret,
        *,
        tags: dict[str, str],
        content_type: str,
        expires: datetime | None,
        done: Callable[[], Item | None],
        what: str,
        note: str = "",
        deadline: Deadline,
    ) -> Item:
        """Make a new version, once.

        Needs the data action Microsoft.KeyVault/vaults/secrets/setSecret/action.

        Args:
            done: finds the version that a request whose answer was lost has made, if it has.
            note: what holds even when this fails.

        Raises:
            SecretStoreFailure: the vault refused, or nothing tells whether it did.
        """

        def send() -> object:
            return self._client.set_secret(
                name, secret.reveal(), tags=tags, content_type=content_type, expires_on=expires
            )

        return self._written(send, done, what=what, name=name, hidden=secret, note=note, deadline=deadline)

    def mark(
        self, name: str, item: Item, tags: dict[str, str], *, what: str, note: str = "", deadline: Deadline
    ) -> None:
        """Replace the tags of a version.

        Needs the data action Microsoft.KeyVault/vaults/secrets/update/action.

        Raises:
            SecretStoreFailure: the vault refused, or nothing tells whether it did.
        """

        def done() -> Item | None:
            versions = self.versions(name, deadline=deadline)
            return next((each for each in versions if each.id == item.id and dict(each.tags) == tags), None)

        def send() -> object:
            return self._client.update_secret_properties(name, item.id, tags=tags)

        self._written(send, done, what=what, name=name, hidden=None, note=note, deadline=deadline)

    def _written(
        self,
        send: Callable[[], object],
        done: Callable[[], Item | None],
        *,
        what: str,
        name: str,
        hidden: Secret | None,
        note: str,
        deadline: Deadline,
    ) -> Item:
        """Send a write; again when it was throttled, or when a look shows that a lost one had no effect."""
        ended = self._failed(what, "it was not sent", note)
        for _ in range(_TRIES):
            _LOG.info("write: %s", what)
            try:
                answer = self._exchange.run(send, what=what)
            except AnswerLost as error:
                ended = self._failed(what, error.message.removeprefix(f"could not {what}: "), note)
            except CredentialUnavailable as error:
                raise self._failed(what, error.message, note) from None
            else:
                item = item_of(answer.document) if answer.status == 200 else None
                if item is not None:
                    return item
                ended = failure(answer, what=what, name=name, place=self._address.place, hidden=hidden, note=note)
                if answer.status == 429 and self._waited(answer, deadline):
                    continue
                if answer.status not in RETRIED_STATUSES and not 200 <= answer.status < 300:
                    raise ended
            found = done()
            if found is not None:
                return found
        raise ended

    def _waited(self, answer: Answer, deadline: Deadline) -> bool:
        """Wait as long as a throttled answer asks for, if there is time."""
        wait = throttle_wait(answer, self._clock.now())
        if wait > deadline.remaining:
            return False
        self._clock.sleep(wait)
        return True

    def _read(self, url: str, *, what: str, name: str, deadline: Deadline) -> Mapping[str, Any] | None:
        """A JSON object; None when there is no such secret or version."""
        answer = self._answer(url, what=what, deadline=deadline)
        if answer.status == 404 and parse_error(answer).code.casefold() == "secretnotfound":
            return None
        if answer.status != 200:
            raise failure(answer, what=what, name=name, place=self._address.place)
        if not isinstance(answer.document, Mapping):
            raise self._odd(what)
        return answer.document

    def _answer(self, url: str, *, what: str, deadline: Deadline) -> Answer:
        from azure.core.rest import HttpRequest

        _LOG.info("%s in %s", what, self._address.place)

        def send() -> Answer:
            request = HttpRequest("GET", url, headers={"Accept": "application/json"})
            return self._exchange.run(lambda: self._client.send_request(request, stream=True), what=what)

        if deadline.passed:
            raise self._failed(what, "no time is left", "")
        try:
            return patiently(send, clock=self._clock, deadline=deadline)
        except AnswerLost as error:
            why = error.message.removeprefix(f"could not {what}: ")
            raise self._failed(
                what, f"{why}; check the vault's name, and that it can be reached from here", ""
            ) from None
        except CredentialUnavailable as error:
            raise self._failed(what, error.message, "") from None

    def _failed(self, what: str, why: str, note: str) -> SecretStoreFailure:
        return SecretStoreFailure(f"could not {what} in {self._address.place}: {why}{' ' + note if note else ''}")

    def _odd(self, what: str) -> SecretStoreFailure:
        return self._failed(what, "the answer is not a vault's own; a proxy may have answered, or it was cut off", "")


def _page(page: Mapping[str, Any]) -> tuple[list[Item] | None, str]:
    """The entries of a page, None when they cannot be read, and where the next one is."""
    value, link = page.get("value"), page.get("nextLink")
    entries = [item_of(each) for each in value] if isinstance(value, list) else [None]
    found = [each for each in entries if each is not None]
    return found if len(found) == len(entries) else None, link if isinstance(link, str) else ""
