"""Each kind of body against what was recorded of it: the members with their JSON types, and the headers beside it.

The shapes were seen in exchanges recorded by public test suites between 2023-06 and 2026-02, at the api-versions
named; a member marked with a question mark was absent in some of them.
"""

import pytest

TEXT, NUMBER, TRUTH = "string", "number", "boolean"
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
PROVIDER = "Microsoft.DBforPostgreSQL/flexibleServers"
ENVELOPE = {"id": TEXT, "name": TEXT, "type": TEXT}
CONNECTION = ENVELOPE | {
    "properties.privateEndpoint.id": TEXT,
    "properties.privateLinkServiceConnectionState.status": TEXT,
    "properties.privateLinkServiceConnectionState.description?": TEXT,
    "properties.privateLinkServiceConnectionState.actionsRequired": TEXT,
    "properties.groupIds[]": TEXT,
    "properties.provisioningState": TEXT,
}
SERVER = (
    ENVELOPE
    | {
        "location": TEXT,
        "sku.name": TEXT,
        "sku.tier": TEXT,
        "systemData.createdAt": TEXT,
        "tags.*?": TEXT,
        "identity.*?": TEXT,
        "properties.replica.role": TEXT,
        "properties.replica.capacity": NUMBER,
        "properties.storage.type": TEXT,
        "properties.storage.iops": NUMBER,
        "properties.storage.tier": TEXT,
        "properties.storage.storageSizeGB": NUMBER,
        "properties.storage.autoGrow": TEXT,
        "properties.network.publicNetworkAccess": TEXT,
        "properties.network.delegatedSubnetResourceId?": TEXT,
        "properties.network.privateDnsZoneArmResourceId?": TEXT,
        "properties.dataEncryption.type": TEXT,
        "properties.authConfig.activeDirectoryAuth": TEXT,
        "properties.authConfig.passwordAuth": TEXT,
        "properties.authConfig.tenantId?": TEXT,
        "properties.fullyQualifiedDomainName": TEXT,
        "properties.version": TEXT,
        "properties.minorVersion": TEXT,
        "properties.administratorLogin?": TEXT,
        "properties.state": TEXT,
        "properties.availabilityZone": TEXT,
        "properties.sourceServerResourceId?": TEXT,
        "properties.backup.backupRetentionDays": NUMBER,
        "properties.backup.geoRedundantBackup": TEXT,
        "properties.backup.earliestRestoreDate": TEXT,
        "properties.highAvailability.mode": TEXT,
        "properties.highAvailability.state": TEXT,
        "properties.highAvailability.standbyAvailabilityZone?": TEXT,
        "properties.maintenanceWindow.customWindow": TEXT,
        "properties.maintenanceWindow.dayOfWeek": NUMBER,
        "properties.maintenanceWindow.startHour": NUMBER,
        "properties.maintenanceWindow.startMinute": NUMBER,
        "properties.replicationRole": TEXT,
        "properties.replicaCapacity": NUMBER,
    }
    | {f"properties.privateEndpointConnections[].{key.rstrip('?')}?": kind for key, kind in CONNECTION.items()}
)
# Kind: api-version of the newest recording, path below the server, resource type, shape.
BODIES = {
    "server": ("2025-08-01", "", PROVIDER, SERVER),
    "parameter": (
        "2025-08-01",
        "/configurations",
        f"{PROVIDER}/configurations",
        ENVELOPE
        | {f"properties.{key}": TEXT for key in ("value", "description", "defaultValue", "dataType", "allowedValues", "source")}
        | {f"properties.{key}": TRUTH for key in ("isDynamicConfig", "isReadOnly", "isConfigPendingRestart")}
        | {"properties.unit?": TEXT, "properties.documentationLink?": TEXT},
    ),
    "firewall rule": (
        "2025-08-01",
        "/firewallRules",
        f"{PROVIDER}/firewallRules",
        ENVELOPE | {"properties.startIpAddress": TEXT, "properties.endIpAddress": TEXT},
    ),
    "administrator": (
        "2025-08-01",
        "/administrators",
        f"{PROVIDER}/administrators",
        ENVELOPE | {f"properties.{key}": TEXT for key in ("principalType", "principalName", "objectId", "tenantId")},
    ),
    "threat protection": (
        "2024-11-01-preview",
        "/advancedThreatProtectionSettings",
        f"{PROVIDER}/advancedThreatProtectionSettings",
        ENVELOPE | {"properties.state": TEXT, "properties.creationTime": TEXT},
    ),
    "database": (
        "2025-08-01",
        "/databases",
        f"{PROVIDER}/databases",
        ENVELOPE | {"properties.charset": TEXT, "properties.collation": TEXT},
    ),
    "private endpoint connection": (
        "2024-11-01-preview",
        "/privateEndpointConnections",
        f"{PROVIDER}/privateEndpointConnections",
        CONNECTION,
    ),
    "private link resource": (
        "2024-11-01-preview",
        "/privateLinkResources",
        f"{PROVIDER}/privateLinkResources",
        ENVELOPE
        | {"properties.groupId": TEXT, "properties.requiredMembers[]": TEXT, "properties.requiredZoneNames[]": TEXT},
    ),
}  # fmt: skip
PLAN = ENVELOPE | {
    "properties.pricingTier": TEXT,
    "properties.freeTrialRemainingTime": TEXT,
    "properties.subPlan?": TEXT,
    "properties.enablementTime?": TEXT,
    "properties.deprecated?": TRUTH,
    "properties.replacedBy[]?": TEXT,
    "properties.extensions[].name?": TEXT,
    "properties.extensions[].isEnabled?": TEXT,
}
KINDS = {str: TEXT, bool: TRUTH, int: NUMBER, float: NUMBER}
FREE = ("tags.", "identity.")


