"""Bad input is met with one clear message on standard error, the right exit code, and nothing on standard output."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flexsec.simulator import World

SIM = ("--simulate", "insecure")
YES = (*SIM, "--yes")
OTHER = "22222222-2222-2222-2222-222222222222"
ROOT = Path(__file__).resolve().parent.parent.parent
GHOST = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/nosuch"
)

LINES = [
    # the command line itself
    (("frobnicate",), 2, "there is no command 'frobnicate'"),
    (("aduit",), 2, "did you mean audit?"),
    (("parameters", "lst"), 2, "did you mean list"),
    (("audit", "--fomat", "json"), 2, "--format"),
    (("audit", *SIM, "--format", "xml"), 2, "'table', 'json', 'csv', 'markdown'"),
    (("audit", *SIM, "--timeout", "soon"), 2, "90s, 45m or 1h30m"),
    (("audit", *SIM, "--timeout", "0"), 2, "more than no time"),
    (("audit", *SIM, "--fail-on", "dire"), 2, "'critical'"),
    (("audit", *SIM, "--cloud", "mars"), 2, "'us-government'"),
    (("audit", *SIM, "one", "two"), 2, "one argument too many"),
    (("demo", "extra"), 2, "extra"),
    # the target
    (("audit",), 2, "which server?"),
    (("audit", "-g", "rg", "-n", "db"), 2, "AZURE_SUBSCRIPTION_ID"),
    (("audit", "/subscriptions/x"), 2, "is not the id of a flexible server"),
    (("audit", "-s", "nope", "-g", "rg", "-n", "shop-db"), 2, "is not a subscription id"),
    (("audit", "-s", OTHER, "-g", "rg", "-n", "x!"), 2, "cannot exist"),
    (("audit", *SIM, "--id", "/subscriptions/x", "-n", "db"), 2, "not both"),
    (("audit", *SIM, "-n", "nosuch", "-g", "rg-shop"), 2, "-g rg-shop -n shop-db"),
    (("audit", *SIM, "-n", "shop-db", "-g", "nosuch"), 2, "-g rg-shop -n shop-db"),
    (("audit", *SIM, "-s", OTHER, "-n", "shop-db", "-g", "rg-shop"), 2, "no server fits what is given"),
    (("audit", *SIM, GHOST), 2, "no server has this id"),
    (("audit", *SIM, "-g", "nosuch"), 2, "no server fits"),
    (("audit", "--simulate", "insecur"), 2, "did you mean insecure?"),
    (("audit", "--simulate", "/nonexistent/w.json"), 2, "there is no simulated world"),
    (("audit", "--simulate", "insecure:/nonexistent/w.json"), 2, "there is no directory"),
    (("demo", "--simulate", "nosuch"), 2, "there is no simulated world"),
    # baselines and controls
    (("audit", *SIM, "--baseline", "recomended"), 2, "recommended"),
    (("audit", *SIM, "--baseline", "./nosuch.yaml"), 2, "nosuch.yaml"),
    (("baseline", "show", "nosuch"), 2, "nosuch"),
    (("baseline", "validate"), 2, "FILE"),
    (("baseline", "schema", "--format", "csv"), 2, "json alone"),
    (("controls", "show", "tls-minversion"), 2, "tls-min-version"),
    (("controls", "show"), 2, "CONTROL"),
    # leave and evidence
    (("plan", *SIM, "--allow-closing", "doors"), 2, "'firewall', 'tls-minimum'"),
    (("plan", *SIM, "--restart-window", "noon"), 2, "02:00-04:00"),
    (("plan", *SIM, "--connections", "nosuch.csv"), 2, "cannot read connections from nosuch.csv"),
    (("plan", *SIM, "--caller-address", "1.2.3"), 2, "is not an IPv4 address"),
    (("audit", "--simulate", "."), 2, "'.' is a directory; a simulated world is kept in a file"),
    # output files
    (("audit", *SIM, "-o", "report.pdf"), 2, ".json, .csv, .md, .txt"),
    (("audit", *SIM, "-o", "/nonexistent/report.json"), 2, "there is no directory"),
    (("audit", *SIM, "-o", "a.json", "-o", "a.json"), 2, "named twice"),
    # writing where nobody can be asked
    (("harden", *SIM), 2, "give --yes"),
    (("apply", "plan.json", *SIM), 2, "give --yes"),
    (("rollback", "x", *SIM), 2, "give --yes"),
    (("parameters", "set", "log_checkpoints", "on", *SIM), 2, "give --yes"),
    (("parameters", "reset", "log_checkpoints", *SIM), 2, "give --yes"),
    (("firewall", "remove", "office", *SIM), 2, "give --yes"),
    # plans and runs
    (("apply", "nosuch.json", *YES), 2, "cannot read the plan nosuch.json"),
    (("apply", *YES), 2, "PLAN"),
    (("resume", *SIM), 2, "there is no run to resume"),
    (("resume", "nosuch", *SIM), 2, "there is no run 'nosuch'"),
    (("rollback", "nosuch", *YES), 2, "there is no run 'nosuch'"),
    (("rollback", "../etc/passwd", *YES), 2, "is not the id of a run"),
    (("runs", "show", *SIM), 2, "which run?"),
    (("runs", "a", "b", *SIM), 2, "one run at a time"),
    # parameters
    (("parameters", "list", "log_conections", *SIM), 2, "log_connections"),
    (("parameters", "list", "zzz*", *SIM), 2, "matches 'zzz*'"),
    (("parameters", "set", *YES), 2, "NAME=VALUE"),
    (("parameters", "set", "log_checkpoints", *YES), 2, "NAME=VALUE"),
    (("parameters", "set", "a=1", "a=2", *YES), 2, "given twice"),
    (("parameters", "set", "log_conections", "on", *YES), 2, "log_connections"),
    (("parameters", "set", "log_checkpoints", "maybe", *YES), 2, "on or off"),
    (("parameters", "set", "max_connections", "ten", *YES), 2, "Integer"),
    (("parameters", "set", "logfiles.retention_days", "99", *YES), 2, "1 to 7"),
    (("parameters", "set", "ssl", "off", *YES), 2, "read-only"),
    (("parameters", "set", "log_lock_waits", "on", "off", *YES), 2, "'off' is one word too many"),
    (("parameters", "set", "log_duration=on", "off", *YES), 2, "'off' is not of the form NAME=VALUE"),
    (("parameters", "set", "work_mem=64MB", *YES), 2, "64MB is 65536"),
    (("parameters", "reset", *YES), 2, "at least one NAME"),
    (("parameters", "reset", "nosuch", *YES), 2, "no parameter 'nosuch'"),
    # firewall rules
    (("firewall", "allow", "x", *SIM), 2, "ADDRESSES"),
    (("firewall", "allow", "x", "10.0.0.9", "10.0.0.1", *SIM), 2, "above the last"),
    (("firewall", "allow", "x", "::1", *SIM), 2, "IPv6"),
    (("firewall", "allow", "x", "2001:db8::/64", *SIM), 2, "IPv6"),
    (("firewall", "allow", "x", "203.0.113.5/28", *SIM), 2, "did you mean 203.0.113.0/28?"),
    (("firewall", "allow", "bad name!", "1.2.3.4", *SIM), 2, "beginning with a letter or digit"),
    (("firewall", "remove", "nosuch", *YES), 2, "temp-debug"),
    (("firewall", "remove", *YES), 2, "NAME"),
]


@pytest.mark.parametrize(("words", "code", "said"), LINES, ids=lambda value: str(value)[:60])
def test_bad_input_is_met_well(words, code, said, flexsec, tmp_path, monkeypatch):
    """The message says what is wrong, the exit code says of which kind it is, and no report is printed."""
    monkeypatch.chdir(tmp_path)
    answer = flexsec(*words)
    assert answer.code == code, answer.err
    assert answer.out == ""
    assert answer.err.startswith("flexsec: error: ")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_refused_values_reach_no_server(flexsec, world):
    """B6, C3: a read-only parameter, a bad value and a bad rule are refused before any write; no run is recorded."""
    for words in (
        ("parameters", "set", "ssl", "off", "--yes"),
        ("parameters", "set", "log_checkpoints", "maybe", "--yes"),
        ("firewall", "allow", "x", "10.0.0.9-10.0.0.1"),
    ):
        assert flexsec(*words, "--simulate", world).code == 2
    assert flexsec("runs", "--simulate", world).data == []


def test_every_problem_of_a_baseline_is_told_with_its_place(flexsec, tmp_path):
    """A baseline file's problems are told together, each with file, line and column, with what was meant."""
    file = tmp_path / "b.yaml"
    file.write_text(
        "extends: recommended\ncontrols:\n  log-retention-day: {}\n  log-checkpoints: {dayz: 3}\nwaivrs: []\n",
        encoding="utf-8",
    )
    answer = flexsec("baseline", "validate", file)
    assert answer.code == 2
    assert f"{file}:3:" in answer.err
    assert "did you mean log-retention-days or " in answer.err
    assert "waivers" in answer.err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"changes": 1, "digest": ""}', "\x00\xff", "[" * 100_000, "{" * 5000]
)
def test_a_file_that_is_no_plan_is_refused(content, flexsec, tmp_path):
    """Whatever a plan file holds instead of a plan, the answer is a sentence and 2."""
    file = tmp_path / "plan.json"
    file.write_bytes(content.encode("latin-1"))
    answer = flexsec("apply", file, *YES)
    assert (answer.code, answer.out) == (2, ""), answer.err
    assert "plan.json" in answer.err


