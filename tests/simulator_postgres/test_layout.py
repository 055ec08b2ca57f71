"""The administrator is what Azure gives its customers: much, but no superuser."""

import psycopg
import pytest

from flexsec.simulator.postgres import Backing
from tests.simulator_postgres.scene import NAME, PASSWORD, connected, majors, world


@pytest.fixture(scope="module", params=majors(), ids=lambda each: str(each.major))
def administrator(request):
    """A connection as the administrator, with the major version."""
    installation = request.param
    with (
        Backing(world(), NAME, where=installation.directory, password=PASSWORD) as real,
        connected(real) as connection,
    ):
        yield connection, installation.major


def answer(connection, question):
    """All rows of a question."""
    return connection.execute(question).fetchall()


def test_attributes_and_memberships(administrator):
    """CREATEROLE, CREATEDB and azure_pg_admin with its admin option; not superuser, replication or BYPASSRLS."""
    connection, _ = administrator
    attributes = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
    assert answer(connection, f"SELECT {attributes} FROM pg_roles WHERE rolname = current_user") == [
        (False, True, True, False, False, True)
    ]
    assert answer(connection, f"SELECT {attributes} FROM pg_roles WHERE rolname = 'azure_pg_admin'") == [(False,) * 6]
    member = "SELECT pg_has_role(current_user, %s, 'USAGE'), pg_has_role(current_user, %s, 'MEMBER WITH ADMIN OPTION')"
    assert connection.execute(member, ["azure_pg_admin"] * 2).fetchall() == [(True, True)]
    assert connection.execute(member, ["pg_monitor"] * 2).fetchone()[0]
    assert not connection.execute(member, ["pg_execute_server_program"] * 2).fetchone()[0]


def test_what_an_administrator_can_do(administrator):
    """It makes databases and roles, and reads every setting."""
    connection, major = administrator
    connection.execute("CREATE DATABASE app")
    connection.execute("CREATE ROLE app_rw LOGIN PASSWORD 'Application-1'")
    connection.execute("GRANT pg_monitor TO app_rw")
    assert answer(connection, "SELECT current_setting('hba_file') <> ''") == [(True,)]
    assert answer(connection, "SELECT has_table_privilege('pg_authid', 'SELECT')") == [(major >= 14,)]
    types = dict(answer(connection, "SELECT * FROM azure_roles_authtype()"))
    assert (types["shopadmin"], types["app_rw"], types["azuresu"]) == ("SCRAM-256", "SCRAM-256", "NOLOGIN")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER SYSTEM SET log_statement = 'none'",
        "ALTER ROLE azuresu NOLOGIN",
        "CREATE ROLE x SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT * FROM pg_hba_file_rules",
        "REVOKE azuresu FROM azuresu",
        "SET log_statement = 'none'",
    ],
)
def test_what_an_administrator_cannot_do(administrator, statement):
    """It is refused what only the service may do."""
    connection, _ = administrator
    with pytest.raises(psycopg.DatabaseError):
        connection.execute(statement)


def test_owners(administrator):
    """azure_pg_admin owns the usual databases and the public schema on every version, in new databases too."""
    connection, major = administrator
    owners = dict(answer(connection, "SELECT datname, datdba::regrole::text FROM pg_database"))
    assert {each: owners[each] for each in ("postgres", "template0", "template1")} == dict.fromkeys(
        ("postgres", "template0", "template1"), "azure_pg_admin"
    )
    assert (owners["azure_sys"], owners["azure_maintenance"]) == ("azuresu", "azuresu")
    assert not answer(connection, "SELECT has_database_privilege('azure_maintenance', 'CONNECT')")[0][0]
    owner, entries = answer(
        connection, "SELECT nspowner::regrole::text, nspacl::text FROM pg_namespace WHERE nspname = 'public'"
    )[0]
    assert owner == "azure_pg_admin"
    assert entries == "{azure_pg_admin=UC/azure_pg_admin,=U%s/azure_pg_admin}" % ("" if major >= 15 else "C")
