import json
import re

from hypothesis import given
from hypothesis import strategies as st

from flexsec.testing import Exchange
from flexsec.testing.scrubbing import REMOVED, scrub

SERVER = (
    "https://management.azure.com/subscriptions/5c1b7a52-1111-4d0a-9f8e-0123456789ab/resourceGroups/Payroll-Prod"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/payroll-db"
)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
CANARY = "Canary-9f3b!"


def _exchange(url=SERVER + "?api-version=2025-08-01", body=None, answer=None, headers=None, method="GET"):
    return Exchange(method=method, url=url, body=body, status=200, headers=headers or {}, answer=answer or {})


def _text(exchanges):
    return json.dumps([[e.url, e.body, e.headers, e.answer] for e in exchanges])


def test_identifiers_are_replaced_one_to_one():
    """The same subscription, group and server get the same stand-in everywhere, whatever their case; others differ."""
    other = SERVER.replace("payroll-db", "hr-db").replace("/resourceGroups/Payroll", "/resourcegroups/PAYROLL")
    first, second = scrub(
        [
            _exchange(answer={"id": SERVER, "fqdn": "payroll-db.postgres.database.azure.com"}),
            _exchange(url=other, answer={"message": "Server 'hr-db' is busy; not 'payroll-db'."}),
        ]
    )
    assert "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/group-1/" in first.url
    assert first.answer["fqdn"] == "server-1.postgres.database.azure.com"
    assert "/resourcegroups/group-1/" in second.url
    assert second.answer["message"] == "Server 'server-2' is busy; not 'server-1'."


def test_people_and_rules_are_replaced():
    """Administrators, e-mail addresses, firewall rules and addresses are identifiers too; a range stays a range."""
    rule = {
        "id": SERVER + "/firewallRules/berlin-office",
        "name": "berlin-office",
        "properties": {"startIpAddress": "84.16.1.9", "endIpAddress": "84.16.1.10"},
    }
    world = {"name": "azure", "properties": {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}}
    admin = {"principalName": "Erika Mustermann", "mail": "erika@contoso.com", "administratorLogin": "erika"}
    (scrubbed,) = scrub([_exchange(answer={"value": [rule, world, admin]})])
    assert not re.search(r"berlin|84\.16|erika|mustermann|contoso", _text([scrubbed]), re.IGNORECASE)
    assert scrubbed.answer["value"][0]["name"] == "rule-1"
    assert scrubbed.answer["value"][0]["properties"] == {"startIpAddress": "198.18.0.1", "endIpAddress": "198.18.0.2"}
    assert scrubbed.answer["value"][1] == world


def test_canary_never_gets_in():
    """D15: a secret in a body, a header, a query, a tag, an error text or a token is in no scrubbed exchange."""
    signed = "https://management.azure.com/subscriptions/x/azureAsyncOperation/y?api-version=1&t=638&c=MII&s=" + CANARY
    exchanges = [
        _exchange(
            method="PATCH", body={"properties": {"administratorLoginPassword": CANARY, "tags": {"note": CANARY}}}
        ),
        _exchange(headers={"azure-asyncoperation": signed, "set-cookie": CANARY, "retry-after": "10"}),
        _exchange(url=signed, answer={"tags": {"owner": CANARY}, "nextLink": SERVER + "?$skiptoken=" + CANARY}),
        _exchange(answer={"error": {"message": f"the token '{TOKEN}' has expired; sent Bearer {CANARY}"}}),
        _exchange(answer={"message": f"echo of {CANARY}"}, headers={"www-authenticate": f"Bearer {TOKEN}"}),
    ]
    text = _text(scrub(exchanges, secrets=[CANARY, ""]))
    assert CANARY not in text
    assert "eyJ" not in text
    assert "638" not in text
    assert "api-version=1&t=x&c=x&s=x" in text
    assert "retry-after" in text
    by_place = _text(scrub(exchanges[:4]))  # without being told what the secret is
    assert CANARY not in by_place


def test_settings_about_passwords_stay():
    """password_encryption and passwordAuth are settings, not secrets: what a fixture is about must not be removed."""
    answer = {"name": "password_encryption", "properties": {"value": "md5", "authConfig": {"passwordAuth": "Enabled"}}}
    assert scrub([_exchange(answer=answer)])[0].answer == answer


