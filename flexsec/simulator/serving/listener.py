"""Accepts connections on loopback, one thread each, up to a number."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING

from .conversation import Conversation

if TYPE_CHECKING:
    import ssl

    from .conversation import Answer
    from .limits import Limits

_LOG = logging.getLogger(__name__)
ADDRESS = "127.0.0.1"
BACKLOG = 1024
PAUSE = 0.05  # seconds, when the system has no room for another connection


class Listener:
    """The listening socket and the connections that came in on it.

    Args:
        port: 0 for any that is free.
        context: the server's certificate.
        answer: called once a request, in the connection's thread.
        limits: what clients may take.

    Raises:
        OSError: the port is in use or may not be used.
    """

    def __init__(self, port: int, context: ssl.SSLContext, answer: Answer, limits: Limits) -> None:
        self._context = context
        self._answer = answer
        self._limits = limits
        self._ending = threading.Event()
        self._guard = threading.Lock()
        self._live: dict[Conversation, threading.Thread] = {}
        self._socket = socket.create_server((ADDRESS, port), backlog=BACKLOG)
        self._socket.setblocking(False)
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept_all, name="flexsec-accept", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        found: int = self._socket.getsockname()[1]
        return found

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._guard:
            return len(self._live)

    def start(self) -> None:
        """Begins to accept."""
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Accepts nothing more, lets answers that are being made be finished, and ends every connection.

        Args:
            patience: real seconds to wait for them.
        """
        self._ending.set()
        self._wake.send(b"x")
        self._thread.join()
        for each in (self._socket, self._wake, self._woken):
            each.close()
        with self._guard:
            live = dict(self._live)
        for conversation in live:
            conversation.interrupt()
        deadline = time.monotonic() + patience
        for thread in live.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _accept_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._ending.is_set():
                selector.select()
                try:
                    connection, _ = self._socket.accept()
                except BlockingIOError:
                    continue
                except OSError as problem:  # no file descriptors left, or the client is gone already
                    _LOG.warning("a connection could not be accepted: %s", problem.strerror or problem)
                    self._ending.wait(PAUSE)
                    continue
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        conversation = Conversation(connection, self._context, self._answer, self._limits, self._ending.is_set)
        thread = threading.Thread(target=self._talk, args=(conversation,), name="flexsec-connection", daemon=True)
        with self._guard:
            room = len(self._live) < self._limits.connections
            if room:
                self._live[conversation] = thread
        try:
            if room:
                thread.start()
                return
        except RuntimeError:  # the system gives no more threads
            with self._guard:
                self._live.pop(conversation)
        _LOG.warning("a connection was refused: %d are open", self.connections)
        connection.close()

    def _talk(self, conversation: Conversation) -> None:
        try:
            conversation.run()
        finally:
            with self._guard:
                self._live.pop(conversation, None)
