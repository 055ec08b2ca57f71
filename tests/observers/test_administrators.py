"""Microsoft Entra administrators."""

import pytest

from flexsec.errors import ArmError, Forbidden, Unreadable
from flexsec.model.server import Administrator
from flexsec.observers import administrators as observer

OBJECT_ID = "5f2b3711-0000-0000-0000-000000000001"


def observed(service, document, status=200):
    """The administrators as the observer reads them."""
    service.has("/administrators", document, status)
    return observer.observe(service.connection, service.server, deadline=service.deadline)


def test_administrators_are_read(service):
    """Object id, name, type and tenant come out of the recorded key set; the resource's name is the principal's."""
    properties = {"principalType": "Group", "principalName": "dba", "objectId": OBJECT_ID, "tenantId": "t"}
    entry = {"properties": properties, "id": f"/s/administrators/{OBJECT_ID}", "name": "dba", "type": "t"}
    assert observed(service, {"value": [entry]}) == (
        Administrator(object_id=OBJECT_ID, name="dba", principal_type="Group", tenant_id="t"),
    )


def test_the_object_id_also_stands_in_the_id(service):
    """An entry that leaves things out is read from what it has."""
    entry = {"properties": {}, "id": f"/s/administrators/{OBJECT_ID}", "name": "app"}
    found = observed(service, {"value": [entry]})
    assert found == (Administrator(object_id=OBJECT_ID, name="app", principal_type="Unknown", tenant_id=""),)


def test_they_are_sorted_by_name(service):
    """Two reads of the same administrators are equal whatever their order."""
    entries = [{"properties": {"principalName": name, "objectId": name}, "name": name} for name in ("b", "a")]
    assert [found.name for found in observed(service, {"value": entries})] == ["a", "b"]


def test_none_is_none(service):
    """Recorded: a server without administrators answers an empty list."""
    assert observed(service, {"value": []}) == ()


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_entra_switched_off_means_no_administrators(service, status):
    """D6, X14: the refusal that says authentication is not enabled is an empty list, whatever its status."""
    message = "Azure AD Authentication is not enabled for the server shop-db."
    assert observed(service, {"error": {"code": "AadAuthNotEnabled", "message": message}}, status) == ()


def test_other_refusals_are_errors(service):
    """F7: a list that may not be read is not an empty one."""
    with pytest.raises(Forbidden):
        observed(service, {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(ArmError):
        observed(service, {"error": {"code": "ServerStoppedError", "message": "stopped"}}, 400)


def test_another_shape_is_unreadable(service):
    """An answer that is no list of administrators is an error."""
    with pytest.raises(Unreadable):
        observed(service, {"value": [{"name": "x"}]})
