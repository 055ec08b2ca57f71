"""Guards on authentication: each refusal, and the leave or evidence that lifts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flexsec import Evidence, Leave
from flexsec.engine.credential_guards import lacking_for_entra_only
from flexsec.engine.guards import withheld
from flexsec.model.connections import Connection
from flexsec.model.desire import DesiredAdministratorAbsent, DesiredAuthentication, DesiredParameter
from flexsec.model.login_evidence import (
    ACCEPTED_METHOD,
    PASSWORD_ENCRYPTION,
    AdminPasswordRecord,
    EntraLoginProof,
    RoleHash,
)
from flexsec.operations import administrators, authentication, parameters
from tests.controls.states import SERVER_ID, state

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TENANT = "33333333-3333-3333-3333-333333333333"
REASON = "nobody else uses it"
ALL = ("password-authentication", "entra-administrators", "md5")
CLOSING = Leave(closing=ALL)
BLIND = Leave(closing=ALL, without_evidence=REASON)
LOWERING = Leave(closing=ALL, without_evidence=REASON, lower_security=True)


def person(number, kind="User"):
    """An administrator."""
    name = f"dba{number}@contoso.com" if kind == "User" else f"{kind.lower()}{number}"
    return {
        "object_id": f"{number:08}-0000-0000-0000-000000000001",
        "name": name,
        "principal_type": kind,
        "tenant_id": TENANT,
    }


TWO = (person(1), person(2))
SCRAM_SINCE = AdminPasswordRecord(encryption_since=NOON - timedelta(days=2), set_at=NOON - timedelta(days=1))


def having(people=TWO, *, entra="Enabled", password="Enabled", methods="md5,scram-sha-256", encryption="scram-sha-256"):
    """A server with these administrators and switches."""
    return state(
        {
            "server": {"entra_auth": entra, "password_auth": password, "tenant_id": TENANT},
            "administrators": list(people),
            "parameters": {ACCEPTED_METHOD: methods, PASSWORD_ENCRYPTION: encryption},
        }
    )


def proof(*, principal="dba1@contoso.com", server_id=SERVER_ID, age=timedelta(hours=1)):
    """A login that was proved."""
    return EntraLoginProof(server_id=server_id, principal=principal, object_id="", at=NOON - age)


def clients(*authentications, role="app"):
    """Evidence of clients that log in so."""
    found = tuple(
        Connection(address=f"203.0.113.{number}", role=role, authentication=word)
        for number, word in enumerate(authentications, 1)
    )
    return {"connections": found, "source": "file seen.csv"}


def hashes(**words):
    """How roles' passwords are kept."""
    return {"role_hashes": tuple(RoleHash(role=role, hash=word.replace("_", "-")) for role, word in words.items())}


def asked(change, found, *, leave=CLOSING, moment=NOON, **evidence):
    """What the guards say."""
    return withheld(change, found, leave=leave, evidence=Evidence(**evidence), moment=moment)


def passwords_off(found):
    """The change that disables password authentication."""
    return authentication.diff(DesiredAuthentication(method="password", enabled=False), found)


def entra_off(found):
    """The change that disables Entra authentication."""
    return authentication.diff(DesiredAuthentication(method="entra", enabled=False), found)


def gone(one, found):
    """The removal of an administrator."""
    return administrators.diff(DesiredAdministratorAbsent(object_id=one["object_id"]), found)


def md5_off(found, value="scram-sha-256"):
    """The change of the accepted methods."""
    return parameters.diff(DesiredParameter(name=ACCEPTED_METHOD, value=value), found)


# -- passwords off -----------------------------------------------------------------------------------------------------


def test_passwords_off_with_all_that_it_needs():
    """Two administrators, a proof, leave of the class, and evidence that every client uses Entra: it is made."""
    found = having()
    assert asked(passwords_off(found), found, entra_login=proof(), **clients("entra", "entra")) is None


