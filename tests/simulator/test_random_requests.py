"""Whatever is asked in whatever order, the service answers, gives no unasked 500, and its world stays one that can be."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexsec.simulator import ConnectionDropped, Fault, World
from flexsec.simulator.fault_kinds import FAULTS

TENANT = "33333333-3333-3333-3333-333333333333"
SWITCH = st.sampled_from(["Enabled", "Disabled", "enabled", "Perhaps", None])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
addresses = st.sampled_from(["203.0.113.1", "0.0.0.0", "255.255.255.255", "10.0.0.1", "1.2.3", "::1", "01.2.3.4"])
patches = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2) | json_values,
        "sku": st.sampled_from([{"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"}, {"tier": "Burstable"}])
        | json_values,
        "properties": json_values
        | st.fixed_dictionaries(
            {},
            optional={
                "network": st.fixed_dictionaries({"publicNetworkAccess": SWITCH}) | json_values,
                "authConfig": st.fixed_dictionaries({"activeDirectoryAuth": SWITCH, "passwordAuth": SWITCH})
                | json_values,
                "backup": st.fixed_dictionaries({"backupRetentionDays": st.integers(0, 40)}) | json_values,
                "storage": st.fixed_dictionaries({"storageSizeGB": st.integers(0, 300), "autoGrow": SWITCH})
                | json_values,
                "maintenanceWindow": st.fixed_dictionaries({"customWindow": SWITCH, "dayOfWeek": st.integers(-1, 8)})
                | json_values,
                "highAvailability": json_values,
                "administratorLogin": json_values,
                "administratorLoginPassword": st.sampled_from(["Correct-Horse-42", "\ud800Aa1-------", "x"])
                | json_values,
            },
        ),
    },
)
children = st.one_of(
    st.tuples(
        st.sampled_from(["PUT", "PATCH", "GET"]),
        st.sampled_from(["log_checkpoints", "max_connections", "ssl", "pgaudit.log", "nope"]).map(
            "/configurations/{}".format
        ),
        st.fixed_dictionaries(
            {
                "properties": st.fixed_dictionaries(
                    {"value": st.sampled_from(["on", "OFF", "100", "", "read,ddl"]) | json_values}
                )
            }
        ),
    ),
    st.tuples(
        st.sampled_from(["PUT", "DELETE", "GET"]),
        st.sampled_from(["office", "new", "NEW", "temp-debug", "a%20b", "%2e%2e"]).map("/firewallRules/{}".format),
        st.fixed_dictionaries(
            {"properties": st.fixed_dictionaries({"startIpAddress": addresses, "endIpAddress": addresses})}
        ),
    ),
    st.tuples(
        st.sampled_from(["PUT", "DELETE", "GET"]),
        st.sampled_from([TENANT, "x"]).map("/administrators/{}".format),
        st.fixed_dictionaries(
            {
                "properties": st.fixed_dictionaries(
                    {
                        "principalType": st.sampled_from(["User", "x"]),
                        "principalName": st.text(max_size=3),
                        "tenantId": st.just(TENANT),
                    }
                )
            }
        ),
    ),
    st.tuples(
        st.sampled_from(["PUT", "GET"]),
        st.just("/advancedThreatProtectionSettings/Default"),
        st.fixed_dictionaries({"properties": st.fixed_dictionaries({"state": SWITCH})}),
    ),
    st.tuples(st.just("PATCH"), st.just(""), patches),
    st.tuples(st.just("POST"), st.just("/restart"), st.none() | json_values),
    st.tuples(
        st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS"]), st.text(max_size=20).map("/{}".format), json_values
    ),
)
steps = st.lists(
    st.tuples(
        children, st.sampled_from(["2023-06-01-preview", "2024-08-01", "2026-10-01", "", "x"]), st.integers(0, 70)
    ),
    min_size=1,
    max_size=12,
)


def perform(azure, script):
    """Sends the requests of a script and follows every accepted one a little; returns all statuses."""
    statuses = []
    for (method, path, body), version, seconds in script:
        url = azure.db + path.replace("?", "").replace("#", "") + f"?api-version={version}"
        raw = b"" if body is None else json.dumps(body).encode()
        try:
            answered = azure.ask(method, url, raw)
            statuses.append(answered.status)
            azure.wait(seconds)
            if "azure-asyncoperation" in answered.headers:
                statuses.append(azure.get(answered.headers["azure-asyncoperation"]).status)
        except ConnectionDropped:
            statuses.append(0)
    return statuses


@given(script=steps)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_sequence_of_requests_breaks_the_world(client_of, script):
    """Any requests in any order are answered without a 500, and the world can always be saved and loaded again."""
    azure = client_of()
    statuses = perform(azure, script)
    assert all(status != 500 for status in statuses)
    document = json.loads(json.dumps(azure.world.to_dict()))
    assert World.from_dict(document).to_dict() == document
    azure.wait(10**6)
    assert azure.get(azure.db).status == 200
    assert azure.world.next_due() is None


@given(script=steps, ids=st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=5), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_faults_break_the_world(client_of, script, ids, seed):
    """With any faults on, requests are answered or dropped, effects match what the log says, and the world can be saved and loaded."""
    azure = client_of()
    azure.world.faults.add(*(Fault(each, times=None, probability=0.5, seed=seed) for each in ids))
    perform(azure, script)
    document = json.loads(json.dumps(azure.world.to_dict()))
    assert World.from_dict(document).to_dict() == document
    azure.world.faults.clear()
    azure.wait(10**6)
    azure.get(azure.db)
    applied = [each for each in azure.world.requests if each.effect_applied]
    assert len(applied) == len(azure.world.effects(azure.db))


@given(raw=st.binary(max_size=60), url=st.text(max_size=60), method=st.text(max_size=6))
@settings(max_examples=100, deadline=None)
def test_no_nonsense_breaks_the_service(client_of, raw, url, method):
    """Bytes, URLs and methods that make no sense are refused with a client error."""
    azure = client_of()
    answered = azure.ask(method, url + "?api-version=2025-08-01", raw)
    assert 400 <= answered.status < 500 or answered.status in {200, 501}
