"""The script on a simulated subscription in this process: no sockets, no waiting, and things go wrong on demand."""

import pytest
from move_office import move_office

from flexsec.errors import RunIncomplete
from flexsec.testing import Fault, Simulation, simulated

NEW = "198.51.100.0/28"


def rules(azure: Simulation) -> list[str]:
    """The firewall rules of the simulated server."""
    return sorted(azure.world.server("orders-db").firewall)


def test_the_office_moves(flexsec_simulation: Simulation) -> None:
    """The new rule is there and the old one is gone; never were both away."""
    move_office(flexsec_simulation.server("rg-orders", "orders-db"), NEW)
    assert rules(flexsec_simulation) == ["office-new", "reports"]
    effects = flexsec_simulation.world.effects(flexsec_simulation.world.server_id("orders-db"))
    assert effects == ("write firewallRules/office-new", "delete firewallRules/office")


def test_a_busy_server_is_waited_for(flexsec_simulation: Simulation) -> None:
    """The service accepts a write on a busy server and refuses it later, twice; the script goes on."""
    flexsec_simulation.world.faults.add(Fault("X2", path="firewallRules", times=2))
    move_office(flexsec_simulation.server("rg-orders", "orders-db"), NEW)
    assert rules(flexsec_simulation) == ["office-new", "reports"]


def test_a_write_without_effect_shuts_nobody_out(flexsec_simulation: Simulation) -> None:
    """The service says that the new rule is written, and it is not: the old rule stays."""
    flexsec_simulation.world.faults.add(Fault("X12", path="firewallRules/office-new"))
    with pytest.raises(RunIncomplete):
        move_office(flexsec_simulation.server("rg-orders", "orders-db"), NEW)
    assert rules(flexsec_simulation) == ["office", "reports"]


def test_who_may_only_read_changes_nothing(flexsec_simulation: Simulation) -> None:
    """An auditor is refused, and told which right is missing."""
    with simulated(flexsec_simulation.world, principal="auditor") as azure:
        with pytest.raises(RunIncomplete, match="firewallRules/write"):
            move_office(azure.server("rg-orders", "orders-db"), NEW)
        assert rules(azure) == ["office", "reports"]
