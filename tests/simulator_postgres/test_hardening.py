"""What an ordinary driver meets before and after a simulated server has been hardened."""

import pytest

from flexsec import Leave
from flexsec.errors import UsageError
from flexsec.model.change import CLOSING_CLASSES
from flexsec.testing import simulated
from tests.simulator_postgres.scene import PASSWORD, ask, connected, refusal, reset_password

STRICT = """
name: strict
extends: recommended
controls:
  tls-min-version: {minimum: TLSv1.3}
"""


@pytest.fixture
def strict(tmp_path):
    """A baseline that admits nothing older than TLS 1.3."""
    path = tmp_path / "strict.yaml"
    path.write_text(STRICT)
    return str(path)


def test_hardening_reaches_the_real_server(strict):
    """A plaintext connection works before; afterwards it and an old TLS version are refused, and SCRAM is used."""
    with simulated("insecure") as azure, azure.postgres(password=PASSWORD) as real:
        assert ask(real, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", sslmode="disable") is False
        assert ask(real, "SELECT 1", require_auth="md5", ssl_max_protocol_version="TLSv1.2") == 1

        leave = Leave(restart=True, closing=tuple(CLOSING_CLASSES), without_evidence="a simulated server")
        azure.server("rg-shop", "shop-db").harden(strict, leave=leave)
        assert reset_password(azure.world, "Rotated-pass-2") == "Succeeded"

        office = {"seen_from": "203.0.113.5", "password": "Rotated-pass-2"}
        assert "no encryption" in refusal(real, **office, sslmode="disable")
        assert "protocol version" in refusal(real, **office, ssl_max_protocol_version="TLSv1.2")
        with connected(real, **office, require_auth="scram-sha-256", channel_binding="require") as connection:
            version = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            assert connection.execute(version).fetchone() == ("TLSv1.3",)
            assert connection.execute("SHOW max_connections").fetchone() == ("1000",)
        assert "no pg_hba.conf entry" in refusal(real, password="Rotated-pass-2")
        assert "no pg_hba.conf entry" in refusal(real, seen_from="203.0.114.5", password="Rotated-pass-2")
        assert "password authentication failed" in refusal(real, seen_from="203.0.113.5", password=PASSWORD)


def test_which_server_is_meant():
    """Without a name the only server that is ready is meant; a wrong name or directory is a clear error."""
    with simulated("insecure") as azure:
        assert azure.postgres().server_id.endswith("/shop-db")
        assert azure.postgres("shop-archive").server_id.endswith("/shop-archive")
        with pytest.raises(UsageError, match="no server 'shop-bd'; it has: shop-db, shop-archive"):
            azure.postgres("shop-bd")
        with pytest.raises(UsageError, match="no working PostgreSQL server in /nowhere"):
            azure.postgres(where="/nowhere")
