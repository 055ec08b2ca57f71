"""Firewall rules."""

import pytest

from flexsec.errors import ServiceFailure, Unreadable
from flexsec.model.firewall import FirewallRule
from flexsec.observers import firewall as observer


def rule(name, start, end):
    """A rule with the recorded key set."""
    return {
        "properties": {"startIpAddress": start, "endIpAddress": end},
        "id": f"/subscriptions/s/firewallRules/{name}",
        "name": name,
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
    }


def observed(service, document, status=200):
    """The rules as the observer reads them."""
    service.has("/firewallRules", document, status)
    return observer.observe(service.connection, service.server, deadline=service.deadline)


def test_rules_are_read_as_stored_and_sorted(service):
    """Addresses come out as the service stores them, leading zeros included, rules sorted by name."""
    found = observed(service, {"value": [rule("office", "100.0.00.000", "100.0.0.9"), rule("a", "1.2.3.4", "1.2.3.4")]})
    assert found == (FirewallRule("a", "1.2.3.4", "1.2.3.4"), FirewallRule("office", "100.0.00.000", "100.0.0.9"))


def test_no_rules(service):
    """A server without rules has none."""
    assert observed(service, {"value": []}) == ()


def test_every_page_is_read(service):
    """X39: rules on later pages count."""
    more = "https://management.azure.com/x/flexibleServers/shop-db/firewallRules/page2?api-version=1"
    service.has("/firewallRules/page2", {"value": [rule("b", "1.1.1.1", "1.1.1.1")]})
    found = observed(service, {"value": [rule("a", "1.2.3.4", "1.2.3.4")], "nextLink": more})
    assert [item.name for item in found] == ["a", "b"]


def test_a_failing_page_fails_the_whole(service):
    """X39: half a firewall is no firewall."""
    more = "https://management.azure.com/x/flexibleServers/shop-db/firewallRules/page2?api-version=1"
    service.has("/firewallRules/page2", {"error": {"code": "InternalServerError"}}, 501)
    with pytest.raises(ServiceFailure):
        observed(service, {"value": [rule("a", "1.2.3.4", "1.2.3.4")], "nextLink": more})


def test_a_rule_without_addresses_is_kept(service):
    """A rule whose addresses are missing is shown as unreadable, not dropped."""
    (found,) = observed(service, {"value": [{"name": "odd", "properties": {}}]})
    assert (found.start, found.end, found.kind) == ("", "", "unreadable")


@pytest.mark.parametrize("document", [{}, {"value": None}, {"value": [{"name": "x"}]}, {"value": [{"properties": {}}]}])
def test_another_shape_is_unreadable(service, document):
    """An answer that is no list of rules is never an open or an empty firewall."""
    with pytest.raises(Unreadable, match="firewall rules of shop-db"):
        observed(service, document)