def test_a_directory_or_binary_file_in_the_place_of_a_file(flexsec, tmp_path):
    """A directory is no plan, no baseline, no world and no list of connections."""
    for words in (
        ("apply", tmp_path, *YES),
        ("audit", *SIM, "--baseline", f"{tmp_path}/"),
        ("audit", "--simulate", tmp_path),
        ("plan", *SIM, "--connections", tmp_path),
    ):
        answer = flexsec(*words)
        assert (answer.code, answer.out) == (2, ""), (words, answer.err)
        assert "error: " in answer.err


def test_a_world_file_that_is_none_is_refused(flexsec, tmp_path):
    """A world file that is not JSON, or has a misspelt key, is wrong input."""
    file = tmp_path / "w.json"
    for content in ("", "not json", '{"subscription": []}'):
        file.write_text(content, encoding="utf-8")
        answer = flexsec("audit", "--simulate", file)
        assert (answer.code, answer.out) == (2, "")
        assert "w.json" in answer.err


SERVICE_FAULTS = [
    ({"id": "X28"}, "configurations/read is missing"),
    ({"id": "X22", "arguments": {"seconds": 9999, "retry_after": None}}, "9999"),
    ({"id": "X7"}, "500"),
    ({"id": "X29", "arguments": {"form": "html"}}, "502 Bad Gateway"),
    ({"id": "X29", "arguments": {"form": "truncated"}}, "is not a JSON object"),
    ({"id": "X29", "arguments": {"form": "reset_before"}}, "the connection broke"),
]


