"""Nothing of a real server outlives whoever wanted it, and nothing of it runs as root."""

import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flexsec.simulator.certificates import make_certificates
from flexsec.simulator.postgres import Backing, PostgresError
from flexsec.simulator.postgres.account import Account
from tests.simulator_postgres.conftest import postmaster, wait_for_end
from tests.simulator_postgres.scene import NAME, PASSWORD, ask, refusal, world

ANOTHER_PROCESS = """
import sys
from tests.simulator_postgres.conftest import postmaster
from tests.simulator_postgres.scene import NAME, world
from flexsec.simulator.postgres import Backing
with Backing(world(), NAME) as real:
    cluster = real._cluster
    print(postmaster(real), cluster._supervisor.pid, cluster.directory, real.port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def another():
    """A process of its own that runs a real server: the process, and the server's postmaster, supervisor, directory."""
    command = [sys.executable, "-c", ANOTHER_PROCESS]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        main, supervisor, directory, _ = process.stdout.readline().split()
        yield process, int(main), int(supervisor), Path(directory)
        process.kill()


def living():
    """The directories of the real servers that this process has, by what its supervisors were told."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [each for each in children if b"supervisor.py" in Path(f"/proc/{each}/cmdline").read_bytes()]


def owner(pid):
    """Who a process runs as."""
    return Path(f"/proc/{pid}").stat().st_uid


def test_nothing_is_left_behind():
    """At the end of the `with` block processes and files are gone, and the port is free."""
    with Backing(world(), NAME) as real:
        pid, directory, port = postmaster(real), real.ca_file.parent, real.port
        assert directory.is_dir()
    wait_for_end(pid)
    assert not directory.exists()
    assert not living()
    with socket.create_server(("127.0.0.1", port)):
        pass
    with pytest.raises(PostgresError, match="not started"):
        _ = real.port


def test_the_server_is_not_root():
    """Started by root, the server runs as another user; started by another, as that one."""
    with Backing(world(), NAME) as real:
        uid = owner(postmaster(real))
        assert uid != 0
        assert uid == os.geteuid() or os.geteuid() == 0
        assert (real._cluster.directory / "data").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_parent(another, number):
    """When the process that wanted the server is killed, the server ends and its files go."""
    process, main, supervisor, directory = another
    process.send_signal(number)
    wait_for_end(main)
    wait_for_end(supervisor)
    assert not directory.exists()


def test_killed_supervisor(another):
    """Even when the supervisor is killed with it, the server ends, and the next one to start removes its files."""
    process, main, supervisor, directory = another
    process.kill()
    os.kill(supervisor, signal.SIGKILL)
    wait_for_end(main)
    with Backing(world(), NAME):
        assert not directory.exists()


def test_a_forgotten_server_ends():
    """A server whose owner is gone without closing it ends."""
    real = Backing(world(), NAME).start()
    pid, directory = real._cluster._supervisor.pid, real._cluster.directory
    del real
    with pytest.warns(ResourceWarning):  # from Python itself: the child process that runs on is nobody's any more
        gc.collect()
    wait_for_end(pid)
    assert not directory.exists()


def test_a_port_in_use_is_a_clear_error():
    """A port that somebody else has is an error that says so, with nothing left behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        real = Backing(world(), NAME, port=taken.getsockname()[1])
        with pytest.raises(PostgresError, match="could not bind IPv4 address"):
            real.start()
    with pytest.raises(PostgresError, match="not started"):
        _ = real.port
    assert not living()


def test_initdb_that_fails_leaves_nothing_behind():
    """When the cluster cannot be made, the error has the program's own words, and no files stay."""
    with tempfile.TemporaryDirectory() as folder:
        programs = Path(folder)
        programs.chmod(0o755)
        (programs / "postgres").write_text("#!/bin/sh\n# SSL_CTX_new postgres (PostgreSQL) 15.1\n")
        (programs / "initdb").write_text("#!/bin/sh\necho no room on this disk >&2; exit 1\n")
        for each in programs.iterdir():
            each.chmod(0o755)
        with pytest.raises(PostgresError, match="no room on this disk"):
            Backing(world(), NAME, where=programs).start()
    assert not living()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend PostgreSQL another account")
def test_programs_out_of_reach_are_copied(tmp_path, relocatable):
    """A PostgreSQL that the unprivileged account cannot reach is run from a copy, a package's links made good."""
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    shutil.copytree(relocatable, shut / "native")
    library = next((shut / "native" / "lib").glob("libz*.so*"))
    library.rename(library.with_name("real-" + library.name))
    link = {"source": f"native/lib/real-{library.name}", "target": f"native/lib/{library.name}"}
    (shut / "native" / "pg-symlinks.json").write_text(json.dumps([link]))
    with Backing(world(), NAME, where=shut) as real:
        assert real.installation.directory.is_relative_to(shut)
        assert ask(real, "SELECT 1") == 1


def test_a_stranger_is_refused_without_a_certificate_of_the_authority(tmp_path):
    """The certificate names the simulated server and this machine, and nothing else vouches for it."""
    with Backing(world(), NAME, password=PASSWORD) as real:
        assert ask(real, "SELECT 1", host=real.fqdn, hostaddr="127.0.0.1") == 1
        assert "does not match" in refusal(real, host="other.postgres.database.azure.com", hostaddr="127.0.0.1")
        stranger = tmp_path / "ca.crt"
        stranger.write_bytes(make_certificates(("localhost",), datetime.now(UTC)).authority)
        assert "certificate verify failed" in refusal(real, sslrootcert=str(stranger))


def test_files_are_given_away_only_by_root(tmp_path):
    """An account that need not be switched to leaves files as they are."""
    path = tmp_path / "file"
    path.touch()
    Account(12345, 12345, switch=False).give(path)
    assert path.stat().st_uid == os.geteuid()
