"""A token as the password, on a real PostgreSQL: what works is remembered, what does not is told apart from no way."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from flexsec import FlexSecError
from flexsec.errors import NotObserved
from flexsec.model.secret import Secret
from flexsec.passwords.postgres_login import PostgresLogin
from flexsec.simulator import World
from flexsec.testing import simulated
from tests.engine.worlds import GROUP, NAME, TENANT

ME = "22222222-2222-2222-2222-222222222222"
ADMINISTRATOR = "me@contoso.com"


def entra_world():
    """The insecure world with Entra authentication and whoever signs in as its administrator."""
    data = World.builtin("insecure").to_dict()
    server = data["subscriptions"][0]["resource_groups"][0]["servers"][0]
    person = {"type": "User", "name": ADMINISTRATOR, "tenant_id": TENANT}
    server |= {"entra_auth": "Enabled", "tenant_id": TENANT, "administrators": {ME: person}}
    return World.from_dict(data)


@pytest.fixture(scope="module")
def scene():
    """A simulated server with a real one behind it, in which the administrator's role takes a token for its password."""
    with simulated(entra_world()) as simulation, simulation.postgres(NAME) as real:
        token = simulation.credential.get_token().token
        with psycopg.connect(**as_superuser(real), autocommit=True) as connection:
            make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(ADMINISTRATOR), sql.Literal(token))
            connection.execute(make)
        yield simulation, real, token


def as_superuser(real):
    """How the real server's own superuser connects."""
    return {**real.connection(), "sslmode": "verify-full", "host": "localhost"}


def login(real, **changed):
    """What logs in to the real server."""
    words = {"host": real.fqdn, "port": real.port, "address": real.host, "ca_file": str(real.ca_file), **changed}
    return PostgresLogin(**words)


def test_a_token_that_logs_in_is_a_proof(scene):
    """The proof names the role, whose token it was, when, and the encryption; it is remembered."""
    simulation, real, token = scene
    server = simulation.server(GROUP, NAME)
    proof = server.entra.prove_login(login(real))
    assert (proof.principal, proof.object_id, proof.at) == (ADMINISTRATOR, ME, simulation.clock.now())
    assert "a Microsoft Entra token, TLSv1." in proof.how
    assert server.entra.show().proved == proof
    assert token not in repr(proof) + "".join(path.read_text() for path in simulation.state_directory.glob("logins/*"))


def test_another_token_is_refused(scene):
    """A login that the server refuses is no proof, and nothing of the token is told."""
    _, real, token = scene
    attempt = login(real).with_token(ADMINISTRATOR, Secret(token + "x"))
    assert (attempt.works, attempt.how) == (False, "password authentication failed")


@pytest.mark.parametrize("changed", [{"port": 1}, {"ca_file": ""}, {"host": "other.postgres.database.azure.com"}])
def test_where_the_server_is_not_reached_nothing_is_proved(scene, changed):
    """No connection, a certificate that is not trusted, or another name: not known, which is neither yes nor no."""
    simulation, real, _ = scene
    with pytest.raises(NotObserved, match="could not be tried"):
        simulation.server(GROUP, NAME).entra.prove_login(login(real, **changed))


def test_a_refused_login_is_an_error(scene):
    """The role is there and takes something else: told with whose token it was."""
    simulation, real, _ = scene
    with psycopg.connect(**as_superuser(real), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD 'other'").format(sql.Identifier(ADMINISTRATOR)))
    with pytest.raises(FlexSecError, match=f"was refused .* is that of {ME}"):
        simulation.server(GROUP, NAME).entra.prove_login(login(real))
