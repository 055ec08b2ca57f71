"""Entra authentication, administrators and SCRAM: what locked users out, and must not lock anyone out here."""

import json
import re

import pytest

from flexsec import ChangeRecord, Connection, Evidence, Leave, Secret
from flexsec.errors import GuardRefused, InvalidValue, LeaveRequired, UnknownName
from flexsec.model.login_evidence import RoleHash
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.scram import ScramStep
from flexsec.passwords.file_store import FileStore, new_key_file
from flexsec.testing import simulated
from flexsec.testing.simulated_login import SimulatedLogin
from tests.acceptance.scene import (
    NAME,
    SUBSCRIPTION,
    cli,
    effects,
    fault,
    most_in_flight,
    outcome,
    reads,
    shop,
    value,
    world,
    writes,
)

TENANT = "33333333-3333-3333-3333-333333333333"
ME, BOB, TEAM = (f"{number}2222222-2222-2222-2222-222222222222" for number in (2, 5, 6))
PASSWORD = "Correct-Horse-7"
ENTRA = {"entra_auth": "Enabled", "tenant_id": TENANT, "administrator_login": "shopadmin"}
ADMINISTRATORS = {
    ME: {"type": "User", "name": "me@contoso.com", "tenant_id": TENANT},
    TEAM: {"type": "Group", "name": "dbas", "tenant_id": TENANT},
}
RESTART = Leave(restart=True)
ONLY = Leave(closing=("password-authentication",))
REMOVE = Leave(closing=("entra-administrators",), without_evidence="a simulated server")
LOWER = Leave(lower_security=True)
TOKENS = Evidence(connections=(Connection(address="203.0.113.7", role="app", authentication="entra"),), source="a file")


def bodies(simulation):
    """What is sent, as method, last part of the path, and body; filled as it goes."""
    sent, answer = [], simulation._answer

    def listening(method, url, headers, body):
        if method != "GET":
            sent.append((method, url.partition("?")[0].rpartition("/")[2], json.loads(body) if body else None))
        return answer(method, url, headers, body)

    simulation._answer = listening
    return sent


def proved(simulation, server):
    """The server, with a login by a token proved."""
    server.entra.prove_login(SimulatedLogin(simulation.world, server.id.arm_id))
    return server


def test_a_setting_that_the_service_ignores_is_a_failure():
    """D1: the service reports success and ignores authConfig: the run fails, names the switch, and is not complete."""
    with simulated(world(), faults=[fault("X12", times=None, fields=["authConfig"])]) as azure:
        run = shop(azure).entra.enable(leave=RESTART)
        assert run.status is RunStatus.PARTIAL
        failed = outcome(run, "authentication/entra")
        assert failed.status is ChangeStatus.FAILED
        assert "still shows 'Disabled'" in failed.message


def test_an_administrator_that_is_stored_otherwise_is_a_failure():
    """D1: every field of an administrator is read back; one that the service did not store fails."""
    with simulated(world(**ENTRA), faults=[fault("X12", path="administrators", times=None)]) as azure:
        run = shop(azure).entra.add_administrator(ME, "me@contoso.com", "User")
        assert outcome(run, f"administrators/{ME}").status is ChangeStatus.FAILED
        assert effects(azure) == ()


def test_passwords_come_back_with_login_and_password_in_one_patch():
    """D3, X13: the one PATCH holds authConfig, login and password, and nothing else."""
    with simulated(world(**ENTRA, password_auth="Disabled")) as azure:
        sent = bodies(azure)
        run = shop(azure).entra.allow_passwords("shopadmin", Secret(PASSWORD), leave=LOWER)
        assert run.status is RunStatus.COMPLETE
        switches = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled", "tenantId": TENANT}
        told = {"administratorLogin": "shopadmin", "administratorLoginPassword": PASSWORD, "authConfig": switches}
        assert sent == [("PATCH", NAME, {"properties": told})]
        assert azure.world.server(NAME).password.matches(PASSWORD)
        assert PASSWORD not in repr(run)


