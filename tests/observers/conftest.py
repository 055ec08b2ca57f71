"""A service that answers fixed JSON by path, behind the real client."""

import json
import time

import pytest
from azure.core.credentials import AccessToken

from flexsec.azure.connection import Connection
from flexsec.azure.in_process import InProcessTransport
from flexsec.model.clock import Deadline, SystemClock
from flexsec.model.resource import ServerId

SERVER = ServerId("11111111-1111-1111-1111-111111111111", "rg", "shop-db")


class Service:
    """Answers by the part of the path below the server, or below the subscription; what was asked for."""

    def __init__(self):
        self.answers = {}
        self.paths = []
        self.queries = []
        self.server = SERVER
        self.connection = Connection(
            self, SERVER.subscription_id, clock=SystemClock(), transport=InProcessTransport(self._answer)
        )

    def get_token(self, *_, **__):
        return AccessToken("token", int(time.time()) + 10**7)

    def _answer(self, method, url, headers, body):
        assert method == "GET"
        path, _, query = url.partition("?")
        _, server, below = path.partition("/flexibleServers/shop-db")
        below = below if server else path.partition(SERVER.subscription_id)[2]
        self.paths.append(below)
        self.queries.append(query)
        status, document = self.answers[below]
        return status, {"Content-Type": "application/json"}, json.dumps(document).encode()

    def has(self, below, document, status=200):
        self.answers[below] = (status, document)
        return self

    @property
    def deadline(self):
        return Deadline(SystemClock(), 60)


@pytest.fixture
def service():
    """A service without answers yet."""
    return Service()
