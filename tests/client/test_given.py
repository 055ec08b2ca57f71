"""What callers give: values of every sensible type, and clear words for the others."""

import pytest

from flexsec import Connection, Evidence, Leave
from flexsec.errors import FlexSecError, InvalidValue, LeaveRequired, NotObserved
from flexsec.simulator import Fault
from flexsec.testing import simulated

GROUP, NAME = "rg-shop", "shop-db"
ALLOWED = Leave(restart=True, closing=("firewall",), without_evidence="a test", lower_security=True)


@pytest.fixture
def server():
    """The insecure world's server."""
    with simulated("insecure") as azure:
        yield azure.server(GROUP, NAME)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [("work_mem", 8192, "8192"), ("log_lock_waits", True, "on"), ("log_lock_waits", "ON", "on")],
)
def test_values_of_other_types_are_understood(server, name, value, stored):
    """Numbers and truth values are written as the service spells them."""
    server.parameters.set(name, value)
    assert server.parameters.get(name).value == stored


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.parameters.set("work_mem", None),
        lambda s: s.parameters.set("work_mem", ["8192"]),
        lambda s: s.plan("recommended", leave="all"),
        lambda s: s.plan("recommended", evidence=[]),
        lambda s: s.harden("recommended", leave=None),
        lambda s: s.audit(None),
        lambda s: Leave(closing="firewall"),
        lambda s: Leave(without_evidence="  "),
    ],
)
def test_the_wrong_type_is_told_in_words(server, call):
    """A wrong type is an InvalidValue that says what to give, not an AttributeError from inside."""
    with pytest.raises(InvalidValue, match=r"give|say why"):
        call(server)


def test_a_list_that_says_none_is_empty(server):
    """B8: adding to pgaudit.log=none leaves no "none" among the classes; putting none in needs replace."""
    server.parameters.set("pgaudit.log", "ddl,role")
    assert server.parameters.get("pgaudit.log").value == "ddl,role"
    with pytest.raises(InvalidValue, match="replace"):
        server.parameters.set("pgaudit.log", "none")
    server.parameters.set("pgaudit.log", "none", replace=True, leave=ALLOWED)
    assert server.parameters.get("pgaudit.log").value == "none"


def test_a_second_hole_needs_leave_beside_a_first(server):
    """The world admits the internet already; admitting it once more by another rule still lowers security."""
    with pytest.raises(LeaveRequired, match="--allow-lowering"):
        server.firewall.allow("world", "0.0.0.0/0")
    server.firewall.allow("branch", "203.0.113.128/29")
    assert "branch" in {rule.name for rule in server.firewall.list()}


def test_clients_without_tls_hold_back_the_requirement(server):
    """A client that is known to connect without TLS is not cut off; unknown ones do not hold it back."""
    seen = Evidence(connections=(Connection(address="203.0.113.5", tls_version="none"),), source="a list")
    held = {w.change.name: w.reason for w in server.plan(leave=ALLOWED, evidence=seen).withheld}
    assert "203.0.113.5" in held["require_secure_transport"]
    unknown = Evidence(connections=(Connection(address="203.0.113.5"),), source="a list")
    changes = {c.name: c.sentence for c in server.plan(leave=ALLOWED, evidence=unknown).changes}
    assert "without TLS are refused" in changes["require_secure_transport"]


def test_a_restart_that_is_owed_is_said(server):
    """A static parameter that no restart brought into force is named at the run's end."""
    run = server.parameters.set("max_prepared_transactions", "10")
    assert "max_prepared_transactions is set and waits for a restart" in run.notes[0]
    assert server.harden(leave=ALLOWED).run.notes == ()


def test_a_forbidden_read_names_the_missing_action():
    """403: an operation that rests on a read which is not allowed says which action is missing."""
    action = "Microsoft.DBforPostgreSQL/flexibleServers/read"
    with (
        simulated("insecure", faults=[Fault("X28", times=None, arguments={"action": action})]) as azure,
        pytest.raises(NotObserved) as told,
    ):
        azure.server(GROUP, NAME).firewall.allow("office", "203.0.113.0/28")
    assert told.value.missing_action == action
    assert issubclass(NotObserved, FlexSecError)
