"""Customer-managed keys: what goes wrong for their owners, and what flexsec does about it."""

import json

import pytest

from flexsec import Leave
from flexsec.baselines.loader import load
from flexsec.errors import GuardRefused, InvalidValue, LeaveRequired
from flexsec.model.connections import Evidence
from flexsec.model.login_evidence import RoleHash
from flexsec.model.run import RunStatus
from flexsec.testing import simulated
from tests.acceptance.keyed import FAR, GEO, GEO_TWO, NEAR, NEW, OLD, ONE, OTHER, TWO, keyed_world
from tests.acceptance.scene import TARGET, cli, fault, shop, verdict, world, writes

LEAVE = Leave(closing=("encryption-key",))
STRICT = load("strict")


def key_of(simulation):
    """The keys and identities as the simulated server holds them."""
    return simulation.world.server("shop-db").customer_key


def sent(simulation):
    """The bodies of the writes, which the world's effects do not show."""
    return [r for r in writes(simulation) if r.method == "PATCH"]


# -- F1 --------------------------------------------------------------------------------------------------------------


def test_the_primary_pair_alone_on_a_geo_redundant_server_is_refused():
    """F1: with geo-redundant backups the primary pair alone is refused before anything is written, and all four are named."""
    with simulated(keyed_world(geo=True)) as simulation:
        with pytest.raises(InvalidValue) as refused:
            shop(simulation).encryption.set(key=TWO, identity=NEAR, leave=LEAVE)
        assert "both keys and both identities in one request" in refused.value.message
        assert f"geo-key (now {GEO})" in refused.value.message
        assert f"geo-identity (now {FAR})" in refused.value.message
        assert writes(simulation) == []


def test_the_command_refuses_the_primary_pair_alone_with_exit_code_2(tmp_path):
    """F1: the same from the command line: exit code 2, nothing written."""
    path = tmp_path / "world.json"
    path.write_text(json.dumps(keyed_world(geo=True)))
    words = ("keys", "set", *TARGET, "--simulate", path, "--key", TWO, "--identity", NEAR, "--yes")
    answer = cli(*words, "--allow-closing", "encryption-key")
    assert answer.exit_code == 2
    assert "geo-redundant backups" in answer.stderr


def test_all_four_together_are_written_and_read_back():
    """F1: both pairs go in one PATCH, the server shows them, and undoing brings both back."""
    with simulated(keyed_world(geo=True)) as simulation:
        server = shop(simulation)
        run = server.encryption.set(
            key=TWO, identity=NEAR, geo_backup_key=GEO_TWO, geo_backup_identity=FAR, leave=LEAVE
        )
        assert run.status is RunStatus.COMPLETE
        assert run.outcomes[0].proof == "read back"
        assert len(sent(simulation)) == 1
        assert (key_of(simulation)["primaryKeyURI"], key_of(simulation)["geoBackupKeyURI"]) == (TWO, GEO_TWO)
        undone = simulation.client().rollback(run.run_id, leave=LEAVE)
        assert undone.whole
        assert (key_of(simulation)["primaryKeyURI"], key_of(simulation)["geoBackupKeyURI"]) == (ONE, GEO)


def test_one_identity_for_both_regions_is_refused():
    """F1: the two identities must differ."""
    with simulated(keyed_world(geo=True)) as simulation:
        with pytest.raises(InvalidValue, match="two identities must differ"):
            shop(simulation).encryption.set(
                key=TWO, identity=FAR, geo_backup_key=GEO, geo_backup_identity=FAR.upper(), leave=LEAVE
            )
        assert writes(simulation) == []


# -- F2 --------------------------------------------------------------------------------------------------------------


def test_a_server_with_microsofts_key_is_never_written_to():
    """F2: it needs a new server: a finding that says how, no write in any plan, and a refusal of the command."""
    with simulated(world()) as simulation:
        server = shop(simulation)
        plan = server.plan("strict", leave=Leave(restart=True, closing=("encryption-key",), without_evidence="a test"))
        assert not [change for change in plan.changes if change.kind == "encryption_key"]
        left = next(item for item in plan.left if item.control == "enc-cmk")
        assert "needs a new server" in left.reason
        assert "docs/keys.md" in left.reason
        with pytest.raises(InvalidValue, match="needs a new server"):
            server.encryption.set(key=ONE, identity=NEAR, leave=LEAVE)
        assert writes(simulation) == []