@pytest.mark.parametrize(
    ("login", "secret", "words"),
    [
        ("admin", PASSWORD, "reserved"),
        ("pg_me", PASSWORD, "reserved"),
        ("a b", PASSWORD, "no administrator login"),
        ("shopadmin", "short", "characters"),
        ("shopadmin", "shopadmin-A1", "contains the administrator login"),
    ],
)
def test_a_login_or_password_that_the_service_would_not_take_sends_nothing(login, secret, words):
    """D3: wrong by itself: 0 requests, and nothing of the password in the message."""
    with simulated(world(**ENTRA, password_auth="Disabled")) as azure:
        with pytest.raises(InvalidValue, match=words) as caught:
            shop(azure).entra.allow_passwords(login, Secret(secret), leave=LOWER)
        assert secret not in caught.value.message or secret == "short"
        assert not azure.world.requests


def test_another_login_than_the_servers_is_refused():
    """D3: the administrator login never changes, so a different one is refused; nothing is written."""
    with simulated(world(administrator_login="shopadmin")) as azure:
        with pytest.raises(InvalidValue, match="administrator login is shopadmin, which never changes, not other"):
            shop(azure).entra.allow_passwords("other", Secret(PASSWORD), leave=LOWER)
        assert not writes(azure)


def test_the_services_refusal_says_what_is_missing():
    """X13: EngineCredentialsNotProvided is told with what to do, and the PUT is never sent by itself."""
    with simulated(world(**ENTRA, password_auth="Disabled"), faults=[fault("X13", times=None)]) as azure:
        run = shop(azure).entra.allow_passwords("shopadmin", Secret(PASSWORD), leave=LOWER)
        failed = outcome(run, "authentication/password")
        assert (failed.status, failed.code) == (ChangeStatus.FAILED, "EngineCredentialsNotProvided")
        assert "together with the administrator's login and a new password" in failed.message
        assert {each.method for each in writes(azure)} == {"PATCH"}


def test_a_put_is_sent_only_when_asked_for_and_is_an_update():
    """D17, D3: with `by_put` the server is put as createMode Update with its place, size and tags; the plan says so."""
    with simulated(world(**ENTRA, password_auth="Disabled", tags={"env": "prod"})) as azure:
        sent = bodies(azure)
        run = shop(azure).entra.allow_passwords("shopadmin", Secret(PASSWORD), by_put=True, leave=LOWER)
        assert run.status is RunStatus.COMPLETE
        assert "createMode Update" in run.outcomes[0].change.sentence
        ((method, name, body),) = sent
        assert (method, name, body["properties"]["createMode"]) == ("PUT", NAME, "Update")
        assert body["tags"] == {"env": "prod"}
        assert azure.world.server(NAME).tags == {"env": "prod"}


def test_a_put_on_a_server_with_identities_is_refused():
    """D17: whether a PUT keeps managed identities is not known, so it is not sent."""
    identity = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/cmk"
    with simulated(world(**ENTRA, password_auth="Disabled", identities=[identity])) as azure:
        with pytest.raises(InvalidValue, match="managed identities"):
            shop(azure).entra.allow_passwords("shopadmin", Secret(PASSWORD), by_put=True, leave=LOWER)
        assert not writes(azure)


def test_resuming_without_the_password_fails_in_words():
    """D3: a run whose password is gone is not sent without it."""
    data = world(**ENTRA, password_auth="Disabled")
    with simulated(data, faults=[fault("X28", method="PATCH")]) as azure:
        run = shop(azure).entra.allow_passwords("shopadmin", Secret(PASSWORD), leave=LOWER)
        assert run.status is RunStatus.PARTIAL
        again = azure.client().resume(run.run_id)
        assert "not at hand here" in again.outcomes[0].message
        assert not effects(azure)


def test_the_patch_that_disables_passwords_holds_auth_config_alone():
    """D4: no login, no password, no other block; both switches and the tenant as they shall be."""
    with simulated(world(**ENTRA, administrators=ADMINISTRATORS)) as azure:
        sent = bodies(azure)
        server = proved(azure, shop(azure))
        assert server.entra.only(leave=ONLY, evidence=TOKENS).status is RunStatus.COMPLETE
        switches = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled", "tenantId": TENANT}
        assert sent == [("PATCH", NAME, {"properties": {"authConfig": switches}})]


def test_passwords_stay_without_administrators():
    """D5: no administrator: refused whatever the leave, 0 PATCH."""
    everything = Leave(closing=("password-authentication",), without_evidence="I insist", lower_security=True)
    with simulated(world(**ENTRA)) as azure:
        with pytest.raises(GuardRefused, match="it needs two administrators"):
            shop(azure).entra.only(leave=everything)
        assert not writes(azure)


