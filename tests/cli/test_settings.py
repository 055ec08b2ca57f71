"""`flexsec settings` and `flexsec defender` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flexsec.controls.catalogue import control
from flexsec.simulator import World
from tests.engine.subscriptions import SUBSCRIPTION
from tests.engine.subscriptions import world as subscription_world


@pytest.fixture
def subscription(tmp_path):
    """Makes a kept world with three servers, one of them MySQL."""

    def make(**options):
        path = tmp_path / "subscription.json"
        path.write_text(json.dumps(subscription_world(**options)), encoding="utf-8")
        return str(path)

    return make


def servers(path):
    """The servers of a kept world, by name."""
    state = json.loads(Path(path).read_text(encoding="utf-8"))
    return {s["name"]: s for g in state["subscriptions"][0]["resource_groups"] for s in g["servers"]}


def test_settings_are_shown(flexsec, world):
    """`settings show` tells every setting of the server."""
    answer = flexsec("--simulate", world, "settings", "show", "-n", "shop-db")
    assert (answer.code, answer.data["schema"], answer.data["backup_retention_days"]) == (0, "flexsec.settings/1", 7)
    assert "system-managed" in flexsec("--simulate", world, "settings", "show", "--format", "table").out


def test_settings_are_set_and_undone(flexsec, world):
    """Several settings are set in one command, and the printed command undoes them."""
    words = ("backup_retention_days=14", "storage_auto_grow=on", "maintenance_window=Sunday 02:00", "tag:env=prod")
    done = flexsec("--simulate", world, "settings", "set", *words, "--yes")
    assert done.code == 0, done.err
    assert {each["status"] for each in done.data["outcomes"]} == {"applied"}
    assert servers(world)["shop-db"]["tags"] == {"env": "prod"}
    undo = next(line for line in done.err.splitlines() if "undo it:" in line).partition("undo it: flexsec ")[2]
    assert "--allow-lowering" in undo
    assert flexsec(*undo.split(), "--yes").code == 0
    assert "tags" not in servers(world)["shop-db"]
    assert servers(world)["shop-db"].get("backup_retention_days", 7) == 7


def test_the_order_of_primary_and_replicas_is_the_services_to_decide(flexsec, tmp_path):
    """What depends on other servers is sent, as the help says: autogrow goes on at the replicas, then at the primary."""
    path = tmp_path / "replicas.json"
    World.builtin("replicas").save(path)

    def grow(name):
        return flexsec("--simulate", path, "settings", "set", "storage_auto_grow=on", "-n", name, "--yes")

    early = grow("orders-db")
    assert (early.code, early.data["outcomes"][0]["status"]) == (5, "failed")
    assert "Invalid value given for parameter autoGrow" in early.err
    for name in ("orders-db-read", "orders-db-dr", "orders-db"):
        assert grow(name).code == 0
    told = " ".join(flexsec("settings", "set", "--help").out.split())
    assert "What depends on other servers the service decides: autogrow goes on at every replica first" in told
    assert "A value that the service would refuse" not in told
    assert "Replicas first: the service refuses it on a primary" in control("storage-autogrow").sections["Remedy"]


def test_what_the_server_itself_excludes_is_refused_before_anything_is_sent(flexsec, tmp_path):
    """Retention on a replica is refused by what was read of it; nothing is written."""
    path = tmp_path / "replicas.json"
    World.builtin("replicas").save(path)
    answer = flexsec("--simulate", path, "settings", "set", "backup_retention_days=14", "-n", "orders-db-read", "--yes")
    assert answer.code == 2
    assert "read replica" in answer.err
    assert flexsec("--simulate", path, "runs").data == []


def test_a_tag_is_removed(flexsec, world):
    """--remove-tag removes one tag, whatever its case, and keeps the others."""
    flexsec("--simulate", world, "settings", "set", "tag:Env=prod", "tag:owner=shop", "--yes")
    done = flexsec("--simulate", world, "settings", "set", "--remove-tag", "env", "--yes")
    assert done.code == 0, done.err
    assert servers(world)["shop-db"]["tags"] == {"owner": "shop"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "which setting"),
        (("backup_retention_days",), 2, "NAME=VALUE"),
        (("backup_retention_days=40",), 2, "7 to 35"),
        (("tag:a=1", "tag:a=2"), 2, "given twice"),
        (("tag:a=1", "--remove-tag", "a"), 2, "both set and removed"),
        (("retention=9",), 2, "backup_retention_days"),
        (("maintenance_window=later",), 2, "Sunday 02:00"),
    ],
)
def test_what_cannot_be_set_is_refused(flexsec, world, words, code, said):
    """A wrong name, value or combination is told in one sentence, and nothing is written."""
    before = Path(world).read_text(encoding="utf-8")
    answer = flexsec("--simulate", world, "settings", "set", *words, "--yes")
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert Path(world).read_text(encoding="utf-8") == before


def test_less_needs_its_flag(flexsec, world):
    """Fewer days of backups end with 6 and name the flag that allows it."""
    flexsec("--simulate", world, "settings", "set", "backup_retention_days=30", "--yes")
    refused = flexsec("--simulate", world, "settings", "set", "backup_retention_days=8", "--yes")
    assert refused.code == 6
    assert "--allow-lowering" in refused.err
    done = flexsec("--simulate", world, "settings", "set", "backup_retention_days=8", "--yes", "--allow-lowering")
    assert done.code == 0


def test_the_plan_and_every_server_are_in_one_view(flexsec, subscription):
    """`defender show` tells the plan, and each server with its own setting and who bills it."""
    answer = flexsec("--simulate", subscription(), "defender", "show")
    assert (answer.code, answer.data["schema"]) == (0, "flexsec.defender/1")
    assert [each["engine"] for each in answer.data["servers"]] == ["MySQL", "PostgreSQL", "PostgreSQL"]
    table = flexsec("--simulate", subscription(), "defender", "show", "--format", "csv").out.splitlines()
    assert table[0] == "subscription_id,plan_tier,coverage,server_id,engine,own_setting,billed"
    assert [line.rpartition(",")[2] for line in table[1:]] == ["unknown", "no", "by its own setting"]


def test_the_plan_needs_its_flag_and_names_the_bill(flexsec, subscription):
    """Without --allow-subscription-cost nothing is written; every server that would be billed is named; 6."""
    path = subscription()
    refused = flexsec("--simulate", path, "defender", "enable-plan", "--yes")
    assert refused.code == 6
    for said in ("rg-shop/shop-db", "rg-shop/shop-own", "rg-crm/crm-db (MySQL)", "--allow-subscription-cost"):
        assert said in refused.err
    assert World.load(path).state.subscriptions[SUBSCRIPTION].plans == {}


def test_the_plan_goes_on_and_off_and_is_undone(flexsec, subscription):
    """Enable, undo as printed, enable, disable, undo as printed: `runs` shows all of it as one subscription's."""
    path = subscription()

    def run(*words):
        done = flexsec("--simulate", path, *words, "--yes")
        assert done.code == 0, done.err
        return done

    def undo(done):
        line = next(line for line in done.err.splitlines() if "undo it:" in line)
        return flexsec(*line.partition("undo it: flexsec ")[2].split(), "--yes")

    on = run("defender", "enable-plan", "--allow-subscription-cost", "--reason", "audit finding")
    assert on.data["record"]["reason"] == "audit finding"
    assert undo(on).code == 0
    run("defender", "enable-plan", "--allow-subscription-cost")
    assert flexsec("--simulate", path, "defender", "disable-plan", "--yes").code == 6
    off = run("defender", "disable-plan", "--allow-lowering")
    assert undo(off).code == 0
    runs = flexsec("--simulate", path, "runs").data
    assert [each["kind"] for each in runs][::-1] == [
        "defender enable-plan", "rollback", "defender enable-plan", "defender disable-plan", "rollback"]  # fmt: skip
    assert {each["server_id"] for each in runs} == {f"/subscriptions/{SUBSCRIPTION}"}