# -- F3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("https://near.vault.azure.net/keys/expired", "key expired expired on 2025-12-01"),
        ("https://near.vault.azure.net/keys/disabled", "key disabled is disabled"),
        ("https://near.vault.azure.net/keys/curve", "is EC; a server's key must be RSA"),
        ("https://near.vault.azure.net/keys/none", "there is no key https://near.vault.azure.net/keys/none"),
        (f"https://near.vault.azure.net/keys/one/{'f' * 32}", "there is no key"),
        ("https://loose.vault.azure.net/keys/one", "lacks soft-delete or purge protection"),
        ("near/keys/one", "is not the identifier of a key"),
        ("http://near.vault.azure.net/keys/one", "is not the identifier of a key"),
    ],
)
def test_a_key_that_the_service_would_not_find_is_refused_first(key, words):
    """F3: form, presence, state, time and kind of a key and its vault are looked at before anything is written."""
    with simulated(keyed_world()) as simulation:
        with pytest.raises(InvalidValue) as refused:
            shop(simulation).encryption.set(key=key, leave=Leave(closing=("encryption-key",), lower_security=True))
        assert words in refused.value.message
        assert writes(simulation) == []


def test_a_key_that_cannot_be_looked_at_needs_a_reason():
    """F3: a key of another subscription or of a managed HSM is unknown, never clear; a reason is journalled in its place."""
    with simulated(keyed_world()) as simulation:
        server = shop(simulation)
        with pytest.raises(LeaveRequired, match="whether it can be used is unknown"):
            server.encryption.set(key="https://elsewhere.vault.azure.net/keys/one", leave=LEAVE)
        with pytest.raises(LeaveRequired, match="managed HSM"):
            server.encryption.set(key="https://hsm.managedhsm.azure.net/keys/one", leave=LEAVE)
        given = Leave(closing=("encryption-key",), without_evidence="it is in the hub's subscription")
        run = server.encryption.set(key="https://elsewhere.vault.azure.net/keys/one", leave=given)
        assert run.status is RunStatus.PARTIAL
        assert "AzureKeyVaultKeyNotFound" in run.outcomes[0].message
        assert key_of(simulation)["primaryKeyURI"] == ONE


@pytest.mark.parametrize(
    ("code", "hints"),
    [
        ("AzureKeyVaultKeyNotFound", ("Key Vault Crypto Service Encryption User", "firewall", "takes some minutes")),
        ("CMKInvalidEncryptionParameters", ("both keys and both identities in one request", "differ")),
        ("CMKNotSupportedForGeoRedundantBackupEnabledServer", ("second one in the paired region",)),
    ],
)
def test_the_services_own_errors_come_with_hints(code, hints):
    """F3: X18 is told with what may be behind it; nothing was changed, and it is sent once."""
    with simulated(keyed_world(), faults=[fault("X18", code=code, times=None)]) as simulation:
        run = shop(simulation).encryption.set(key=TWO, leave=LEAVE)
        assert run.status is RunStatus.PARTIAL
        outcome = run.outcomes[0]
        assert (outcome.code, outcome.attempts) == (code, 1)
        assert all(hint in outcome.message for hint in hints)
        assert key_of(simulation)["primaryKeyURI"] == ONE
        assert len(sent(simulation)) == 1


# -- F4 --------------------------------------------------------------------------------------------------------------


def test_a_pinned_version_is_a_finding_with_both_versions():
    """F4: a version that is older than the current one fails with both; an identifier without a version passes."""
    with simulated(keyed_world(key=f"{ONE}/{OLD}")) as simulation:
        found = verdict(shop(simulation).audit(STRICT), "enc-cmk-auto-rotate")
        assert found.status == "fail"
        assert f"pinned to version {OLD} of its key, and the current version is {NEW}" in found.check.reason
    with simulated(keyed_world()) as simulation:
        assert verdict(shop(simulation).audit(STRICT), "enc-cmk-auto-rotate").status == "pass"


def test_the_exchange_for_an_identifier_without_a_version_mends_it():
    """F4: `keys set` with the same key without its version is a change of its own, and the finding is gone."""
    with simulated(keyed_world(key=f"{ONE}/{OLD}")) as simulation:
        server = shop(simulation)
        run = server.encryption.set(key=ONE, leave=LEAVE)
        assert run.status is RunStatus.COMPLETE
        assert verdict(server.audit(STRICT), "enc-cmk-auto-rotate").status == "pass"


def test_pinning_a_version_lowers_security():
    """F4: the way back from an identifier without a version needs its own leave."""
    with simulated(keyed_world()) as simulation:
        with pytest.raises(LeaveRequired, match="--allow-lowering"):
            shop(simulation).encryption.set(key=f"{ONE}/{NEW}", leave=LEAVE)
        assert writes(simulation) == []


# -- F5 --------------------------------------------------------------------------------------------------------------


def test_an_inaccessible_server_is_one_finding_and_no_write():
    """F5: the key's health fails, all that stands on unreadable children is unknown, and nothing is written."""
    with simulated(keyed_world(state="Inaccessible")) as simulation:
        server = shop(simulation)
        found = server.audit("recommended")
        health = verdict(found, "enc-key-health")
        assert (health.status, health.severity) == ("fail", "high")
        assert "cannot be reached" in health.check.reason
        assert verdict(found, "log-checkpoints").status == "unknown"
        assert server.plan("recommended").changes == ()
        with pytest.raises(GuardRefused, match="Inaccessible"):
            server.encryption.set(key=TWO, leave=LEAVE)
        assert writes(simulation) == []


