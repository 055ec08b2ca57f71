"""Ways of signing in and administrators as operations: what differs, what is refused, what undoes what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec.model.change import Change, Phase
from flexsec.model.desire import DesiredAdministrator, DesiredAdministratorAbsent, DesiredAuthentication
from flexsec.model.parameter import Parameter
from flexsec.operations import administrators, authentication
from flexsec.operations.operation import Obstacle
from flexsec.operations.restart import restart_for
from tests.controls.states import state

TENANT, OTHER = "33333333-3333-3333-3333-333333333333", "44444444-4444-4444-4444-444444444444"
ANN = {"object_id": "1" * 8 + OTHER[8:], "name": "ann@contoso.com", "principal_type": "User", "tenant_id": TENANT}


def having(*people, **server):
    """A server with these administrators."""
    facts = {"entra_auth": "Enabled", "tenant_id": TENANT} | server
    return state(
        {
            "server": facts,
            "administrators": list(people),
            "parameters": {"max_connections": {"value": "9", "pending_restart": True}},
        }
    )


def switch(method, enabled, found, **more):
    """What brings a switch about."""
    return authentication.diff(DesiredAuthentication(method=method, enabled=enabled, **more), found)


def wanted(found, **changed):
    """What brings an administrator about."""
    parts = {key: changed.get(key, value) for key, value in ANN.items()}
    return administrators.diff(DesiredAdministrator(**parts), found)


@pytest.mark.parametrize(("word", "enabled"), [("Enabled", True), ("ENABLED", True), ("disabled", False)])
def test_a_switch_that_is_there_is_not_written(word, enabled):
    """Whatever the spelling."""
    assert switch("entra", enabled, having(entra_auth=word)) is None


@pytest.mark.parametrize(
    ("server", "more", "words"),
    [
        ({"entra_auth": ""}, {}, "tells nothing about Microsoft Entra authentication"),
        ({"entra_auth": "Perhaps"}, {}, "tells Perhaps"),
        ({"role": "AsyncReplica", "source_server_id": "/x/main-db"}, {}, "its primary main-db"),
        ({}, {"tenant_id": OTHER}, f"not {OTHER}"),
    ],
)
def test_a_switch_that_cannot_be_written_says_why(server, more, words):
    """What the service does not tell, replicas, and another tenant."""
    found = switch("entra", True, having(**server), **more)
    assert isinstance(found, Obstacle)
    assert words in found.reason


def test_unread_parts_are_obstacles():
    """What was not read is not guessed."""
    unread = state({"server": {"unobserved": "403"}, "administrators": []})
    assert "403" in switch("entra", True, unread).reason
    assert "403" in wanted(unread).reason
    assert "403" in wanted(state({"server": {}, "administrators": {"unobserved": "403"}})).reason


def test_passwords_do_not_come_back_by_a_switch():
    """They need a login and a password, which no desire carries."""
    assert "allow-passwords" in switch("password", True, having(password_auth="Disabled")).reason


def test_enabling_entra_restarts_and_clears_what_waits():
    """It stands in the phase of the restart, and its prediction has nothing pending."""
    found = having(entra_auth="Disabled", tenant_id="")
    change = switch("entra", True, found, tenant_id=TENANT)
    assert (change.restarts, change.phase, change.reversible) == (True, Phase.RESTART, True)
    after = authentication.predict(change, found)
    assert not any(isinstance(p, Parameter) and p.pending_restart for p in after.parameters)
    assert authentication.holds(change, after)
    assert not authentication.holds(change, replace(after, server=replace(after.server, tenant_id=OTHER)))
    assert not authentication.untouched(change, after)


def test_coinciding_names_what_comes_into_force():
    """A restart of its own is not made: what waits is named instead, and its controls are kept."""
    change = switch("entra", True, having(entra_auth="Disabled"))
    both = authentication.coinciding(change, replace(restart_for(("a", "b")), controls=("config-no-pending-restart",)))
    assert both.sentence.endswith("this restarts the server, once, which brings a, b into force.")
    assert both.controls == ("config-no-pending-restart",)


def test_undoing_a_switch():
    """Undone is what was switched on; entra off takes its administrators with it."""
    on = switch("entra", True, having(entra_auth="Disabled"))
    off = authentication.undo(on)
    assert (off.closing, off.lowers_security, off.reversible) == ("entra-administrators", True, False)
    assert authentication.predict(off, having(ANN)).administrators == ()
    assert authentication.undo(off) is None
    assert authentication.undo(authentication.passwords_back("dba")).closing == "password-authentication"


def test_a_password_login_is_read_back():
    """Switched on for another login than was asked for is not as wanted; a login that is not told is no difference."""
    change = authentication.passwords_back("dba")
    assert authentication.holds(change, having(administrator_login="dba"))
    assert authentication.holds(change, having(administrator_login=""))
    assert not authentication.holds(change, having(administrator_login="other"))


def test_the_other_switch_is_watched():
    """Both stand in one block: should the other one move, that is a side effect."""
    change = switch("password", False, having())
    moved = having(password_auth="Disabled", entra_auth="Disabled")
    assert authentication.side_effects(change, having(), moved) == (
        "Microsoft Entra authentication was Enabled and is now Disabled",
    )
    assert authentication.side_effects(change, having(), having(password_auth="Disabled")) == ()


@pytest.mark.parametrize(
    ("found", "changed", "words"),
    [
        (having(entra_auth="Disabled"), {}, "enable it first"),
        (having(role="GeoAsyncReplica"), {}, "its primary"),
        (having(), {"tenant_id": OTHER}, "the server's is"),
        (having(tenant_id=""), {"tenant_id": ""}, "give it"),
        (having(ANN), {"name": "other@contoso.com"}, "is an administrator already"),
        (having(ANN), {"principal_type": "Group"}, "is an administrator already"),
        (having(ANN), {"object_id": OTHER, "name": "ANN@contoso.com"}, "one role of a name"),
    ],
)
def test_an_administrator_that_is_not_written_says_why(found, changed, words):
    """D9: parts that do not belong together or to this server; there is no changing one."""
    obstacle = wanted(found, **changed)
    assert isinstance(obstacle, Obstacle)
    assert words in obstacle.reason


def test_an_equal_administrator_is_not_written():
    """D10: in any spelling, and without a tenant that the service does not tell."""
    assert wanted(having({**ANN, "name": "Ann@Contoso.com", "principal_type": "user"})) is None
    assert wanted(having({**ANN, "tenant_id": ""}), tenant_id="") is None
    assert wanted(having(), tenant_id="").after["tenant"] == TENANT


def test_adding_and_removing_undo_each_other():
    """With every part as it was."""
    added = wanted(having())
    there = administrators.predict(added, having())
    assert administrators.holds(added, there)
    assert administrators.undo(added).before == added.after
    removed = administrators.diff(DesiredAdministratorAbsent(object_id=ANN["object_id"].upper()), there)
    assert (removed.closing, removed.phase) == ("entra-administrators", Phase.CLOSE)
    assert administrators.holds(removed, administrators.predict(removed, there))
    assert administrators.undo(removed).after == removed.before
    assert administrators.diff(DesiredAdministratorAbsent(object_id=OTHER), there) is None


def test_nothing_holds_that_was_not_read():
    """An unread list shows neither a presence nor an absence."""
    unread = state({"server": {}, "administrators": {"unobserved": "403"}})
    change = Change(kind="administrators", name=OTHER, before=None, after=None, sentence="", phase=Phase.CLOSE)
    assert not administrators.holds(change, unread)
    assert not administrators.untouched(change, unread)
