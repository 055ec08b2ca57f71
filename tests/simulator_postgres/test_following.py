"""Every write that takes effect in the world is true of the real server when its answer goes out."""

import re

import psycopg
import pytest

from flexsec.simulator import World
from flexsec.simulator.postgres import Backing, PostgresError
from tests.simulator_postgres.scene import (
    NAME,
    PASSWORD,
    ask,
    connected,
    majors,
    refusal,
    reset_password,
    restart,
    set_parameter,
    world,
    write,
)


@pytest.mark.parametrize("installation", majors(), ids=lambda each: str(each.major))
def test_every_major_version_can_stand_behind_a_server(installation):
    """Each PostgreSQL of this machine takes over TLS, password storage and a reset."""
    azure = world(parameters={"password_encryption": "md5", "require_secure_transport": "off"})
    with Backing(azure, NAME, where=installation.directory, password=PASSWORD) as real:
        assert ask(real, "SHOW server_version_num", sslmode="disable").startswith(str(installation.major))
        assert ask(real, "SELECT 1", require_auth="md5") == 1
        set_parameter(azure, "password_encryption", "scram-sha-256")
        set_parameter(azure, "require_secure_transport", "on")
        set_parameter(azure, "ssl_min_protocol_version", "TLSv1.3")
        assert reset_password(azure, "Second-pass-2") == "Succeeded"
        second = {"password": "Second-pass-2", "require_auth": "scram-sha-256"}
        assert ask(real, "SHOW password_encryption", **second) == "scram-sha-256"
        assert re.search("no encryption|SSL off", refusal(real, **second, sslmode="disable"))
        assert "protocol version" in refusal(real, **second, ssl_max_protocol_version="TLSv1.2")


def test_a_password_reset_changes_the_password():
    """The new password works and the old one does not; a refused reset changes nothing."""
    azure = world()
    with Backing(azure, NAME, password=PASSWORD) as real:
        assert reset_password(azure, "weak") == "Failed"
        assert ask(real, "SELECT 1", password=PASSWORD) == 1
        assert reset_password(azure, "Second-pass-2") == "Succeeded"
        assert real.password is None
        assert "password authentication failed" in refusal(real, password=PASSWORD)
        assert ask(real, "SELECT 1", password="Second-pass-2") == 1


@pytest.mark.parametrize("encryption", ["scram-sha-256", "md5"])
def test_unusual_passwords_work(encryption):
    """Passwords beyond ASCII log in, whatever form of the same characters a client sends them in."""
    azure = world(parameters={"password_encryption": encryption})
    with Backing(azure, NAME) as real:
        for password in (
            "Pässwörd-ÆØ-1",
            "\uff37ide-\u2163\u2168-12",
            "Soft\u00adHyphen-1x",
            "It's \\quoted\\ 1",
            "Emoji-🙂-Pass1",
        ):
            assert reset_password(azure, password) == "Succeeded"
            assert ask(real, "SELECT 1", password=password) == 1
        if encryption != "md5":
            assert reset_password(azure, "\u2163-Roman-four") == "Succeeded"
            assert ask(real, "SELECT 1", password="IV-Roman-four") == 1


