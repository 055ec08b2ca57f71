"""Firewall rules: bodies, names, addresses, and when changes are discarded."""

import pytest


def rule(start, end=None):
    """The properties of a rule."""
    return {"startIpAddress": start, "endIpAddress": end or start}


def rules(azure):
    """The ranges of all rules by name."""
    listed = azure.get(f"{azure.db}/firewallRules").json["value"]
    return {each["name"]: (each["properties"]["startIpAddress"], each["properties"]["endIpAddress"]) for each in listed}


def test_a_rule_has_the_recorded_members(azure):
    """A rule's body is as recorded: two addresses, id, name and type."""
    assert azure.get(f"{azure.db}/firewallrules/OFFICE").json == {
        "properties": {"startIpAddress": "203.0.113.0", "endIpAddress": "203.0.113.15"},
        "id": f"{azure.db}/firewallRules/office",
        "name": "office",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
    }
    assert len(rules(azure)) == 3


def test_a_missing_rule_is_the_providers_404(azure):
    """The provider's 404 names the server's type, not the rule's, and carries no failure cause (recorded)."""
    found = azure.get(f"{azure.db}/firewallRules/nope")
    assert (found.status, found.code) == (404, "ResourceNotFound")
    assert (
        found.message
        == "The requested resource of type 'Microsoft.DBforPostgreSQL/flexibleServers' with name 'nope' was not found."
    )
    assert "x-ms-failure-cause" not in found.headers


def test_a_rule_is_made_changed_and_removed(azure):
    """PUT makes or overwrites a rule, DELETE removes it; both take Retry-After 60 and their recorded operation names."""
    made = azure.put(f"{azure.db}/firewallRules/vpn", rule("198.51.100.7"))
    assert (made.headers["retry-after"], made.json["operation"]) == (
        "60",
        "UpsertServerFirewallRulesManagementOperation",
    )
    assert "vpn" not in rules(azure)
    assert azure.finish(made, 60)["status"] == "Succeeded"
    assert azure.finish(azure.put(f"{azure.db}/firewallRules/VPN", rule("198.51.100.8")))["status"] == "Succeeded"
    assert rules(azure)["vpn"] == ("198.51.100.8", "198.51.100.8")
    gone = azure.ask("DELETE", f"{azure.db}/firewallRules/vpn")
    assert (gone.headers["retry-after"], gone.json["operation"]) == ("60", "DropServerFirewallRulesManagementOperation")
    assert "x-ms-ratelimit-remaining-subscription-global-deletes" in gone.headers
    assert azure.finish(gone)["status"] == "Succeeded"
    assert "vpn" not in rules(azure)
    assert azure.world.effects(azure.db) == (
        "write firewallRules/vpn",
        "write firewallRules/VPN",
        "delete firewallRules/vpn",
    )


def test_deleting_what_is_not_there_is_a_204(azure):
    """DELETE of an absent rule answers 204 and starts nothing."""
    assert azure.ask("DELETE", f"{azure.db}/firewallRules/nope").status == 204
    assert azure.world.next_due() is None


def test_overlaps_and_private_ranges_are_taken(azure):
    """Overlapping and private ranges are stored as they are (recorded)."""
    for name, each in (("a", rule("10.10.10.10", "12.12.12.12")), ("b", rule("10.10.10.10", "12.12.12.12"))):
        assert azure.finish(azure.put(f"{azure.db}/firewallRules/{name}", each))["status"] == "Succeeded"
    assert rules(azure)["a"] == rules(azure)["b"] == ("10.10.10.10", "12.12.12.12")


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [("203.0.113.9", "203.0.113.1", "endIpAddress"), ("9.0.0.0", "10.0.0.0", None), ("::1", "::1", "startIpAddress"),
     ("10.0.0.0/8", "10.0.0.0/8", "startIpAddress"), ("10.0.0", "10.0.0.1", "startIpAddress"), ("10.0.0.1", "256.0.0.1", "endIpAddress"),
     ("010.0.0.1", "10.0.0.1", "startIpAddress"), (7, "10.0.0.1", "startIpAddress"), (None, "10.0.0.1", "startIpAddress")],
)  # fmt: skip
def test_addresses_are_checked_as_numbers(azure, start, end, named):
    """Only IPv4 addresses without leading zeros are taken, and the start must not lie above the end, compared as numbers."""
    answered = azure.put(f"{azure.db}/firewallRules/x", {"startIpAddress": start, "endIpAddress": end})
    if named is None:
        assert answered.status == 202
    else:
        assert (answered.status, answered.code) == (400, "InvalidParameterValue")
        assert f"parameter {named}." in answered.message


def test_leading_zeros_were_taken_by_old_versions(azure):
    """Before 2024-08-01 the service stored 100.0.00.000 unchanged (reported)."""
    accepted = azure.put(f"{azure.db}/firewallRules/old", rule("100.0.00.000"), version="2023-06-01-preview")
    assert azure.finish(accepted)["status"] == "Succeeded"
    assert rules(azure)["old"] == ("100.0.00.000", "100.0.00.000")
    assert type(azure.world).from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


@pytest.mark.parametrize(
    ("name", "version", "status"),
    [("a" * 80, "2025-08-01", 202), ("a" * 81, "2025-08-01", 400), ("with.dot", "2025-08-01", 400), ("with.dot", "2024-08-01", 202),
     ("-a", "2025-08-01", 400), ("a-", "2025-08-01", 400), ("a b", "2024-08-01", 400), ("_a", "2025-08-01", 400)],
)  # fmt: skip
def test_names_follow_the_pattern_of_the_version(azure, name, version, status):
    """From 2025-08-01 a name has 1 to 80 characters, begins with a letter or digit and ends without a hyphen; before, dots were fine."""
    answered = azure.put(f"{azure.db}/firewallRules/{name.replace(' ', '%20')}", rule("198.51.100.7"), version=version)
    assert answered.status == status


def test_changes_are_discarded_while_public_access_is_off(client_of, world_with):
    """With public access off, rules stay stored and changes are accepted, succeed and do nothing (documented)."""
    azure = client_of(
        world_with(public_network_access="Disabled", firewall_rules={"office": "203.0.113.0-203.0.113.15"})
    )
    assert azure.finish(azure.put(f"{azure.db}/firewallRules/new", rule("198.51.100.7")))["status"] == "Succeeded"
    assert azure.finish(azure.ask("DELETE", f"{azure.db}/firewallRules/office"))["status"] == "Succeeded"
    assert rules(azure) == {"office": ("203.0.113.0", "203.0.113.15")}
    assert azure.world.effects(azure.db) == ()


def test_a_rule_on_a_vnet_server_is_stored(client_of, world_with, vnet):
    """A rule on a VNet server is accepted and stored, though it means nothing there (reported)."""
    azure = client_of(world_with(**vnet))
    assert azure.finish(azure.put(f"{azure.db}/firewallRules/new", rule("198.51.100.7")))["status"] == "Succeeded"
    assert rules(azure) == {"new": ("198.51.100.7", "198.51.100.7")}