def test_the_way_to_entra_alone_takes_two_patches_in_that_order():
    """D5: Entra on, two administrators read back, a login proved, and only then passwords off."""
    with simulated(world()) as azure:
        sent = bodies(azure)
        server = shop(azure)
        server.entra.enable(leave=RESTART)
        server.entra.add_administrator(ME, "me@contoso.com", "User")
        server.entra.add_administrator(TEAM, "dbas", "Group")
        with pytest.raises(LeaveRequired, match="nobody has shown"):
            server.entra.only(leave=ONLY, evidence=TOKENS)
        proved(azure, server).entra.only(leave=ONLY, evidence=TOKENS)
        assert [method for method, _, _ in sent] == ["PATCH", "PUT", "PUT", "PATCH"]
        assert [body["properties"]["authConfig"]["passwordAuth"] for method, _, body in sent if method == "PATCH"] == [
            "Enabled",
            "Disabled",
        ]


def test_the_guards_look_again_right_before_the_write():
    """D5: an administrator whom somebody removes between the plan and its turn is missed then: nothing is written."""
    with simulated(world(**ENTRA, administrators=ADMINISTRATORS)) as azure:
        server = proved(azure, shop(azure))
        plan = server.entra.plan_only(leave=ONLY, evidence=TOKENS)
        assert plan.changes
        answer, seen = azure._answer, []

        def meddling(method, url, headers, body):
            if method == "GET" and "/administrators" in url:
                seen.append(url)
                if len(seen) == 2:  # the first reading holds the plan against the server, the second is the turn's
                    azure.world.server(NAME).administrators.pop(ME)
            return answer(method, url, headers, body)

        azure._answer = meddling
        run = azure.client().server("rg-shop", NAME).apply(plan)
        assert not run.changed
        assert "only dbas: who is in a group is unknown" in run.outcomes[0].message
        assert azure.world.server(NAME).password_auth == "Enabled"


def test_a_list_that_is_refused_because_entra_is_off_is_an_empty_one():
    """D6, X14: no administrators, nothing unknown; and adding one says to enable Entra first."""
    with simulated(world(), faults=[fault("X14", times=None)]) as azure:
        found = shop(azure).entra.show()
        assert (found.entra_auth, found.administrators) == ("Disabled", ())
        with pytest.raises(InvalidValue, match="enable it first"):
            shop(azure).entra.add_administrator(ME, "me@contoso.com", "User")
        assert not writes(azure)


def test_a_principal_that_cannot_be_validated_is_told_with_the_application():
    """D7, X15: the message names the application whose service principal the tenant may lack."""
    with simulated(world(**ENTRA), faults=[fault("X15", times=None)]) as azure:
        run = shop(azure).entra.add_administrator(ME, "me@contoso.com", "User")
        failed = outcome(run, f"administrators/{ME}")
        assert failed.status is ChangeStatus.FAILED
        assert "5657e26c-cc92-45d9-bc47-9da6cfdb4ed9" in failed.message
        assert "0LP01" in failed.message


def test_three_administrators_are_three_serial_puts():
    """D8: one at a time, however many."""
    with simulated(world(**ENTRA)) as azure:
        for number, each in enumerate((ME, BOB, TEAM)):
            shop(azure).entra.add_administrator(each, f"dba{number}@contoso.com", "User")
        assert len(writes(azure, "administrators")) == 3
        assert most_in_flight(azure) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dbas", "--type", "Group", "--principal-name", "dbas"), "is not an object id"),
        ((ME, "--type", "Robot", "--principal-name", "dbas"), "no type of principal"),
        ((ME, "--type", "User", "--principal-name", "dbas"), "user principal name"),
        ((ME, "--type", "Group", "--principal-name", BOB), "is the id"),
        ((ME, "--type", "Group", "--principal-name", "dbas", "--tenant", "contoso.com"), "is not a tenant id"),
    ],
)
def test_parts_that_cannot_belong_together_send_nothing(words, told, tmp_path):
    """D9: id, type and name are held against each other: 0 requests, exit 2."""
    path = tmp_path / "world.json"
    with simulated(world(**ENTRA)) as azure:
        azure.world.save(path)
    result = cli("entra", "add", *words, "--simulate", path, "--yes")
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert json.loads(path.read_text()).get("operations", []) == []


