"""`flexsec entra` and `flexsec scram`: what is asked, refused and told, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flexsec.simulator import World

ME, TEAM = "22222222-2222-2222-2222-222222222222", "66666666-6666-6666-6666-666666666666"
PASSWORD = "canary-Correct-Horse-7"
ADD_ME = ("entra", "add", ME, "--type", "user", "--principal-name", "me@contoso.com")
ADD_TEAM = ("entra", "add", TEAM, "--type", "group", "--principal-name", "dbas")
ONLY = ("entra", "only", "--allow-closing", "password-authentication")
REMOVE = ("--allow-closing", "entra-administrators", "--without-evidence", "a test")


@pytest.fixture
def entra(flexsec, world):
    """Run a command on a world of one's own; it has Entra authentication and two administrators."""

    def run(*words, stdin=None):
        return flexsec(*words, "--simulate", world, stdin=stdin)

    assert run("entra", "enable", "--allow-restart", "--yes").code == 0
    assert run(*ADD_ME, "--yes").code == 0
    assert run(*ADD_TEAM, "--yes").code == 0
    return run


@pytest.fixture
def clients(tmp_path):
    """A file of clients that log in in these ways."""

    def make(*words):
        path = tmp_path / "clients.csv"
        rows = [f"203.0.113.{number},app,{word}" for number, word in enumerate(words, 1)]
        path.write_text("\n".join(["address,role,authentication", *rows]) + "\n")
        return ("--connections", path)

    return make


def test_the_whole_way_and_back(entra, clients, tmp_path):
    """Enable, add, prove, only, and back: each step ends with 0, and `show` tells what is so and what lacks."""
    shown = entra("entra", "show").data
    assert [each["name"] for each in shown["administrators"]] == ["dbas", "me@contoso.com"]
    assert any("prove-login" in each for each in shown["lacking"])
    proved = entra("entra", "prove-login")
    assert (proved.code, proved.data["principal"], proved.data["schema"]) == (
        0,
        "me@contoso.com",
        "flexsec.entra-login/1",
    )
    assert entra(*ONLY, *clients("entra"), "--yes").code == 0
    assert entra("entra", "show").data["password_auth"] == "Disabled"
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")
    back = entra(
        "entra",
        "allow-passwords",
        "--login",
        "shopadmin",
        "--password-file",
        secret,
        "--allow-lowering",
        "--yes",
        "-vvv",
    )
    assert back.code == 0, back.err
    assert PASSWORD not in back.out + back.err
    assert "was not tried" in back.err
    assert entra("entra", "show").data["password_auth"] == "Enabled"


@pytest.mark.parametrize(
    "words",
    [
        ("entra", "enable", "--allow-restart"),
        ADD_ME,
        ("entra", "remove", ME, *REMOVE),
        ("entra", "replace", ME, TEAM, "--type", "Group", "--principal-name", "x", *REMOVE),
        ONLY,
        ("entra", "allow-passwords", "--login", "shopadmin", "--allow-lowering"),
        ("scram", "migrate"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_writing_asks_first(words, flexsec, world):
    """Where nobody can be asked, every command that writes needs --yes: 2, and nothing is sent."""
    answer = flexsec(*words, "--simulate", world)
    assert (answer.code, answer.out) == (2, "")
    assert "give --yes" in answer.err
    assert not json.loads(Path(world).read_text(encoding="utf-8")).get("operations")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("entra", "add", "--type", "User", "--principal-name", "a@b.c"), "OBJECT_ID"),
        (("entra", "add", ME), "--type"),
        (("entra", "add", "dbas", "--type", "Group", "--principal-name", "dbas"), "is not an object id"),
        (("entra", "add", ME, "--type", "Team", "--principal-name", "dbas"), "User, Group, ServicePrincipal"),
        (("entra", "add", ME, "--type", "User", "--principal-name", "dbas"), "user principal name"),
        (("entra", "remove", "me@contoso.com", *REMOVE), "is not an object id"),
        (("entra", "remove", TEAM[:-1] + "7", *REMOVE), "is no administrator of this server; the administrators are"),
        (("entra", "replace", ME, *REMOVE, "--type", "User", "--principal-name", "a@b.c"), "OLD_OBJECT_ID"),
        (
            ("entra", "replace", ME, ME, *REMOVE, "--type", "User", "--principal-name", "a@b.c"),
            "the old and as the new",
        ),
        (("entra", "enable", "--tenant", "contoso.com"), "is not a tenant id"),
        (("entra", "allow-passwords", "--login", "admin", "--password-file", "-"), "reserved"),
        (
            ("entra", "allow-passwords", "--login", "shopadmin", "--password-file", "none.txt"),
            "cannot read the password",
        ),
        (("entra", "prove-login", "--as", "nobody"), "'nobody' is no administrator"),
        (("entra", "prove-login", "--no-login"), "leaves nothing to do"),
        ((*ONLY, "--role-hashes", "none.csv"), "none.csv"),
    ],
)
def test_wrong_words_are_answered_with_a_sentence(words, said, entra):
    """What cannot be meant is 2 with what to give instead; never a traceback."""
    yes = () if words[1] == "prove-login" else ("--yes",)
    answer = entra(*words, *yes, stdin="Correct-Horse-7\n")
    assert (answer.code, answer.out) == (2, ""), answer.err
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_refusals_are_6_with_the_reason_and_what_to_give(entra, clients):
    """No leave, no proof, a client with a password, the last administrator: 6, and nothing is written."""
    bare = entra("entra", "only", "--yes")
    assert (bare.code, bare.out) == (6, "")
    assert "--allow-closing password-authentication" in bare.err
    assert "give: flexsec entra prove-login" in entra(*ONLY, *clients("entra"), "--yes").err
    entra("entra", "prove-login")
    seen = entra(*ONLY, *clients("entra", "scram-sha-256"), "--without-evidence", "I insist", "--yes")
    assert (seen.code, "app at 203.0.113.2" in seen.err) == (6, True)
    assert entra("entra", "remove", TEAM, *REMOVE, "--yes").code == 0
    last = entra("entra", "remove", ME, *REMOVE, "--yes")
    assert (last.code, "--allow-lowering" in last.err) == (6, True)


