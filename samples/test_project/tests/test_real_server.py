"""What a real PostgreSQL makes of the scripts: the simulated server has one behind it."""

import psycopg
import pytest
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from move_office import move_office
from require_tls import require_tls

from flexsec.simulator.postgres import Backing
from flexsec.testing import ServedSimulation, Simulation


def test_plaintext_is_refused_afterwards(flexsec_served: ServedSimulation, flexsec_postgres: Backing) -> None:
    """A client without TLS gets in before the script has run, and not after."""
    azure = flexsec_served
    with flexsec_postgres.client("203.0.113.5") as office:
        words = {**flexsec_postgres.connection(), "port": office.port}
        psycopg.connect(**words, sslmode="disable").close()
        with PostgreSQLManagementClient(azure.credential, azure.subscription_id, **azure.client_options) as client:
            require_tls(client, "rg-orders")
        with pytest.raises(psycopg.OperationalError, match="no encryption"):
            psycopg.connect(**words, sslmode="disable")
        psycopg.connect(**words, sslmode="verify-ca").close()


def test_who_gets_in_after_the_move(flexsec_simulation: Simulation, flexsec_postgres: Backing) -> None:
    """The new office gets in and the old one does not."""
    move_office(flexsec_simulation.server("rg-orders", "orders-db"), "198.51.100.0/28")
    with flexsec_postgres.client("198.51.100.5") as new, flexsec_postgres.client("203.0.113.5") as old:
        psycopg.connect(**{**flexsec_postgres.connection(), "port": new.port}).close()
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(**{**flexsec_postgres.connection(), "port": old.port})
