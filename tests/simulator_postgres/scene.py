"""What these tests share: worlds with one server, requests to them, and connections to the real PostgreSQL behind."""

import json
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from flexsec.simulator import Request, World, answer
from flexsec.simulator.postgres import find_installations

NAME = "shop-db"
PASSWORD = "First-pass-1"
ANYONE = {"anyone": "0.0.0.0-255.255.255.255"}


def majors():
    """One installation of each major version on this machine, oldest first."""
    return [each for _, each in sorted({each.major: each for each in find_installations()}.items())]


def world(*, parameters=None, firewall=None, state="Ready", **server):
    """A world with one server that anyone may reach unless told otherwise."""
    entry = {
        "name": NAME,
        "version": "15",
        "state": state,
        "administrator_login": "shopadmin",
        "parameters": parameters or {},
        "firewall_rules": ANYONE if firewall is None else firewall,
        **server,
    }
    subscription = {
        "id": "11111111-1111-1111-1111-111111111111",
        "name": "Contoso",
        "tenant_id": "33333333-3333-3333-3333-333333333333",
        "resource_groups": [{"name": "rg-shop", "location": "westeurope", "servers": [entry]}],
    }
    return World.from_dict({"format": 1, "subscriptions": [subscription]})


def write(azure, method, below, body=None):
    """Sends a write to the server and waits, in simulated time, for its end; tells how it ended."""
    answer(azure, Request("GET", "/subscriptions?api-version=2022-12-01", HEAD, b""), azure.clock)
    url = f"{azure.server_id(NAME)}{below}?api-version=2025-08-01"
    raw = b"" if body is None else json.dumps(body).encode()
    accepted = answer(azure, Request(method, url, HEAD, raw), azure.clock)
    assert accepted.status == 202, accepted
    poll = accepted.headers["Azure-AsyncOperation"]
    ended = answer(azure, Request("GET", poll, HEAD, b""), azure.clock + timedelta(seconds=300))
    return json.loads(ended.body)["status"]


HEAD = {"Authorization": "Bearer some-token"}


def set_parameter(azure, name, value):
    """Writes a parameter, and is sure that it took effect."""
    body = {"properties": {"value": value, "source": "user-override"}}
    assert write(azure, "PUT", f"/configurations/{name}", body) == "Succeeded"


def reset_password(azure, password):
    """Has the service set the administrator's password; tells how it ended."""
    return write(azure, "PATCH", "", {"properties": {"administratorLoginPassword": password}})


def restart(azure):
    """Has the service restart the server."""
    assert write(azure, "POST", "/restart") == "Succeeded"


@contextmanager
def connected(backing, *, seen_from=None, **options):
    """A driver's connection, from a client's address if one is given."""
    words = {**backing.connection(), "sslmode": "verify-full", "host": "localhost", "connect_timeout": 10, **options}
    if seen_from is None:
        with psycopg.connect(**words, autocommit=True) as connection:
            yield connection
        return
    with (
        backing.client(seen_from) as relay,
        psycopg.connect(**{**words, "port": relay.port}, autocommit=True) as connection,
    ):
        yield connection


def ask(backing, question, **options):
    """The first value of the first row."""
    with connected(backing, **options) as connection:
        return connection.execute(question).fetchone()[0]


def refusal(backing, **options):
    """What the driver says when it is not let in."""
    try:
        with connected(backing, **options):
            pass
    except psycopg.OperationalError as problem:
        return str(problem)
    raise AssertionError("the server let the client in")
