"""What is read of the administrator's stored passwords: properties, never a password."""

import pytest

from flexsec.baselines.loader import load
from flexsec.model.observation import Unobserved
from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.testing import simulated
from tests.acceptance.scene import GROUP, NAME, verdict, world

BASELINE = """\
controls:
  auth-admin-password-rotation: {vault: kv-shop, max_days: 30}
"""
METADATA = "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
CANARY = "Canary-83fa-do-not-tell"


@pytest.fixture
def baseline(tmp_path):
    """A baseline that names the vault."""
    path = tmp_path / "rotation.yaml"
    path.write_text(BASELINE)
    return load(str(path))


def vault_world(**principal):
    """A world with a server and a vault."""
    data = world(administrator_login="dba")
    data["subscriptions"][0]["resource_groups"][0]["vaults"] = [{"name": "kv-shop"}]
    if principal:
        data["principals"] = {"weak": {"object_id": "2" * 8 + "-0000-0000-0000-" + "2" * 12, **principal}}
    return data


def stored(simulation, *, days=0):
    """Store a password through the vault, as a rotation does; then let time pass."""
    client = simulation.client()
    store = client.vault("kv-shop", f"{NAME}-admin-password")
    server_id = client.server(GROUP, NAME).id.arm_id
    version = store.put_pending(Secret(CANARY), run_id="r", server_id=server_id, login="dba", expires_at=None)
    current = store.promote(version.version)
    simulation.clock.sleep(days * 86400)
    return current


def test_the_age_is_read_without_the_password(baseline):
    """The control passes by the tags that a rotation leaves, and fails when the password has grown old; no value is read."""
    with simulated(vault_world()) as simulation:
        stored(simulation)
        mark = len(simulation.world.requests)
        handle = simulation.server(GROUP, NAME)
        assert verdict(handle.audit(baseline), "auth-admin-password-rotation").status == "pass"
        simulation.clock.sleep(31 * 86400)
        late = verdict(handle.audit(baseline), "auth-admin-password-rotation")
        assert late.status == "fail"
        assert "31 days old, more than 30" in late.check.reason
        asked = [r.path for r in simulation.world.requests[mark:] if "/vaults/kv-shop/secrets/" in r.path]
        assert asked
        assert all(path.endswith("/versions") for path in asked)
        assert CANARY not in repr(late)


def test_a_pending_password_is_a_finding(baseline):
    """A rotation that was cut off after the store fails the control by its pending version."""
    with simulated(vault_world()) as simulation:
        client = simulation.client()
        store = client.vault("kv-shop", f"{NAME}-admin-password")
        handle = client.server(GROUP, NAME)
        store.put_pending(Secret(CANARY), run_id="r", server_id=handle.id.arm_id, login="dba", expires_at=None)
        found = verdict(handle.audit(baseline), "auth-admin-password-rotation")
        assert found.status == "fail"
        assert "unsettled" in found.check.reason
        state = handle.observe(("server", "admin_secret"), baseline=baseline)
        assert [each.stage for each in state.admin_secret.versions] == [Stage.PENDING]


def test_without_the_data_action_it_is_unknown_and_named(baseline):
    """F7: a vault that may not be looked into is unknown, with the data action that would allow it."""
    with simulated(vault_world(allowed_actions=["*"], data_actions=[]), principal="weak") as simulation:
        found = verdict(simulation.server(GROUP, NAME).audit(baseline), "auth-admin-password-rotation")
        assert found.status == "unknown"
        assert found.check.missing_action == METADATA


def test_a_vault_that_cannot_be_is_unobserved(tmp_path):
    """A name that no vault of this cloud can have is a reason, not an error; so is none at all."""
    path = tmp_path / "odd.yaml"
    path.write_text("controls:\n  auth-admin-password-rotation: {vault: 'https://kv-shop.vault.azure.cn'}\n")
    with simulated(vault_world()) as simulation:
        handle = simulation.server(GROUP, NAME)
        found = handle.observe(("server", "admin_secret"), baseline=load(str(path))).admin_secret
        assert isinstance(found, Unobserved)
        assert "no vault of cloud public" in found.reason
        assert "names no vault" in handle.observe(("server", "admin_secret")).admin_secret.reason
