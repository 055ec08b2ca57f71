"""What is handed to Bicep is Bicep, means what the change means, and holds any value as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.handover.bicep import patch
from tests.handover.changes import SERVER, STATE, one_of_each, parameter, rule, setting
from tests.handover.reading import bicep, tree

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
AWKWARD = ("", "'", "\\", "\\'", "${x}", "$${x}", "$", "${", "a\nb", "\r\n", "\x00", "é", "😀", "'''", "//")
TYPE = "Microsoft.DBforPostgreSQL/flexibleServers"


@settings(deadline=None)
@given(ANY_TEXT | st.sampled_from(AWKWARD) | st.text("${}'\\\n", max_size=12))
def test_any_value_is_read_back(value):
    """Any value of a parameter stands in the resource as it is: quotes, backslashes, interpolation, control characters."""
    ((kind, members),) = bicep(patch(parameter(value), SERVER, STATE)).values()
    assert kind == f"{TYPE}/configurations@2024-08-01"
    assert members == {
        "name": "shop-db/log_line_prefix",
        "properties": {"value": value, "source": "user-override"},
    }


def test_reading_back_is_strict():
    """The tests' reader refuses what is no Bicep, so that a patch that is read is one."""
    for wrong in ("'it's'", "'a${b}'", "'a\nb'", r"'\q'", r"'\u{}'", "'open", "nonsense {"):
        with pytest.raises(AssertionError):
            bicep(f"resource a 'x@y' = {{\n  v: {wrong}\n}}\n")


@settings(deadline=None)
@given(ANY_TEXT.filter(lambda value: "//" not in value and "/*" not in value))
def test_the_grammar_takes_it_whole(value):
    """The grammar of editors takes every patch as it is, strings included (but for // in one, which it misreads)."""
    tree(patch(parameter(value), SERVER, STATE))


def test_children_are_named_below_the_server():
    """Rules and threat protection are child resources by their whole name, so that a patch stands alone."""
    assert bicep(patch(rule(), SERVER, STATE)) == {
        "firewallRules_office_2": (
            f"{TYPE}/firewallRules@2024-08-01",
            {
                "name": "shop-db/office-2",
                "properties": {"startIpAddress": "203.0.113.64", "endIpAddress": "203.0.113.71"},
            },
        )
    }
    assert bicep(patch(one_of_each()["threat protection"], SERVER, STATE)) == {
        "advancedThreatProtectionSettings_Default": (
            f"{TYPE}/advancedThreatProtectionSettings@2024-08-01",
            {"name": "shop-db/Default", "properties": {"state": "Enabled"}},
        )
    }


@pytest.mark.parametrize(
    ("name", "value", "properties"),
    [
        ("backup_retention_days", "21", {"backup": {"backupRetentionDays": 21}}),
        ("storage_auto_grow", "Enabled", {"storage": {"autoGrow": "Enabled"}}),
        (
            "maintenance_window",
            "Saturday 23:05",
            {"maintenanceWindow": {"customWindow": "Enabled", "dayOfWeek": 6, "startHour": 23, "startMinute": 5}},
        ),
    ],
)
def test_settings_are_properties_of_the_servers_resource(name, value, properties):
    """Retention, autogrow and window are snippets of the existing server resource, as the REST API names them."""
    patched = patch(setting(name, value), SERVER, STATE)
    assert bicep(patched) == {"server": (f"{TYPE}@2024-08-01", {"name": "shop-db", "properties": properties})}
    assert patched.startswith("// In the existing resource; what else stands in it stays as it is.\n")


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=6), ANY_TEXT, max_size=4), ANY_TEXT)
def test_a_tag_is_written_with_all_others(tags, value):
    """A deployment replaces the whole map of tags: the patch holds every tag, whatever its key is made of."""
    held = {key: each for key, each in tags.items() if key.isprintable() and key.casefold() != "env"}
    state = replace(STATE, server=replace(STATE.server, tags=held))
    change = replace(setting("tag:env", "x"), after={"value": value})
    ((_, members),) = bicep(patch(change, SERVER, state)).values()
    assert members["tags"] == held | {"env": value}


def test_a_removal_says_that_a_deployment_removes_nothing():
    """A rule that goes is words alone: deleting it from the file leaves it on the server."""
    patched = patch(one_of_each()["rule gone"], SERVER, STATE)
    assert bicep(patched) == {}
    assert "'temp-debug'" in patched
    assert "A deployment removes nothing" in patched


def test_patches_stand_beside_each_other():
    """Patches of several changes make one file: no symbol is used twice."""
    kinds = ("parameter", "static parameter", "new rule", "threat protection")
    whole = "\n".join(patch(one_of_each()[kind], SERVER, STATE) for kind in kinds)
    assert len(bicep(whole)) == len(kinds)
