"""The peers' known mistakes, each on the server that shows it, beside what flexsec says of the same server.

What a peer says is what its test, as we read it, makes of what the service tells; none of their code is run.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec.controls.catalogue import CONTROLS, control
from tests.controls.states import state as state_of
from tests.controls.truth import compare, scene
from tests.controls.truth.asking import FAIL, NO_ANSWER, PASS
from tests.controls.truth.peers.all import PEERS
from tests.controls.truth.written import states

CHECKS = {(peer.key, check.id): check for peer in PEERS for check in peer.checks}
PREFIX = "postgresql_flexible_server_"


def peer_says(peer, check, state, **changes):
    """A peer's verdict on a state, with parameters changed that the simulated service would not take."""
    told = scene.told(states()[state])
    if changes:
        told = replace(told, parameters={**told.parameters, **changes["parameters"]})
    return CHECKS[peer, check].ask(told)


def flexsec_says(state, control_id):
    """The verdict of flexsec on a state, by the whole pipeline."""
    return scene.judged(states()[state])[control_id][0]


def test_one_address_less_than_everybody():
    """0.0.0.1-255.255.255.254 passes Checkov, CloudSploit and cnspec, which look for the addresses at the very ends."""
    state = "public-almost-whole"
    assert peer_says("checkov", "CKV2_AZURE_26", state) == PASS
    assert peer_says("cloudsploit", "postgresqlFlexibleServerPublicAccess", state) == PASS
    assert peer_says("cnspec", "mondoo-azure-security-no-sql-databases-allow-ingress-0-0-0-0-0", state) == PASS
    assert flexsec_says(state, "net-fw-no-allow-all") == "fail"


def test_the_whole_internet_is_not_all_of_azure():
    """0.0.0.0-255.255.255.255 passes the peers that look only for the rule of all Azure services."""
    assert peer_says("prowler", PREFIX + "allow_access_services_disabled", "public-whole") == PASS
    assert peer_says("mitre", "5.2.5", "public-whole") == PASS
    assert peer_says("cloudbeat", "cis_4_3_7", "public-whole") == PASS
    assert flexsec_says("public-whole", "net-fw-no-azure-services") == "pass"
    assert flexsec_says("public-whole", "net-fw-no-allow-all") == "fail"


@pytest.mark.parametrize("state", ["public-two-halves", "public-four-quarters"])
def test_rules_that_are_the_internet_together(state):
    """Two rules for half of the internet each, or four for a quarter, pass whoever looks at one rule at a time."""
    assert peer_says("cloudsploit", "postgresqlFlexibleServerPublicAccess", state) == PASS
    assert peer_says("prowler", PREFIX + "allow_access_services_disabled", state) == PASS
    assert flexsec_says(state, "net-fw-no-allow-all") == "fail"


def test_a_rule_is_not_its_name():
    """CloudSploit and MITRE go by the portal's name: they miss the rule under another one, and flag a harmless namesake."""
    for peer, check in (("cloudsploit", "flexibleServerPrivateAccess"), ("mitre", "5.2.5")):
        assert peer_says(peer, check, "public-azure-other-name") == PASS
        assert peer_says(peer, check, "public-misleading-name") == FAIL
    assert flexsec_says("public-azure-other-name", "net-fw-no-azure-services") == "fail"
    assert flexsec_says("public-misleading-name", "net-fw-no-azure-services") == "pass"


def test_a_range_that_begins_at_zero_is_not_all_of_azure():
    """Only the pair 0.0.0.0-0.0.0.0 stands for Azure; Powerpipe, Checkov and cnspec flag whatever begins there."""
    for peer, check in (
        ("powerpipe", "postgres_flexible_server_allow_access_to_azure_services_disabled"),
        ("checkov", "CKV2_AZURE_26"),
        ("cnspec", "mondoo-azure-security-no-sql-databases-allow-ingress-0-0-0-0-0"),
    ):
        assert peer_says(peer, check, "public-begins-at-zero") == FAIL
    assert flexsec_says("public-begins-at-zero", "net-fw-no-azure-services") == "pass"


@pytest.mark.parametrize("state", ["logins-logged-18-all", "logins-logged-18-aspects"])
def test_log_connections_of_postgresql_18_is_a_list(state):
    """all, or the aspects that tell who came in, are more than on; Prowler and cloudbeat fail both."""
    assert peer_says("prowler", PREFIX + "log_connections_on", state) == FAIL
    assert peer_says("cloudbeat", "cis_4_3_3", state) == FAIL
    assert flexsec_says(state, "log-connections") == "pass"


