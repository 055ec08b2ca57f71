"""The one place where Azure clients are built: a pipeline spelt out, without hidden requests, retries or logs.

Left out on purpose: retries (a write would be sent up to four times), automatic provider registration (a hidden POST),
redirects (a token must not follow one), body and header logging.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    HTTPPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from .. import __version__
from ..errors import AnswerLost, CredentialUnavailable, FlexSecError
from .answer import Answer, plain_id
from .scrub import scrub, spellings

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline import PipelineRequest, PipelineResponse
    from azure.core.pipeline.transport import HttpTransport
    from azure.keyvault.secrets import SecretClient
    from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
    from azure.mgmt.security.v2024_01_01 import SecurityCenter

    from ..model.clock import Clock
    from ..model.secret import Secret
    from .clouds import Cloud

_LOG = logging.getLogger("flexsec.azure")
CONNECT_TIMEOUT = 20.0
"""Seconds to connect."""
READ_TIMEOUT = 90.0
"""Seconds between two bytes of an answer: more than Azure Resource Manager itself takes before it gives up."""
API_VERSION = "2026-10-01"
"""What flexsec speaks: stated, so that reads and writes agree whatever client release is installed."""
SECURITY_API_VERSION = "2024-01-01"
"""The same for Microsoft.Security/pricings: the version that tells coverage and inheritance."""
VAULT_API_VERSION = "7.6"
"""The same for the data of key vaults: the newest that every release of the official client since 4.10 speaks."""
_TENANT = re.compile(r'authorization(?:_uri)?="https://[^"/]+/([0-9a-zA-Z.-]{1,100})["/]', re.IGNORECASE)


class _Answered(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Exchange(HTTPPolicy[HttpRequest, HttpResponse]):
    """The outermost policy: takes the answer before the client judges it.

    The client raises on answers that are successes to us (200 or 201 to a write), logs a traceback over an error
    that is not JSON, and cannot read a Retry-After that is a date. Only calls made through `run` are taken.
    """

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.local()
        self._hidden: tuple[bytes, ...] = ()

    def hide(self, secret: Secret) -> None:
        """Cut a secret out of every answer from now on: a service may echo what it was sent."""
        self._hidden += tuple(form.encode() for form in spellings(secret))

    def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Send, and hand the answer to `run` when it is listening in this thread."""
        response = self.next.send(request)
        if not getattr(self._thread, "listening", False):
            return response
        kept = response.http_response
        raise _Answered(Answer.of(kept.status_code, kept.headers, self._without_hidden(_body(kept))))

    def _without_hidden(self, body: bytes | None) -> bytes | None:
        for form in self._hidden if body else ():
            body = body.replace(form, b"...") if body else body
        return body

    def run(self, call: Callable[[], object], *, what: str) -> Answer:
        """Run a call of the client that sends one request, and return the raw answer.

        Raises:
            AnswerLost: there is none.
            CredentialUnavailable: nothing was sent for want of a token, or the service wants one that cannot be had.
        """
        self._thread.listening = True
        try:
            outcome = _attempt(call, what=what)
        finally:
            self._thread.listening = False
        if isinstance(outcome, FlexSecError):
            raise outcome
        return outcome


class Authentication(ARMChallengeAuthenticationPolicy):
    """Signs requests; a challenge that cannot be read is a plain 401 instead of the decoder's exception."""

    def on_challenge(
        self, request: PipelineRequest[HttpRequest], response: PipelineResponse[HttpRequest, HttpResponse]
    ) -> bool:
        """Whether the challenge could be met and the request shall be sent with its new token."""
        try:
            return super().on_challenge(request, response)
        except ValueError:
            return False


class VaultAuthentication(BearerTokenCredentialPolicy[HttpRequest, HttpResponse]):
    """Signs requests to one vault of a known cloud; a vault of another tenant than the identity's own says which.

    The official client's own policy first sends every request without its body to hear the challenge, and believes
    the challenge about the audience. Here the cloud tells the audience, and the address is checked to be the cloud's.
    """

    def __init__(self, credential: TokenCredential, scope: str) -> None:
        super().__init__(credential, scope)
        self._scope = scope

    def on_challenge(
        self, request: PipelineRequest[HttpRequest], response: PipelineResponse[HttpRequest, HttpResponse]
    ) -> bool:
        """Whether the challenge could be met and the request, which was never let in, shall be sent again."""
        try:
            if super().on_challenge(request, response):
                return True
        except ValueError:
            return False
        tenant = _TENANT.search(response.http_response.headers.get("WWW-Authenticate") or "")
        if tenant is None:
            return False
        self.authorize_request(request, self._scope, tenant_id=tenant[1])
        return True


