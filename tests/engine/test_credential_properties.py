"""Over generated servers and requests: what the guards pass leaves a working way in, and every known client its own.

A world says how things are: which hash each role's password has, who the administrators are, who connects and how. The
evidence tells of it the truth, in part or whole, never anything false. What the guards let through is carried out on
the world, and the world is asked who still gets in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec import Evidence, Leave
from flexsec.engine.plan import Planner
from flexsec.model.change import CLOSING_CLASSES, Change
from flexsec.model.connections import Connection
from flexsec.model.desire import (
    DesiredAdministrator,
    DesiredAdministratorAbsent,
    DesiredAuthentication,
    DesiredParameter,
)
from flexsec.model.login_evidence import (
    ACCEPTED_METHOD,
    PASSWORD_ENCRYPTION,
    AdminPasswordRecord,
    EntraLoginProof,
    RoleHash,
)
from flexsec.model.verdict import Assessment
from flexsec.operations.authentication import passwords_back
from flexsec.operations.registry import operations_about
from tests.controls.states import SERVER_ID, state

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TENANT = "33333333-3333-3333-3333-333333333333"
LOGIN = "dba"
OPERATIONS = operations_about("server")
BY_DESIRE = {kind: each for each in OPERATIONS.values() for kind in each.desires}
PEOPLE = tuple(
    {"object_id": f"{number:08}-0000-0000-0000-000000000001", "name": name, "principal_type": kind, "tenant_id": TENANT}
    for number, (name, kind) in enumerate(
        [
            ("ann@contoso.com", "User"),
            ("bob@contoso.com", "User"),
            ("dbas", "Group"),
            ("ci", "ServicePrincipal"),
            ("?", "Unknown"),
        ],
        1,
    )
)
ROLES = (LOGIN, "app", "old", "job")
HASHES = ("scram-sha-256", "md5")


@dataclass(frozen=True, kw_only=True)
class World:
    """How things are.

    Attributes:
        hashes: of every role with a password.
        clients: role and way of logging in ("password" or "entra") of everyone who connects.
    """

    entra: bool
    passwords: bool
    people: tuple[int, ...]
    methods: frozenset[str]
    encryption: str
    hashes: dict[str, str]
    clients: tuple[tuple[str, str], ...]

    def lets_in(self, role: str, way: str) -> bool:
        """Whether somebody gets in."""
        if way == "entra":
            return self.entra and any(PEOPLE[one]["name"] == role for one in self.people)
        return self.passwords and self.hashes[role] in self.methods

    @property
    def has_way_in(self) -> bool:
        """Whether an administrator gets in at all."""
        return self.lets_in(LOGIN, "password") or (self.entra and bool(self.people))


def observed(world: World):
    """The world as it is read."""
    return state(
        {
            "server": {
                "entra_auth": "Enabled" if world.entra else "Disabled",
                "password_auth": "Enabled" if world.passwords else "Disabled",
                "administrator_login": LOGIN if world.passwords else "",
                "tenant_id": TENANT if world.entra else "",
            },
            "administrators": [PEOPLE[one] for one in world.people] if world.entra else [],
            "parameters": {
                ACCEPTED_METHOD: ",".join(sorted(world.methods)),
                PASSWORD_ENCRYPTION: world.encryption,
                "max_connections": {"value": "200", "pending_restart": True},
            },
        }
    )


def after(world: World, change: Change) -> World:
    """The world when a change was made."""
    value = (change.after or {}).get("state", "")
    match change.target.split("/")[0], change.name:
        case "authentication", "entra":
            return replace(world, entra=value == "Enabled", people=world.people if value == "Enabled" else ())
        case "authentication", "password":
            fresh = {**world.hashes, LOGIN: world.encryption} if value == "Enabled" else world.hashes
            return replace(world, passwords=value == "Enabled", hashes=fresh)
        case "administrators", object_id:
            number = next(i for i, each in enumerate(PEOPLE) if each["object_id"] == object_id)
            others = tuple(one for one in world.people if one != number)
            return replace(world, people=others if change.after is None else (*others, number))
        case "parameters", "azure.accepted_password_auth_method":
            return replace(world, methods=frozenset((change.after or {})["value"].split(",")))
        case "parameters", "password_encryption":
            return replace(world, encryption=(change.after or {})["value"])
    return world


@st.composite
def worlds(draw):
    """A world in which somebody gets in, with clients who all get in."""
    entra = draw(st.booleans())
    world = World(
        entra=entra,
        passwords=draw(st.booleans()) if entra else True,
        people=tuple(draw(st.lists(st.integers(0, len(PEOPLE) - 1), unique=True, max_size=4))) if entra else (),
        methods=draw(
            st.sampled_from([frozenset(HASHES), frozenset(HASHES), frozenset({"md5"}), frozenset({"scram-sha-256"})])
        ),
        encryption=draw(st.sampled_from(HASHES)),
        hashes={role: draw(st.sampled_from(HASHES)) for role in ROLES},
        clients=(),
    )
    able = [(role, "password") for role in ROLES] + [(PEOPLE[one]["name"], "entra") for one in world.people]
    able = [client for client in able if world.lets_in(*client)]
    chosen = draw(st.lists(st.sampled_from(able), unique=True, max_size=4)) if able else []
    return replace(world, clients=tuple(chosen))


@st.composite
def evidence_of(draw, world: World):
    """What is told of the world: the truth, as far as it is told."""

    def way(role: str, method: str) -> str:
        true = method if method == "entra" else world.hashes[role]
        return draw(st.sampled_from([true, true, "" if method == "entra" else "password", ""]))

    connections = tuple(
        Connection(address=f"203.0.113.{number}", role=role, authentication=way(role, method))
        for number, (role, method) in enumerate(world.clients, 1)
    )
    hashes = tuple(
        RoleHash(role=role, hash=draw(st.sampled_from([kept, kept, "unknown"]))) for role, kept in world.hashes.items()
    )
    proved = [PEOPLE[one]["name"] for one in world.people] if world.entra else []
    proof = EntraLoginProof(
        server_id=SERVER_ID, principal=draw(st.sampled_from(proved)) if proved else "nobody", object_id="",
        at=NOON - draw(st.sampled_from([timedelta(hours=1), timedelta(hours=30)])),
    )  # fmt: skip
    after_scram = AdminPasswordRecord(encryption_since=NOON, set_at=NOON)
    return Evidence(
        connections=draw(st.sampled_from([connections, connections, None])),
        source="a file",
        role_hashes=draw(st.sampled_from([hashes, hashes, None])),
        entra_login=draw(st.sampled_from([proof, None])),
        admin_password=draw(st.sampled_from([after_scram, None])) if world.hashes[LOGIN] == "scram-sha-256" else None,
    )


def present(one):
    """The wish for an administrator."""
    person = PEOPLE[one]
    return DesiredAdministrator(
        object_id=person["object_id"], name=person["name"], principal_type=person["principal_type"]
    )


wishes = st.lists(
    st.one_of(
        st.sampled_from([DesiredAuthentication(method=method, enabled=on) for method in ("entra", "password") for on in (True, False)]),
        st.integers(0, len(PEOPLE) - 1).map(present),
        st.integers(0, len(PEOPLE) - 1).map(lambda one: DesiredAdministratorAbsent(object_id=PEOPLE[one]["object_id"])),
        st.sampled_from(["md5", "md5,scram-sha-256", "scram-sha-256"]).map(lambda text: DesiredParameter(name=ACCEPTED_METHOD, value=text)),
        st.sampled_from(HASHES).map(lambda text: DesiredParameter(name=PASSWORD_ENCRYPTION, value=text)),
    ),
    min_size=1, max_size=5,
)  # fmt: skip
leaves = st.builds(
    Leave,
    restart=st.booleans(),
    closing=st.sampled_from([tuple(CLOSING_CLASSES), tuple(CLOSING_CLASSES), ()]),
    without_evidence=st.sampled_from(["", "", "as asked"]),
    lower_security=st.booleans(),
    lockout=st.lists(st.sampled_from(ROLES), unique=True).map(tuple),
)


def planned(world, wanted, leave, evidence, *, back):
    """The plan for what is wished; what cannot be is left out, and of two wishes about one thing the last counts."""
    found = observed(world)
    changes = [BY_DESIRE[desire.kind].diff(desire, found) for desire in wanted]
    changes += [passwords_back(LOGIN)] if back and not world.passwords else []
    chosen = {change.target: change for change in changes if isinstance(change, Change)}
    nothing = Assessment(server_id=SERVER_ID, baseline="", observed_at=NOON, server_state="Ready", verdicts=())
    planner = Planner(OPERATIONS, found, lambda _: nothing, parameters=(), baseline_source="", now=NOON)
    return planner.assemble(list(chosen.values()), leave=leave, evidence=evidence)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_plan_that_the_guards_pass_locks_anyone_out(data):
    """D5, B11: after every single change somebody still administers the server; without a reason or a named lockout every client still gets in."""
    world = data.draw(worlds())
    evidence, leave = data.draw(evidence_of(world)), data.draw(leaves)
    plan = planned(world, data.draw(wishes), leave, evidence, back=data.draw(st.booleans()))
    had_way_in = world.has_way_in
    protected = [] if leave.without_evidence else [one for one in world.clients if one[0] not in leave.lockout]
    for change in plan.changes:
        world = after(world, change)
        assert world.entra or world.passwords
        assert not had_way_in or world.has_way_in, change.sentence
        assert all(world.lets_in(*client) for client in protected), change.sentence


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_clients_that_are_known_are_never_cut_off(data):
    """D5, B11: whatever reason is given, who was told to log in so still does, unless the role is named; so do roles whose hash was told."""
    world = data.draw(worlds())
    evidence = data.draw(evidence_of(world))
    leave = replace(data.draw(leaves), without_evidence="as asked")
    plan = planned(world, data.draw(wishes), leave, evidence, back=False)
    told = {(c.role, "entra" if c.authentication == "entra" else "password") for c in evidence.connections or ()
            if c.authentication in ("entra", *HASHES)}  # fmt: skip
    roles = [
        each.role for each in evidence.role_hashes or () if each.hash != "unknown" and each.role not in leave.lockout
    ]
    for change in plan.changes:
        able = [role for role in roles if world.lets_in(role, "password")]
        world = after(world, change)
        assert all(world.lets_in(*client) for client in told if client[0] not in leave.lockout), change.sentence
        assert not world.passwords or all(world.lets_in(role, "password") for role in able), change.sentence


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_there_is_one_restart_at_most(data):
    """Enabling Entra and a restart for parameters coincide, and what waits is named."""
    world = data.draw(worlds())
    leave = replace(data.draw(leaves), restart=True)
    wanted = [*data.draw(wishes), DesiredAuthentication(method="entra", enabled=True)]
    plan = planned(world, wanted, leave, data.draw(evidence_of(world)), back=False)
    assert sum(change.restarts for change in plan.changes) <= 1
    if any(change.restarts for change in plan.changes):
        assert any("max_connections" in text for text in (*plan.notes, *(change.sentence for change in plan.changes)))
