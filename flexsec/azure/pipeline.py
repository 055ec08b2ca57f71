"""The one place where an Azure client is built: a pipeline spelt out, without hidden requests, retries or logs.

Left out on purpose: retries (a write would be sent up to four times), automatic provider registration (a hidden POST),
redirects (a token must not follow one), body and header logging.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import HTTPPolicy, RequestIdPolicy, UserAgentPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from .. import __version__
from ..errors import AnswerLost, CredentialUnavailable, FlexSecError
from .answer import Answer, plain_id
from .scrub import keep_queries_out_of_logs, scrub

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline import PipelineRequest, PipelineResponse
    from azure.core.pipeline.transport import HttpTransport
    from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient

    from ..model.clock import Clock
    from .clouds import Cloud

_LOG = logging.getLogger("flexsec.azure")
# Seconds to connect and between two bytes of an answer; Azure Resource Manager itself gives up after about 60 s.
_CONNECT_TIMEOUT = 20
_READ_TIMEOUT = 90
API_VERSION = "2026-10-01"
"""What flexsec speaks: stated, so that reads and writes agree whatever client release is installed."""


class Exchange(HTTPPolicy[HttpRequest, HttpResponse]):
    """The innermost policy: keeps the last answer of each thread and logs one line a request.

    The answer is kept here because the client raises on answers that are successes to us (200 or 201 to a write) and
    drops what it cannot parse.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._kept = threading.local()

    def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Send, keep, log."""
        self._kept.response = None
        begun = self._clock.monotonic()
        try:
            response = self.next.send(request)
        except Exception as error:
            self._log(request.http_request, type(error).__name__, "", begun)
            raise
        self._kept.response = response.http_response
        headers = response.http_response.headers
        self._log(
            request.http_request,
            str(response.http_response.status_code),
            headers.get("x-ms-request-id") or "",
            begun,
        )
        return response

    def run(self, call: Callable[[], object], *, what: str) -> Answer:
        """Run a call of the client that sends one request, and return the raw answer, whatever the client thought.

        Raises:
            AnswerLost: there is none.
            CredentialUnavailable: nothing was sent for want of a token, or the service wants one that cannot be had.
        """
        failure = self._attempt(call, what=what)
        response: HttpResponse | None = getattr(self._kept, "response", None)
        self._kept.response = None
        if isinstance(failure, CredentialUnavailable):
            raise failure
        if response is not None:
            return Answer.of(response.status_code, response.headers, _body(response))
        raise failure or AnswerLost(f"could not {what}: no request was sent")

    def _attempt(self, call: Callable[[], object], *, what: str) -> Exception | None:
        """The failure as a new error, raised by the caller: raised here it would carry the client's, token included."""
        self._kept.response = None
        try:
            call()
        except FlexSecError as error:
            return type(error)(error.message) if isinstance(error, CredentialUnavailable) else error
        except AzureError as error:
            return AnswerLost(
                f"could not {what}: the connection broke before the answer was read "
                f"({scrub(str(error) or type(error).__name__, 300)})"
            )
        except Exception as error:
            if getattr(self._kept, "response", None) is None:
                raise
            # The client stumbled over an answer that is kept; judging it is ours.
            _LOG.debug("the client could not use an answer: %s", type(error).__name__)
        return None

    def _log(self, request: HttpRequest, outcome: str, request_id: str, begun: float) -> None:
        if not _LOG.isEnabledFor(logging.DEBUG):
            return
        path, _, query = request.url.partition("?")
        version = next((part[12:] for part in query.split("&") if part.startswith("api-version=")), "")
        _LOG.debug(
            "%s %s api-version=%s: %s in %.3f s, request id %s",
            request.method,
            path,
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
    exchange: Exchange,
    transport: HttpTransport[Any, Any] | None,
    application_id: str,
) -> PostgreSQLManagementClient:
    """The official PostgreSQL client on our pipeline."""
    from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient

    keep_queries_out_of_logs()
    sender = transport or RequestsTransport(connection_timeout=_CONNECT_TIMEOUT, read_timeout=_READ_TIMEOUT)
    return PostgreSQLManagementClient(
        credential,
        subscription_id,
        base_url=cloud.arm_endpoint,
        credential_scopes=[cloud.scope],
        api_version=API_VERSION,
        transport=sender,
        policies=[
            UserAgentPolicy(f"flexsec/{__version__}", user_agent=application_id or None),
            RequestIdPolicy(),
            ARMChallengeAuthenticationPolicy(credential, cloud.scope),
            exchange,
        ],
    )


def _body(response: HttpResponse) -> bytes | None:
    try:
        return response.read()
    except Exception:  # noqa: BLE001 - whatever breaks a body, the status and the headers have arrived
        return None
