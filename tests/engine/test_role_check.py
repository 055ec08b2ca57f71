"""What is missing and what is too much, for grants as the service tells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.engine.permissions import ROWS, role_for
from flexsec.engine.role_check import allows, check, notes
from flexsec.model.observation import Unobserved
from flexsec.model.resource import ServerId
from flexsec.model.role import ExcessKind, Grant, RoleScope

SERVER = ServerId("11111111-1111-1111-1111-111111111111", "rg-shop", "shop-db")
OWNER = Grant(actions=("*",))
CONTRIBUTOR = Grant(
    actions=("*",),
    not_actions=(
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
    ),
)
READER = Grant(actions=("*/read",))
PROVIDER = "Microsoft.DBforPostgreSQL/flexibleServers"
NAMES = st.sampled_from([name for name, row in ROWS.items() if row.actions and not row.data_actions])


def held(role, at_server=(), at_subscription=()):
    """A role held against grants."""
    return check(role, target=SERVER, identity="me", at_server=at_server, at_subscription=at_subscription)


def exactly(role):
    """Grants at each scope that are the role itself; what is granted above is seen below."""
    at_subscription = tuple(n.action for n in role.needs if n.scope is RoleScope.SUBSCRIPTION)
    at_server = (*at_subscription, *(n.action for n in role.needs if n.scope is RoleScope.SERVER))
    return {"at_server": (Grant(actions=at_server),), "at_subscription": (Grant(actions=at_subscription),)}


@given(NAMES)
def test_a_role_granted_exactly_is_neither_short_nor_too_much(name):
    """An identity with exactly the role lacks nothing and has nothing beyond it, whatever the spelling's case."""
    role = role_for(name)
    granted = {
        scope: tuple(Grant(actions=tuple(action.upper() for action in each.actions)) for each in grants)
        for scope, grants in exactly(role).items()
    }
    found = held(role, **granted)
    assert found.sufficient
    assert found.excess == ()


@given(NAMES, st.data())
def test_what_is_not_granted_is_missing(name, data):
    """Whatever part of a role is granted, the rest is missing, each action at its scope."""
    role = role_for(name)
    kept = data.draw(st.sets(st.sampled_from(role.needs)))
    granted = exactly(role)
    actions = {need.action for need in kept}
    cut = {
        scope: tuple(Grant(actions=tuple(a for a in each.actions if a in actions)) for each in grants)
        for scope, grants in granted.items()
    }
    found = held(role, **cut)
    assert set(found.missing) == set(role.needs) - kept
    assert found.excess == ()


@given(NAMES)
def test_a_need_at_the_subscription_is_not_met_at_the_server(name):
    """The URL of an operation is not below the server, so a grant at the server alone does not cover following it."""
    role = role_for(name)
    found = held(role, at_server=(OWNER,))
    assert set(found.missing) == {need for need in role.needs if need.scope is RoleScope.SUBSCRIPTION}


def test_grants_add_up():
    """What the "not" list of one role takes back, another role may still give; patterns ignore case."""
    rules = f"{PROVIDER}/firewallRules/write"
    assert allows([CONTRIBUTOR], rules)
    assert not allows([CONTRIBUTOR], "microsoft.authorization/roleassignments/WRITE")
    assert allows([CONTRIBUTOR, Grant(actions=("Microsoft.Authorization/roleAssignments/*",))],
                  "Microsoft.Authorization/roleAssignments/write")  # fmt: skip
    assert not allows([Grant(actions=(rules,), not_actions=("*/write",))], rules)
    assert not allows([OWNER], "Microsoft.KeyVault/vaults/secrets/getSecret/action", data=True)
    assert not allows([], rules)


def test_contributor_is_enough_and_too_much_for_an_audit():
    """Contributor lacks nothing for an audit, and can delete the server, but not give roles away."""
    found = held(role_for("audit"), at_server=(CONTRIBUTOR,), at_subscription=(CONTRIBUTOR,))
    assert found.sufficient
    (excess,) = found.excess
    assert (excess.pattern, excess.scope, excess.kind) == ("*", RoleScope.SUBSCRIPTION, ExcessKind.DANGEROUS)
    assert "delete the server" in excess.reason
    assert "reset the administrator's password" in excess.reason
    assert "role" not in excess.reason


def test_owner_can_do_the_worst():
    """What an owner can do beyond an audit begins with giving any role to anyone."""
    (excess,) = held(role_for("audit"), at_server=(OWNER,)).excess
    assert excess.scope is RoleScope.SERVER
    assert excess.reason.startswith("it can give any role to anyone, itself included")


def test_reader_reads_more_than_an_audit():
    """`*/read` is enough for an audit, is too much, and is told last."""
    rule = Grant(actions=(f"{PROVIDER}/firewallRules/write", f"{PROVIDER}/delete"))
    found = held(role_for("audit"), at_server=(READER, rule))
    assert [(e.pattern, e.kind) for e in found.excess] == [
        (f"{PROVIDER}/delete", ExcessKind.DANGEROUS),
        (f"{PROVIDER}/firewallRules/write", ExcessKind.WRITES),
        ("*/read", ExcessKind.READS),
    ]
    assert "what Azure adds" in found.excess[2].reason
    assert "what Azure adds" not in found.excess[1].reason