def test_half_of_log_connections_is_not_enough():
    """One aspect of two is no pass for being a list."""
    assert flexsec_says("logins-logged-18-half", "log-connections") == "fail"
    assert flexsec_says("logins-logged-18-off", "log-connections") == "fail"


@pytest.mark.parametrize(("days", "prowler", "flexsec"), [("3", FAIL, "fail"), ("4", PASS, "pass"), ("7", PASS, "pass"),
                                                          ("14", FAIL, "pass")])  # fmt: skip
def test_longer_retention_is_no_failure(days, prowler, flexsec):
    """Prowler takes 4 to 7 days and fails 14; more than is asked for is enough."""
    changed = {"logfiles.retention_days": days}
    assert peer_says("prowler", PREFIX + "log_retention_days_greater_3", "hardened", parameters=changed) == prowler
    seen = state_of({"parameters": {**changed, "logfiles.download_enable": "on"}})
    assert control("log-retention-days").judge(seen).status == flexsec


def test_retention_of_logs_that_are_not_kept():
    """Seven days of server logs that are switched off satisfy every peer; flexsec has a control for the switch."""
    for peer, check in (
        ("prowler", PREFIX + "log_retention_days_greater_3"),
        ("powerpipe", "postgres_flexible_server_log_retention_days_3"),
        ("mitre", "5.2.4"),
        ("azpolicy", "f5ed3f7a"),
    ):
        assert peer_says(peer, check, "server-logs-off") == PASS
    assert flexsec_says("server-logs-off", "log-server-logs-enabled") == "fail"


def test_a_throttle_that_is_not_there():
    """One fact, four answers: Prowler and cloudbeat fail it, Powerpipe drops the server, cnspec passes, flexsec does not ask."""
    state = "throttle-absent"
    assert peer_says("prowler", PREFIX + "connection_throttling_on", state) == FAIL
    assert peer_says("cloudbeat", "cis_4_3_5", state) == FAIL
    assert peer_says("powerpipe", "postgres_flexible_server_connection_throttling_on", state) == NO_ANSWER
    assert peer_says("cnspec", "mondoo-azure-security-postgresql-connection-throttling-enabled", state) == PASS
    assert flexsec_says(state, "auth-connection-throttle") == "not_applicable"


def test_passwords_beside_entra():
    """Prowler's Entra check passes while every password still works."""
    assert peer_says("prowler", PREFIX + "entra_id_authentication_enabled", "entra-beside-password") == PASS
    assert flexsec_says("entra-beside-password", "auth-entra-enabled") == "pass"
    assert flexsec_says("entra-beside-password", "auth-entra-only") == "fail"


def test_entra_only_without_anybody():
    """With cnspec a server passes whose passwords are off and that nobody can log in to; flexsec tells that as well."""
    state = "entra-only-without-administrator"
    assert peer_says("cnspec", "mondoo-azure-security-postgresql-flexible-server-password-auth-disabled", state) == PASS
    assert flexsec_says(state, "auth-entra-admin-exists") == "fail"


def test_servers_in_a_virtual_network():
    """Checkov wants a private endpoint of a server that can have none, Azure Policy a zone of one that is private anyway."""
    for state in ("vnet", "vnet-without-zone", "vnet-with-rule"):
        assert peer_says("checkov", "CKV2_AZURE_57", state) == FAIL
        assert flexsec_says(state, "net-private-endpoint-approved") == "not_applicable"
        assert flexsec_says(state, "net-public-access-disabled") == "pass"
        assert flexsec_says(state, "net-vnet-integrated") == "pass"
    assert peer_says("azpolicy", "5e1de0e3", "vnet-without-zone") == FAIL
    assert peer_says("azpolicy", "5e1de0e3", "vnet") == PASS


def test_servers_behind_private_endpoints():
    """CloudSploit wants a subnet of servers that are private by an endpoint; Checkov takes one that nobody approved."""
    assert peer_says("cloudsploit", "flexibleServerVNetIntegrated", "hardened") == FAIL
    assert flexsec_says("hardened", "net-vnet-integrated") == "pass"
    assert peer_says("checkov", "CKV2_AZURE_57", "private-pending") == PASS
    assert flexsec_says("private-pending", "net-private-endpoint-approved") == "fail"