def test_password_authentication_can_be_switched_off():
    """Without password authentication nobody logs in with a password."""
    azure = world(entra_auth="Enabled", tenant_id="33333333-3333-3333-3333-333333333333")
    with Backing(azure, NAME, password=PASSWORD) as real:
        off = {"properties": {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"}}}
        assert write(azure, "PATCH", "", off) == "Succeeded"
        assert "no pg_hba.conf entry" in refusal(real)


def test_a_static_parameter_waits_for_the_restart():
    """A pending value is not in force; the restart ends sessions, puts it in force and keeps the port."""
    azure = world(parameters={"max_connections": "60"})
    with Backing(azure, NAME) as real:
        set_parameter(azure, "max_connections", "70")
        assert ask(real, "SHOW max_connections") == "60"
        port, started = real.port, "SELECT pg_postmaster_start_time()"
        before = ask(real, started)
        with connected(real) as session:
            restart(azure)
            with pytest.raises(psycopg.OperationalError):
                session.execute("SELECT 1")
        assert (ask(real, "SHOW max_connections"), real.port) == ("70", port)
        assert ask(real, started) > before


def test_a_restart_without_anything_pending_is_a_restart():
    """A restart restarts the real server also when nothing waits for it; a dynamic parameter does not restart it."""
    azure = world()
    with Backing(azure, NAME) as real:
        started = "SELECT pg_postmaster_start_time()"
        before = ask(real, started)
        set_parameter(azure, "log_statement", "ddl")
        assert ask(real, started) == before
        restart(azure)
        assert ask(real, started) > before


def test_logging_parameters_are_obeyed():
    """log_connections and log_statement decide what is in the real server's log."""
    azure = world(parameters={"log_connections": "off", "log_statement": "none", "log_line_prefix": "<%u\\> "})
    with Backing(azure, NAME) as real:
        assert ask(real, "SELECT 'before'") == "before"
        assert "connection authorized" not in real.log_file.read_text()
        set_parameter(azure, "log_connections", "on")
        set_parameter(azure, "log_statement", "all")
        assert ask(real, "SELECT 'after'") == "after"
        log = real.log_file.read_text()
        assert "connection authorized: user=shopadmin" in log
        assert "<shopadmin\\> LOG:  statement: SELECT 'after'" in log
        assert "'before'" not in log


def test_the_customers_log_holds_no_verifier():
    """What the service does to roles is not logged, however much is."""
    loud = {"log_statement": "all", "log_min_duration_statement": "0", "log_min_messages": "debug1"}
    azure = world(parameters=loud | {"debug_print_parse": "on", "log_duration": "on"})
    with Backing(azure, NAME, password=PASSWORD) as real:
        assert reset_password(azure, "Second-pass-2") == "Succeeded"
        assert ask(real, "SELECT 42", password="Second-pass-2") == 42
        log = real.log_file.read_text()
        assert "SELECT 42" in log
        assert "SCRAM-SHA-256$" not in log
        assert azure.server(NAME).password.verifier not in log


def test_firewall_rules_let_clients_in():
    """A rule lets its clients in from the moment it exists to the moment it is deleted, and nobody else."""
    azure = world(firewall={})
    with Backing(azure, NAME) as real:
        assert "no pg_hba.conf entry" in refusal(real)
        office = {"properties": {"startIpAddress": "203.0.113.4", "endIpAddress": "203.0.113.7"}}
        assert write(azure, "PUT", "/firewallRules/office", office) == "Succeeded"
        assert ask(real, "SELECT host(inet_client_addr())", seen_from="203.0.113.5") == "127.0.113.5"
        assert 'host "127.0.113.8"' in refusal(real, seen_from="203.0.113.8")
        assert write(azure, "DELETE", "/firewallRules/office") == "Succeeded"
        assert "no pg_hba.conf entry" in refusal(real, seen_from="203.0.113.5")


def test_public_access_off_admits_nobody():
    """With public network access off the stored rules have no effect; switched on again they have."""
    azure = world()
    with Backing(azure, NAME) as real:
        for access, reachable in (("Disabled", False), ("Enabled", True)):
            body = {"properties": {"network": {"publicNetworkAccess": access}}}
            assert write(azure, "PATCH", "", body) == "Succeeded"
            assert ask(real, "SELECT 1") == 1 if reachable else "no pg_hba.conf entry" in refusal(real)


def test_a_stopped_server_does_not_run():
    """While the simulated server is stopped nobody answers; started again it has its data and its port."""
    azure = world(state="Stopped")
    with Backing(azure, NAME) as real:
        assert "refused" in refusal(real)
        assert write(azure, "POST", "/start") == "Succeeded"
        with connected(real) as session:
            session.execute("CREATE TABLE kept AS SELECT 7 AS n")
        assert write(azure, "POST", "/stop") == "Succeeded"
        assert "refused" in refusal(real)
        assert write(azure, "POST", "/start") == "Succeeded"
        assert ask(real, "SELECT n FROM kept") == 7


def test_a_deleted_server_is_gone():
    """When the simulated server has been deleted nobody answers any more."""
    azure = world()
    with Backing(azure, NAME) as real:
        words = real.connection()
        assert write(azure, "DELETE", "") == "Succeeded"
        with pytest.raises(psycopg.OperationalError, match="refused"):
            psycopg.connect(**words)


def test_databases_are_made_and_dropped():
    """A database that a request makes is there, the customer's to work in; dropped by a request it is gone."""
    azure = world()
    with Backing(azure, NAME) as real:
        for name, charset in (("app", "UTF8"), ("old-app", "LATIN1")):
            body = {"properties": {"charset": charset}}
            assert write(azure, "PUT", f"/databases/{name}", body) == "Succeeded"
            with connected(real, dbname=name) as session:
                session.execute("CREATE SCHEMA own")
                assert session.execute("SHOW server_encoding").fetchone() == (charset,)
        with connected(real) as session:
            session.execute("CREATE DATABASE by_statement")
        assert write(azure, "DELETE", "/databases/app") == "Succeeded"
        assert "does not exist" in refusal(real, dbname="app")
        assert ask(real, "SELECT 1", dbname="by_statement") == 1


def test_what_was_changed_directly_can_be_taken_over():
    """A test that changes the world by hand has the real server catch up."""
    azure = world()
    with Backing(azure, NAME) as real:
        azure.server(NAME).firewall.clear()
        assert ask(real, "SELECT 1") == 1
        real.catch_up()
        assert "no pg_hba.conf entry" in refusal(real)


def test_a_password_set_earlier_works_later(tmp_path):
    """A world file remembers enough for a later process: the password that was reset works, no clear text is kept."""
    path = tmp_path / "world.json"
    azure = world()
    azure.attach(path)
    assert reset_password(azure, "Second-pass-2") == "Succeeded"
    assert "Second-pass-2" not in path.read_text()
    with Backing(World.load(path), NAME, password=PASSWORD) as real:
        assert real.password is None
        assert ask(real, "SELECT 1", password="Second-pass-2") == 1


def test_changes_by_another_process_are_followed(tmp_path):
    """What another process on the same world file changed is taken over with the next request."""
    path = tmp_path / "world.json"
    world().save(path)
    here = World.load(path)
    here.attach(path)
    with Backing(here, NAME, password=PASSWORD) as real:
        there = World.load(path)
        there.attach(path)
        assert reset_password(there, "Second-pass-2") == "Succeeded"
        set_parameter(here, "log_statement", "ddl")
        assert ask(real, "SHOW log_statement", password="Second-pass-2") == "ddl"


def test_two_servers_at_once():
    """Each server of a world has its own real one; a write to one does not touch the other."""
    azure = World.builtin("insecure")
    with Backing(azure, "shop-db") as one, Backing(azure, "shop-archive") as other:
        assert one.port != other.port
        assert one.ca_file.exists()
        assert ask(one, "SHOW password_encryption") == "md5"
        assert "refused" in refusal(other)


def test_what_cannot_be_followed_is_told():
    """A parameter that the real server cannot take is named, and the server runs without it."""
    azure = world(parameters={"pgbouncer.enabled": "true", "intelligent_tuning": "on", "work_mem": "8192"})
    with Backing(azure, NAME) as real:
        assert real.not_enforced == ("intelligent_tuning",)
        assert ask(real, "SHOW work_mem") == "8MB"


def test_a_server_that_died_fails_the_test_that_uses_it(kill_postmaster):
    """When the real server cannot follow, the world goes on, and the end of the `with` block tells."""
    azure = world()
    real = Backing(azure, NAME)

    def test():
        with real:
            kill_postmaster(real)
            set_parameter(azure, "log_statement", "ddl")

    with pytest.raises(PostgresError, match="does not answer"):
        test()
    assert azure.server(NAME).parameters["log_statement"].value == "ddl"
    assert "does not answer" in str(real.problem)
