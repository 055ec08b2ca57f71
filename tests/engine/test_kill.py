"""A run that dies anywhere is finished by `resume`: the same world as of an undisturbed run, and no effect twice."""

from __future__ import annotations

from collections import Counter

import pytest

from flexsec.model.run import RunStatus
from flexsec.testing import Simulation, simulated
from tests.engine.dying import Countdown, Death, dying_client, harden
from tests.engine.truth import untrue, values
from tests.engine.worlds import EVERYTHING, GROUP, NAME


def undisturbed() -> tuple[dict[str, object], Counter[str], int, int]:
    """The world and the effects of a run that nobody disturbs, and how many lines and requests it took."""
    with simulated("insecure") as simulation:
        lines, requests = Countdown(0, after=False), Countdown(0, after=False)
        harden(dying_client(simulation, journal=lines, requests=requests))
        return values(simulation), effects(simulation), lines.calls, requests.calls


def effects(simulation: Simulation) -> Counter[str]:
    """How often each effect happened to the server."""
    return Counter(simulation.world.effects(simulation.world.server_id(NAME)))


VALUES, EFFECTS, LINES, REQUESTS = undisturbed()
SAMPLED_REQUESTS = range(1, REQUESTS + 1, 4)


def check_death(*, after: bool, line: int = 0, request: int = 0) -> None:
    """Let a run die at a line or a request; a fresh client resumes it, or begins anew when nothing was begun."""
    with simulated("insecure") as simulation:
        lines, requests = Countdown(line, after=after), Countdown(request, after=after)
        with pytest.raises(Death):
            harden(dying_client(simulation, journal=lines, requests=requests))
        client = simulation.client()
        for run in client.runs():
            finished = client.resume(run.run_id)
            assert finished.status is RunStatus.COMPLETE
            assert not untrue(finished, simulation)
        if not client.runs():
            assert not effects(simulation)
            harden(client)
        assert values(simulation) == VALUES
        assert effects(simulation) == EFFECTS
        assert set(EFFECTS.values()) == {1}
        assert simulation.world.max_writes_in_flight(simulation.world.server_id(NAME)) == 1
        assert client.server(GROUP, NAME).harden(leave=EVERYTHING).run is None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_dying_at_any_line_of_the_journal_is_mended_by_resume(line, after):
    """G7: wherever in its journal a run dies, resume converges without a second effect."""
    check_death(after=after, line=line)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("request_number", SAMPLED_REQUESTS)
def test_dying_at_a_request_is_mended_by_resume(request_number, after):
    """G7: a run that dies before or after a request reached the service converges without a second effect."""
    check_death(after=after, request=request_number)


@pytest.mark.long
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("request_number", sorted(set(range(1, REQUESTS + 1)) - set(SAMPLED_REQUESTS)))
def test_dying_at_every_other_request_is_mended_by_resume(request_number, after):
    """The same for all requests that the sample leaves out."""
    check_death(after=after, request=request_number)


def test_a_rollback_that_dies_is_mended_by_resume():
    """A rollback is a run: when it dies in the middle, resume brings back the rest, and every value is as before."""
    with simulated("insecure") as simulation:
        before = values(simulation)
        client = simulation.client()
        run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
        dying = dying_client(simulation, journal=Countdown(12, after=True))
        with pytest.raises(Death):
            dying.rollback(run.run_id, leave=EVERYTHING)
        fresh = simulation.client()
        undone = fresh.resume(fresh.runs()[0].run_id)
        assert undone.rolls_back == run.run_id
        assert undone.status is RunStatus.COMPLETE
        assert values(simulation) == before
        assert fresh.run(run.run_id).status is RunStatus.ROLLED_BACK


@pytest.mark.parametrize("lifetime", [11, 16, 23])
def test_a_run_that_dies_again_and_again_gets_there(lifetime):
    """Resume may die as well: each life goes on where the one before ended, and no effect happens twice."""
    with simulated("insecure") as simulation:
        with pytest.raises(Death):
            harden(dying_client(simulation, requests=Countdown(lifetime, after=True)))
        for _ in range(REQUESTS):
            client = dying_client(simulation, requests=Countdown(lifetime, after=True))
            try:
                run = client.resume(client.runs()[0].run_id)
            except Death:
                continue
            break
        assert run.status is RunStatus.COMPLETE
        assert values(simulation) == VALUES
        assert effects(simulation) == EFFECTS
