"""`flexsec approve`, and `apply --require-approval`: each command as another person, on one simulated world."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from flexsec import Leave
from flexsec.azure.endpoint import read_endpoint
from flexsec.engine import plan_file
from flexsec.errors import PlanInvalid
from flexsec.simulator import World
from flexsec.simulator.serving import serve
from flexsec.testing import simulated
from tests.cli.test_terminal import Terminal

MAKER, APPROVER = "22222222-2222-2222-2222-222222222222", "77777777-7777-7777-7777-777777777777"
SECOND = "66666666-6666-6666-6666-666666666666"  # the client id of the second identity of the built-in world
THIRD = "88888888-8888-8888-8888-888888888888"


@dataclass
class Office:
    """A world in which three can sign in, and a plan for it."""

    world: str
    plan: Path

    @property
    def file(self) -> Path:
        return self.plan.with_name("plan.approval.json")

    def as_(self, client_id: str = "") -> tuple[str, ...]:
        return ("--simulate", self.world, *(("--client-id", client_id) if client_id else ()))


@pytest.fixture
def office(flexsec, tmp_path):
    """A kept world with a third identity, and a plan that the usual one made."""
    data = World.builtin("insecure").to_dict()
    data["sign_in"]["managed_identities"].append({"client_id": THIRD, "object_id": "9" + THIRD[1:]})
    path = tmp_path / "world.json"
    path.write_text(json.dumps(data))
    found = Office(str(path), tmp_path / "plan.json")
    assert flexsec("plan", *found.as_(), "-o", found.plan).code == 6
    return found


def test_a_second_identity_approves_and_a_third_applies(flexsec, office):
    """The approval is stored beside the plan with who, when and which plan; the run carries and shows it in every format."""
    approved = flexsec("approve", office.plan, *office.as_(SECOND), "--comment", "Checked | twice.", "--yes")
    assert approved.code == 0, approved.err
    stored = json.loads(office.file.read_text())
    digest = json.loads(office.plan.read_text())["digest"]
    assert [(each["digest"], each["approved_by"]) for each in stored["approvals"]] == [(digest, APPROVER)]
    assert approved.data["schema"] == "flexsec.approval/1"
    assert approved.data["approvals"] == stored["approvals"]
    assert str(office.file) in approved.err
    applied = flexsec("apply", office.plan, *office.as_(THIRD), "--require-approval", "--yes")
    assert applied.code == 6, applied.err
    assert applied.data["status"] == "complete"
    assert applied.data["approvals"] == stored["approvals"]
    (run,) = flexsec("runs", *office.as_()).data
    assert run["approved_by"] == [APPROVER]
    for format_name in ("table", "markdown", "csv", "json"):
        assert APPROVER in flexsec("runs", "show", run["run_id"], *office.as_(), "--format", format_name).out
    (row, *_) = csv.DictReader(io.StringIO(flexsec("runs", *office.as_(), "--format", "csv").out))
    assert row["approved_by"] == APPROVER


def test_an_approver_needs_no_right_to_write_and_sends_nothing(flexsec, office):
    """The second identity of the built-in world may only read; approving leaves the server and the journal untouched."""
    before = World.load(office.world).to_dict()
    assert flexsec("approve", office.plan, *office.as_(SECOND), "--yes").code == 0
    assert World.load(office.world).to_dict() == before
    assert flexsec("runs", *office.as_()).data == []
    refused = flexsec("parameters", "set", "log_checkpoints", "on", *office.as_(SECOND), "--yes")
    assert refused.code == 5
    assert "configurations/write" in refused.out


def test_approvals_accumulate(flexsec, office):
    """Each approver is added once; the file keeps all, and so does the run."""
    assert flexsec("approve", office.plan, *office.as_(SECOND), "--yes").code == 0
    again = flexsec("approve", office.plan, *office.as_(SECOND), "--yes")
    assert again.code == 6
    assert f"{APPROVER} approved this plan already" in again.err
    third = flexsec("approve", office.plan, *office.as_(THIRD), "--yes", "--format", "csv")
    assert [row["approved_by"] for row in csv.DictReader(io.StringIO(third.out))] == [APPROVER, "9" + THIRD[1:]]
    applied = flexsec("apply", office.plan, *office.as_(SECOND), "--require-approval", "--yes")
    assert applied.code == 5, "the third one's approval counts, but the second may not write"
    assert len(applied.data["approvals"]) == 2


def test_the_plan_is_shown_and_asked_about_on_a_terminal(office):
    """On a terminal the approver sees the plan and is asked; no means that nothing is stored."""
    terminal = Terminal("approve", str(office.plan), *office.as_(SECOND))
    terminal.until("Approve this plan? [y/N]")
    assert "Set require_secure_transport to on (now off)." in terminal.text
    terminal.type("n\n")
    assert terminal.end() == 6
    assert "not confirmed: nothing was approved" in terminal.text
    assert not office.file.exists()
    terminal = Terminal("approve", str(office.plan), *office.as_(SECOND))
    terminal.until("[y/N]")
    terminal.type("y\n")
    assert terminal.end() == 0
    assert f"Approved by {APPROVER}" in terminal.text
    assert office.file.exists()


def test_an_unapproved_plan_is_refused_before_anybody_is_asked(office):
    """On a terminal too, --require-approval refuses before the question."""
    terminal = Terminal("apply", str(office.plan), *office.as_(), "--require-approval")
    assert terminal.end() == 6
    assert "this plan needs the approval of a second identity" in terminal.text
    assert "[y/N]" not in terminal.text


def edited(path, **members):
    """The JSON file, changed by hand."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def test_what_may_not_be_approved(flexsec, office):
    """The maker, an edited plan, no plan, an unknown identity and a bad comment each get their sentence; nothing is stored."""
    refused = flexsec("approve", office.plan, *office.as_(), "--yes")
    assert (refused.code, refused.out) == (6, "")
    assert f"{MAKER} made this plan, so somebody else has to approve it" in refused.err
    unasked = flexsec("approve", office.plan, *office.as_(SECOND))
    assert unasked.code == 2
    assert "`flexsec approve` consents to a plan and nobody can be asked here: give --yes" in unasked.err
    for words, told in (
        ((office.plan, *office.as_(SECOND[:-1] + "7")), f"it has: 55555555-5555-5555-5555-555555555555, {SECOND}"),
        ((office.plan, *office.as_(SECOND), "--comment", "\x07"), "the comment holds a character that cannot be shown"),
        ((office.world, *office.as_(SECOND)), "is not a plan made by"),
        (("nosuch.json", *office.as_(SECOND)), "cannot read the plan nosuch.json"),
        ((office.plan, "--simulate", "nosuch"), "there is no simulated world"),
    ):
        answer = flexsec("approve", *words, "--yes")
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err
    edited(office.plan, notes=["nothing to see"])
    answer = flexsec("approve", office.plan, *office.as_(SECOND), "--yes")
    assert answer.code == 2
    assert "the plan was edited after it was made" in answer.err
    assert not office.file.exists()


