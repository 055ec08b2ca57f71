"""What the signed-in identity may do, as the service tells it."""

import pytest

from flexsec.errors import Unreadable
from flexsec.model.role import Grant
from flexsec.observers import permissions as observer

PATH = "/providers/Microsoft.Authorization/permissions"


def observed(service, *entries):
    """The grants as the observer reads them."""
    service.has(PATH, {"value": list(entries)})
    return observer.observe(service.connection, service.server.arm_id, deadline=service.deadline)


def test_each_role_assignment_is_a_grant(service):
    """Every entry is a grant with its four lists, as spelt; a list that is missing or null is empty."""
    found = observed(
        service,
        {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"], "dataActions": [], "notDataActions": []},
        {"actions": None, "dataActions": ["Microsoft.KeyVault/vaults/*"], "condition": None},
    )
    assert found == (
        Grant(actions=("*",), not_actions=("Microsoft.Authorization/*/Write",)),
        Grant(data_actions=("Microsoft.KeyVault/vaults/*",)),
    )
    assert service.paths == [PATH]
    assert observed(service) == ()


@pytest.mark.parametrize("wrong", [{"notActions": "*"}, {"actions": [1]}, {"notDataActions": {"a": 1}}])
def test_a_list_that_is_none_is_not_guessed(service, wrong):
    """A list that is something else is unreadable: a "not" list left out would make the grant look wider."""
    with pytest.raises(Unreadable, match="is not a list of texts"):
        observed(service, {"actions": ["*"], **wrong})


def test_the_action_stands_in_the_documentation():
    """The observer's docstring names the action that it states."""
    (action,) = observer.ACTIONS
    assert action in observer.observe.__doc__
