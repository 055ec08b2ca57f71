"""Setting and rotating the administrator's password through the public API, and everything that is refused first."""

from __future__ import annotations

import json

import pytest

from flexsec.errors import GuardRefused, InvalidValue, RunInProgress, SecretStoreFailure
from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.testing import simulated
from tests.engine.worlds import GROUP, NAME
from tests.passwords.crashing import WorldLogin, current_works, first_rotation, new_store

GOOD = "Str0ng-enough-for-Azure"


def writes(simulation):
    """The requests that wrote something."""
    return [entry for entry in simulation.world.requests if entry.method not in ("GET", "HEAD")]


def changed_server(simulation, **members):
    """The shop's server with other properties than in its world."""
    server = simulation.world.server(NAME)
    for key, value in members.items():
        setattr(server, key, value)
    return simulation.client().server(GROUP, NAME)


def test_a_reset_sends_the_password_and_nothing_else():
    """D17: one PATCH with one property; a login proves it."""
    with simulated("insecure") as simulation:
        handle = simulation.client().server(GROUP, NAME)
        run = handle.admin_password.reset(Secret(GOOD), verify=WorldLogin(simulation))
        assert run.status == "complete"
        assert run.outcomes[0].proof == "logged in with it"
        assert simulation.world.server(NAME).password.matches(GOOD)
        assert [(entry.method, entry.path.rpartition("/")[2]) for entry in writes(simulation)] == [("PATCH", NAME)]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"source_server_id": "/subscriptions/x/primary-db", "replication_role": "AsyncReplica"}, "primary"),
        ({"password_auth": "Disabled", "entra_auth": "Enabled"}, "report success and change nothing"),
        ({"state": "Stopped"}, "Stopped"),
    ],
)
@pytest.mark.parametrize(
    "ask",
    [lambda own, store: own.reset(Secret(GOOD)), lambda own, store: own.rotate(store)],
    ids=["reset", "rotate"],
)
def test_what_would_not_work_is_refused_before_anything_is_stored_or_sent(tmp_path, members, words, ask):
    """D18: a replica, switched-off passwords and a server that is not Ready are refused with the reason."""
    with simulated("insecure") as simulation:
        store = new_store(tmp_path)
        handle = changed_server(simulation, **members)
        with pytest.raises(GuardRefused, match=words):
            ask(handle.admin_password, store)
        assert not writes(simulation)
        assert not store.versions()


def test_a_weak_password_is_refused_here():
    """The service answers a weak password with an internal error; it never gets there."""
    with simulated("insecure") as simulation:
        with pytest.raises(InvalidValue, match="three of"):
            simulation.client().server(GROUP, NAME).admin_password.reset(Secret("weakweakweak"))
        assert not writes(simulation)


def test_a_second_rotation_waits_until_the_first_is_settled(tmp_path):
    """A pending password of another run refuses a rotation and names what to do."""
    with simulated("insecure") as simulation:
        store, login = new_store(tmp_path), WorldLogin(simulation)
        first_rotation(simulation, store)
        handle = simulation.client().server(GROUP, NAME)
        store.put_pending(Secret(GOOD), run_id="elsewhere", server_id=handle.id.arm_id, login="x", expires_at=None)
        with pytest.raises(RunInProgress, match=r"run elsewhere left a pending password.*password recover"):
            handle.admin_password.rotate(store, verify=login)


def test_what_another_machine_left_pending_is_not_abandoned_too_early(tmp_path):
    """A pending password of a run that is not recorded here may still come into force for an hour."""
    with simulated("insecure") as simulation:
        login = WorldLogin(simulation)
        store = new_store(tmp_path)
        first_rotation(simulation, store)
        handle = simulation.client().server(GROUP, NAME)
        name = simulation.world.server(NAME).administrator_login
        elsewhere = new_store(tmp_path)
        elsewhere._now = simulation.clock.now
        elsewhere.put_pending(Secret(GOOD), run_id="elsewhere", server_id=handle.id.arm_id, login=name, expires_at=None)
        early = handle.admin_password.recover(store, verify=login)
        assert not early.settled
        simulation.clock.sleep(3700)
        late = handle.admin_password.recover(store, verify=login)
        assert late.settled
        assert [kept.stage for kept in store.versions()] == [Stage.ABANDONED, Stage.CURRENT]
        assert current_works(store, login, name)


def test_a_store_of_another_server_is_refused(tmp_path):
    """Two servers never share a secret: rotating one would lose the other's."""
    with simulated("insecure") as simulation:
        store = new_store(tmp_path)
        store.put_pending(Secret(GOOD), run_id="r", server_id="/subscriptions/x/other", login="x", expires_at=None)
        with pytest.raises(SecretStoreFailure, match="secret of its own"):
            simulation.client().server(GROUP, NAME).admin_password.rotate(store)


def test_a_rotation_leaves_no_secret_behind(tmp_path):
    """D15: neither journal, run, store file nor exception holds the old or the new password."""
    with simulated("insecure") as simulation:
        store = new_store(tmp_path / "store")
        first_rotation(simulation, store)
        run = simulation.client().server(GROUP, NAME).admin_password.rotate(store, verify=WorldLogin(simulation))
        secrets = [store.get(kept.version).reveal() for kept in store.versions()]
        assert len(set(secrets)) == 2
        kept = [path.read_bytes() for path in simulation.state_directory.rglob("*") if path.is_file()]
        kept += [path.read_bytes() for path in (tmp_path / "store").iterdir()]
        kept += [repr(run).encode(), json.dumps([str(entry) for entry in simulation.world.requests]).encode()]
        for secret in secrets:
            assert not any(secret.encode() in content for content in kept)


def test_a_rotation_cannot_be_rolled_back_and_says_so(tmp_path):
    """Undoing a rotation is another rotation: the old password may be in the wrong hands."""
    with simulated("insecure") as simulation:
        store = new_store(tmp_path)
        client = simulation.client()
        run = client.server(GROUP, NAME).admin_password.rotate(store, verify=WorldLogin(simulation))
        plan = client.plan_rollback(run.run_id)
        assert not plan.changes
        assert "cannot be undone" in plan.left[0].reason