def test_what_does_not_count_is_told_with_its_reason(flexsec, office):
    """No approval, an edited file, another plan's, the applier's own and one too old each refuse with 6, nothing written."""

    def refused(*words, client_id=""):
        answer = flexsec("apply", office.plan, *office.as_(client_id), "--require-approval", "--yes", *words)
        assert (answer.code, answer.out) == (6, "")
        assert flexsec("runs", *office.as_()).data == []
        return answer.err

    assert "this plan needs the approval of a second identity: `flexsec approve PLAN`" in refused()
    assert flexsec("approve", office.plan, *office.as_(THIRD), "--yes").code == 0
    assert "who approved a plan does not apply it" in refused(client_id=THIRD)
    good = office.file.read_text()
    edited(office.file, approvals=[{**json.loads(good)["approvals"][0], "approved_by": APPROVER}])
    assert "it was edited after it was written: its digest does not match; move the file away" in refused()
    office.file.write_text(good)
    world = World.load(office.world)
    world.state.clock = world.clock.replace(hour=20)
    world.save(office.world)
    assert "is too old: given 11 h 0 min ago, at most 8 h 0 min are allowed" in refused("--approval-max-age", "8h")
    assert flexsec("plan", *office.as_(), "-o", office.plan).code == 6
    assert f"the approval by 9{THIRD[1:]} is of another plan" in refused()