def test_parameter_named_like_a_server_stays_whole():
    """A name is replaced where it stands alone, not inside a longer word; the service's own words are kept."""
    url = SERVER.replace("payroll-db", "log")
    (scrubbed,) = scrub([_exchange(url=url, answer={"name": "log_connections", "server": "log", "state": "Ready"})])
    assert scrubbed.answer == {"name": "log_connections", "server": "server-1", "state": "Ready"}
    (scrubbed,) = scrub([_exchange(url=SERVER + "/firewallRules/Ready", answer={"state": "Ready"})])
    assert scrubbed.answer == {"state": "Ready"}


def test_other_resources_are_replaced():
    """Names of networks, identities and vaults are identifiers too, also where a resource's id is a key."""
    group = SERVER.partition("management.azure.com")[2].partition("/providers")[0]
    identity = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/payroll-key-reader"
    subnet = f"{group}/providers/Microsoft.Network/virtualNetworks/hub-vnet/subnets/db-subnet"
    answer = {
        "identity": {"userAssignedIdentities": {identity: {"clientId": "5c1b7a52-2222-4d0a-9f8e-0123456789ab"}}},
        "network": {"delegatedSubnetResourceId": subnet},
        "keyUri": "https://payroll-vault.vault.azure.net/keys/disk/1",
    }
    (scrubbed,) = scrub([_exchange(answer=answer)])
    text = _text([scrubbed])
    assert not re.search(r"payroll|hub-vnet|db-subnet|key-reader|5c1b7a52", text, re.IGNORECASE)
    assert "/virtualNetworks/virtualnetworks-1/subnets/subnets-1" in text
    assert "/userAssignedIdentities/userassignedidentities-1" in text
    assert "https://vault-1.vault.azure.net/" in text


def test_what_the_service_names_stays():
    """Locations, parameters and the threat protection setting have the service's own names."""
    url = SERVER + "/configurations/log_checkpoints?api-version=1"
    poll = "https://h/subscriptions/x/providers/Microsoft.DBforPostgreSQL/locations/westeurope/operationResults/abc"
    (scrubbed,) = scrub([_exchange(url=url, answer={"name": "log_checkpoints", "poll": poll})])
    assert scrubbed.url.endswith("/server-1/configurations/log_checkpoints?api-version=1")
    assert scrubbed.answer == {"name": "log_checkpoints", "poll": poll}


def test_types_and_actions_stay():
    """The name of a resource type or of an RBAC action is nobody's name, in an error text as in a body."""
    text = "may not perform action 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write' over scope"
    answer = {"type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations", "message": text}
    assert scrub([_exchange(answer=answer)])[0].answer == answer


NAMES = st.from_regex(r"[a-z][a-z0-9]{2,8}(-[a-z0-9]{1,5})?", fullmatch=True)
ADDRESSES = st.ip_addresses(v=4).map(str)


@st.composite
def conversations(draw):
    """Some exchanges about a few servers, with addresses and operation ids."""
    servers = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    exchanges = []
    for server in draw(st.lists(st.sampled_from(servers), min_size=1, max_size=6)):
        url = f"https://h/subscriptions/{draw(st.uuids())}/resourceGroups/{draw(NAMES)}/providers/p/flexibleServers/{server}"
        answer = {"id": url, "operation": str(draw(st.uuids())), "address": draw(ADDRESSES)}
        exchanges.append(_exchange(url=url + "?api-version=1&t=1", answer=answer))
    return exchanges


@given(conversations())
def test_scrubbing_twice_changes_nothing(exchanges):
    """A scrubbed recording is its own scrubbed form, so a fixture may pass through the scrubber again."""
    once = scrub(exchanges)
    assert scrub(once) == once


@given(conversations())
def test_equality_survives_scrubbing(exchanges):
    """Two answers share an address or an operation after scrubbing exactly when they did before."""
    scrubbed = scrub(exchanges)
    for key in ("operation", "address"):
        before = [e.answer[key] for e in exchanges]
        after = [e.answer[key] for e in scrubbed]
        assert [[a == b for b in before] for a in before] == [[a == b for b in after] for a in after]
    assert REMOVED not in _text(scrubbed)
