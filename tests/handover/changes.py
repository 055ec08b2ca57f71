"""A server and changes of every kind that can be handed over, made by the operations themselves."""

from __future__ import annotations

from dataclasses import replace

from flexsec.model.desire import (
    DesiredAdministrator,
    DesiredAdministratorAbsent,
    DesiredAuthentication,
    DesiredFirewallRule,
    DesiredFirewallRuleAbsent,
    DesiredParameter,
    DesiredServerSetting,
    DesiredTagAbsent,
    DesiredThreatProtection,
)
from flexsec.model.resource import ServerId
from flexsec.model.server import Administrator
from flexsec.operations.registry import operations_about
from flexsec.operations.restart import restart_for
from flexsec.testing import simulated

TENANT = "33333333-3333-3333-3333-333333333333"
DBA = Administrator(
    object_id="66666666-6666-6666-6666-666666666666", name="dba@contoso.com", principal_type="User", tenant_id=TENANT
)
SERVER = ServerId("11111111-1111-1111-1111-111111111111", "rg-shop", "shop-db")
OPERATIONS = operations_about("server")
_BY_DESIRE = {kind: operation for operation in OPERATIONS.values() for kind in operation.desires}


def observed(**changed):
    """The insecure world's server as it is read, with some properties of the server itself changed."""
    with simulated("insecure") as simulation:
        state = simulation.server("rg-shop", "shop-db").observe()
    return replace(state, server=replace(state.server, **changed))


STATE = observed()


def parameter(value, name="log_line_prefix"):
    """A parameter at any value, also one that the service would refuse."""
    found = _BY_DESIRE["parameter"].diff(DesiredParameter(name="log_connections", value="on"), STATE)
    return replace(found, name=name, after={**found.after, "value": value})


def change(desire, state=STATE):
    """What brings a desire about."""
    found = _BY_DESIRE[desire.kind].diff(desire, state)
    assert found is not None, desire
    assert hasattr(found, "sentence"), found
    return found


def rule(name="office-2", start="203.0.113.64", end="203.0.113.71"):
    """A new rule."""
    return change(DesiredFirewallRule(name=name, start=start, end=end))


def rule_gone():
    """A rule that goes."""
    return change(DesiredFirewallRuleAbsent(name="temp-debug", start="0.0.0.0", end="255.255.255.255"))


def setting(name, value, state=STATE):
    """A setting of the server."""
    return change(DesiredServerSetting(name=name, value=value), state)


def entra(*administrators):
    """The server with Entra authentication and these administrators."""
    return replace(observed(entra_auth="Enabled", tenant_id=TENANT), administrators=administrators)


def one_of_each():
    """A change of every kind and form, by a word for it."""
    tagged = observed(tags={"env": "dev", "team": "shop"})
    return {
        "parameter": change(DesiredParameter(name="log_connections", value="on")),
        "static parameter": change(DesiredParameter(name="max_connections", value="500")),
        "new rule": rule(),
        "changed rule": change(DesiredFirewallRule(name="office", start="203.0.113.0", end="203.0.113.7")),
        "rule gone": rule_gone(),
        "threat protection": change(DesiredThreatProtection(enabled=True)),
        "retention": setting("backup_retention_days", "21"),
        "autogrow": setting("storage_auto_grow", "Enabled"),
        "window": setting("maintenance_window", "Sunday 02:05"),
        "tag": setting("tag:env", "prod"),
        "tag gone": change(DesiredTagAbsent(key="env"), tagged),
        "restart": restart_for(("max_connections",)),
        "entra on": change(DesiredAuthentication(method="entra", enabled=True)),
        "administrator": change(
            DesiredAdministrator(object_id=DBA.object_id, name=DBA.name, principal_type="User"), entra()
        ),
        "administrator gone": change(DesiredAdministratorAbsent(object_id=DBA.object_id), entra(DBA)),
    }
