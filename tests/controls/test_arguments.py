"""Arguments that are free text of a form."""

from __future__ import annotations

import pytest

from flexsec.controls.catalogue import CONTROLS, control
from flexsec.controls.severities import THRESHOLDS
from flexsec.errors import InvalidValue
from tests.controls.states import state

NOTHING = state({})


@pytest.mark.parametrize(
    ("control_id", "given", "words"),
    [
        ("maint-window-custom", {"window": "Sunday 24:00"}, "a day and a time such as Sunday 02:00"),
        ("maint-window-custom", {"window": "sunday 02:00"}, "a day and a time such as Sunday 02:00"),
        ("maint-window-custom", {"window": "Sunday 02:00 "}, "a day and a time such as Sunday 02:00"),
        ("maint-window-custom", {"window": ""}, "a day and a time such as Sunday 02:00"),
        ("gov-tags", {"required": ("=production",)}, "a list of tag names, each alone or as name=value"),
        ("gov-tags", {"required": ("owner=",)}, "a list of tag names, each alone or as name=value"),
        ("gov-tags", {"required": ("owner", " = x")}, "a list of tag names, each alone or as name=value"),
        ("gov-tags", {"required": "owner"}, "a list of tag names, each alone or as name=value"),
        ("gov-tags", {"required": ("env=prod", "owner", " Env = dev")}, "one value for each name, not both 'env=prod' and ' Env = dev'"),
        ("version-supported", {"allowed": ("16.4",)}, 'a list of major versions such as "16"'),
        ("version-supported", {"allowed": (16,)}, 'a list of major versions such as "16"'),
        ("audit-pgaudit-classes", {"classes": ("ddl", "rolle")}, "a list of read, write, function, role, ddl, misc, all"),
        ("backup-retention-days", {"days": 36}, "a whole number from 7 to 35"),
        ("log-duration", {"milliseconds": 99}, "a whole number from 100 to 2147483647"),
        ("backup-immutable", {"vaulted": "yes"}, "true or false"),
        ("log-min-messages", {"messages": "fatal"}, "one of debug5"),
    ],
)  # fmt: skip
def test_a_value_of_another_form_is_refused_with_what_is_expected(control_id, given, words):
    """A misspelt window, tag or version is told before any server is read, with the form that is expected."""
    with pytest.raises(InvalidValue) as refused:
        control(control_id).judge(NOTHING, given)
    assert words in str(refused.value)
    assert control_id in str(refused.value)


@pytest.mark.parametrize(
    ("control_id", "given"),
    [
        ("maint-window-custom", {"window": "Saturday 23:59"}),
        ("gov-tags", {"required": ("cost centre", "environment=production", "query=a=b", "hidden-title=The shop")}),
        ("gov-tags", {"required": ("env=prod", "ENV = prod", "Env")}),
        ("version-supported", {"allowed": ("17", "19")}),
        ("ext-allowlist-minimal", {"approved": ("uuid-ossp",), "risky": ("dblink",)}),
        ("log-duration", {"milliseconds": 100}),
        ("backup-immutable", {"vaulted": True}),
    ],
)
def test_values_of_the_form_are_taken(control_id, given):
    """What users write is taken as it stands."""
    assert control(control_id).settled(given).items() >= given.items()


@pytest.mark.parametrize("entry", CONTROLS, ids=lambda entry: entry.id)
def test_every_default_is_one_that_may_be_given_or_none_at_all(entry):
    """A default has a reason in the table; it is admitted, or empty where only the user can know."""
    for argument in entry.arguments:
        assert argument.default == THRESHOLDS[f"{entry.id}.{argument.name}"].value
        assert argument.default in ("", ()) or argument.admits(argument.default)