def test_passwords_off_needs_leave_of_its_class():
    """The refusal names the flag."""
    found = having()
    refused = asked(passwords_off(found), found, leave=Leave(closing=("md5",)), entra_login=proof(), **clients("entra"))
    assert (refused.by, refused.needs) == ("leave", "--allow-closing password-authentication")


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ((), "there is none"),
        ((person(1),), "is one alone"),
        ((person(1, "Group"),), "only group1: who is in a group is unknown"),
        ((person(1, "Group"), person(2, "Group")), "only group1, group2: who is in a group is unknown"),
        ((person(1, "Unknown"), person(2, "Group")), "Microsoft Graph was not read"),
    ],
)
def test_passwords_off_needs_two_administrators_one_of_whom_is_somebody(people, words):
    """D5: with fewer, or with groups alone, it is refused whatever the leave."""
    found = having(people)
    refused = asked(passwords_off(found), found, leave=LOWERING, entra_login=proof(), **clients("entra"))
    assert refused.by == "guard"
    assert words in refused.reason


@pytest.mark.parametrize(
    "people", [TWO, (person(1), person(2, "Group")), (person(1, "ServicePrincipal"), person(2, "Group"))]
)
def test_two_or_a_group_and_one_are_enough(people):
    """Two people, or a group and one other."""
    found = having(people)
    principal = people[0]["name"]
    assert asked(passwords_off(found), found, entra_login=proof(principal=principal), **clients("entra")) is None


def test_never_both_ways_off():
    """Neither is switched off while the other is."""
    found = having(entra="Disabled", people=())
    assert "no way of signing in" in asked(passwords_off(found), found, leave=LOWERING).reason
    found = having(password="Disabled")
    refused = asked(entra_off(found), found, leave=LOWERING)
    assert (refused.by, "no way of signing in" in refused.reason) == ("guard", True)


def test_unread_administrators_are_unknown():
    """A list that was not read is no list of two."""
    found = state({"server": {}, "administrators": {"unobserved": "403"}})
    refused = asked(passwords_off(found), found, leave=LOWERING, entra_login=proof(), **clients("entra"))
    assert (refused.by, "is unknown: 403" in refused.reason) == ("guard", True)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (None, "nobody has shown"),
        (proof(server_id=SERVER_ID.replace("shop-db", "other")), "on another server"),
        (proof(principal="guest@contoso.com"), "who is no administrator"),
        (proof(age=timedelta(hours=24, seconds=1)), "not of the last 24 hours"),
        (proof(age=timedelta(seconds=-1)), "not of the last 24 hours"),
    ],
)
def test_passwords_off_needs_a_recent_login_that_worked(told, words):
    """D5: of an administrator, on this server, within a day; a reason stands for it."""
    found = having()
    refused = asked(passwords_off(found), found, entra_login=told, **clients("entra"))
    assert words in refused.reason
    assert "prove-login" in refused.needs
    assert asked(passwords_off(found), found, leave=BLIND, entra_login=told, **clients("entra")) is None


def test_a_proof_of_a_day_just_holds():
    """24 hours are within a day."""
    found = having()
    assert asked(passwords_off(found), found, entra_login=proof(age=timedelta(hours=24)), **clients("entra")) is None


@pytest.mark.parametrize("word", ["password", "md5", "scram-sha-256"])
def test_clients_seen_with_a_password_are_never_cut_off(word):
    """Not with any leave; the refusal names who and where."""
    found = having()
    refused = asked(passwords_off(found), found, leave=LOWERING, entra_login=proof(), **clients("entra", word))
    assert refused.by == "guard"
    assert "app at 203.0.113.2" in refused.reason


def test_clients_of_whom_it_is_not_known_need_a_reason():
    """Unknown is unknown: neither clear nor a refusal for good; the same when nobody looked."""
    found = having()
    for evidence in (clients("entra", ""), {}):
        assert asked(passwords_off(found), found, entra_login=proof(), **evidence).by == "leave"
        assert asked(passwords_off(found), found, leave=BLIND, entra_login=proof(), **evidence) is None


