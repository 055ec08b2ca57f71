"""The server resource, read as recorded and as it might come one day."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import Forbidden, NotFound, Unreadable
from flexsec.model.server import CustomerKey, MaintenanceWindow, Networking, PrivateEndpoint, Server
from flexsec.observers import server as observer

# The key set of a public server as recorded at api-version 2025-08-01.
PUBLIC = {
    "sku": {"name": "Standard_D4s_v3", "tier": "GeneralPurpose"},
    "systemData": {"createdAt": "2001-02-03T04:05:06Z"},
    "properties": {
        "replica": {"role": "Primary", "capacity": 5},
        "storage": {"type": "", "iops": 500, "tier": "P10", "storageSizeGB": 128, "autoGrow": "Disabled"},
        "network": {"publicNetworkAccess": "Enabled"},
        "privateEndpointConnections": [],
        "dataEncryption": {"type": "SystemManaged"},
        "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled", "tenantId": "t"},
        "fullyQualifiedDomainName": "shop-db.postgres.database.azure.com",
        "version": "17",
        "minorVersion": "7",
        "administratorLogin": "myAdmin",
        "state": "Ready",
        "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled", "earliestRestoreDate": "2026-01-23"},
        "highAvailability": {"mode": "ZoneRedundant", "state": "Healthy"},
        "maintenanceWindow": {"customWindow": "Enabled", "dayOfWeek": 5, "startHour": 3, "startMinute": 30},
        "replicationRole": "Primary",
        "replicaCapacity": 5,
    },
    "location": "UK South",
    "tags": {"team": "shop", "cost": 7},
    "id": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db",
    "name": "shop-db",
    "type": "Microsoft.DBforPostgreSQL/flexibleServers",
}


def changed(**properties):
    """The public server with other properties; None takes one away."""
    resource = copy.deepcopy(PUBLIC)
    for key, value in properties.items():
        resource["properties"][key] = value
        if value is None:
            del resource["properties"][key]
    return resource


def observed(service, resource):
    """The server as the observer reads it."""
    service.has("", resource)
    return observer.observe(service.connection, service.server, deadline=service.deadline)


def test_a_public_server_is_read_with_one_request(service):
    """Every property that flexsec judges comes out of a recorded answer."""
    assert observed(service, PUBLIC) == Server(
        location="UK South",
        version="17",
        minor_version="7",
        state="Ready",
        tier="GeneralPurpose",
        sku="Standard_D4s_v3",
        role="Primary",
        source_server_id="",
        networking=Networking.PUBLIC,
        public_network_access="Enabled",
        private_endpoints=(),
        entra_auth="Enabled",
        password_auth="Disabled",
        administrator_login="myAdmin",
        high_availability_mode="ZoneRedundant",
        high_availability_state="Healthy",
        encryption="SystemManaged",
        tags={"team": "shop", "cost": "7"},
        tenant_id="t",
        customer_key=CustomerKey(),
        identity_type="",
        identities=(),
        backup_retention_days=7,
        geo_redundant_backup="Disabled",
        immutable_backup="",
        storage_auto_grow="Disabled",
        storage_type="",
        maintenance_window=MaintenanceWindow(custom="Enabled", day_of_week=5, start_hour=3, start_minute=30),
        fips_mode="",
        delegated_subnet_id="",
        private_dns_zone_id="",
        fqdn="shop-db.postgres.database.azure.com",
    )
    assert service.paths == [""]


def test_the_network_of_an_integrated_server_is_read(service):
    """Recorded: an integrated server names its subnet and its private DNS zone."""
    network = {"delegatedSubnetResourceId": "/s/subnets/x", "privateDnsZoneArmResourceId": "/s/privateDnsZones/x"}
    found = observed(service, changed(network=network))
    assert (found.delegated_subnet_id, found.private_dns_zone_id) == ("/s/subnets/x", "/s/privateDnsZones/x")


def test_a_customer_managed_key_is_read(service):
    """Documented: keys, the identities that read them, and their status."""
    told = {
        "type": "AzureKeyVault",
        "primaryKeyURI": "https://a.vault.azure.cn/keys/k/1",
        "primaryUserAssignedIdentityId": "/i/a",
        "primaryEncryptionKeyStatus": "Valid",
        "geoBackupKeyURI": "https://b.vault.azure.cn/keys/k",
        "geoBackupUserAssignedIdentityId": "/i/b",
        "geoBackupEncryptionKeyStatus": "Invalid",
    }
    found = observed(service, changed(dataEncryption=told))
    assert found.encryption == "AzureKeyVault"
    assert found.customer_key == CustomerKey(
        uri="https://a.vault.azure.cn/keys/k/1",
        identity="/i/a",
        status="Valid",
        geo_backup_uri="https://b.vault.azure.cn/keys/k",
        geo_backup_identity="/i/b",
        geo_backup_status="Invalid",
    )


def test_identities_are_read_sorted(service):
    """Recorded: user-assigned identities are the keys of an object; their spelling is kept."""
    both = {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {"/I/b": {}, "/i/a": {"clientId": "x"}}}
    found = observed(service, {**PUBLIC, "identity": both})
    assert (found.identity_type, found.identities) == ("SystemAssigned,UserAssigned", ("/I/b", "/i/a"))
    bare = observed(service, {**PUBLIC, "identity": {"type": "None", "userAssignedIdentities": None}})
    assert (bare.identity_type, bare.identities) == ("None", ())


def test_what_only_newer_interfaces_tell_is_read(service):
    """Documented at 2026-10-01: FIPS mode and immutable backups."""
    found = observed(service, changed(fipsMode="Enabled", backup={"immutableBackup": "Enabled"}))
    assert (found.fips_mode, found.immutable_backup) == ("Enabled", "Enabled")
    assert (found.backup_retention_days, found.geo_redundant_backup) == (None, "")


def test_a_server_without_a_maintenance_window_has_none(service):
    """No window is not a window at midnight on Sunday."""
    assert observed(service, changed(maintenanceWindow=None)).maintenance_window is None
    assert observed(service, changed(maintenanceWindow={})).maintenance_window is None


@pytest.mark.parametrize(("told", "days"), [(35, 35), ("14", 14), (None, None), ("x", None), (True, None), (-1, None)])
def test_backup_retention_is_a_number_or_not_told(service, told, days):
    """A number of days also comes as a text; anything else is not told."""
    assert observed(service, changed(backup={"backupRetentionDays": told})).backup_retention_days == days


def test_vnet_integration_is_told_by_the_subnet(service):
    """C1: a delegated subnet means VNet integration; public access "Disabled" alone does not."""
    network = {
        "publicNetworkAccess": "Disabled",
        "delegatedSubnetResourceId": "/subscriptions/s/subnets/x",
        "privateDnsZoneArmResourceId": "/subscriptions/s/privateDnsZones/x",
    }
    assert observed(service, changed(network=network, privateEndpointConnections=None)).networking is Networking.VNET
    closed = observed(service, changed(network={"publicNetworkAccess": "Disabled"}))
    assert (closed.networking, closed.public_network_access) == (Networking.PUBLIC, "Disabled")


def test_private_endpoints_are_read(service):
    """Each private endpoint connection has a name and a status, sorted by name."""
    state = {"privateLinkServiceConnectionState": {"status": "Approved", "actionsRequired": "None"}}
    connections = [{"name": "b", "properties": state}, {"name": "a", "properties": {}}, {"name": "c"}, "odd", None]
    assert observed(service, changed(privateEndpointConnections=connections)).private_endpoints == (
        PrivateEndpoint(name="a", status=""),
        PrivateEndpoint(name="b", status="Approved"),
        PrivateEndpoint(name="c", status=""),
    )


def test_a_replica_is_read_from_either_property(service):
    """The role stands in replicationRole and, newer, in replica.role."""
    source = "/subscriptions/s/flexibleServers/primary"
    old = observed(service, changed(replica=None, replicationRole="AsyncReplica", sourceServerResourceId=source))
    new = observed(service, changed(replica={"role": "GeoAsyncReplica"}, replicationRole=None))
    assert (old.role, old.is_replica, old.source_server_id) == ("AsyncReplica", True, source)
    assert (new.role, new.is_replica) == ("GeoAsyncReplica", True)


@pytest.mark.parametrize("state", ["Stopped", "Updating", "Reticulating", ""])
def test_any_state_is_kept_as_the_service_says_it(service, state):
    """A6, X33: an unknown state is a word like any other."""
    assert observed(service, changed(state=state)).state == state


def test_what_is_missing_becomes_an_empty_word(service):
    """G12: a server of which next to nothing is told is still read; what is not told is an empty word, never a guess."""
    bare = observed(service, {"properties": {}})
    assert bare.state == bare.version == bare.administrator_login == bare.public_network_access == ""
    assert (bare.entra_auth, bare.password_auth) == ("", "")
    assert bare.customer_key == CustomerKey()
    assert bare.fips_mode == bare.geo_redundant_backup == bare.identity_type == bare.tenant_id == ""
    assert bare.high_availability_mode == ""
    assert bare.networking is Networking.PUBLIC


def test_unknown_and_odd_fields_are_ignored(service):
    """G12: fields of a later version, lists where objects were and numbers where words were do no harm."""
    odd = observed(service, changed(fipsMode="Enabled", authConfig=[1], network="x", version=17, tags="x"))
    assert odd.version == "17"
    assert odd.major_version == 17


@pytest.mark.parametrize("resource", [{}, {"properties": None}, {"properties": []}, {"error": {}}])
def test_a_resource_without_properties_is_unreadable(service, resource):
    """An answer that is no server is an error, not an empty server."""
    with pytest.raises(Unreadable, match="read server shop-db"):
        observed(service, resource)


def test_errors_come_through(service):
    """An absent server and a missing permission are the service's errors."""
    service.has("", {"error": {"code": "ResourceGroupNotFound", "message": "gone"}}, 404)
    with pytest.raises(NotFound):
        observer.observe(service.connection, service.server, deadline=service.deadline)
    service.has("", {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(Forbidden):
        observer.observe(service.connection, service.server, deadline=service.deadline)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
KEYS = [*PUBLIC["properties"], "sourceServerResourceId", "fipsMode"]
RESOURCE = st.fixed_dictionaries(
    {"properties": JSON | st.dictionaries(st.sampled_from(KEYS), JSON)},
    optional={"sku": JSON, "tags": JSON, "identity": JSON | st.fixed_dictionaries({"userAssignedIdentities": JSON})},
)


@given(RESOURCE)
def test_any_json_is_a_server_or_unreadable(resource):
    """G12: no shape of answer makes the observer stumble."""
    try:
        assert isinstance(observer.parse(resource, what="read it"), Server)
    except Unreadable:
        assert not isinstance(resource["properties"], dict)
