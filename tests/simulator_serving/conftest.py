"""A served world and a small HTTPS client of it, made of the standard library alone."""

from __future__ import annotations

import gzip
import http.client
import json
import logging
import socket
import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from flexsec.simulator import World
from flexsec.simulator.serving import Limits, Served, serve

VERSION = "2025-08-01"
DB = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
)


@dataclass(frozen=True)
class Answer:
    """A response, with header names in lower case."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        raw = gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw
        return json.loads(raw)


def answer_of(response: http.client.HTTPResponse) -> Answer:
    """Everything that came, so that the connection can be used again."""
    raw = response.read()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, raw)


class Client:
    """Signs in once and keeps one connection, as an ordinary client does."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.context = ssl.create_default_context(cafile=served.endpoint["ca_file"])
        self.port = urlsplit(served.endpoint["arm_endpoint"]).port
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=20)
        self._token = ""

    @property
    def token(self) -> str:
        if not self._token:
            ready = self.served.endpoint
            form = {
                "grant_type": "client_credentials",
                "client_id": ready["client_id"],
                "client_secret": ready["client_secret"],
                "scope": ready["arm_endpoint"] + "/.default",
            }
            path = f"/{ready['tenant_id']}/oauth2/v2.0/token"
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            self._token = self.ask("POST", path, urlencode(form).encode(), headers=head).json["access_token"]
        return self._token

    def ask(self, method: str, url: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """One request; a body that is no bytes is sent as JSON; without `headers` it is signed."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self.token}"} if headers is None else headers
        self.connection.request(method, url, raw, head)
        return answer_of(self.connection.getresponse())

    def arm(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """A request to Resource Manager."""
        return self.ask(method, f"{path}?api-version={VERSION}", body, **options)

    def control(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to the control endpoint."""
        return self.ask(method, f"/_simulator/{path}", body, headers={})

    @contextmanager
    def raw(self, *, tls: bool = True):
        """A connection of its own, for bytes that no HTTP client would send."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=20)) as plain:
            if not tls:
                yield plain
                return
            with closing(self.context.wrap_socket(plain, server_hostname="127.0.0.1")) as wrapped:
                yield wrapped

    def send_raw(self, data: bytes, *, tls: bool = True) -> bytes:
        """Sends bytes and reads until the server closes."""
        with self.raw(tls=tls) as connection:
            connection.sendall(data)
            return read_all(connection)

    def alive(self) -> bool:
        """Whether the server answers on a new connection."""
        with self.raw() as connection:
            connection.sendall(b"GET /_simulator/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return read_all(connection).startswith(b"HTTP/1.1 200 ")


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side ends the connection, one way or the other."""
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except (ConnectionError, ssl.SSLError):
        pass
    return b"".join(pieces)


@pytest.fixture
def log(caplog, monkeypatch):
    """What the simulator logs, also after a command line in this process has set logging up."""
    logger = logging.getLogger("flexsec")
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logger, "handlers", [])
    caplog.set_level(logging.WARNING, "flexsec")
    return caplog


QUICK = Limits(head=0.3, body=0.3, handshake=0.3, idle=0.3, drain=0.3, write=2.0)


@pytest.fixture
def serving():
    """A context in which a world is served, and which gives a client of it."""

    @contextmanager
    def make(world: str | World = "insecure", **options: Any):
        found = World.builtin(world) if isinstance(world, str) else world
        with serve(found, **options) as served:
            client = Client(served)
            with closing(client.connection):
                yield client

    return make


@pytest.fixture
def client(serving):
    """A client of the insecure world, served with the usual limits."""
    with serving() as found:
        yield found