# -- leave, reading, FIPS ----------------------------------------------------------------------------------------------


def test_the_exchange_needs_its_own_leave():
    """Leave for other closing classes does not cover it, and no evidence about clients is asked for."""
    with simulated(keyed_world()) as simulation:
        with pytest.raises(LeaveRequired) as refused:
            shop(simulation).encryption.set(key=TWO, leave=Leave(closing=("firewall",), without_evidence="x"))
        assert "--allow-closing encryption-key" in refused.value.message
        with pytest.raises(LeaveRequired) as refused:
            shop(simulation).encryption.set(key=TWO)
        assert "--connections" not in refused.value.message
        assert writes(simulation) == []


def test_an_identity_that_the_server_lacks_comes_with_the_key():
    """A new identity is assigned by the same PATCH, and those that are there stay; nothing given changes nothing."""
    with simulated(keyed_world()) as simulation:
        server = shop(simulation)
        assert server.encryption.set(identity=OTHER, leave=LEAVE).status is RunStatus.COMPLETE
        assert simulation.world.server("shop-db").identities == [NEAR, FAR, OTHER]
        again = server.encryption.set(identity=OTHER.upper(), leave=LEAVE)
        assert (again.status, again.outcomes) == (RunStatus.COMPLETE, ())
        assert len(sent(simulation)) == 1


def test_what_is_known_of_the_key_is_shown():
    """`keys show` tells versions, identity, status and the vault's protections; a platform key costs no request for it."""
    with simulated(keyed_world(key=f"{ONE}/{OLD}")) as simulation:
        facts = shop(simulation).encryption.get()
        assert facts.vault_keys.primary.outdated
        assert facts.vault_keys.primary.purge_protection
        assert facts.vault_keys.geo_backup is None
    with simulated(world()) as simulation:
        assert shop(simulation).encryption.get().kind == "SystemManaged"
        assert len(simulation.world.requests) == 1


FIPS_LEAVE = Leave(restart=True, closing=("md5",))
HASHES = Evidence(role_hashes=(RoleHash(role="app", hash="scram-sha-256"), RoleHash(role="batch", hash="none")))


def test_fips_mode_is_written_and_read_back():
    """FIPS mode goes on with leave and evidence of how passwords are kept, says that nobody has seen it, and can be undone."""
    with simulated(world(fips_mode="Disabled")) as simulation:
        server = shop(simulation)
        run = server.settings.set({"fips_mode": "on"}, leave=FIPS_LEAVE, evidence=HASHES)
        assert run.status is RunStatus.COMPLETE
        assert "No request of this kind was ever recorded" in run.outcomes[0].change.sentence
        assert simulation.world.server("shop-db").fips_mode == "Enabled"
        assert verdict(server.audit(STRICT), "enc-fips-mode").status == "pass"
        leave = Leave(restart=True, lower_security=True)
        assert simulation.client().rollback(run.run_id, leave=leave).whole
        assert simulation.world.server("shop-db").fips_mode == "Disabled"


@pytest.mark.parametrize(
    ("leave", "evidence", "words"),
    [
        (Leave(), HASHES, "--allow-closing md5"),
        (Leave(closing=("md5",)), HASHES, "--allow-restart"),
        (FIPS_LEAVE, Evidence(), "--role-hashes FILE"),
        (FIPS_LEAVE, Evidence(role_hashes=(RoleHash(role="app", hash="md5"),)), "--allow-lockout app"),
        (FIPS_LEAVE, Evidence(role_hashes=(RoleHash(role="app", hash="unknown"),)), "--allow-lockout app"),
    ],
)
def test_fips_mode_locks_nobody_out_unseen(leave, evidence, words):
    """Roles whose password is kept as md5, or may be, are named before FIPS mode takes md5 away."""
    with simulated(world(fips_mode="Disabled")) as simulation:
        with pytest.raises(LeaveRequired) as refused:
            shop(simulation).settings.set({"fips_mode": "on"}, leave=leave, evidence=evidence)
        assert words in refused.value.message
        assert writes(simulation) == []


def test_fips_mode_that_is_not_told_is_not_written():
    """A service that does not tell the property could not show it either: nothing is sent."""
    with simulated(world(fips_mode=None)) as simulation:
        with pytest.raises(InvalidValue, match="does not tell the server's fips_mode"):
            shop(simulation).settings.set({"fips_mode": "on"}, leave=FIPS_LEAVE, evidence=HASHES)
        assert writes(simulation) == []
