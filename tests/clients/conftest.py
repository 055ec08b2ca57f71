"""One served world for all clients of a run, in which every test gets a server of its own."""

from __future__ import annotations

import copy
import itertools
import logging
from dataclasses import dataclass

import pytest

from flexsec.simulator import World
from flexsec.simulator.serving import Served, serve
from tests.clients.azure_cli import AzureCli, installed

GROUP = "rg-shop"
# Every operation ends before a client can ask how it stands, so that nobody waits for Retry-After or the 30 s that
# clients take for a restart, which has none.
TIME_SCALE = 100_000.0
PAGE_SIZE = 100


@dataclass(frozen=True)
class Target:
    """A server of one test's own.

    Attributes:
        at: the words with which az names it as `--resource-group` and `--name`.
        of: the same for what is below it, with `--server-name`.
    """

    name: str
    served: Served

    @property
    def at(self):
        return "--resource-group", GROUP, "--name", self.name

    @property
    def of(self):
        return "--resource-group", GROUP, "--server-name", self.name

    @property
    def state(self):
        return self.served.world.server(self.name)

    @property
    def resource_id(self):
        return self.served.world.server_id(self.name)


@pytest.fixture(scope="session")
def served():
    """The insecure world over HTTPS, with lists in pages."""
    with serve(World.builtin("insecure"), time_scale=TIME_SCALE, page_size=PAGE_SIZE) as found:
        yield found


@pytest.fixture(scope="session")
def numbers():
    """Numbers for what must not be called the same twice."""
    return itertools.count(1)


@pytest.fixture
def server(served, numbers):
    """A fresh copy of the insecure world's server."""
    made = copy.deepcopy(World.builtin("insecure").server("shop-db"))
    made.name = f"shop-db-{next(numbers)}"
    world = served.world
    with world.turn():
        world.group(next(world.servers())[0].split("/")[2], GROUP).servers[made.name] = made
    return Target(made.name, served)


@pytest.fixture(autouse=True)
def nothing_is_missing(served, caplog, monkeypatch):
    """Whatever a client asks is modelled, and the simulator has no defect: it would say so in its log."""
    logger = logging.getLogger("flexsec")
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logger, "handlers", [])
    caplog.set_level(logging.WARNING, "flexsec.simulator")
    before = served.world.requests_made
    yield
    said = [each.getMessage() for each in caplog.records if each.name.startswith("flexsec.simulator")]
    assert said == []
    new = served.world.requests[len(served.world.requests) - (served.world.requests_made - before) :]
    assert [f"{each.method} {each.path}" for each in new if each.status == 501] == []


@pytest.fixture(scope="session")
def program():
    """Where azure-cli is."""
    found = installed()
    if found is None:
        pytest.skip("azure-cli is not installed; `make test-clients` installs it and runs these tests")
    return found


@pytest.fixture(scope="session")
def az(program, served, tmp_path_factory):
    """azure-cli, signed in to the served world; `account` is what the sign-in said."""
    found = AzureCli(program, tmp_path_factory.mktemp("home"), served)
    found.account = found.sign_in()
    return found


@pytest.fixture
def trusting(served, monkeypatch):
    """The served world's authority for clients that take it from the environment, and no proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", served.endpoint["ca_file"])