class RequestLog(HTTPPolicy[HttpRequest, HttpResponse]):
    """The innermost policy: one line at DEBUG for each request, without headers, body or query."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Send and log."""
        begun = self._clock.monotonic()
        try:
            response = self.next.send(request)
        except Exception as error:
            self._log(request.http_request, type(error).__name__, "", begun)
            raise
        kept = response.http_response
        self._log(request.http_request, str(kept.status_code), kept.headers.get("x-ms-request-id") or "", begun)
        return response

    def _log(self, request: HttpRequest, outcome: str, request_id: str, begun: float) -> None:
        if not _LOG.isEnabledFor(logging.DEBUG):
            return
        path, _, query = request.url.partition("?")
        version = next((part[12:] for part in query.split("&") if part.startswith("api-version=")), "")
        _LOG.debug(
            "%s %s api-version=%s: %s in %.3f s, request id %s",
            request.method,
            scrub(path, 500),
            plain_id(version),
            outcome,
            self._clock.monotonic() - begun,
            plain_id(request_id) or "unknown",
        )


def postgresql_client(
    credential: TokenCredential,
    subscription_id: str,
    *,
    cloud: Cloud,
    clock: Clock,
    exchange: Exchange,
    transport: HttpTransport[Any, Any] | None,
    application_id: str,
) -> PostgreSQLManagementClient:
    """The official PostgreSQL client on our pipeline."""
    from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient

    return PostgreSQLManagementClient(
        credential,
        subscription_id,
        base_url=cloud.arm_endpoint,
        credential_scopes=[cloud.scope],
        api_version=API_VERSION,
        transport=_own_transport(cloud) if transport is None else transport,
        policies=_policies(credential, cloud, clock, exchange, application_id),
    )


def security_client(
    credential: TokenCredential,
    *,
    cloud: Cloud,
    clock: Clock,
    exchange: Exchange,
    transport: HttpTransport[Any, Any] | None,
    application_id: str,
) -> SecurityCenter:
    """The official client of Microsoft Defender for Cloud's plans on our pipeline, for one api-version."""
    from azure.mgmt.security.v2024_01_01 import SecurityCenter

    return SecurityCenter(
        credential,
        base_url=cloud.arm_endpoint,
        credential_scopes=[cloud.scope],
        api_version=SECURITY_API_VERSION,
        transport=_own_transport(cloud) if transport is None else transport,
        policies=_policies(credential, cloud, clock, exchange, application_id),
    )


def secret_client(
    credential: TokenCredential,
    vault_url: str,
    *,
    cloud: Cloud,
    clock: Clock,
    exchange: Exchange,
    transport: HttpTransport[Any, Any] | None,
    application_id: str,
) -> SecretClient:
    """The official client of one key vault's secrets on our pipeline."""
    from azure.keyvault.secrets import SecretClient

    policies = _policies(credential, cloud, clock, exchange, application_id)
    return SecretClient(
        vault_url,
        credential,
        api_version=VAULT_API_VERSION,
        transport=_own_transport(cloud) if transport is None else transport,
        policies=[
            VaultAuthentication(credential, cloud.vault_scope) if isinstance(each, Authentication) else each
            for each in policies
        ],
    )


def _policies(
    credential: TokenCredential, cloud: Cloud, clock: Clock, exchange: Exchange, application_id: str
) -> list[Any]:
    return [
        exchange,
        UserAgentPolicy(f"flexsec/{__version__}", user_agent=application_id or None),
        RequestIdPolicy(),
        Authentication(credential, cloud.scope),
        RequestLog(clock),
    ]


def _attempt(call: Callable[[], object], *, what: str) -> Answer | FlexSecError:
    """The answer, or the failure as a new error for the caller to raise.

    Raised here, it would carry the client's own error, and with that the request and its token.
    """
    try:
        call()
    except _Answered as answered:
        return answered.answer
    except CredentialUnavailable as error:
        return CredentialUnavailable(error.message)
    except AzureError as error:
        return AnswerLost(f"could not {what}: the connection broke before the answer was read ({_cause(error)})")
    except OSError as error:  # the authority's certificate is gone: its file went with the server that wrote it
        return AnswerLost(f"could not {what}: the endpoint cannot be reached any more ({type(error).__name__})")
    return AnswerLost(f"could not {what}: no request was sent")


def _cause(error: BaseException) -> str:
    """The innermost reason in words: the libraries wrap a reset or an unknown host three times over."""
    for _ in range(8):
        nested = (getattr(error, "inner_exception", None), getattr(error, "reason", None), *reversed(error.args))
        inner = next((item for item in nested if isinstance(item, BaseException) and item is not error), None)
        if inner is None:
            break
        error = inner
    return scrub(str(error), 300) or type(error).__name__


def _own_transport(cloud: Cloud) -> Any:
    transport = RequestsTransport(
        connection_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        connection_verify=cloud.ca_file or True,
        use_env_settings=not cloud.ca_file,  # an endpoint of one's own is not behind the proxy
    )
    transport.open()
    # Proxies come from the environment, but a netrc file must not replace the Authorization header.
    transport.session.auth = _as_signed
    return transport


def _as_signed(request: object) -> object:
    return request


def _body(response: Any) -> bytes | None:
    """The body, None when it broke off. Clients of the older generation have the transport's own kind of response."""
    try:
        body: bytes = response.read() if isinstance(response, HttpResponse) else response.body()
    except Exception:  # noqa: BLE001 - whatever breaks a body, the status and the headers have arrived
        if isinstance(response, HttpResponse):
            response.close()
        return None
    return body
