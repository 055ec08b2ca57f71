"""The network: what users of the service suffered from, and must not suffer from here."""

import pytest

from flexsec.model.firewall import RuleClass
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.acceptance.scene import ALL_LEAVE, shop, verdict, world, writes

MISLEADING = {
    "AllowAllAzureServicesAndResourcesWithinAzureIps_1": ("203.0.113.7-203.0.113.7", RuleClass.PUBLIC),
    "AllowAllWindowsAzureIps": ("0.0.0.0-255.255.255.255", RuleClass.INTERNET),
    "AllowAll": ("10.0.0.0-10.255.255.255", RuleClass.PRIVATE),
    "office": ("0.0.0.0-0.0.0.0", RuleClass.AZURE_SERVICES),
    "nothing-to-see": ("0.0.0.1-255.255.255.254", RuleClass.INTERNET),
    "DenyAll": ("198.51.100.0-198.51.100.255", RuleClass.PUBLIC),
}


def test_rules_are_classed_by_their_addresses_alone():
    """C2: six rules with misleading names: each is told by its addresses, never by its name."""
    rules = {name: addresses for name, (addresses, _) in MISLEADING.items()}
    with simulated(world(firewall=rules)) as azure:
        server = shop(azure)
        found = {rule.name: rule.kind for rule in server.firewall.list()}
        assert found == {name: kind for name, (_, kind) in MISLEADING.items()}
        assessment = server.audit()
        services = verdict(assessment, "net-fw-no-azure-services")
        assert [d.name for d in services.check.desires] == ["office"]
        everyone = verdict(assessment, "net-fw-no-allow-all")
        assert {d.name for d in everyone.check.desires} == {"AllowAllWindowsAzureIps", "nothing-to-see"}


def test_hardening_removes_what_the_addresses_tell_and_keeps_the_rest():
    """C2: the rules of the wrong addresses go, and those that only have the wrong name stay."""
    rules = {name: addresses for name, (addresses, _) in MISLEADING.items()}
    with simulated(world(firewall=rules)) as azure:
        server = shop(azure)
        server.harden(leave=ALL_LEAVE)
        assert {rule.name for rule in server.firewall.list()} == {
            "AllowAllAzureServicesAndResourcesWithinAzureIps_1", "AllowAll", "DenyAll",
        }  # fmt: skip
        assert len(writes(azure, "firewallRules")) == 3


@pytest.mark.parametrize(
    "halves",
    [
        ("0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.255"),
        ("0.0.0.1-100.0.0.0", "100.0.0.1-255.255.255.254"),
    ],
)
def test_two_halves_of_the_internet_are_the_internet(halves):
    """C2: the union counts: two rules that are each under the bound admit everyone together."""
    rules = dict(zip(("left", "right"), halves, strict=True))
    with simulated(world(firewall=rules)) as azure:
        everyone = verdict(shop(azure).audit(), "net-fw-no-allow-all")
        assert everyone.status is Status.FAIL
        assert everyone.check.desires


def test_the_range_that_means_azure_services_is_not_the_internet():
    """C2: 0.0.0.0-0.0.0.0 fails the control about Azure services, and not the one about the whole internet."""
    with simulated(world(firewall={"x": "0.0.0.0-0.0.0.0"})) as azure:
        assessment = shop(azure).audit()
        assert verdict(assessment, "net-fw-no-azure-services").status is Status.FAIL
        assert verdict(assessment, "net-fw-no-allow-all").status is Status.PASS
    with simulated(world(firewall={"x": "0.0.0.0-255.255.255.255"})) as azure:
        assessment = shop(azure).audit()
        assert verdict(assessment, "net-fw-no-azure-services").status is Status.PASS
        assert verdict(assessment, "net-fw-no-allow-all").status is Status.FAIL