def test_what_entra_only_lacks_is_listed():
    """The same conditions as clauses, for `entra show`; nothing once it is so."""
    told = lacking_for_entra_only(having((), entra="Disabled"), None, NOON)
    assert [words.split(" ")[0] for words in told] == ["Microsoft", "two", "a", "evidence"]
    assert lacking_for_entra_only(having(), proof(), NOON) == ("evidence that no client logs in with a password",)
    assert lacking_for_entra_only(having(password="Disabled"), None, NOON) == ()


# -- administrators and Entra itself -----------------------------------------------------------------------------------


def test_the_last_administrator_stays_while_passwords_are_off():
    """D5: whatever the leave."""
    found = having((person(1),), password="Disabled")
    refused = asked(gone(person(1), found), found, leave=LOWERING)
    assert (refused.by, "nobody could log in" in refused.reason) == ("guard", True)


def test_the_last_administrator_goes_beside_passwords_with_leave_to_lower():
    """With passwords on it is one way in less, not the last."""
    found = having((person(1),))
    assert asked(gone(person(1), found), found, leave=BLIND).needs == "--allow-lowering"
    assert asked(gone(person(1), found), found, leave=LOWERING) is None


def test_groups_alone_are_no_known_way_in():
    """With passwords off, leaving only a group behind needs a reason: who is in it is unknown."""
    found = having((person(1), person(2, "Group")), password="Disabled")
    refused = asked(gone(person(1), found), found, **clients("entra", role="other"))
    assert (refused.by, "who is in a group is unknown" in refused.reason) == ("leave", True)
    assert asked(gone(person(1), found), found, leave=BLIND, **clients("entra", role="other")) is None
    assert asked(gone(person(2, "Group"), found), found, **clients("entra", role="other")) is None


def test_an_administrator_who_was_seen_is_not_removed():
    """Whoever logs in as it would be cut off; a password role of the same name is somebody else."""
    found = having()
    change = gone(person(1), found)
    seen = clients("entra", role="dba1@contoso.com")
    assert asked(change, found, leave=LOWERING, **seen).by == "guard"
    assert asked(change, found, **clients("scram-sha-256", role="dba1@contoso.com")) is None
    assert asked(change, found, **clients("", role="")).by == "leave"
    assert asked(change, found).by == "leave"


def test_entra_off_looks_at_who_uses_it():
    """Only a rollback switches it off; clients with tokens are kept in, and it lowers security."""
    found = having()
    change = entra_off(found)
    assert asked(change, found, leave=BLIND).needs == "--allow-lowering"
    assert "Entra tokens" in asked(change, found, leave=LOWERING, **clients("entra")).reason
    assert asked(change, found, leave=LOWERING, **clients("md5")) is None


# -- md5 ---------------------------------------------------------------------------------------------------------------

KNOWN = hashes(dba="scram_sha_256", app="scram_sha_256")


def test_md5_goes_when_everyone_is_known_to_have_scram():
    """B11: with the administrator's and all roles' passwords as verifiers, and clients that prove it."""
    found = having(())
    assert asked(md5_off(found), found, **KNOWN, **clients("scram-sha-256", "entra")) is None
    later = hashes(app="scram_sha_256") | {"admin_password": SCRAM_SINCE}
    assert asked(md5_off(found), found, **later, **clients("scram-sha-256")) is None


def test_md5_stays_while_new_passwords_become_md5():
    """B11: password_encryption comes first."""
    found = having(encryption="md5")
    refused = asked(md5_off(found), found, leave=LOWERING, **KNOWN, **clients("scram-sha-256"))
    assert (refused.by, PASSWORD_ENCRYPTION in refused.reason) == ("guard", True)


