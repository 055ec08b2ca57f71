"""-o never takes the place of a file that the command itself reads: refused with 2, before anything."""

from __future__ import annotations

import json
import os

import pytest

from flexsec.simulator import World

SECOND = "66666666-6666-6666-6666-666666666666"  # the client id of the second identity of the built-in world


@pytest.fixture
def plan(flexsec, world, tmp_path):
    """A saved plan for a kept world."""
    path = tmp_path / "plan.json"
    assert flexsec("plan", "--simulate", world, "-o", path).code == 6
    return path


def contents(folder):
    """Every file of a folder with what it holds."""
    return {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refused(answer, name):
    """Whether the answer is the refusal to write over a file of this name."""
    return answer.code == 2 and answer.out == "" and "the command reads" in answer.err and name in answer.err


@pytest.mark.parametrize("name", ["plan.json", "plan.approval.json"])
@pytest.mark.parametrize("command", [("approve",), ("apply",), ("permissions", "--for")])
def test_a_plan_and_its_approvals_are_not_overwritten(flexsec, world, plan, tmp_path, command, name):
    """Neither the plan nor its approvals, there or still to be made, is replaced by a report; nothing is written."""
    before = contents(tmp_path)
    words = () if command[0] == "permissions" else ("--simulate", world, "--yes")
    assert refused(flexsec(*command, plan, *words, "-o", tmp_path / name), name)
    assert contents(tmp_path) == before


def test_an_approval_that_is_there_stays(flexsec, world, plan, tmp_path):
    """`apply -o PLAN.approval.json` does not destroy the approval that it needs, and the next try finds it."""
    assert flexsec("approve", plan, "--simulate", world, "--client-id", SECOND, "--yes").code == 0
    approval = tmp_path / "plan.approval.json"
    before = approval.read_bytes()
    apply = ("apply", plan, "--simulate", world, "--require-approval", "--yes")
    assert refused(flexsec(*apply, "-o", approval), approval.name)
    assert approval.read_bytes() == before
    report = tmp_path / "report.json"
    assert flexsec(*apply, "-o", report).code == 6  # what is held back for want of leave
    assert json.loads(report.read_text())["status"] == "complete"


@pytest.mark.parametrize("way", ["relative", "symbolic link", "hard link", "through a folder"])
def test_whatever_the_path(flexsec, world, plan, tmp_path, monkeypatch, way):
    """Another spelling of the path, or a link, is the same file."""
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other.json"
    match way:
        case "relative":
            other = "plan.json"
        case "symbolic link":
            other.symlink_to(plan)
        case "hard link":
            os.link(plan, other)
        case _:
            (tmp_path / "folder").mkdir()
            other = tmp_path / "folder" / ".." / "plan.json"
    before = plan.read_bytes()
    assert refused(flexsec("apply", plan, "--simulate", world, "--yes", "-o", other), str(plan))
    assert plan.read_bytes() == before


def test_files_of_options_are_not_overwritten(flexsec, world, tmp_path):
    """The same goes for the evidence, the world, a world that is only to be made, and a baseline that is JSON."""
    evidence, baseline, fresh = tmp_path / "who.csv", tmp_path / "own.json", tmp_path / "fresh.json"
    evidence.write_text("address,role,tls_version\n")
    baseline.write_text(json.dumps({"format": 1, "name": "own", "extends": "recommended"}))
    for command, file in (
        (("plan", "--simulate", world, "--connections", evidence), evidence),
        (("audit", "--simulate", world), world),
        (("audit", "--simulate", f"insecure:{fresh}"), fresh),
        (("audit", "--simulate", world, "-b", baseline), baseline),
        (("baseline", "show", baseline), baseline),
        (("baseline", "diff", "recommended", baseline), baseline),
        (("baseline", "diff", baseline, "recommended"), baseline),
        (("capture", "--simulate", world), world),
    ):
        assert refused(flexsec(*command, "-o", file), str(file)), command
    assert not fresh.exists()
    assert World.load(world).to_dict() == World.builtin("insecure").to_dict()
    assert evidence.read_text().startswith("address")


def test_what_serving_reads_is_not_its_ready_file(flexsec, world, tmp_path):
    """`simulate serve --ready` names neither the world nor the file of faults."""
    faults = tmp_path / "faults.json"
    faults.write_text("{}")
    for file in (world, faults):
        answer = flexsec("simulate", "serve", "--world", world, "--faults", faults, "--ready", file)
        assert refused(answer, str(file))


def test_a_baseline_is_not_captured_over_the_world_it_is_read_from(flexsec, tmp_path):
    """Not even with --force: the world would be gone."""
    path = tmp_path / "world.yaml"
    World.builtin("insecure").save(path)
    before = path.read_bytes()
    assert refused(flexsec("baseline", "capture", "--simulate", path, "-o", path, "--force"), str(path))
    assert path.read_bytes() == before