def shape(body, at=""):
    """The leaves of a body as dotted names with their JSON types."""
    if isinstance(body, dict):
        return {
            key: kind
            for name, value in body.items()
            for key, kind in shape(value, f"{at}.{name}" if at else name).items()
        }
    if isinstance(body, list):
        return {key: kind for value in body for key, kind in shape(value, f"{at}[]").items()}
    return {at: KINDS[type(body)]}


def check(body, expected):
    """Holds a body against a shape: nothing missing, nothing invented, no other type."""
    found = shape(body)
    known = {key.rstrip("?"): kind for key, kind in expected.items()}
    assert {key for key in expected if not key.endswith("?")} <= set(found)
    for key, kind in found.items():
        if not key.startswith(FREE):
            assert (key, known.get(key)) == (key, kind)


@pytest.fixture
def full(client_of, world_with):
    """A client of a server that has one of everything."""
    network = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-net/providers/Microsoft.Network"
    tenant = "33333333-3333-3333-3333-333333333333"
    return client_of(
        world_with(
            entra_auth="Enabled",
            tenant_id=tenant,
            tags={"a": "1"},
            firewall_rules={"office": "203.0.113.1-203.0.113.1"},
            administrators={
                "77777777-7777-7777-7777-777777777777": {"type": "User", "name": "a@b.c", "tenant_id": tenant}
            },
            private_endpoint_connections={"pe.1": {"private_endpoint_id": f"{network}/privateEndpoints/pe"}},
            identities=[f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"],
        )
    )


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_has_the_recorded_members_and_types(full, kind):
    """Each kind's body holds what every recording of it held, nothing that no recording held, with the recorded types, ids and type."""
    version, path, resource_type, expected = BODIES[kind]
    answered = full.get(full.db + path, version=version)
    entries = answered.json["value"] if path else [answered.json]
    assert entries
    for each in entries:
        check(each, expected)
        assert each["type"] == resource_type
        assert each["id"].startswith(full.db + path)
    assert set(answered.json) <= {"value"} | set(entries[0])


@pytest.mark.parametrize("world", ["insecure", "replicas", "private"])
def test_every_server_of_the_built_in_worlds_conforms(client_of, world):
    """The servers of each world that comes with the package have the recorded shape, alone and in the list."""
    azure = client_of(world)
    for server, _ in azure.world.servers():
        body = azure.get(server).json
        check(body, SERVER)
        private = (
            "delegatedSubnetResourceId" in body["properties"]["network"] if "network" in body["properties"] else False
        )
        assert ("privateEndpointConnections" in body["properties"]) != private


def test_a_plan_has_the_recorded_members_and_types(azure):
    """Plans, off and on, have the shape recorded at 2023-01-01."""
    plans = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Security/pricings"
    azure.put(
        f"{plans}/StorageAccounts",
        {"pricingTier": "Standard", "extensions": [{"name": "a", "isEnabled": "true"}]},
        version="2023-01-01",
    )
    for each in azure.get(plans, version="2023-01-01").json["value"]:
        check(each, PLAN)


@pytest.mark.parametrize(
    ("method", "path", "body", "operation", "wait"),
    [
        ("PATCH", "", {"tags": {}}, "UpsertServerManagementOperationV2", "60"),
        ("DELETE", "", None, "DropServerManagementOperation", "15"),
        ("POST", "/restart", None, "RestartServerManagementOperation", None),
        ("POST", "/stop", None, "StopServerManagementOperation", None),
        ("POST", "/start", None, "StartServerManagementOperation", None),
        ("PATCH", "/configurations/log_checkpoints", {"properties": {"value": "on"}}, "UpdateOrcasServerParameterManagementOperation", "10"),
        ("PUT", "/firewallRules/a", {"properties": {"startIpAddress": "1.2.3.4", "endIpAddress": "1.2.3.4"}}, "UpsertServerFirewallRulesManagementOperation", "60"),
        ("DELETE", "/firewallRules/office", None, "DropServerFirewallRulesManagementOperation", "60"),
        ("DELETE", "/administrators/77777777-7777-7777-7777-777777777777", None, "DropAadAuthPrincipalManagementOperation", "30"),
        ("PUT", "/advancedThreatProtectionSettings/Default", {"properties": {"state": "Enabled"}}, "UpsertThreatProtectionStateOperation", "10"),
        ("PUT", "/databases/a", {"properties": {"charset": "utf8"}}, "UpsertServerDatabaseManagementOperation", "10"),
        ("DELETE", "/privateEndpointConnections/pe.1", None, "DropPrivateEndpointConnectionManagementOperation", None),
    ],
)  # fmt: skip
def test_every_write_is_accepted_as_recorded(full, method, path, body, operation, wait):
    """Each write is a 202 with operation and start, both URLs on the caller's origin, the recorded Retry-After, and a bare poll body."""
    origin = "https://127.0.0.1:8443"
    accepted = full.ask(method, f"{origin}{full.db}{path}", body)
    assert accepted.status == 202
    assert shape(accepted.json) == {"operation": TEXT, "startTime": TEXT}
    assert accepted.json["operation"] == operation
    assert accepted.headers.get("retry-after") == wait
    for header in ("azure-asyncoperation", "location"):
        assert accepted.headers[header].startswith(f"{origin}/subscriptions/")
        assert len(accepted.headers[header]) > 2500
    poll = full.get(accepted.headers["azure-asyncoperation"])
    assert shape(poll.json) == {"name": TEXT, "status": TEXT, "startTime": TEXT}
    assert poll.headers.get("retry-after") == wait


@pytest.mark.parametrize(
    ("path", "cause", "sentence"),
    [
        (f"{GROUP}/providers/{PROVIDER}/none", "gateway", f"The Resource '{PROVIDER}/none' under resource group 'rg-shop' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"),
        (f"{GROUP}-none/providers/{PROVIDER}/none", "gateway", "Resource group 'rg-shop-none' could not be found."),
        (f"{GROUP}/providers/{PROVIDER}/shop-db/databases/none", None, f"The requested resource of type '{PROVIDER}/databases' with name 'none' was not found."),
        (f"{GROUP}/providers/{PROVIDER}/shop-db/firewallRules/none", None, f"The requested resource of type '{PROVIDER}' with name 'none' was not found."),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_in_the_recorded_words(azure, path, cause, sentence):
    """A missing server, group, database and rule are 404s with the recorded sentences, and tell whose refusal it is."""
    missing = azure.get(path)
    assert (missing.status, missing.message) == (404, sentence)
    assert missing.headers.get("x-ms-failure-cause") == cause


@pytest.mark.parametrize("path", ["/configurations/log_checkpoints", "/advancedThreatProtectionSettings/Default"])
def test_a_missing_server_is_told_before_a_method_that_is_not_there(azure, path):
    """A DELETE that no such resource takes is a 404 of the server when that is missing (recorded), else a 405."""
    assert azure.ask("DELETE", f"{azure.db}-none{path}").code == "ResourceNotFound"
    assert azure.ask("DELETE", azure.db + path).status == 405
