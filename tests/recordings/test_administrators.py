import re
from pathlib import Path

import pytest

from flexsec.errors import ArmError, Busy, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.observers import administrators

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("case", ["list_empty", "list_not_enabled"])
def test_no_administrators(play, case):
    """No administrators is an empty tuple, also when the service refuses because authentication is not enabled."""
    assert play.read(f"administrators/{case}", administrators) == ()


def test_missing_right_is_named(play):
    """A forbidden list is an error that names the action, never an empty list."""
    with pytest.raises(Forbidden) as caught:
        play.read("administrators/list_forbidden", administrators)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read"


@pytest.fixture
def parts(change):
    """Entra enabled, an administrator added, and the same one removed, with the stand-ins of a case for its ids."""

    def of(case):
        text = (FOLDER / f"{case}.json").read_text()
        who, tenant = (
            re.search(pattern, text)[1] for pattern in (r"administrators/([0-9a-f-]{36})", r'"tenantId": "(.*?)"')
        )
        person = {"principal": "user-1@example.com", "type": "User", "tenant": tenant}
        return (
            change("authentication", "entra", {"state": "Enabled"}),
            change("administrators", who, person),
            change("administrators", who, None, person),
        )

    return of


def test_an_administrator_is_added_and_read_back(play, parts):
    """One PUT by object id with type, name and tenant, followed for its minute; the list shows the same parts."""
    enabled, added = play.write_all("administrators/add", parts("administrators/add")[:2], then=administrators)
    assert added.ending.kind == EndingKind.SUCCEEDED
    assert added.waits == [60]
    (found,) = added.read
    who = parts("administrators/add")[1]
    told = {"principal": found.name, "type": found.principal_type, "tenant": found.tenant_id}
    assert (found.object_id, told) == (who.name, who.after)
    assert enabled.ending.kind == EndingKind.SUCCEEDED


def test_an_administrator_is_removed_and_gone(play, parts):
    """One DELETE, followed for its half minute."""
    *_, removed = play.write_all("administrators/remove", parts("administrators/remove"), then=administrators)
    assert removed.ending.kind == EndingKind.SUCCEEDED
    assert removed.waits == [30]
    assert removed.read == ()


def test_an_administrator_while_entra_is_off(play, parts):
    """It is refused with words that say so."""
    with pytest.raises(ArmError, match="authentication is not enabled"):
        play.write("administrators/add_not_enabled", parts("administrators/add_not_enabled")[1])


def test_not_accessible_is_busy(play, parts):
    """A7: the code of a server that is not accessible means once more, not a failure."""
    *_, added = play.write_all("administrators/add_not_accessible", parts("administrators/add_not_accessible")[:2])
    assert isinstance(added.ending.error, Busy)


def test_not_validated_tells_what_to_look_at(play, parts):
    """D7: 0LP01 comes with the application whose service principal the tenant needs."""
    *_, added = play.write_all("administrators/add_not_validated", parts("administrators/add_not_validated")[:2])
    assert added.ending.kind == EndingKind.FAILED
    assert "5657e26c-cc92-45d9-bc47-9da6cfdb4ed9" in added.ending.error.message