@pytest.mark.parametrize(("fault", "said"), SERVICE_FAULTS, ids=lambda value: str(value)[:40])
def test_a_service_that_does_not_answer_is_told_in_a_sentence(fault, said, flexsec, faulty):
    """403, 429, 500, HTML, cut JSON and broken connections make everything unknown (4), with the reason in words."""
    world = faulty({**fault, "method": "GET", "times": None})
    listed = flexsec("parameters", "list", "--simulate", world)
    assert (listed.code, listed.out) == (4, ""), listed.err
    assert said in listed.err
    audited = flexsec("audit", "--simulate", world)
    assert audited.code == 4
    assert {verdict["status"] for verdict in audited.data["verdicts"]} == {"unknown"}
    assert said in audited.out
    assert "Traceback" not in listed.err + audited.err


def test_no_credential_is_told_with_what_was_tried(flexsec, monkeypatch):
    """Where nobody is signed in, the message says which ways were tried; there is no traceback."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    words = ("audit", "-s", OTHER, "-g", "rg", "-n", "shop-db", "--credential", "environment")
    answer = flexsec(*words)
    assert (answer.code, answer.out) == (1, "")
    assert "EnvironmentCredential" in answer.err or "environment" in answer.err.lower()
    assert "Traceback" not in answer.err


def test_a_misspelt_world_is_answered_with_suggestions_alone(flexsec, tmp_path):
    """Several misspelt parameters of a world file are told at once, each with what was meant, not with all names."""
    data = World.builtin("insecure").to_dict()
    server = data["subscriptions"][0]["resource_groups"][0]["servers"][0]
    server["parameters"] = {"log_chekpoints": "on", "log_conections": "on"}
    file = tmp_path / "w.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    answer = flexsec("audit", "--simulate", file)
    assert (answer.code, answer.out) == (2, "")
    assert "'log_chekpoints' (did you mean 'log_checkpoints'?)" in answer.err
    assert "'log_conections' (did you mean 'log_connections'?)" in answer.err
    assert len(answer.err) < 500


def test_validate_warns_of_waivers_that_waive_nothing(flexsec, tmp_path):
    """An expired waiver, and one of a control that is off, are warned about; the baseline is valid all the same."""
    file = tmp_path / "b.yaml"
    entry = "{{control: {0}, owner: a, reason: r, ticket: {1}, expires: {2}}}"
    file.write_text(
        "controls:\n  auth-scram: on\nwaivers:\n"
        f"  - {entry.format('auth-scram', 'T-1', '2001-01-31')}\n"
        f"  - {entry.format('log-checkpoints', 'T-2', '2999-01-31')}\n",
        encoding="utf-8",
    )
    answer = flexsec("baseline", "validate", file)
    assert (answer.code, answer.out) == (0, "")
    assert "is valid: 1 control, 2 waivers" in answer.err
    assert "warning: " in answer.err
    assert "(T-1) expired on 2001-01-31" in answer.err
    assert "(T-2) has no effect: the control is off" in answer.err


def test_a_plan_for_a_server_that_is_not_there_says_which(flexsec, world, tmp_path):
    """Where the plan's server does not exist, the message names the server that the plan is for."""
    plan = tmp_path / "plan.json"
    assert flexsec("plan", "--simulate", world, "-o", plan).code == 6
    sample = shutil.copy(ROOT / "samples" / "world.json", tmp_path / "sample.json")
    other = flexsec("apply", plan, "--simulate", sample, "--yes")
    assert (other.code, other.out) == (1, "")
    assert "this plan is for /subscriptions/" in other.err
    report = tmp_path / "plan.md"
    flexsec("plan", "--simulate", world, "-o", report)
    wrong = flexsec("apply", report, "--simulate", world, "--yes")
    assert (wrong.code, wrong.out) == (2, "")
    assert "is not a plan made by `flexsec plan -o NAME.json`" in wrong.err


def test_verbose_says_what_is_read_and_written(flexsec, world):
    """-v tells each reading and each write in words, on standard error alone."""
    answer = flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes", "-v")
    assert answer.code == 0
    assert "info: flexsec.azure: write: set log_lock_waits on shop-db" in answer.err
    assert "info: flexsec.azure: read" in answer.err
    assert answer.data["status"] == "complete"


def test_help_tells_the_commands_own_options_first(flexsec):
    """A command's help lists its own options, then those of every command in a section of their own."""
    shown = flexsec("audit", "--help").out
    own, _, shared = shown.partition("Options of every command:")
    assert "--baseline" in own
    assert "--simulate" in shared
    assert "--simulate" not in own