def test_another_tenant_is_refused_and_a_known_application_is_doubted():
    """D9: the principal's tenant is the server's; an application id in the place of an object id is told."""
    application = "5657e26c-cc92-45d9-bc47-9da6cfdb4ed9"
    with simulated(world(**ENTRA)) as azure:
        with pytest.raises(InvalidValue, match="and the server's is"):
            shop(azure).entra.add_administrator(ME, "dbas", "Group", tenant_id=BOB)
        plan = shop(azure).entra.plan_add_administrator(application, "app", "ServicePrincipal")
        assert any("is the application id of" in note for note in plan.notes)
        assert not writes(azure)


def test_an_administrator_that_is_there_is_not_put_again():
    """D10: the second time 0 PUTs; the same id under another name or type is refused, as is the same name."""
    with simulated(world(**ENTRA)) as azure:
        entra = shop(azure).entra
        entra.add_administrator(ME, "me@contoso.com", "User")
        assert entra.add_administrator(ME, "ME@contoso.com", "user").run_id == ""
        for parts in ((ME, "other@contoso.com", "User"), (BOB, "me@contoso.com", "User")):
            with pytest.raises(InvalidValue):
                entra.add_administrator(*parts)
        assert len(writes(azure)) == 1


def test_a_replacement_is_there_before_the_old_one_goes():
    """D11: added, read back, and then the old one is deleted."""
    with simulated(world(**ENTRA, administrators=ADMINISTRATORS)) as azure:
        run = shop(azure).entra.replace_administrator(ME, BOB, "bob@contoso.com", "User", leave=REMOVE)
        assert run.status is RunStatus.COMPLETE
        assert [each.method for each in writes(azure, "administrators")] == ["PUT", "DELETE"]
        between = [
            each.path for each in azure.world.requests if each.method == "GET" and each.path.endswith("/administrators")
        ]
        assert between
        assert set(azure.world.server(NAME).administrators) == {BOB, TEAM}


@pytest.mark.parametrize("problem", ["X15", "X5", "X12", "X41", "X28"])
def test_when_the_replacement_fails_the_old_one_stays(problem):
    """D11: whatever goes wrong with the new one, no DELETE is sent."""
    problem = "X7" if problem == "X5" else problem
    arguments = {"form": "poll"} if problem == "X7" else {}
    with simulated(
        world(**ENTRA, administrators=ADMINISTRATORS),
        faults=[fault(problem, method="PUT", path="administrators", times=None, **arguments)],
    ) as azure:
        run = shop(azure).entra.replace_administrator(ME, BOB, "bob@contoso.com", "User", leave=REMOVE)
        assert run.status is not RunStatus.COMPLETE
        assert not [each for each in writes(azure) if each.method == "DELETE"]
        assert ME in azure.world.server(NAME).administrators


def test_an_unknown_administrator_is_told_with_those_there_are():
    """D9: removing or replacing nobody names who is there; nothing is written."""
    with simulated(world(**ENTRA, administrators=ADMINISTRATORS)) as azure:
        with pytest.raises(UnknownName, match=re.escape(f"me@contoso.com (User) {ME}")):
            shop(azure).entra.remove_administrator(BOB, leave=REMOVE)
        with pytest.raises(UnknownName):
            shop(azure).entra.replace_administrator(BOB, "7" * 8 + BOB[8:], "x@contoso.com", "User", leave=REMOVE)
        assert not writes(azure)


def test_an_administrator_right_after_another_write_is_sent_again():
    """A7, X4: not accessible three times: finally present, after four attempts."""
    with simulated(world(**ENTRA), faults=[fault("X4", times=3)]) as azure:
        run = shop(azure).entra.add_administrator(ME, "me@contoso.com", "User")
        assert [(o.status, o.attempts) for o in run.outcomes] == [(ChangeStatus.APPLIED, 4)]
        assert ME in azure.world.server(NAME).administrators


