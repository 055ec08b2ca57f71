"""The script over HTTPS, with Microsoft's own client, once as a function and once as a person starts it."""

import subprocess
import sys
from pathlib import Path

import pytest
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from require_tls import require_tls

from flexsec.testing import ServedSimulation

SCRIPT = Path(__file__).parent.parent / "require_tls.py"


def test_what_is_missing_is_set(flexsec_served: ServedSimulation, capsys: pytest.CaptureFixture[str]) -> None:
    """One parameter is written, one is left as it is, and the stopped server is left out."""
    azure = flexsec_served
    with PostgreSQLManagementClient(azure.credential, azure.subscription_id, **azure.client_options) as client:
        assert require_tls(client, "rg-orders") == ["orders-db: require_secure_transport=on"]
        assert require_tls(client, "rg-orders") == []
    assert "orders-archive: left out, it is not ready" in capsys.readouterr().err
    assert sum(each.method == "PUT" for each in azure.world.requests) == 1


def test_the_script_as_it_is_started(flexsec_served: ServedSimulation) -> None:
    """In a process of its own the environment leads it to the simulated Azure."""
    azure = flexsec_served
    done = subprocess.run(
        [sys.executable, SCRIPT, azure.subscription_id, "rg-orders"],
        env={**azure.environment, "AZURE_ARM_ENDPOINT": azure.endpoint["arm_endpoint"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "orders-db: require_secure_transport=on\n"
