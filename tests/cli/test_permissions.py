"""`flexsec permissions`: the role of a command or a plan, and what whoever is signed in has against it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from flexsec.engine.permissions import ROWS, role_for
from flexsec.simulator import World

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
SERVER = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
)
FOLLOW = "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
MEMBERS = ["Name", "IsCustom", "Description", "Actions", "NotActions", "DataActions", "NotDataActions", "AssignableScopes"]  # fmt: skip


@pytest.fixture
def principal(tmp_path):
    """A kept insecure world in which whoever signs in may do this and nothing else."""

    def make(*actions):
        data = World.builtin("insecure").to_dict()
        data["principals"] = {"default": {"object_id": "2" * 8 + "-2222-2222-2222-" + "2" * 12,
                                          "allowed_actions": list(actions)}}  # fmt: skip
        path = tmp_path / "world.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return str(path)

    return make


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_printed_as_a_role_definition(name, flexsec):
    """For each command the JSON is a role definition: the documented members, the row's actions, nothing wild."""
    answer = flexsec("permissions", "--for", name, "-s", SUBSCRIPTION)
    assert answer.code == 0, answer.err
    assert list(answer.data) == MEMBERS
    role = role_for(name)
    assert answer.data["Name"] == f"flexsec {name}"
    assert answer.data["IsCustom"] is True
    assert answer.data["Actions"] == list(role.actions)
    assert answer.data["DataActions"] == list(role.data_actions)
    assert answer.data["NotActions"] == answer.data["NotDataActions"] == []
    assert answer.data["AssignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]
    assert len(answer.data["Description"]) <= 1024
    if not role.needs:
        assert "asks nothing of Azure" in answer.err


def test_a_command_may_be_given_in_words(flexsec):
    """`--for parameters set` and `--for "parameters set"` are the same, an ARM id beside them is the target."""
    quoted = flexsec("permissions", "--for", "parameters set", "--id", SERVER)
    assert flexsec("permissions", "--for", "parameters", "set", SERVER).out == quoted.out
    assert flexsec("permissions", SERVER, "--for", "parameters.set").out == quoted.out


def test_the_target_says_where_the_role_may_be_assigned(flexsec, monkeypatch):
    """A role that is needed at the server alone is assignable in its group, another in the subscription, else a placeholder."""
    scopes = {
        ("audit", "--id", SERVER): f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop",
        ("audit", "-s", SUBSCRIPTION, "-g", "rg-shop"): f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop",
        ("audit", "-s", SUBSCRIPTION): f"/subscriptions/{SUBSCRIPTION}",
        ("harden", "--id", SERVER): f"/subscriptions/{SUBSCRIPTION}",
        ("harden", "--id", SERVER, "--at", "server"): f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop",
    }
    for words, scope in scopes.items():
        assert flexsec("permissions", "--for", *words).data["AssignableScopes"] == [scope]
    answer = flexsec("permissions", "--for", "audit")
    assert answer.data["AssignableScopes"] == ["/subscriptions/00000000-0000-0000-0000-000000000000"]
    assert "placeholder" in answer.err
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION)
    assert flexsec("permissions", "--for", "audit").data["AssignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]


def test_a_role_for_each_scope_is_narrower(flexsec):
    """What is needed at the subscription is printed apart with --at, and the two parts are the whole."""
    whole = flexsec("permissions", "--for", "firewall allow", "--id", SERVER)
    assert "--at server, --at subscription" in whole.err
    parts = [
        flexsec("permissions", "--for", "firewall allow", "--id", SERVER, "--at", scope).data["Actions"]
        for scope in ("server", "subscription", "vault")
    ]
    assert parts[1:] == [[FOLLOW], []]
    assert sorted(parts[0] + parts[1]) == sorted(whole.data["Actions"])


def test_the_reasons_stand_in_the_other_formats(flexsec, tmp_path):
    """The table and markdown tell what each action is for, CSV a row each; a .json file is the role itself."""
    words = ("permissions", "--for", "parameters set", "-s", SUBSCRIPTION)
    table = flexsec(*words, "--format", "table").out
    assert "write server parameters" in table
    markdown = flexsec(*words, "--format", "markdown").out
    assert f"| {FOLLOW} | subscription | follow a write to its end" in markdown
    rows = list(csv.DictReader(io.StringIO(flexsec(*words, "--format", "csv").out)))
    assert {row["action"] for row in rows} == set(role_for("parameters set").actions)
    assert {row["for"] for row in rows} == {"parameters set"}
    flexsec(*words, "-o", tmp_path / "role.json", "--format", "table")
    assert json.loads((tmp_path / "role.json").read_text())["Actions"] == list(role_for("parameters set").actions)


def test_a_baseline_widens_the_role(flexsec, tmp_path):
    """--baseline says what an audit reads: a control on the subscription's plan needs the right to read that."""
    baseline = tmp_path / "b.yaml"
    baseline.write_text("controls:\n  defender-plan-oss-rdb: on\n", encoding="utf-8")
    wide = flexsec("permissions", "--for", "audit", "--baseline", baseline, "-s", SUBSCRIPTION).data["Actions"]
    narrow = flexsec("permissions", "--for", "audit", "-s", SUBSCRIPTION).data["Actions"]
    assert set(wide) - set(narrow) == {"Microsoft.Security/pricings/read"}


def test_the_role_of_a_plan(flexsec, world, tmp_path):
    """A plan's role holds the actions of its changes and what applying reads, and is assignable where its server is."""
    plan = tmp_path / "plan.json"
    flexsec("plan", "--simulate", world, "-o", plan)
    answer = flexsec("permissions", "--for", plan)
    assert answer.code == 0, answer.err
    assert "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write" in answer.data["Actions"]
    assert "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/delete" not in answer.data["Actions"]
    assert "Microsoft.DBforPostgreSQL/flexibleServers/restart/action" not in answer.data["Actions"]
    assert answer.data["AssignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]
    digest = json.loads(plan.read_text())["digest"]
    assert answer.data["Name"] == f"flexsec plan {digest[:12]} for shop-db"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "for what? give --for with a command"),
        (("--for", "adit"), "there is no command 'adit' to need permissions; did you mean audit?"),
        (
            ("--for", "firewall"),
            "did you mean firewall list or firewall allow or firewall remove or firewall reconcile?",
        ),
        (("--for", "missing.json"), "cannot read the plan missing.json"),
        (("--for", "audit", "-n", "shop-db"), "which subscription? give --subscription"),
        (("--for", "audit", "-s", "x"), "subscription 'x' is not a subscription id"),
        (("--for", "audit", "--check", "--at", "server"), "--at is about the role that is printed"),
        (("--for", "audit", SERVER, SERVER), "one argument too many"),
        (("--for", "audit", "--baseline", "nosuch"), "nosuch"),
        (("--for", "20260105T090000Z-00abcdef"), "there is no run '20260105T090000Z-00abcdef'"),
        (("--for", "rollback", "20260105T090000Z-00abcdef"), "there is no run '20260105T090000Z-00abcdef'"),
        (("--for", "audit", "20260105T090000Z-00abcdef"), "there is no command"),
    ],
)
def test_wrong_input_is_refused_in_words(words, said, flexsec):
    """What is unknown or does not go together ends with 2 and says what to give."""
    answer = flexsec("permissions", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_damaged_plan_is_refused(flexsec, world, tmp_path):
    """A plan that was edited, and a file that is no plan, are refused with 2."""
    plan = tmp_path / "plan.json"
    flexsec("plan", "--simulate", world, "-o", plan)
    plan.write_text(plan.read_text().replace("configurations/write", "configurations/read"), encoding="utf-8")
    edited = flexsec("permissions", "--for", plan)
    assert edited.code == 2
    assert "edited after it was made" in edited.err
    plan.write_text("{}", encoding="utf-8")
    assert flexsec("permissions", "--for", plan).code == 2


def test_enough_and_no_more_is_told(flexsec, principal):
    """Who has exactly the role (and may read permissions) lacks nothing at the server and has nothing too much there."""
    actions = [*role_for("audit").actions, "Microsoft.Authorization/permissions/read"]
    answer = flexsec("permissions", "--for", "audit", "--check", "--simulate", principal(*actions))
    assert answer.code == 0, answer.err
    assert answer.data["schema"] == "flexsec.permissions/1"
    assert answer.data["sufficient"] is True
    assert answer.data["missing"] == answer.data["unchecked"] == []
    assert {each["kind"] for each in answer.data["excess"]} == {"wider"}, "a simulated principal's hold everywhere"


def test_a_missing_action_ends_with_6(flexsec, principal):
    """What the identity lacks is listed with scope and reason, and Azure would refuse: exit code 6."""
    world = principal("*/read")
    answer = flexsec("permissions", "--for", "firewall", "allow", "--check", "--simulate", world)
    assert answer.code == 6
    (missing,) = answer.data["missing"]
    assert missing["action"] == "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write"
    assert (missing["scope"], missing["reason"]) == ("server", "add and change firewall rules")
    table = flexsec("permissions", "--for", "firewall allow", "--check", "--simulate", world, "--format", "table").out
    assert "Missing: 1 action" in table


def test_permissions_that_cannot_be_read_end_with_4(flexsec, principal):
    """Without the right to read permissions nothing is called missing: exit code 4, with the action that is needed."""
    answer = flexsec("permissions", "--for", "audit", "--check", "--simulate", principal("Microsoft.DBforPostgreSQL/*"))
    assert answer.code == 4
    assert answer.data["missing"] == []
    (unchecked,) = answer.data["unchecked"]
    assert unchecked["missing_action"] == "Microsoft.Authorization/permissions/read"


def test_more_than_needed_is_pointed_out_dangerous_first(flexsec, principal):
    """Wildcards and dangerous actions are listed, the worst first, and do not change the exit code."""
    world = principal(
        "*/read",
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/*",
        "Microsoft.DBforPostgreSQL/flexibleServers/stop/action",
        "Microsoft.Authorization/roleAssignments/write",
    )
    answer = flexsec("permissions", "--for", "audit", "--check", "--simulate", world)
    assert answer.code == 0
    assert [(each["pattern"], each["kind"]) for each in answer.data["excess"]] == [
        ("Microsoft.Authorization/roleAssignments/write", "dangerous"),
        ("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/*", "dangerous"),
        ("Microsoft.DBforPostgreSQL/flexibleServers/stop/action", "writes"),
        ("*/read", "reads"),
    ]


def test_a_plan_is_checked_at_its_own_server(flexsec, world, tmp_path):
    """--check with a plan needs no target; another server than the plan's is refused."""
    plan = tmp_path / "plan.json"
    flexsec("plan", "--simulate", world, "-o", plan)
    answer = flexsec("permissions", "--for", plan, "--check", "--simulate", world)
    assert answer.code == 0
    assert answer.data["server_id"] == SERVER
    assert answer.data["excess"][0]["pattern"] == "*"
    other = flexsec("permissions", "--for", plan, "--check", "--simulate", world, "-n", "shop-archive")
    assert other.code == 2
    assert "the plan is for" in other.err


def test_what_is_about_a_subscription_is_checked_there(flexsec, principal):
    """A command about the whole subscription needs no server to be checked: one request."""
    world = principal("*/read")
    answer = flexsec("permissions", "--for", "defender enable-plan", "--check", "--simulate", world)
    assert answer.code == 6
    assert answer.data["server_id"] == f"/subscriptions/{SUBSCRIPTION}"
    assert [each["action"] for each in answer.data["missing"]] == ["Microsoft.Security/pricings/write"]


def test_a_plan_notes_what_the_identity_lacks_and_has_too_much(flexsec, principal, tmp_path):
    """`plan --check-permissions` puts the finding among the plan's notes, sealed with it; without the flag there is none."""
    world = principal("*/read", "Microsoft.DBforPostgreSQL/flexibleServers/delete")
    plan = tmp_path / "plan.json"
    answer = flexsec("plan", "--check-permissions", "--simulate", world, "-o", plan)
    notes = [note for note in answer.data["notes"] if note.startswith("permissions: ")]
    assert any("configurations/write is missing at the server" in note for note in notes)
    assert any(
        "Microsoft.DBforPostgreSQL/flexibleServers/delete at the subscription: it can delete" in n for n in notes
    )
    assert flexsec("permissions", "--for", plan).code == 0, "the seal is whole"
    plain = flexsec("plan", "--simulate", world)
    assert not [note for note in plain.data["notes"] if note.startswith("permissions: ")]


def test_a_check_says_what_it_looked_at(flexsec):
    """A check at a subscription is labelled so, one at a server as a server's."""
    at = ("--check", "--simulate", "insecure", "--format", "table")
    whole = flexsec("permissions", "--for", "defender show", *at).out
    assert f"Subscription   /subscriptions/{SUBSCRIPTION}" in re.sub(" {2,}", "   ", whole)
    assert not re.search(r"^Server ", whole, re.MULTILINE)
    assert re.search(r"^Server +/subscriptions/", flexsec("permissions", "--for", "audit", *at).out, re.MULTILINE)


def test_the_role_of_a_run(flexsec, world):
    """A run's id is taken too: its role is that of undoing what it did, or of finishing it, and which is said."""
    coarse, rule = (f"Microsoft.DBforPostgreSQL/flexibleServers/{name}" for name in ("write", "firewallRules/delete"))
    at = ("--simulate", world)
    run = flexsec("settings", "set", "backup_retention_days=21", "--yes", *at).data["run_id"]
    alone = flexsec("permissions", "--for", run, *at)
    assert alone.code == 0, alone.err
    assert f"run {run} is complete: this is about `flexsec rollback {run}`" in alone.err
    assert alone.data["Name"] == f"flexsec rollback {run}"
    assert alone.data["AssignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]
    assert coarse in alone.data["Actions"]
    assert flexsec("permissions", "--for", "rollback", run, *at).data == alone.data
    assert flexsec("permissions", "--for", "resume", run, *at).data["Actions"] == [], "nothing is left of it"
    added = flexsec("firewall", "allow", "branch", "198.51.100.7", "--yes", *at).data["run_id"]
    undoing = flexsec("permissions", "--for", added, *at).data["Actions"]
    assert rule in undoing
    assert coarse not in undoing
    checked = flexsec("permissions", "--for", added, "--check", *at)
    assert (checked.code, checked.data["server_id"]) == (0, SERVER)


def test_the_role_of_a_run_about_the_subscription(flexsec, world):
    """Undoing a Defender run needs nothing at a server, and is checked at the run's subscription."""
    at = ("--simulate", world)
    run = flexsec("defender", "enable-plan", "--allow-subscription-cost", "--yes", *at).data["run_id"]
    assert "Microsoft.Security/pricings/write" in flexsec("permissions", "--for", run, *at).data["Actions"]
    assert flexsec("permissions", "--for", run, "--check", *at).data["server_id"] == f"/subscriptions/{SUBSCRIPTION}"
