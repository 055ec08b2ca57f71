"""What an operator is handed is one az command: a shell reads every word as it is meant. (That az takes it: tests/clients.)"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.handover.azure_cli import patch
from tests.handover.changes import SERVER, STATE, one_of_each, parameter, rule_gone, setting
from tests.handover.reading import az

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
BELOW = {"--subscription": SERVER.subscription_id, "--resource-group": "rg-shop", "--server-name": "shop-db"}
ITSELF = {"--subscription": SERVER.subscription_id, "--resource-group": "rg-shop", "--name": "shop-db"}


@given(ANY_TEXT | st.sampled_from(("", "-1", "--value", "it's", "$(reboot)", "`reboot`", "a\nb", "*", "!x", "-")))
def test_any_value_is_read_back(value):
    """A shell hands any value on as it is; one that az would take for a file's name makes no command."""
    patched = patch(parameter(value), SERVER, STATE)
    if value.startswith("@"):
        assert patched == ""
        return
    verb, options = az(patched)
    assert verb == "postgres flexible-server parameter set"
    assert options == {**BELOW, "--name": "log_line_prefix", "--value": value}


def test_what_cannot_be_an_argument_is_no_command():
    """A zero character ends an argument, so no command is written for a value that holds one."""
    assert patch(parameter("a\0b"), SERVER, STATE) == ""


@pytest.mark.parametrize(
    ("kind", "verb", "options"),
    [
        ("parameter", "parameter set", {**BELOW, "--name": "log_connections", "--value": "on"}),
        (
            "new rule",
            "firewall-rule create",
            {**BELOW, "--name": "office-2", "--start-ip-address": "203.0.113.64", "--end-ip-address": "203.0.113.71"},
        ),
        (
            "changed rule",
            "firewall-rule update",
            {**BELOW, "--name": "office", "--start-ip-address": "203.0.113.0", "--end-ip-address": "203.0.113.7"},
        ),
        ("rule gone", "firewall-rule delete", {**BELOW, "--name": "temp-debug", "--yes": True}),
        ("threat protection", "advanced-threat-protection-setting update", {**BELOW, "--state": "Enabled"}),
        ("retention", "update", {**ITSELF, "--backup-retention": "21"}),
        ("autogrow", "update", {**ITSELF, "--storage-auto-grow": "Enabled"}),
        ("window", "update", {**ITSELF, "--maintenance-window": "Sun:2:5"}),
        ("restart", "restart", ITSELF),
    ],
)
def test_each_change_has_its_command(kind, verb, options):
    """Every kind of change is spelt as azure-cli 2.91 spells it."""
    assert az(patch(one_of_each()[kind], SERVER, STATE)) == (f"postgres flexible-server {verb}", options)


def test_tags_are_written_with_all_others():
    """All tags are replaced at once: the command holds every tag of the server as it shall be."""
    state = replace(STATE, server=replace(STATE.server, tags={"Env": "dev", "cost centre": "42 & more"}))
    verb, options = az(patch(setting("tag:env", "prod", state), SERVER, state))
    assert verb == "postgres flexible-server update"
    assert options == {**ITSELF, "--tags": ["Env=prod", "cost centre=42 & more"]}


@pytest.mark.parametrize("tags", [{"a=b": "c"}, {"a": "x", "@b": "c"}, {"-a": "c"}])
def test_tags_that_az_misreads_make_no_command(tags):
    """A tag whose name az would split or take for something else makes no command rather than a wrong one."""
    state = replace(STATE, server=replace(STATE.server, tags=tags))
    assert patch(setting("tag:env", "prod", state), SERVER, state) == ""


def test_a_rule_with_a_name_that_az_refuses_goes_by_rest():
    """Names that older versions of the service allowed are refused by az; such a rule is removed with az rest."""
    patched = patch(replace(rule_gone(), name="old.name"), SERVER, STATE)
    verb, options = az(patched)
    assert verb == "rest"
    assert options == {
        "--method": "delete",
        "--url": f"{SERVER}/firewallRules/old.name?api-version=2024-08-01",
    }
