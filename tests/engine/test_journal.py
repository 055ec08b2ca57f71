"""The record of a run: chained, mended when its last line was cut off, and refused when it was edited."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.engine.history import as_run, read_all
from flexsec.engine.journal import Journal, Record, read, reopen
from flexsec.errors import JournalDamaged, UnknownName
from flexsec.model.acceptance import Acceptance
from flexsec.model.encoding import to_data
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.testing import VirtualClock, simulated
from tests.engine.worlds import EVERYTHING, GROUP, NAME

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
RUN = "20260504T120000Z-00abcdef"


class Memory:
    """Lines in memory, as the protocol of journal stores wants them."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content

    def append(self, run_id, line):
        self.content += line + b"\n"

    def read(self, run_id):
        return self.content

    def trim(self, run_id, length):
        self.content = self.content[:length]


def written(records):
    """A store with these records."""
    store = Memory()
    journal = Journal(store, RUN, VirtualClock(NOW))
    for kind, data in records:
        journal.write(kind, data)
    return store


RECORDS = [("started", {"plan": "π"}), ("intent", {"change": 0}), ("outcome", {"change": 0, "message": "line\nbreak"})]
records = st.lists(
    st.tuples(
        st.sampled_from(("intent", "accepted", "outcome")),
        st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(records)
def test_what_is_written_is_read(given_records):
    """Records come back in order with their data, whatever text is in them, one line each."""
    store = written(given_records)
    assert store.content.count(b"\n") == len(given_records)
    found = read(store, RUN)
    assert [(r.kind, r.data) for r in found] == given_records
    assert [r.number for r in found] == list(range(len(given_records)))
    assert all(r.at == NOW for r in found)


@settings(max_examples=100, deadline=None)
@given(given_records=records, data=st.data())
def test_a_line_cut_off_at_the_end_is_dropped(given_records, data):
    """Wherever the file ends, the whole lines are read; reopening drops the rest and goes on with a chain that holds."""
    whole = written(given_records).content
    store = Memory(whole[: data.draw(st.integers(0, len(whole)))])
    lines = store.content.count(b"\n")
    assert len(read(store, RUN)) == lines
    journal, found = reopen(store, RUN, VirtualClock(NOW))
    assert len(found) == lines
    journal.write("resumed", {})
    assert [r.kind for r in read(store, RUN)] == [kind for kind, _ in given_records[:lines]] + ["resumed"]


@settings(max_examples=150, deadline=None)
@given(given_records=records, data=st.data())
def test_any_byte_changed_in_a_whole_line_is_damage(given_records, data):
    """A journal in which anything but an unfinished last line was changed is refused, with the line and the run."""
    whole = bytearray(written(given_records).content)
    place = data.draw(st.integers(0, len(whole) - 2))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    whole[place] = value
    with pytest.raises(JournalDamaged, match=RUN):
        read(Memory(bytes(whole)), RUN)


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[0], lines[2], lines[1]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[0], b"", *lines[1:]],
        lambda lines: [lines[0], b"null", *lines[1:]],
        lambda lines: [lines[0], lines[1][: len(lines[1]) // 2], lines[2]],
    ],
    ids=["first gone", "middle gone", "swapped", "repeated", "blank", "foreign", "cut in the middle"],
)
def test_lines_that_do_not_chain_are_damage(damage):
    """Lines missing, swapped, repeated, blank, foreign or cut in the middle."""
    lines = written(RECORDS).content.split(b"\n")[:-1]
    store = Memory(b"\n".join([*damage(lines), b""]))
    with pytest.raises(JournalDamaged):
        read(store, RUN)
    with pytest.raises(JournalDamaged):
        reopen(store, RUN, VirtualClock(NOW))


# -- a run as its journal tells it --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan():
    """A plan of the insecure shop, as a journal holds it."""
    with simulated("insecure") as simulation:
        return to_data(simulation.server(GROUP, NAME).plan(leave=EVERYTHING))


def told(plan, *later):
    """What a journal with these records after its start tells."""
    start = {"kind": "harden", "rolls_back": "", "flexsec": "0", "identity": "me", "plan": plan}
    return read_all([Record(0, NOW, "started", start), *(Record(i, NOW, *r) for i, r in enumerate(later, 1))])


INTENT = ("intent", {"change": 0, "attempt": 1})
ACCEPTED = ("accepted", {"change": 0, "attempt": 1, "status_url": "https://x/1", "retry_after": 10.0, "operation": "O",
                         "request_id": "r"})  # fmt: skip
REJECTED = ("rejected", {"change": 0, "attempt": 2, "code": "ServerIsBusy", "detail": ""})
AGAIN = ("intent", {"change": 0, "attempt": 2})


def outcome(status):
    """The record of an end."""
    return ("outcome", {"change": 0, "status": status, "message": "m", "attempts": 1})


def test_what_was_begun_and_not_ended_is_open(plan):
    """An intent alone is a lost answer; an acceptance says where to follow it; an end closes it."""
    assert told(plan).begun == {}
    assert told(plan, INTENT).begun == {0: None}
    followed = Acceptance(status_url="https://x/1", retry_after=10.0, operation="O", request_id="r")
    assert told(plan, INTENT, ACCEPTED).begun == {0: followed}
    assert told(plan, INTENT, ACCEPTED, outcome("applied")).begun == {}
    assert told(plan, INTENT, ACCEPTED, outcome("indeterminate")).begun == {0: followed}
    assert told(plan, INTENT, ACCEPTED, REJECTED).begun == {}


def test_a_rejection_does_not_end_an_earlier_attempt_whose_answer_was_lost(plan):
    """The first attempt may be what keeps the server busy for the second: it stays open until it is looked up."""
    assert told(plan, INTENT, AGAIN, REJECTED).begun == {0: None}
    assert told(plan, INTENT, REJECTED, AGAIN, REJECTED).begun == {}
    assert told(plan, INTENT, AGAIN, REJECTED, outcome("failed")).begun == {}


def test_resuming_takes_the_end_back(plan):
    """A run that is resumed has not ended until it ends again."""
    ended = ("ended", {"status": "partial", "verified": None, "reason": "stopped"})
    assert told(plan, ended).status is RunStatus.PARTIAL
    again = told(plan, ended, ("resumed", {"identity": "me", "flexsec": "0"}))
    assert (again.status, again.ended_at, again.ends_run) == (None, None, "")


def test_a_journal_that_does_not_begin_with_a_start_is_damage():
    """A run of which not even the start is whole wrote nothing; it is told so, and left out of listings."""
    store = written([("intent", {"change": 0})])
    with pytest.raises(JournalDamaged, match="does not begin with the start"):
        as_run(store, RUN)
    assert as_run(store, RUN, damaged_is_none=True) is None
    assert as_run(Memory(b'{"number": 0'), RUN, damaged_is_none=True) is None


def test_a_run_that_died_reads_as_indeterminate(plan):
    """Every change is listed: ended ones with their end, a begun one as not known, the others as not started."""
    start = {"kind": "harden", "rolls_back": "", "flexsec": "0", "identity": "me", "plan": plan}
    second = ("intent", {"change": 1, "attempt": 1})
    run = as_run(written([("started", start), INTENT, ACCEPTED, outcome("applied"), second]), RUN)
    assert run.status is RunStatus.INDETERMINATE
    assert run.ended_at is None
    statuses = [o.status for o in run.outcomes]
    assert statuses[:2] == [ChangeStatus.APPLIED, ChangeStatus.INDETERMINATE]
    assert set(statuses[2:]) == {ChangeStatus.NOT_STARTED}


def test_a_real_run_reads_back_whole():
    """The journal of a whole run tells what the run itself told, and holds every intent before its acceptance."""
    with simulated("insecure") as simulation:
        client = simulation.client()
        run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
        assert client.run(run.run_id) == run
        assert run.identity == "22222222-2222-2222-2222-222222222222"
        kinds = [(r.kind, r.data.get("change")) for r in read(client.journals, run.run_id)]
        for number in range(len(run.outcomes)):
            own = [kind for kind, change in kinds if change == number]
            assert own == ["intent", "accepted", "outcome"]
        assert kinds[0][0] == "started"
        assert kinds[-1][0] == "ended"


def test_a_damaged_journal_is_refused_by_name_and_left_out_of_listings():
    """Resume, rollback and show refuse it; a listing goes on without it; new runs are not held up by it."""
    with simulated("insecure") as simulation:
        client = simulation.client()
        run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
        path = simulation.state_directory / "runs" / f"{run.run_id}.jsonl"
        lines = path.read_bytes().split(b"\n")
        path.write_bytes(b"\n".join([lines[0], *lines[2:]]))
        for verb in (client.run, client.resume, client.plan_rollback, client.rollback):
            with pytest.raises(JournalDamaged, match=run.run_id):
                verb(run.run_id)
        assert client.runs() == ()
        assert client.server(GROUP, NAME).harden(leave=EVERYTHING).run is None


def test_a_run_that_does_not_exist_is_unknown():
    """An id that nobody gave out, and a text that cannot be one, are named."""
    with simulated("insecure") as simulation:
        for run_id in ("20990101T000000Z-00000000", "../../etc/passwd", ""):
            with pytest.raises(UnknownName):
                simulation.client().run(run_id)


def test_the_journal_holds_no_status_url_outside_its_acceptances():
    """A signed status URL is as good as a token: it stands in the acceptance alone."""
    with simulated("insecure") as simulation:
        client = simulation.client()
        run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
        found = read(client.journals, run.run_id)
        urls = [record.data["status_url"] for record in found if record.kind == "accepted"]
        assert len(urls) == len(run.outcomes)
        elsewhere = json.dumps([record.data for record in found if record.kind != "accepted"])
        assert not [url for url in urls if url in elsewhere or url.rpartition("?")[2] in elsewhere]