def test_what_replicas_and_small_servers_cannot_have():
    """Prowler asks replicas for geo-redundant backups and a standby, and Burstable servers for a standby."""
    for state in ("replica", "geo-replica"):
        assert peer_says("prowler", PREFIX + "geo_redundant_backup_enabled", state) == FAIL
        assert peer_says("prowler", PREFIX + "high_availability_enabled", state) == FAIL
        assert peer_says("checkov", "CKV_AZURE_136", state) == PASS
        assert flexsec_says(state, "backup-geo") == flexsec_says(state, "ha-enabled") == "not_applicable"
    assert peer_says("azqr", "ca87914f", "burstable") == FAIL
    assert flexsec_says("burstable", "ha-zone-redundant") == "not_applicable"


def test_what_a_flexible_server_cannot_pass():
    """Two of Trivy's checks read what only single servers have, so that no flexible server passes them."""
    assert {peer_says("trivy", "AZU-0026", state) for state in ("hardened", "tls-13-at-least")} == {FAIL}
    assert peer_says("trivy", "AZU-0021", "hardened") == FAIL
    assert flexsec_says("hardened", "tls-min-version") == flexsec_says("hardened", "auth-connection-throttle") == "pass"


@pytest.mark.parametrize(("value", "policy", "flexsec"), [
    ("all", FAIL, "pass"), ("all,-role,-ddl", PASS, "fail"), ("ddl,role", PASS, "pass"), ("read", FAIL, "fail"),
])  # fmt: skip
def test_classes_are_no_words_in_a_text(value, policy, flexsec):
    """A built-in policy searches pgaudit.log for the words role and ddl: it fails all, and passes all but both."""
    assert peer_says("azpolicy", "eadbb524", "hardened", parameters={"pgaudit.log": value}) == policy
    seen = state_of({"parameters": {"pgaudit.log": value, "shared_preload_libraries": "pgaudit"}})
    assert control("audit-pgaudit-classes").judge(seen, {"classes": ("ddl", "role")}).status == flexsec


def test_an_audit_that_is_not_in_force():
    """A built-in policy calls auditing enabled while its library waits for a restart, or was never set."""
    for state in ("pgaudit-waits-for-a-restart", "pgaudit-not-loaded"):
        assert peer_says("azpolicy", "4eb5e667", state) == PASS
        assert flexsec_says(state, "audit-pgaudit-preloaded") == "fail"


def test_what_cannot_be_read():
    """On a stopped server cloudbeat fails what it could not read, Prowler and CloudSploit say nothing, flexsec unknown."""
    assert peer_says("cloudbeat", "cis_4_3_2", "stopped") == FAIL
    assert peer_says("prowler", PREFIX + "log_checkpoints_on", "stopped") == NO_ANSWER
    assert peer_says("prowler", PREFIX + "geo_redundant_backup_enabled", "stopped") == NO_ANSWER
    assert peer_says("cloudsploit", "flexibleServerLogDisconnections", "stopped") == NO_ANSWER
    assert flexsec_says("stopped", "log-checkpoints") == "unknown"
    assert flexsec_says("stopped", "backup-geo") == "pass"


def test_on_in_any_case():
    """The service keeps a value as it was sent; Powerpipe and cloudbeat know only on."""
    assert peer_says("powerpipe", "postgres_sql_flexible_server_ssl_enabled", "tls-upper-case") == FAIL
    assert peer_says("cloudbeat", "cis_4_3_5", "throttle-upper-case") == FAIL
    assert flexsec_says("tls-upper-case", "tls-require-secure-transport") == "pass"
    assert flexsec_says("throttle-upper-case", "auth-connection-throttle") == "pass"


def test_every_check_is_about_controls_that_there_are():
    """No check of a peer's is held against a property that the catalogue does not have, and none is there twice."""
    ids = {entry.id for entry in CONTROLS}
    assert all(set(check.properties) <= ids for check in CHECKS.values())
    assert len(CHECKS) == sum(len(peer.checks) for peer in PEERS)


@pytest.mark.parametrize(("truth", "said", "outcome"), [
    ("pass", "pass", "right"), ("pass", "fail", "false alarm"), ("pass", "unknown", "no answer"),
    ("pass", "not_applicable", "right"), ("fail", "fail", "right"), ("fail", "pass", "miss"),
    ("fail", "not_applicable", "miss"), ("fail", "no answer", "no answer"), ("not_applicable", "fail", "false alarm"),
    ("not_applicable", "pass", "right"), ("not_applicable", "no answer", "right"),
])  # fmt: skip
def test_what_counts_as_wrong(truth, said, outcome):
    """A false alarm is a failure that is none, a miss a pass that is none, and silence is neither."""
    assert compare.outcome(truth, said) == outcome