def test_a_server_that_settles_takes_an_administrator_in_the_end():
    """A7: right after enabling Entra the server is still settling; the administrator is retried, not lost."""
    with simulated(world(), faults=[fault("X31", method="PATCH", seconds=40.0)]) as azure:
        server = shop(azure)
        server.entra.enable(leave=RESTART)
        run = server.entra.add_administrator(ME, "me@contoso.com", "User")
        assert run.status is RunStatus.COMPLETE
        assert run.outcomes[0].attempts > 1


def test_enabling_entra_is_the_one_restart():
    """A5, B1: enabling needs leave to restart, brings what waits into force, and no restart of its own is sent."""
    with simulated("insecure") as azure:
        server = shop(azure)
        with pytest.raises(LeaveRequired, match="it restarts the server"):
            server.entra.enable()
        plan = server.entra.plan_enable(leave=RESTART)
        assert any("max_connections" in note for note in plan.notes)
        server.entra.enable(leave=RESTART)
        assert not writes(azure, "/restart$")
        assert not server.parameters.get("max_connections").pending_restart


@pytest.mark.parametrize("kind", ["enable", "add", "remove", "only", "passwords"])
def test_a_replica_is_refused_and_its_primary_named(kind):
    """A replica follows its primary in all of this: refused before anything is written."""
    source = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/main-db"
    data = world(replication_role="AsyncReplica", source_server_id=source, administrators=ADMINISTRATORS, **ENTRA,
                 **({"password_auth": "Disabled"} if kind == "passwords" else {}))  # fmt: skip
    data["subscriptions"][0]["resource_groups"][0]["servers"].append({"name": "main-db", "version": "16"})
    with simulated(data) as azure:
        entra = shop(azure).entra
        acts = {
            "enable": lambda: entra.enable(leave=RESTART),
            "add": lambda: entra.add_administrator(BOB, "bob@contoso.com", "User"),
            "remove": lambda: entra.remove_administrator(ME, leave=REMOVE),
            "only": lambda: entra.only(leave=ONLY, evidence=TOKENS),
            "passwords": lambda: entra.allow_passwords("shopadmin", Secret(PASSWORD), leave=LOWER),
        }
        with pytest.raises(InvalidValue, match="main-db"):
            acts[kind]()
        assert not writes(azure)


def test_undoing_goes_back_as_far_as_it_can_without_a_lockout():
    """D5: undone are added administrators and enabled passwords; passwords off tells the way back instead."""
    with simulated(world(**ENTRA, administrators=ADMINISTRATORS)) as azure:
        client, server = azure.client(), shop(azure)
        added = server.entra.add_administrator(BOB, "bob@contoso.com", "User")
        assert client.rollback(added.run_id, leave=REMOVE).whole
        off = proved(azure, server).entra.only(leave=ONLY, evidence=TOKENS)
        (left,) = client.plan_rollback(off.run_id, leave=LOWER).left
        assert "flexsec entra allow-passwords" in left.reason
        on = server.entra.allow_passwords("shopadmin", Secret(PASSWORD), leave=LOWER)
        assert client.plan_rollback(on.run_id).withheld[0].needs.startswith("--allow-closing password-authentication")
        assert client.rollback(on.run_id, leave=ONLY, evidence=TOKENS).whole
        assert azure.world.server(NAME).password_auth == "Disabled"


# -- SCRAM -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def rotating(tmp_path):
    """Makes what rotates the password of a simulated server through an encrypted file."""
    new_key_file(tmp_path / "key")

    def of(azure, server):
        store = FileStore(tmp_path / "passwords", tmp_path / "key", now=azure.clock.now)
        login = SimulatedLogin(azure.world, server.id.arm_id)
        return lambda *, record, on_event: server.admin_password.rotate(
            store, verify=login, record=record, on_event=on_event
        )

    return of


ACCEPTED = "azure.accepted_password_auth_method"
MD5 = Leave(closing=("md5",))
SCRAM_CLIENTS = (Connection(address="203.0.113.7", role="app", authentication="scram-sha-256"),)


def known(**hashes):
    """Evidence of roles, with a client that proves SCRAM."""
    roles = tuple(RoleHash(role=role, hash=kept) for role, kept in hashes.items())
    return Evidence(connections=SCRAM_CLIENTS, source="a file", role_hashes=roles)


