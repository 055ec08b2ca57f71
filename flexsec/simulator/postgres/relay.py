"""Lets an ordinary client on this machine appear under another loopback address, which drivers cannot do themselves."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Relay:
    """Passes connections on, byte by byte, under an address of its own choice; TLS goes through untouched.

    Attributes:
        port: on 127.0.0.1: where clients connect to.
    """

    def __init__(self, address: str, port: int) -> None:
        """Listen.

        Args:
            address: the loopback address to appear under; systems other than Linux must be told of it first.
            port: the server's, on 127.0.0.1.
        """
        self._address, self._to = address, port
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True, name=f"relay {address}")
        self._thread.start()

    def close(self) -> None:
        """Stops listening and ends the connections."""
        with self._guard:
            self._closed = True
            open_sockets = tuple(self._open)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._listener.close()
        for each in open_sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            server = socket.create_connection(("127.0.0.1", self._to), source_address=(self._address, 0))
            with server:
                with self._guard:
                    if self._closed:
                        return
                    self._open |= {client, server}
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()
                with self._guard:
                    self._open -= {client, server}


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