@pytest.mark.parametrize(
    "record",
    [
        None,
        AdminPasswordRecord(),
        AdminPasswordRecord(encryption_since=NOON),
        AdminPasswordRecord(encryption_since=NOON, set_at=NOON - timedelta(seconds=1)),
    ],
)
def test_md5_stays_while_the_administrators_password_predates_scram(record):
    """B11: without an Entra administrator nothing overrules it; with one the login is named."""
    evidence = hashes(app="scram_sha_256") | {"admin_password": record} | clients("scram-sha-256")
    found = having(())
    named = Leave(closing=ALL, without_evidence=REASON, lower_security=True, lockout=("dba",))
    assert asked(md5_off(found), found, leave=named, **evidence).by == "guard"
    found = having()
    refused = asked(md5_off(found), found, leave=LOWERING, **evidence)
    assert refused.needs == "--allow-lockout dba"
    assert asked(md5_off(found), found, leave=named, **evidence) is None


def test_every_role_that_is_md5_or_unknown_is_named():
    """B11: an override lists each; one left out is refused with its name."""
    found = having(())
    evidence = hashes(dba="scram_sha_256", old="md5", odd="unknown", job="none") | clients("scram-sha-256")
    refused = asked(md5_off(found), found, leave=LOWERING, **evidence)
    assert refused.needs == "--allow-lockout odd --allow-lockout old"
    assert "old (md5)" in refused.reason
    some = Leave(closing=ALL, lockout=("old",))
    assert asked(md5_off(found), found, leave=some, **evidence).needs == "--allow-lockout odd"
    assert asked(md5_off(found), found, leave=Leave(closing=ALL, lockout=("old", "odd")), **evidence) is None


def test_roles_that_nobody_looked_at_need_a_reason():
    """B11: no file of hashes is not a file without md5."""
    found = having(())
    evidence = {"admin_password": SCRAM_SINCE} | clients("scram-sha-256")
    assert "--role-hashes FILE" in asked(md5_off(found), found, **evidence).needs
    assert asked(md5_off(found), found, leave=BLIND, **evidence) is None


def test_clients_that_prove_their_passwords_with_md5_are_kept_in():
    """B11: not with a reason, only with the role's name; what is not known needs a reason."""
    found = having(())
    assert asked(md5_off(found), found, leave=BLIND, **KNOWN, **clients("md5")).by == "guard"
    assert asked(md5_off(found), found, leave=Leave(closing=ALL, lockout=("app",)), **KNOWN, **clients("md5")) is None
    for evidence in (clients("password"), clients(""), {}):
        assert asked(md5_off(found), found, **KNOWN, **evidence).by == "leave"
        assert asked(md5_off(found), found, leave=BLIND, **KNOWN, **evidence) is None


def test_md5_matters_to_nobody_while_passwords_are_off():
    """Then the setting has no effect, and only its class of leave is asked."""
    found = having(password="Disabled")
    assert asked(md5_off(found), found, leave=Leave(closing=("md5",), without_evidence=REASON)) is None


def test_scram_is_never_taken_away():
    """A list without scram-sha-256 would refuse every verifier."""
    found = having(())
    assert "lock out" in asked(md5_off(found, "md5"), found, leave=LOWERING, **KNOWN).reason


def test_adding_md5_again_needs_no_leave_of_this_kind():
    """It only lets roles back in."""
    found = having((), methods="scram-sha-256")
    assert asked(md5_off(found, "md5,scram-sha-256"), found, leave=Leave()) is None


@pytest.mark.parametrize("methods", ["md5", "scram-sha-256"])
def test_passwords_as_the_only_way_in_must_be_known_to_be_accepted(methods):
    """The last administrator, and Entra itself, stay while the administrator's password may not be accepted."""
    found = having((person(1),), methods=methods)
    wrong = {"md5": "scram_sha_256", "scram-sha-256": "md5"}[methods]
    for change in (gone(person(1), found), entra_off(found)):
        assert asked(change, found, leave=LOWERING).needs == "--role-hashes FILE"
        assert asked(change, found, leave=LOWERING, **hashes(dba=wrong)).by == "guard"
        assert asked(change, found, leave=LOWERING, **hashes(dba=methods)) is None
    record = asked(entra_off(found), found, leave=LOWERING, admin_password=SCRAM_SINCE)
    assert (record is None) is (methods == "scram-sha-256")