def test_md5_is_kept_while_the_administrators_password_predates_scram(rotating):
    """B11: set scram, and removing md5 is refused until the administrator's password was set again and proved."""
    with simulated(world(parameters={"password_encryption": "md5"})) as azure:
        server = shop(azure)
        server.parameters.set("password_encryption", "scram-sha-256")
        evidence = known(app="scram-sha-256")
        with pytest.raises(GuardRefused, match="no change of the administrator's password is recorded"):
            server.parameters.set(ACCEPTED, "scram-sha-256", replace=True, leave=MD5, evidence=evidence)
        rotating(azure, server)(record=ChangeRecord(), on_event=lambda _: None)
        run = server.parameters.set(ACCEPTED, "scram-sha-256", replace=True, leave=MD5, evidence=evidence)
        assert run.status is RunStatus.COMPLETE
        assert value(azure, ACCEPTED) == "scram-sha-256"


def test_the_migration_goes_in_the_only_safe_order(rotating):
    """B11: encryption, then the rotation, then md5 off, each a run of its own; one call takes all three."""
    with simulated(world(parameters={"password_encryption": "md5"})) as azure:
        server = shop(azure)
        migration = server.scram.migrate(rotating(azure, server), leave=MD5, evidence=known(app="scram-sha-256"))
        assert (migration.done, migration.stopped) == (True, "")
        assert [run.kind for run in migration.runs] == ["scram encryption", "password rotate", "scram md5 off"]
        assert effects(azure) == (
            "write configurations/password_encryption", "update password", f"write configurations/{ACCEPTED}",
        )  # fmt: skip


def test_the_migration_of_a_server_with_md5_alone_lets_scram_in_first(rotating):
    """B11: where scram-sha-256 is not accepted, a new verifier could not log in: it is accepted beside md5 first."""
    with simulated(world(version="13")) as azure:
        server = shop(azure)
        assert server.scram.status().step is ScramStep.ACCEPT
        migration = server.scram.migrate(rotating(azure, server), leave=MD5, evidence=known(app="scram-sha-256"))
        assert [run.kind for run in migration.runs] == [
            "scram accept", "scram encryption", "password rotate", "scram md5 off",
        ]  # fmt: skip


def test_the_migration_stops_where_it_cannot_go_on_and_goes_on_when_run_again(rotating):
    """B11: without a store it stops before the rotation, without leave before md5 goes; each time it says why."""
    with simulated(world(parameters={"password_encryption": "md5"})) as azure:
        server = shop(azure)
        first = server.scram.migrate()
        assert [run.kind for run in first.runs] == ["scram encryption"]
        assert "flexsec password rotate" in first.stopped
        second = server.scram.migrate(rotating(azure, server))
        assert [run.kind for run in second.runs] == ["password rotate"]
        assert "--allow-closing md5" in second.stopped
        third = server.scram.migrate(rotating(azure, server), leave=MD5, evidence=known(app="md5"))
        assert (third.runs, "--allow-lockout app" in third.stopped) == ((), True)
        assert value(azure, ACCEPTED) == "md5,scram-sha-256"
        last = server.scram.migrate(leave=MD5, evidence=known(app="scram-sha-256"))
        assert last.done
        assert not server.scram.migrate().runs


def test_a_rotation_that_nobody_logged_in_with_does_not_count(rotating, tmp_path):
    """B11: where the server cannot be reached the password may not be what it should: the migration says so."""
    with simulated(world()) as azure:
        server = shop(azure)
        store = FileStore(tmp_path / "passwords", tmp_path / "key", now=azure.clock.now)
        migration = server.scram.migrate(
            lambda *, record, on_event: server.admin_password.rotate(store, record=record, on_event=on_event),
            leave=MD5, evidence=known(app="scram-sha-256"),
        )  # fmt: skip
        assert (migration.status.step, migration.done) == (ScramStep.ROTATION, False)
        assert "nobody logged in with it" in migration.stopped
        told = known(app="scram-sha-256", pgadmin="scram-sha-256")
        assert server.scram.migrate(leave=MD5, evidence=told).done


def test_reading_costs_what_it_says():
    """The state of Entra costs two requests, SCRAM's two; nothing is written."""
    with simulated(world(**ENTRA)) as azure:
        shop(azure).entra.show()
        assert len(reads(azure)) == 2
        shop(azure).scram.status()
        assert len(reads(azure)) == 4
        assert not writes(azure)
