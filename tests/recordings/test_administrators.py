import pytest

from flexsec.errors import Forbidden
from flexsec.observers import administrators


@pytest.mark.parametrize("case", ["list_empty", "list_not_enabled"])
def test_no_administrators(play, case):
    """No administrators is an empty tuple, also when the service refuses because authentication is not enabled."""
    assert play.read(f"administrators/{case}", administrators) == ()


def test_missing_right_is_named(play):
    """A forbidden list is an error that names the action, never an empty list."""
    with pytest.raises(Forbidden) as caught:
        play.read("administrators/list_forbidden", administrators)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read"