def test_a_conflict_that_stays_is_resumed(flexsec, subscription):
    """E1: when the time given is used up the command ends with 5, and `resume` switches the plan on."""
    path = subscription(faults=[{"id": "X16", "times": 2}])
    late = flexsec(
        "--simulate", path, "defender", "enable-plan", "--allow-subscription-cost", "--yes", "--timeout", "3m"
    )
    assert late.code == 5
    assert "another update is going on" in late.out
    assert flexsec("--simulate", path, "resume", "--yes").code == 0
    assert World.load(path).state.subscriptions[SUBSCRIPTION].plans["OpenSourceRelationalDatabases"].tier == "Standard"


def test_which_subscription(flexsec, subscription):
    """Of a simulated world the only subscription need not be named; another one, and none for Azure, is told."""
    path = subscription()
    assert flexsec("--simulate", path, "defender", "show", "-s", SUBSCRIPTION).code == 0
    wrong = flexsec("--simulate", path, "defender", "show", "-s", "99999999-1111-1111-1111-111111111111")
    assert (wrong.code, SUBSCRIPTION in wrong.err) == (2, True)
    assert "AZURE_SUBSCRIPTION_ID" in flexsec("defender", "show").err


def test_what_cannot_be_read_is_shown_and_told_by_the_exit_code(flexsec, subscription):
    """A plan that may not be read is shown as not read, with the missing action; 4."""
    path = subscription(faults=[{"id": "X28", "path": "/pricings/", "times": None}])
    answer = flexsec("--simulate", path, "defender", "show", "--format", "table")
    assert answer.code == 4
    assert "Microsoft.Security/pricings/read" in answer.out


def test_nobody_to_ask_is_told_before_anything(flexsec, subscription):
    """Without a terminal and without --yes both writing commands are refused at once."""
    for words in (("enable-plan", "--allow-subscription-cost"), ("disable-plan", "--allow-lowering")):
        answer = flexsec("--simulate", subscription(), "defender", *words)
        assert answer.code == 2
        assert "--yes" in answer.err
