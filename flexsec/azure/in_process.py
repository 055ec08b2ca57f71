"""A transport around any callable, so that the official clients talk to something in this process."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

Handler = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""(method, URL, headers, body) -> (status, headers, body); a ConnectionError is a connection that breaks."""


class InProcessTransport(RequestsTransport):  # type: ignore[misc]  # azure-core resolves it lazily
    """Sends every request to `handler`; everything above the socket is the real thing.

    Args:
        handler: called once a request, in the thread that sends it.
    """

    def __init__(self, handler: Handler) -> None:
        session = requests.Session()
        session.trust_env = False  # no proxy and no netrc of this machine has a say
        adapter = _Adapter(handler)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        super().__init__(session=session)


class _Adapter(HTTPAdapter):
    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def send(  # noqa: PLR0917 - the adapter's protocol
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: object = None,
    ) -> requests.Response:
        method, url = request.method or "", request.url or ""
        try:
            status, headers, body = self._handler(method, url, dict(request.headers), _bytes(request.body))
        except ConnectionError as error:
            raise requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", error)) from error
        raw = HTTPResponse(
            body=io.BytesIO(body),
            headers=dict(headers),
            status=status,
            preload_content=False,
            request_method=method,
        )
        return self.build_response(request, raw)


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    read = getattr(body, "read", None)
    if read is None:
        raise TypeError(f"a request body of type {type(body).__name__} cannot be handed over")
    return bytes(read())
