"""What is handed to Terraform is HCL, means what the change means, and holds any value as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.handover.terraform import label, patch, text
from tests.handover.changes import SERVER, STATE, observed, one_of_each, parameter, rule, setting
from tests.handover.reading import hcl

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
AWKWARD = (
    "",
    '"',
    "\\",
    '\\"',
    "${x}",
    "$${x}",
    "%{if}",
    "$",
    "${",
    "%%{",
    "a\nb",
    "\r\n",
    "\x00",
    "é",
    "😀",
    "<<EOF",
    "#",
)


@settings(deadline=None)
@given(ANY_TEXT | st.sampled_from(AWKWARD) | st.text('${}%"\\\n', max_size=12))
def test_any_value_is_read_back(value):
    """Any value of a parameter stands in the block as it is: quotes, backslashes, templates and control characters."""
    found = hcl(patch(parameter(value), SERVER, STATE))
    block = found["resource"][0]["azurerm_postgresql_flexible_server_configuration"]["log_line_prefix"]
    assert block == {"name": "log_line_prefix", "server_id": str(SERVER), "value": value}


@pytest.mark.parametrize("value", AWKWARD)
def test_a_text_is_one_line(value):
    """A text never breaks its line, so that it can stand in a comment as well."""
    assert len(text(value).splitlines()) == 1


def test_a_rule_is_a_resource_of_its_own():
    """A firewall rule is a resource with its addresses, under a label that HCL takes."""
    found = hcl(patch(rule("2nd-office"), SERVER, STATE))
    assert found == {
        "resource": [
            {
                "azurerm_postgresql_flexible_server_firewall_rule": {
                    "r_2nd_office": {
                        "name": "2nd-office",
                        "server_id": str(SERVER),
                        "start_ip_address": "203.0.113.64",
                        "end_ip_address": "203.0.113.71",
                    }
                }
            }
        ]
    }


@given(ANY_TEXT)
def test_a_label_is_an_identifier(name):
    """Whatever a rule is called, its label is an identifier of HCL."""
    assert label(name).isascii()
    assert hcl(f"{label(name)} = 1\n") == {label(name): 1}


def test_a_removal_says_what_terraform_does():
    """A rule that goes is a removed block that destroys, with the words for a rule that Terraform does not manage."""
    patched = patch(one_of_each()["rule gone"], SERVER, STATE)
    assert hcl(patched) == {
        "removed": [
            {
                "from": "${azurerm_postgresql_flexible_server_firewall_rule.temp_debug}",
                "lifecycle": [{"destroy": True}],
            }
        ]
    }
    assert (
        'Delete the resource block azurerm_postgresql_flexible_server_firewall_rule whose name is "temp-debug"'
        in patched
    )
    assert (
        f'terraform import azurerm_postgresql_flexible_server_firewall_rule.temp_debug "{SERVER}/firewallRules/temp-debug"'
        in patched
    )


def test_threat_protection_goes_through_azapi():
    """There is no resource for threat protection in azurerm: the patch says so and uses azapi_update_resource."""
    patched = patch(one_of_each()["threat protection"], SERVER, STATE)
    assert "azurerm has no resource" in patched
    (block,) = hcl(patched)["resource"][0]["azapi_update_resource"].values()
    assert block["type"] == "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings@2024-08-01"
    assert (block["parent_id"], block["name"]) == (str(SERVER), "Default")
    assert block["body"] == {"properties": {"state": "Enabled"}}


def test_settings_are_lines_of_the_servers_resource():
    """Retention, autogrow and window are the attributes of azurerm's server resource, by azurerm's names."""
    for name, value, expected in (
        ("backup_retention_days", "21", {"backup_retention_days": 21}),
        ("storage_auto_grow", "Enabled", {"auto_grow_enabled": True}),
        (
            "maintenance_window",
            "Saturday 23:05",
            {"maintenance_window": [{"day_of_week": 6, "start_hour": 23, "start_minute": 5}]},
        ),
    ):
        patched = patch(setting(name, value), SERVER, STATE)
        assert hcl(patched) == expected
        assert patched.startswith("# In the existing resource azurerm_postgresql_flexible_server of shop-db:\n")


def test_a_window_of_the_services_choice_is_no_block():
    """Without its block the window is the service's choice; the patch says to delete it and sets nothing."""
    from flexsec.model.server import MaintenanceWindow

    custom = observed(maintenance_window=MaintenanceWindow(custom="Enabled", day_of_week=1))
    patched = patch(setting("maintenance_window", "system-managed", custom), SERVER, custom)
    assert hcl(patched) == {}
    assert "delete the block maintenance_window" in patched


@settings(deadline=None)
@given(
    st.dictionaries(st.text("abcXYZ $-{=", min_size=1, max_size=8).filter(str.strip), ANY_TEXT, max_size=4),
    ANY_TEXT.filter(bool),
)
def test_a_tag_is_written_with_all_others(tags, value):
    """Terraform replaces the whole map of tags: the patch holds every tag of the server and the one that changes."""
    by_fold = {key.casefold(): key for key in tags}
    held = {key: tags[key] for key in by_fold.values()}
    state = observed_with(held)
    change = setting_of_tag(value)
    expected = {key: each for key, each in held.items() if key.casefold() != "env"}
    kept = by_fold.get("env", "env")
    assert hcl(patch(change, SERVER, state)) == {"tags": expected | {kept: value}}


def observed_with(tags):
    """The server with these tags."""
    from dataclasses import replace

    return replace(STATE, server=replace(STATE.server, tags=tags))


def setting_of_tag(value):
    """A change of the tag env, also to a value that Azure would refuse."""
    from dataclasses import replace

    return replace(setting("tag:env", "x"), after={"value": value})


def test_a_restart_has_no_words():
    """Terraform has no resource for a restart, and the patch makes none up."""
    assert patch(one_of_each()["restart"], SERVER, STATE) == ""
