"""Whatever is sent, in whatever order: answered or refused, never an unasked 500, never a traceback, the world always one that can be.

Bounded here; `make fuzz` sends far more (FLEXSEC_FUZZ is the number of examples).
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexsec.simulator import ConnectionDropped, Fault, Request, World
from flexsec.simulator.fault_kinds import FAULTS
from flexsec.simulator.serving import Limits, serve
from flexsec.simulator.serving.application import Application
from flexsec.simulator.serving.clock import ServedClock
from flexsec.simulator.serving.pace import Pace
from tests.simulator_serving.conftest import DB, VERSION, Client, read_all

EXAMPLES = int(os.environ.get("FLEXSEC_FUZZ", "100"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

SUBSCRIPTION = DB.split("/")[2]
PROVIDER = "Microsoft.DBforPostgreSQL"
WORDS = st.sampled_from(
    [
        "subscriptions", SUBSCRIPTION, "00000000-0000-0000-0000-000000000000", "resourceGroups", "resourcegroups", "rg-shop",
        "providers", PROVIDER, "Microsoft.Security", "Microsoft.Resources", "flexibleServers", "shop-db", "shop-archive",
        "configurations", "log_checkpoints", "max_connections", "firewallRules", "office", "administrators", "databases",
        "postgres", "replicas", "capabilities", "privateLinkResources", "privateEndpointConnections",
        "advancedThreatProtectionSettings", "Default", "restart", "start", "stop", "checkNameAvailability",
        "getPrivateDnsZoneSuffix", "locations", "westeurope", "pricings", "OpenSourceRelationalDatabases", "register",
        "tags", "tagNames", "resources", "tenants", "metadata", "endpoints", "identity", "oauth2", "v2.0", "token", "msi",
        "common", "discovery", "instance", ".well-known", "openid-configuration", "_simulator", "faults", "clock",
        "requests", "throttling", "azureAsyncOperation", "operationResults", "%2e%2e", "%00", "a%20b", "x" * 200, "",
        "backups", "logFiles", "migrations", "tuningOptions", "virtualendpoints", "ltrBackupOperations",
    ]
)  # fmt: skip
BELOW_SERVER = st.lists(WORDS, max_size=3).map(lambda words: "/".join([DB, *words]))
BELOW_SUBSCRIPTION = st.lists(WORDS, max_size=5).map(
    lambda words: "/".join(["", "subscriptions", SUBSCRIPTION, *words])
)
PATHS = st.one_of(
    BELOW_SERVER, BELOW_SUBSCRIPTION, st.lists(WORDS, max_size=6).map(lambda words: "/" + "/".join(words))
)
VERSIONS = st.sampled_from(
    [
        VERSION,
        "2023-06-01-preview",
        "2026-10-01",
        "2022-12-01",
        "2024-01-01",
        "2023-01-01",
        "2022-09-01",
        "2021-04-01",
        "1",
        "",
    ]
)
QUERIES = st.dictionaries(
    st.sampled_from(["$filter", "$skiptoken", "$top", "$expand", "resource", "client_id", "authorization_endpoint", "t", "c", "s", "path"]),
    st.sampled_from(["", "x", "resourceType eq 'Microsoft.DBforPostgreSQL/flexibleServers'", "-1", "(", "%00", "a' or 'b"]) | st.text(max_size=6),
    max_size=2,
)  # fmt: skip

KEYS = st.sampled_from(
    [
        "properties", "value", "source", "sku", "name", "tier", "storage", "storageSizeGB", "autoGrow", "network",
        "publicNetworkAccess", "delegatedSubnetResourceId", "authConfig", "activeDirectoryAuth", "passwordAuth", "tenantId",
        "backup", "backupRetentionDays", "geoRedundantBackup", "maintenanceWindow", "customWindow", "dayOfWeek",
        "highAvailability", "mode", "administratorLogin", "administratorLoginPassword", "tags", "location", "version",
        "createMode", "sourceServerResourceId", "replica", "role", "dataEncryption", "type", "identity",
        "userAssignedIdentities", "startIpAddress", "endIpAddress", "principalType", "principalName", "state",
        "pricingTier", "subPlan", "charset", "collation", "privateLinkServiceConnectionState", "status", "description",
        "restartWithFailover", "failoverMode", "operation", "id", "faults", "times", "path", "probability", "advance_seconds",
    ]
)  # fmt: skip
LEAVES = (
    st.sampled_from(
        [
            "Enabled",
            "Disabled",
            "on",
            "off",
            "Standard",
            "Free",
            "Standard_D2ds_v5",
            "GeneralPurpose",
            "16",
            "0.0.0.0",
            "255.255.255.255",
            "1.2.3.4",
            "User",
            "Correct-Horse-42",
            "West Europe",
            "westeurope",
            "Update",
            "Default",
            "Replica",
            "UTF8",
            "en_US.utf8",
            "Approved",
            "X1",
            "X29",
            "",
            "\ud800",
            "\x00",
            DB,
            SUBSCRIPTION,
        ]
    )
    | st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=8)
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.one_of(
    st.just(b""),
    st.binary(max_size=30),
    DOCUMENTS.map(lambda document: json.dumps(document).encode()),
    st.dictionaries(KEYS, DOCUMENTS, max_size=4).map(lambda found: json.dumps({"properties": found}).encode()),
    st.fixed_dictionaries(
        {"location": st.just("westeurope"), "properties": st.dictionaries(KEYS, DOCUMENTS, max_size=4)}
    ).map(lambda found: json.dumps(found).encode()),
    st.just(b"[" * 50_000),
)
METHODS = st.sampled_from(["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS", "get", "TRACE", "X"])
REQUESTS = st.tuples(METHODS, PATHS, VERSIONS, QUERIES, BODIES, st.sampled_from([0, 0, 5, 60, 3600]))


def url_of(path, version, query):
    """The URL of a request, quoted as little as a careless client would."""
    extra = "".join(f"&{key}={value}" for key, value in query.items())
    url = f"https://127.0.0.1:8443{path}?api-version={version}{extra}"
    return re.sub(r"[\x00-\x20\x7f-\U0010ffff#]", "_", url)


def stays_valid(world):
    """The world can be written down and read back as the same world."""
    document = json.loads(json.dumps(world.to_dict()))
    assert World.from_dict(document).to_dict() == document


def application_of(world):
    """The application around a world whose clock is moved by the test alone."""
    clock = ServedClock(world.clock, 1.0, lambda: 0.0)
    return Application(world, clock, Pace(world, clock))


@given(script=st.lists(REQUESTS, min_size=1, max_size=8))
@SETTINGS
def test_no_requests_break_the_simulator(script, log):
    """Any sequence of requests for anything there is, or nearly, is answered without a 500, in JSON, with an id."""
    log.set_level(logging.ERROR, "flexsec")
    application = application_of(World.builtin("insecure"))
    for method, path, version, query, body, seconds in script:
        head = {"authorization": "Bearer any", "metadata": "true", "x-identity-header": "x", "host": "127.0.0.1:8443"}
        faulty = len(application.world.faults) > 0
        try:
            answered = application(Request(method, url_of(path, version, query), head, body))
        except ConnectionDropped:
            assert faulty
            continue
        assert answered.status != 500 or faulty, (method, path, body)
        if not faulty:
            assert "x-ms-request-id" in {name.lower() for name in answered.headers}
            assert not answered.body or json.loads(answered.body) is not None
        application.clock.advance(seconds)
    application.clock.advance(10**6)
    application.pace.settle()
    stays_valid(application.world)
    assert "defect" not in log.text


@given(
    script=st.lists(REQUESTS, min_size=1, max_size=6),
    ids=st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=3),
    seed=st.integers(0, 5),
)
@SETTINGS
def test_no_faults_break_the_simulator(script, ids, seed, log):
    """With faults on, requests are answered or reset, the simulator itself does not fail, and the world stays valid."""
    log.set_level(logging.ERROR, "flexsec")
    world = World.builtin("insecure")
    world.faults.add(*(Fault(each, times=None, probability=0.5, seed=seed) for each in ids))
    application = application_of(world)
    for method, path, version, query, body, seconds in script:
        try:
            application(Request(method, url_of(path, version, query), {"authorization": "Bearer any"}, body))
        except ConnectionDropped:
            continue
        application.clock.advance(seconds)
    stays_valid(world)
    assert "defect" not in log.text


PIECES = st.sampled_from(
    [
        b"GET ", b"PUT ", b"/_simulator/clock", b"/subscriptions", DB.encode(), b" HTTP/1.1", b" HTTP/1.0", b"\r\n", b"\r\n\r\n",
        b"Host: localhost", b"Host: evil", b"Content-Length: 5", b"Content-Length: 99999999", b"Transfer-Encoding: chunked",
        b"Connection: close", b"Connection: keep-alive", b"Expect: 100-continue", b"Authorization: Bearer x", b"hello", b"0\r\n\r\n",
        b"5\r\nhello\r\n", b"?api-version=2025-08-01", b"\x00", b"\xff\xfe", b": ", b"\n", b"Accept-Encoding: gzip", b"x" * 5000,
    ]
)  # fmt: skip
ORDERLY = st.tuples(
    st.sampled_from([b"GET", b"PUT", b"POST", b"HEAD"]),
    st.sampled_from(
        [b"/_simulator/clock", b"/subscriptions?api-version=2022-12-01", b"*", b"https://localhost/_simulator/world"]
    ),
    st.lists(PIECES, max_size=3),
).map(lambda parts: b"%b %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n\r\n" % (parts[0], parts[1], b"\r\n".join(parts[2])))
STREAMS = st.lists(PIECES | ORDERLY | st.binary(max_size=20), max_size=8).map(b"".join)


def test_no_bytes_break_the_server(log):
    """Any bytes on a TLS connection are answered in HTTP or end the connection, without a 500, and the next client is served."""
    limits = Limits(head=0.02, body=0.02, idle=0.02, drain=0.02)
    with serve(World.builtin("insecure"), limits=limits) as served:
        client = Client(served)

        @given(stream=STREAMS)
        @SETTINGS
        def send(stream):
            with client.raw() as connection:
                connection.settimeout(10)
                try:
                    connection.sendall(stream)
                except ConnectionError:
                    return
                received = read_all(connection)
            statuses = re.findall(rb"^HTTP/1\.1 (\d{3}) ", received, re.MULTILINE)
            assert not received or received.startswith(b"HTTP/1.1 ")
            assert b"500" not in statuses

        with closing(client.connection):
            send()
            assert client.alive()
        stays_valid(served.world)
        deadline = time.monotonic() + 10
        while served.connections and time.monotonic() < deadline:
            client.alive()
    assert "defect" not in log.text
