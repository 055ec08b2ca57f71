"""What the tests of this room share: a clock that only sleeping moves, a credential, and a scripted service."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AccessToken

from flexsec.azure.connection import Connection
from flexsec.azure.in_process import InProcessTransport
from flexsec.model.clock import Deadline

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TOKEN = "canary-token-d41d8cd98f"
SIGNED = "api-version=2025-08-01&t=638&c=canarycert&s=canarysignature&h=canaryhash"
STATUS_URL = (
    f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL/"
    f"locations/UK%20South/azureAsyncOperation/7c2b?{SIGNED}"
)
START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class FakeClock:
    """Time that passes only while someone sleeps."""

    def __init__(self):
        self.elapsed = 0.0
        self.sleeps = []

    def now(self):
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self):
        return 1000.0 + self.elapsed

    def sleep(self, seconds):
        assert seconds >= 0
        self.sleeps.append(seconds)
        self.elapsed += seconds


class FixedCredential:
    """Gives the same token for ever, and counts."""

    def __init__(self, token=TOKEN):
        self.token = token
        self.asked = []

    def get_token(self, *scopes, claims=None, tenant_id=None, enable_cae=False, **_):
        self.asked.append((scopes, claims))
        return AccessToken(self.token, int(time.time()) + 10**7)


class Script:
    """A service that answers from a list, the last entry for ever, and keeps what it was sent."""

    def __init__(self, clock):
        self.clock = clock
        self.answers = []
        self.requests = []

    def will(self, *answers):
        self.answers.extend(answers)
        return self

    def __call__(self, method, url, headers, body):
        self.requests.append((method, url, headers, body, self.clock.elapsed))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def methods(self):
        return [request[0] for request in self.requests]

    @property
    def times(self):
        return [request[4] for request in self.requests]


def json_answer(status, document, **headers):
    """An answer with a JSON body; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json; charset=utf-8", **named}, json.dumps(document).encode()


def error_answer(status, code, message, **headers):
    """An answer in the service's error form."""
    return json_answer(status, {"error": {"code": code, "message": message}}, **headers)


def accepted(retry_after="10", url=STATUS_URL):
    """202 as recorded."""
    headers = {"Azure-AsyncOperation": url, "Location": url.replace("azureAsyncOperation", "operationResults")}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    body = {"operation": "UpdateOrcasServerParameterManagementOperation", "startTime": "2026-01-01T12:00:00Z"}
    return 202, headers, json.dumps(body).encode()


def status_answer(word, error=None, **headers):
    """A poll's answer."""
    body = {"name": "7c2b", "status": word, "startTime": "2026-01-01T12:00:00Z"}
    if error is not None:
        body["error"] = {"code": error[0], "message": error[1]}
    return json_answer(200, body, **headers)


class Kit:
    """What a test needs, under one name."""

    def __init__(self):
        self.clock = FakeClock()
        self.script = Script(self.clock)
        self.credential = FixedCredential()

    json = staticmethod(json_answer)
    error = staticmethod(error_answer)
    accepted = staticmethod(accepted)
    status = staticmethod(status_answer)
    subscription = SUBSCRIPTION
    status_url = STATUS_URL
    token = TOKEN
    clock_type = FakeClock
    credential_type = FixedCredential

    def connection(self, *answers, **options):
        self.script.will(*answers)
        options.setdefault("transport", InProcessTransport(self.script))
        return Connection(options.pop("credential", self.credential), SUBSCRIPTION, clock=self.clock, **options)

    def deadline(self, seconds=3600.0):
        return Deadline(self.clock, seconds)

    @staticmethod
    def put(client, keep):
        body = {"properties": {"value": "on", "source": "user-override"}}
        return client.configurations.begin_put("rg", "shop-db", "log_checkpoints", body, polling=False, cls=keep)

    def write(self, connection, send=None):
        return connection.write(send or self.put, what="set log_checkpoints on shop-db")

    def finish(self, connection, acceptance, seconds=3600.0, **options):
        return connection.finish(
            acceptance, what="set log_checkpoints on shop-db", deadline=self.deadline(seconds), **options
        )

    def read(self, connection, seconds=3600.0):
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
        return connection.read(path, what="read group rg", deadline=self.deadline(seconds))

    def read_list(self, connection, seconds=3600.0):
        path = f"/subscriptions/{SUBSCRIPTION}/things"
        return connection.read_list(path, what="read the things", deadline=self.deadline(seconds))


@pytest.fixture(scope="session")
def new_kit():
    """Makes a kit for each example of a property test."""
    return Kit


@pytest.fixture
def kit():
    """A clock, a credential, a scripted service and a connection to it."""
    return Kit()
