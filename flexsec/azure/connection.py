"""The one way to Azure: reads that are retried, writes that are sent exactly once, operations that are followed."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..errors import AnswerLost, DeadlineExceeded, Unreadable, UsageError
from ..model.acceptance import Acceptance, Ending, EndingKind
from ..model.resource import check_subscription_id
from ..model.secret import Secret
from .clouds import PUBLIC, Cloud
from .credentials import GuardedCredential
from .faults import fault, throttle_wait, unreadable
from .pacing import ReadBudget
from .polling import follow
from .retry import patiently
from .scrub import keep_logs_clean, scrub

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport
    from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
    from azure.mgmt.security.v2024_01_01 import SecurityCenter

    from ..model.clock import Clock, Deadline
    from .answer import Answer
    from .pipeline import Exchange

Keep = Callable[[Any, object, object], Any]
"""What a write passes as `cls`, so that the client builds no model of the answer."""
Send = Callable[["PostgreSQLManagementClient", Keep], object]
"""A call of the official client that sends exactly one request: a `begin_*` with `polling=False, cls=keep`."""

SendSecurity = Callable[["SecurityCenter"], object]
"""A call of the official client of Microsoft.Security that sends exactly one request and is answered at once."""

_LOG = logging.getLogger("flexsec.azure")
_APPLICATION_ID = re.compile(r"^[ -~]{0,64}$")
_MOST_PAGES = 1000


class Connection:
    """A subscription of a cloud, as one identity sees it. Threads may share it.

    Args:
        credential: any Azure credential; its failures become `CredentialUnavailable`.
        subscription_id: a GUID.
        clock: every wait and deadline runs on it.
        cloud: which endpoints.
        transport: what sends the requests; the client's own when None.
        eager: poll operations after a tenth of the time since their start, from 1 to 5 s, whatever Retry-After says.
        application_id: put before the user agent, at most 64 printable characters.

    Raises:
        InvalidTarget: the subscription id is not a GUID.
        UsageError: an application id that cannot stand in a header.
    """

    def __init__(
        self,
        credential: TokenCredential,
        subscription_id: str,
        *,
        clock: Clock,
        cloud: Cloud = PUBLIC,
        transport: HttpTransport[Any, Any] | None = None,
        eager: bool = False,
        application_id: str = "",
    ) -> None:
        check_subscription_id(subscription_id)
        if not _APPLICATION_ID.match(application_id):
            raise UsageError(f"application id {application_id!r}: at most 64 printable ASCII characters")
        keep_logs_clean()
        self.subscription_id = subscription_id
        self.clock = clock
        self.cloud = cloud
        self._credential = GuardedCredential(credential)
        self._transport = transport
        self._eager = eager
        self._application_id = application_id
        self._budget = ReadBudget(clock)
        self._last_request_id = ""
        self._building = threading.Lock()
        self._client: PostgreSQLManagementClient | None = None
        self._exchange: Exchange | None = None
        self._security: tuple[SecurityCenter, Exchange] | None = None

    @property
    def postgresql(self) -> PostgreSQLManagementClient:
        """The official client, built on first use."""
        return self._built()[0]

    def hide(self, secret: Secret) -> None:
        """Cut a secret out of every answer from now on, whatever form the service echoes it in."""
        self._built()[1].hide(secret)

    def identity(self) -> str:
        """The object id of whoever is signed in, from the token's claims; "" when that cannot be told."""
        return self._credential.object_id(self.cloud.scope)

    def sign_in(self) -> str:
        """Get a token, and nothing else; the object id of whoever it is for, "" when it does not tell.

        Raises:
            CredentialUnavailable: none can be had; the message says what was tried.
        """
        self._credential.get_token(self.cloud.scope)
        return self.identity()

    def database_token(self) -> Secret:
        """A token that logs in to a database as whoever is signed in; it is cut out of every answer from now on.

        Raises:
            CredentialUnavailable: none can be had; the message says what was tried.
        """
        token = Secret(self._credential.get_token(self.cloud.database_scope).token)
        self.hide(token)
        return token

    @property
    def last_request_id(self) -> str:
        """x-ms-request-id of the last answer to a read, for a support ticket; "" when there was none."""
        return self._last_request_id

    def read(
        self, path: str, *, what: str, deadline: Deadline, api_version: str = "", where: str = ""
    ) -> dict[str, Any]:
        """GET one resource.

        Args:
            path: below the endpoint, unquoted, without a query ("/subscriptions/...").
            what: what is being done, in the imperative ("read shop-db"), for the message of an error.
            deadline: nothing is sent or waited for past it.
            api_version: of another provider than PostgreSQL's.
            where: an OData filter, unquoted; "" for everything.

        Returns:
            The JSON object.

        Raises:
            ArmError: the service's error after the retries (429, 500, 502, 503, 504; see `retry`).
            Unreadable: the answer is not a JSON object.
            AnswerLost: the connection broke each time.
            DeadlineExceeded: no time is left, or the read budget asks to wait past it.
            CredentialUnavailable: no token.
        """
        _LOG.info("%s", what)
        return self._object(self._resource_url(path, api_version, where), what=what, deadline=deadline)

    def read_list(
        self, path: str, *, what: str, deadline: Deadline, api_version: str = "", where: str = ""
    ) -> list[dict[str, Any]]:
        """GET a collection, every page of it; a page that fails fails the whole.

        Args:
            api_version: of another provider than PostgreSQL's.
            where: as for `read`.

        Raises:
            As `read`; also Unreadable for a page that comes twice or lies outside this cloud.
        """
        _LOG.info("%s", what)
        items: list[dict[str, Any]] = []
        url, seen = self._resource_url(path, api_version, where), set[str]()
        while url:
            if url in seen or len(seen) >= _MOST_PAGES:
                raise _wrong_list(what, "its pages do not end")
            seen.add(url)
            page = self._object(url, what=what, deadline=deadline)
            items.extend(_entries(page, what=what))
            url = self._next_url(page, what=what)
        return items

    def write(self, send: Send, *, what: str) -> Acceptance:
        """Send one write, once.

        Only a 401 that asks for other claims is authorised anew and sent again: the first was never let in.

        Args:
            send: calls the official client with `polling=False, cls=keep`.
            what: what is being done, in the imperative ("set log_checkpoints on shop-db").

        Returns:
            The acceptance; its status URL is empty when the service answered that it is done.

        Raises:
            Busy: another operation holds the server; nothing was changed.
            ArmError: the service refused the write; after ServiceFailure it may have taken effect.
            AnswerLost: there is no usable answer; the write may have taken effect.
            CredentialUnavailable: nothing was sent.
        """
        _LOG.info("write: %s", what)
        client, exchange = self._built()
        answer = exchange.run(lambda: send(client, _keep), what=what)
        if not 200 <= answer.status < 300:
            raise fault(answer, what=what, now=self.clock.now())
        return self._acceptance(answer, what=what)

    def write_security(
        self, send: SendSecurity, *, what: str, warn: Callable[[object], tuple[str, ...]] = lambda _: ()
    ) -> Acceptance:
        """Send one write to Microsoft.Security, once.

        Args:
            send: calls the official client.
            what: as for `write`.
            warn: what the answered document says went wrong in spite of its success.

        Returns:
            The acceptance, without a status URL: this provider answers when it is done (recorded).

        Raises:
            As `write`; Busy when another change of the subscription's plans is going on.
        """
        _LOG.info("write: %s", what)
        client, exchange = self._built_security()
        answer = exchange.run(lambda: send(client), what=what)
        if not 200 <= answer.status < 300:
            raise fault(answer, what=what, now=self.clock.now())
        told = tuple(scrub(each, 500) for each in warn(answer.document))
        return replace(self._acceptance(answer, what=what), warnings=told)

    def finish(
        self,
        acceptance: Acceptance,
        *,
        what: str,
        deadline: Deadline,
        on_wait: Callable[[float], None] = lambda _: None,
    ) -> Ending:
        """Follow the operation behind a write. Whatever polling meets is in the ending; nothing is raised for it.

        Requires Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read at the subscription (documented).

        Args:
            acceptance: from `write`, or from a journal.
            what: as given to `write`.
            deadline: polling stops there.
            on_wait: called before every wait with its seconds.
        """
        if not acceptance.status_url:
            return Ending(kind=EndingKind.SUCCEEDED)
        if not self._is_ours(acceptance.status_url):
            host = scrub(urlsplit(acceptance.status_url).netloc, 100)
            return Ending(kind=EndingKind.UNKNOWN, reason=f"its status lies outside this cloud, at {host!r}")
        return follow(
            acceptance,
            poll=lambda: self._get(acceptance.status_url, what=f"follow the operation to {what}", deadline=deadline),
            what=what,
            clock=self.clock,
            deadline=deadline,
            eager=self._eager,
            on_wait=on_wait,
        )

    def _built(self) -> tuple[PostgreSQLManagementClient, Exchange]:
        with self._building:
            if self._client is None or self._exchange is None:
                from .pipeline import Exchange, postgresql_client

                self._exchange = Exchange()
                self._client = postgresql_client(
                    self._credential,
                    self.subscription_id,
                    cloud=self.cloud,
                    clock=self.clock,
                    exchange=self._exchange,
                    transport=self._transport,
                    application_id=self._application_id,
                )
            return self._client, self._exchange

    def _built_security(self) -> tuple[SecurityCenter, Exchange]:
        with self._building:
            if self._security is None:
                from .pipeline import Exchange, security_client

                exchange = Exchange()
                client = security_client(
                    self._credential,
                    cloud=self.cloud,
                    clock=self.clock,
                    exchange=exchange,
                    transport=self._transport,
                    application_id=self._application_id,
                )
                self._security = client, exchange
            return self._security

    def _get(self, url: str, *, what: str, deadline: Deadline) -> Answer:
        """One GET, inside the read budget."""
        from azure.core.rest import HttpRequest

        from .pipeline import CONNECT_TIMEOUT, READ_TIMEOUT

        client, exchange = self._built()
        self._budget.take(deadline, what=what)
        # The client formats URLs as templates.
        literal = url.replace("{", "%7B").replace("}", "%7D")
        request = HttpRequest("GET", literal, headers={"Accept": "application/json"})
        patience = max(1.0, deadline.remaining)
        answer = exchange.run(
            lambda: client.send_request(
                request,
                stream=True,  # the body is read where whatever breaks it is caught
                connection_timeout=min(CONNECT_TIMEOUT, patience),
                read_timeout=min(READ_TIMEOUT, patience),
            ),
            what=what,
        )
        self._last_request_id = answer.request_id or self._last_request_id
        self._budget.told(answer.reads_left)
        if answer.status == 429:
            self._budget.close(throttle_wait(answer, self.clock.now()))
        return answer

    def _object(self, url: str, *, what: str, deadline: Deadline) -> dict[str, Any]:
        if deadline.passed:
            raise DeadlineExceeded(f"could not {what}: no time is left")
        answer = patiently(lambda: self._get(url, what=what, deadline=deadline), clock=self.clock, deadline=deadline)
        if answer.status != 200:
            raise fault(answer, what=what, now=self.clock.now())
        if answer.body is None:
            raise AnswerLost(f"could not {what}: the connection broke while the answer was read")
        if not isinstance(answer.document, dict):
            raise unreadable(answer, what=what, expected="a JSON object")
        return answer.document

    def _acceptance(self, answer: Answer, *, what: str) -> Acceptance:
        url = answer.headers.get("azure-asyncoperation") or answer.headers.get("location") or ""
        if answer.status != 202:
            url = ""
            if answer.body is None or (answer.body and not answer.is_json):
                raise AnswerLost(f"could not {what}: the answer ({answer.status}) was cut off or is not the service's")
        elif not url:
            raise AnswerLost(f"could not {what}: it was accepted without saying where to follow it")
        operation = answer.document.get("operation") if isinstance(answer.document, Mapping) else None
        return Acceptance(
            status_url=url,
            retry_after=answer.retry_after(self.clock.now()),
            operation=scrub(operation, 100) if isinstance(operation, str) else "",
            request_id=answer.request_id,
        )

    def _resource_url(self, path: str, api_version: str = "", where: str = "") -> str:
        from .pipeline import API_VERSION

        url = f"{self.cloud.arm_endpoint}{quote(path, safe='/-._~()')}?api-version={api_version or API_VERSION}"
        return f"{url}&$filter={quote(where, safe='')}" if where else url

    def _next_url(self, page: Mapping[str, object], *, what: str) -> str:
        link = page.get("nextLink")
        if link is None or link == "":
            return ""
        if not isinstance(link, str) or not self._is_ours(link):
            raise _wrong_list(what, "its next page lies outside this cloud")
        return link

    def _is_ours(self, url: str) -> bool:
        """Whether a URL that the service gave belongs to this cloud: the token goes nowhere else."""
        try:
            parts, home = urlsplit(url), urlsplit(self.cloud.arm_endpoint)
            same_port = (parts.port or 443) == (home.port or 443)
        except ValueError:
            return False
        host, home_host = (parts.hostname or "").lower(), home.hostname or ""
        return (
            parts.scheme == "https"
            and same_port
            and parts.username is None
            and (host == home_host or host.endswith(f".{home_host}"))
        )


def _keep(raw: Any, _model: object, _headers: object) -> Any:
    return raw


def _entries(page: Mapping[str, Any], *, what: str) -> list[dict[str, Any]]:
    value = page.get("value")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong_list(what, "it has no list of objects under 'value'")
    return value


def _wrong_list(what: str, why: str) -> Unreadable:
    return Unreadable(f"could not {what}: the answer is not a list that can be read: {why}", status=200, what=what)
