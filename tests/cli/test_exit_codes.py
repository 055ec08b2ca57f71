"""The exit codes: one table, first that applies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec.cli import exit_codes
from flexsec.errors import FlexSecError
from flexsec.model.leave import Leave
from flexsec.model.plan import Left, Withheld
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Severity, Status
from flexsec.testing.simulation import simulated

JUDGED = {"fail_on": Severity.LOW, "exit_zero": False}


@pytest.fixture(scope="module")
def hardening():
    """A hardening with all leave: a complete run, three findings left."""
    leave = Leave(restart=True, closing=("firewall",), without_evidence="a test")
    with simulated("insecure") as simulation:
        return simulation.server("rg-shop", "shop-db").harden(leave=leave)


def with_statuses(assessment, status):
    """The assessment with this status everywhere."""
    return replace(assessment, verdicts=tuple(replace(v, status=status) for v in assessment.verdicts))


def test_an_assessment_is_3_then_4_then_0(hardening):
    """Findings of at least --fail-on come before what is unknown; --exit-zero takes both away."""
    failing = with_statuses(hardening.after, Status.FAIL)
    unknown = with_statuses(hardening.after, Status.UNKNOWN)
    passing = with_statuses(hardening.after, Status.PASS)
    mixed = replace(failing, verdicts=(*failing.verdicts[:1], *unknown.verdicts[1:]))
    assert exit_codes.of_assessment(failing, **JUDGED) == 3
    assert exit_codes.of_assessment(mixed, **JUDGED) == 3
    assert exit_codes.of_assessment(unknown, **JUDGED) == 4
    assert exit_codes.of_assessment(passing, **JUDGED) == 0
    for assessment in (failing, mixed, unknown):
        assert exit_codes.of_assessment(assessment, fail_on=Severity.LOW, exit_zero=True) == 0


def test_findings_below_the_threshold_do_not_count(hardening):
    """A finding counts from --fail-on on."""
    failing = with_statuses(hardening.after, Status.FAIL)
    low = replace(failing, verdicts=tuple(v for v in failing.verdicts if v.severity == Severity.LOW))
    assert exit_codes.of_assessment(low, fail_on=Severity.LOW, exit_zero=False) == 3
    assert exit_codes.of_assessment(low, fail_on=Severity.MEDIUM, exit_zero=False) == 0


@pytest.mark.parametrize("status", list(RunStatus))
def test_a_run_is_5_unless_all_is_settled(hardening, status):
    """Whatever can be resumed is 5, before anything else."""
    run = replace(hardening.run, status=status)
    settled = status in (RunStatus.COMPLETE, RunStatus.ROLLED_BACK)
    assert exit_codes.of_run(run) == (0 if settled else 5)
    assert exit_codes.of_run(run, held_back=True) == (6 if settled else 5)
    assert exit_codes.of_applied(run, held_back=False, **JUDGED) == (3 if settled else 5)


def test_a_run_with_an_unsettled_change_is_never_0(hardening):
    """A change that failed, is not known or was not started makes a run 5 even if it is called complete."""
    for status in (ChangeStatus.FAILED, ChangeStatus.INDETERMINATE, ChangeStatus.NOT_STARTED):
        outcome = replace(hardening.run.outcomes[0], status=status)
        run = replace(hardening.run, outcomes=(outcome, *hardening.run.outcomes[1:]))
        assert exit_codes.of_run(run) == 5


def test_a_hardening_is_7_when_undone_wholly_and_5_when_that_failed(hardening):
    """7 says that the server is as before; an undoing in part, or none although it was asked for, is 5."""
    whole = replace(hardening.run, withheld=(), left=())
    undone = replace(hardening, rolled_back=whole)
    assert exit_codes.of_hardening(undone, **JUDGED) == 7
    for in_part in (
        replace(whole, status=RunStatus.PARTIAL),
        replace(whole, status=RunStatus.INTERRUPTED),
        replace(whole, left=(Left(control="firewall/a", reason="it cannot be undone"),)),
        replace(whole, withheld=(Withheld(change=whole.outcomes[0].change, by="guard", reason="the last way in"),)),
    ):
        assert exit_codes.of_hardening(replace(hardening, rolled_back=in_part), **JUDGED) == 5
    impossible = replace(hardening, not_rolled_back="the server cannot be read")
    assert exit_codes.of_hardening(impossible, fail_on=Severity.LOW, exit_zero=True) == 5
    assert exit_codes.of_hardening(hardening, **JUDGED) == 3
    assert exit_codes.of_hardening(replace(hardening, run=None), fail_on=Severity.LOW, exit_zero=True) == 0


def test_every_code_of_an_error_is_in_the_table():
    """No error class has an exit code that is not documented."""
    documented = {code for code, _ in exit_codes.TABLE}
    waiting = [FlexSecError]
    while waiting:
        kind = waiting.pop()
        assert kind.exit_code in documented, kind
        waiting.extend(kind.__subclasses__())