def test_a_login_that_cannot_be_proved_is_4_or_1(entra, flexsec, world):
    """As a group nobody knows who is in it: 4; with Entra off, or as somebody else: told in words."""
    group = entra("entra", "prove-login", "--as", "dbas")
    assert (group.code, "could not be tried" in group.err) == (4, True)
    data = World.load(world).to_dict()
    server = data["subscriptions"][0]["resource_groups"][0]["servers"][0]
    server["administrators"] = {TEAM: {"type": "User", "name": "other@contoso.com", "tenant_id": server["tenant_id"]}}
    World.from_dict(data).save(world)
    refused = entra("entra", "prove-login", "--as", "other@contoso.com")
    assert (refused.code, "was refused" in refused.err) == (1, True)
    stranger = entra("entra", "prove-login")
    assert (stranger.code, "name the group" in stranger.err) == (2, True)


def test_doubts_are_told(entra):
    """D9: an application id in the place of an object id is written as asked, and the doubt is on standard error."""
    answer = entra(
        "entra", "add", "00000003-0000-0000-c000-000000000000", "--type", "app", "--principal-name", "x", "--yes"
    )
    assert answer.code == 2
    words = (
        "entra",
        "add",
        "00000003-0000-0000-c000-000000000000",
        "--type",
        "ServicePrincipal",
        "--principal-name",
        "x",
    )
    told = entra(*words, "--yes")
    assert told.code == 0
    assert "is the application id of 'Microsoft Graph'" in told.err


def test_unread_administrators_are_4(faulty, flexsec):
    """What could be read is shown, and the exit code says that something could not."""
    world = faulty({"id": "X28", "path": "administrators", "times": None})
    answer = flexsec("entra", "show", "--simulate", world)
    assert answer.code == 4
    assert answer.data["administrators"]["missing_action"].endswith("administrators/read")
    assert answer.data["entra_auth"]


def test_the_migration_says_how_far_it_came(flexsec, world, tmp_path):
    """Each call goes as far as it can: 6 while something is lacking, 0 at the end and from then on."""
    key, store = tmp_path / "key", tmp_path / "passwords"
    roles = tmp_path / "roles.csv"
    roles.write_text("rolename,authtype\napp,SCRAM-256\nold,MD5\n")
    clients = tmp_path / "clients.csv"
    clients.write_text("address,role,authentication\n203.0.113.7,app,scram-sha-256\n")
    flexsec("parameters", "set", "password_encryption=md5", "--allow-lowering", "--simulate", world, "--yes")
    assert flexsec("password", "new-key", key).code == 0
    migrate = ("scram", "migrate", "--simulate", world, "--yes")
    stored = ("--store-file", store, "--key-file", key)
    evidence = ("--role-hashes", roles, "--connections", clients, "--allow-closing", "md5")

    first = flexsec(*migrate)
    assert (first.code, first.data["status"]["step"]) == (6, "rotation")
    second = flexsec(*migrate, *stored, *evidence)
    assert (second.code, second.data["status"]["step"]) == (6, "md5 off")
    assert "--allow-lockout old" in second.data["stopped"]
    assert [run["kind"] for run in second.data["runs"]] == ["password rotate"]
    third = flexsec(*migrate, *evidence, "--allow-lockout", "old")
    assert (third.code, third.data["status"]["step"]) == (0, "done")
    assert flexsec(*migrate).code == 0
    status = flexsec("scram", "status", "--simulate", world, "--role-hashes", roles)
    assert (status.code, status.data["step"], status.data["md5_roles"]) == (0, "done", ["old"])


@pytest.mark.parametrize("format_name", ["table", "json", "csv", "markdown"])
def test_every_format_is_there(format_name, entra):
    """The reports exist in every format."""
    for words in (("entra", "show"), ("entra", "prove-login"), ("scram", "status")):
        answer = entra(*words, "--format", format_name)
        assert answer.code == 0
        assert answer.out.strip()