def test_what_a_role_needs_is_no_danger_in_it():
    """Deleting rules is needed to harden, and flexibleServers/write to rotate: neither is pointed out there."""
    role = role_for("rotate")
    needed = (Grant(actions=(f"{PROVIDER}/write",)),)
    assert held(role, at_server=needed).excess == ()
    (excess,) = held(role_for("parameters set"), at_server=needed).excess
    assert (excess.kind, excess.reason) == (ExcessKind.DANGEROUS, "it can reset the administrator's password")


def test_a_server_action_granted_for_the_whole_subscription_is_wider_than_needed():
    """A concrete action that the server needs, granted above it, holds for every server and is pointed out."""
    grant = (Grant(actions=(f"{PROVIDER}/read",)),)
    (excess,) = held(role_for("audit"), at_server=grant, at_subscription=grant).excess
    assert (excess.kind, excess.scope) == (ExcessKind.WIDER, RoleScope.SUBSCRIPTION)
    assert held(role_for("capture"), at_server=grant, at_subscription=grant).excess == ()


def test_optional_actions_and_reading_permissions_are_not_too_much():
    """An action that a role names as optional, and the one that the check itself takes, are not pointed out."""
    grant = Grant(actions=("Microsoft.Insights/eventtypes/values/read", "Microsoft.Authorization/permissions/read"))
    assert held(role_for("plan"), at_subscription=(grant,)).excess == ()
    (excess,) = held(role_for("audit"), at_subscription=(grant,)).excess
    assert excess.pattern == "Microsoft.Insights/eventtypes/values/read"


def test_a_pattern_that_a_not_list_takes_back_whole_is_nothing():
    """A wildcard whose every action is taken back, or that is only the needed action left, is not too much."""
    none = Grant(actions=("Microsoft.Compute/*",), not_actions=("Microsoft.Compute/*",))
    assert held(role_for("audit"), at_server=(none,)).excess == ()


def test_data_actions_are_pointed_out_apart():
    """A data action that is not needed is too much, even where the same text is no action."""
    grant = Grant(data_actions=("Microsoft.KeyVault/vaults/secrets/getSecret/action",))
    (excess,) = held(role_for("audit"), at_subscription=(grant,)).excess
    assert (excess.kind, excess.reason) == (ExcessKind.WRITES, "it can use what is not needed")
    assert held(role_for("rotate"), at_subscription=(grant,)).excess == ()


def test_what_could_not_be_read_is_neither_missing_nor_met():
    """Where the permissions at a scope are unknown, needs there are not called missing, and nothing is sufficient."""
    unknown = Unobserved("not allowed: x is missing", "x")
    found = held(role_for("harden"), at_server=(OWNER,), at_subscription=unknown)
    assert found.missing == ()
    assert not found.sufficient
    (unchecked,) = found.unchecked
    assert (unchecked.scope, unchecked.missing_action) == (RoleScope.SUBSCRIPTION, "x")
    assert held(role_for("audit"), at_server=(READER,), at_subscription=unknown).sufficient


def test_the_vault_is_not_checked():
    """Which key vault a rotation writes to is not known here, so its data actions are neither met nor missing."""
    found = held(role_for("rotate"), at_server=(OWNER,), at_subscription=(OWNER,))
    assert [each.scope for each in found.unchecked] == [RoleScope.VAULT]
    assert not found.sufficient


@pytest.mark.parametrize(
    ("at_server", "at_subscription", "said"),
    [
        ((), (), "is missing at the server (to read the Microsoft Entra administrators)"),
        (Unobserved("the read failed"), (), "those at the server are not known: the read failed"),
        ((READER, Grant(actions=("a/b/delete",))), (), "more than the plan needs: a/b/delete at the server: it can delete"),
        (tuple(Grant(actions=(a,)) for a in role_for("audit").actions), (), "what the plan needs, and no more"),
    ],
)  # fmt: skip
def test_notes_say_it_in_sentences(at_server, at_subscription, said):
    """A plan's notes tell what is missing, what is not known, what is too much, or that all is right."""
    assert any(said in note for note in notes(held(role_for("audit"), at_server, at_subscription)))


def test_a_pattern_too_tangled_to_tell_is_too_much(monkeypatch):
    """Where it cannot be told whether a pattern allows something dangerous, that is said; nothing is called missing."""
    monkeypatch.setattr("flexsec.model.action_pattern._MOST", 1)
    grant = Grant(actions=("*", "Microsoft.*/a*"))
    found = held(role_for("audit"), at_server=(grant,))
    told = {each.pattern: each for each in found.excess}["Microsoft.*/a*"]
    assert told.kind is ExcessKind.DANGEROUS
    assert "too many wildcards to tell whether it can" in told.reason
    assert found.missing == ()