def test_an_age_without_the_requirement_makes_no_sense(flexsec, office):
    """--approval-max-age alone is a usage error, and so is one that is no time."""
    alone = flexsec("apply", office.plan, *office.as_(), "--yes", "--approval-max-age", "8h")
    assert alone.code == 2
    assert "give --require-approval too" in alone.err
    wrong = flexsec("apply", office.plan, *office.as_(), "--yes", "--require-approval", "--approval-max-age", "soon")
    assert wrong.code == 2
    assert "is not a length of time" in wrong.err


def test_a_plan_made_again_begins_its_approvals_anew(flexsec, office):
    """Approving the new plan drops what was approved of the old one, and says so."""
    assert flexsec("approve", office.plan, *office.as_(SECOND), "--yes").code == 0
    world = World.load(office.world)
    world.state.clock = world.clock.replace(hour=20)
    world.save(office.world)
    assert flexsec("plan", *office.as_(), "-o", office.plan).code == 6
    answer = flexsec("approve", office.plan, *office.as_(SECOND), "--yes")
    assert answer.code == 0, answer.err
    assert f"dropped from {office.file}: 1 approval of another plan" in answer.err
    assert len(json.loads(office.file.read_text())["approvals"]) == 1


def test_without_the_requirement_a_bad_file_is_told_and_left_out(flexsec, office):
    """Apply without --require-approval goes on, journals no approval, and says why."""
    assert flexsec("approve", office.plan, *office.as_(SECOND), "--yes").code == 0
    edited(office.file, approvals=[])
    applied = flexsec("apply", office.plan, *office.as_(), "--yes")
    assert applied.code == 6, applied.err
    assert applied.data["approvals"] == []
    assert "not recorded: the approvals in" in applied.err


def test_over_https_each_signs_in_by_the_ready_file(flexsec, tmp_path, monkeypatch):
    """--endpoint works the same: a copy of the ready file with another application's secret is another identity."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    data = World.builtin("insecure").to_dict()
    data["sign_in"]["applications"] = [
        {"client_id": f"{digit * 8}-0000-0000-0000-000000000000", "client_secret": f"simulated-{digit}",
         "object_id": f"{digit * 8}-1111-1111-1111-111111111111"}
        for digit in "ab"
    ]  # fmt: skip
    ready, other, plan = tmp_path / "ready.json", tmp_path / "other.json", tmp_path / "plan.json"
    with serve(World.from_dict(data), ready=ready, time_scale=10_000):
        told = json.loads(ready.read_text())
        assert read_endpoint(ready).client_id.startswith("a")
        second = data["sign_in"]["applications"][1]
        other.write_text(json.dumps({**told, **{key: second[key] for key in ("client_id", "client_secret")}}))
        target = ("-g", "rg-shop", "-n", "shop-db")
        state = ("--state-dir", tmp_path / "state")
        assert flexsec("plan", "--endpoint", ready, *target, "-o", plan).code == 6
        assert flexsec("approve", plan, "--endpoint", ready, "--yes").code == 6
        approved = flexsec("approve", plan, "--endpoint", other, "--yes")
        assert approved.code == 0, approved.err
        assert approved.data["approvals"][0]["approved_by"] == second["object_id"]
        applied = flexsec("apply", plan, "--endpoint", ready, *state, "--require-approval", "--yes")
        assert applied.data["status"] == "complete", applied.err
        assert applied.data["approvals"] == approved.data["approvals"]


def test_a_plan_about_a_subscription_is_neither_approved_nor_applied_from_a_file(flexsec, tmp_path):
    """Such a plan, saved by a script, is refused with 2 and the commands that apply what it is about."""
    saved = tmp_path / "defender.json"
    with simulated("insecure") as simulation:
        client = simulation.client()
        plan = client.defender.plan_enable(leave=Leave(subscription_cost=True))
        plan_file.write(plan, saved)
        with pytest.raises(PlanInvalid, match="about the subscription"):
            simulation.client(client_id=SECOND).approve(plan)
    for command in ("approve", "apply"):
        answer = flexsec(command, saved, "--simulate", "insecure", "--yes")
        assert (answer.code, answer.out) == (2, "")
        assert "plans about a subscription are applied by `flexsec defender enable-plan`" in answer.err
        assert "cannot be saved and approved" in answer.err
    assert sorted(tmp_path.iterdir()) == [saved]
