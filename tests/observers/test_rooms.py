"""What holds for every observer."""

import re
import subprocess
import sys

import pytest

from flexsec.observers import (
    administrators,
    customer_keys,
    defender_plan,
    firewall,
    parameters,
    region,
    role_assignments,
    server,
    threat_protection,
)

EVERY = [
    server,
    parameters,
    firewall,
    administrators,
    threat_protection,
    defender_plan,
    region,
    customer_keys,
    role_assignments,
]
READ = (
    r"Microsoft\.(DBforPostgreSQL/(flexibleServers(/\w+)?|locations/capabilities)|Security/pricings"
    r"|KeyVault/vaults(/\w+)*|Authorization/\w+)/read"
)


@pytest.mark.parametrize("observer", EVERY, ids=lambda observer: observer.__name__.rpartition(".")[2])
def test_each_observer_names_the_action_it_needs(observer):
    """Every observer states its RBAC read actions, which its docstring names as well."""
    for action in observer.ACTIONS:
        assert re.fullmatch(READ, action)
        assert action in observer.observe.__doc__ or action in getattr(observer, "observe_vaults", observer).__doc__


def test_observers_load_no_azure_package():
    """Importing every observer loads no package of Microsoft's."""
    names = ", ".join(observer.__name__ for observer in EVERY)
    code = f"import sys, {names}; print([m for m in sys.modules if m.split('.')[0] in ('azure', 'msal', 'requests')])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
