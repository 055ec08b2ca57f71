"""One connection from its first byte to its end: TLS or not, request after request, until either side has enough."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..request import ConnectionDropped, Request, Response
from .reading import Gone, Head, Reader, Refusal
from .writing import refusal, wants_gzip, write

if TYPE_CHECKING:
    import ssl

    from .limits import Limits

_LOG = logging.getLogger(__name__)
HANDSHAKE = 0x16  # the first byte of a TLS connection
# A managed identity is asked without TLS, as on a virtual machine or in App Service.
PLAIN_PATHS = ("/msi/token", "/metadata/identity/oauth2/token")
SPEAK_HTTPS = Refusal(400, "HttpsRequired", "The simulator speaks HTTPS here, and this was HTTP.")

Answer = Callable[[Request], Response]


class Conversation:
    """What happens on one connection.

    Args:
        connection: as accepted.
        context: the server's certificate.
        answer: called once a request; a ConnectionDropped resets the connection.
        limits: what the client may take.
        ending: whether the server is to stop, so that no further request is taken.
    """

    def __init__(
        self,
        connection: socket.socket,
        context: ssl.SSLContext,
        answer: Answer,
        limits: Limits,
        ending: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._context = context
        self._answer = answer
        self._limits = limits
        self._ending = ending
        self._scheme = "https"

    def run(self) -> None:
        """Talks until the end, and closes the connection; raises nothing that a client could cause."""
        try:
            self._begin()
            reader = Reader(self._connection, self._limits)
            try:
                while self._exchange(reader) and not self._ending():
                    pass
            except Refusal as refused:
                self._write(refusal(refused.status, refused.code, str(refused)))
                socket.socket.shutdown(self._connection, socket.SHUT_WR)  # the plain one: see `interrupt`
                reader.drain()
        except ConnectionDropped:
            self._reset()
        except (Gone, OSError, ValueError) as gone:
            # ValueError: the connection was closed by the server's end in the middle of a call.
            _LOG.debug("a connection ended: %s", type(gone).__name__)
        finally:
            with contextlib.suppress(OSError):
                self._connection.close()

    def interrupt(self) -> None:
        """Makes a wait for the client end, from another thread; an answer that is being written is finished."""
        with contextlib.suppress(OSError, ValueError):
            # Not the TLS socket's own: that would end its encryption under the thread that is writing.
            socket.socket.shutdown(self._connection, socket.SHUT_RD)

    def _begin(self) -> None:
        """Finds out whether the client speaks TLS, and if so does the handshake."""
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.settimeout(self._limits.handshake)
        first = self._connection.recv(1, socket.MSG_PEEK)
        if not first:
            raise Gone
        if first[0] != HANDSHAKE:
            self._scheme = "http"
            return
        self._connection = self._context.wrap_socket(
            self._connection, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
        )
        self._connection.do_handshake()

    def _exchange(self, reader: Reader) -> bool:
        """One request and its answer; returns whether there may be another."""
        head = reader.head()
        if self._scheme == "http" and not head.target.lower().startswith(PLAIN_PATHS):
            raise SPEAK_HTTPS
        if head.headers.get("expect", "").lower() == "100-continue":
            reader.check_length(head)
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        request = head.request(self._scheme, reader.body(head))
        self._write(self._answer(request), head)
        return head.keep_alive

    def _write(self, response: Response, head: Head | None = None) -> None:
        write(
            self._connection,
            response,
            head_only=head is not None and head.method.upper() == "HEAD",
            gzip_wanted=head is not None and wants_gzip(head.headers),
            keep_alive=head is not None and head.keep_alive and not self._ending(),
            timeout=self._limits.write,
        )

    def _reset(self) -> None:
        """Makes the close that follows a reset, as a broken network would."""
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
