"""Records what passes through a transport, scrubbed before it is written.

Request headers are never kept: they hold the access token. What the recorder sees there it only uses to make sure that
it stands nowhere else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from azure.core.pipeline.transport import HttpTransport

from .recordings import KEPT_HEADERS, Exchange, Recording, Source
from .scrubbing import scrub

if TYPE_CHECKING:
    from datetime import date
    from types import TracebackType


class RecordingTransport(HttpTransport):  # type: ignore[type-arg]  # azure-core names two generations of requests
    """A transport around another one, which sends; hand it to `FlexSec(transport=...)`."""

    def __init__(self, inner: HttpTransport[Any, Any]) -> None:
        self._inner = inner
        self._exchanges: list[Exchange] = []
        self._secrets: set[str] = set()

    def recording(self, *, about: str, source: Source, recorded: date) -> Recording:
        """What was recorded so far, scrubbed.

        Args:
            about: one sentence on what it shows.
            source: "live" or "simulator": who answered.
            recorded: the day.
        """
        exchanges = scrub(self._exchanges, secrets=self._secrets)
        return Recording(about=about, source=source, recorded=recorded, exchanges=exchanges)

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Send through the inner transport and keep a copy. The options are azure-core's own.

        Clients of the older generation send the transport's own kind of request and read its own kind of response.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        self._secrets |= {token, f"{scheme} {token}"} if token else set()
        response = self._inner.send(request, **kwargs)
        answer, is_json = _answer(response.read() if hasattr(response, "read") else response.body())
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._exchanges.append(
            Exchange(
                method=request.method,
                url=request.url,
                body=_sent(request.content if hasattr(request, "content") else request.body),
                status=response.status_code,
                headers={name: value for name, value in headers.items() if name in KEPT_HEADERS},
                answer=answer,
                is_json=is_json,
            )
        )
        return response

    def open(self) -> None:
        """Open the inner transport."""
        self._inner.open()

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()

    def sleep(self, duration: float) -> None:
        """Wait as the inner transport waits."""
        self._inner.sleep(duration)

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._inner.__exit__(exc_type, exc_value, traceback)


def _sent(content: Any) -> Any:
    return json.loads(content) if content else None


def _answer(body: bytes) -> tuple[Any, bool]:
    try:
        return json.loads(body), True
    except ValueError:
        return body.decode("utf-8", "replace"), False
