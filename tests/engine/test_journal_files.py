"""Journals in files: for the owner's eyes alone, durable, and with a lock that ends with its process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flexsec.engine import journal_files
from flexsec.engine.journal_files import JournalFiles
from flexsec.errors import FlexSecError, RunInProgress, UnknownName

RUN = "20260504T120000Z-00abcdef"
ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from flexsec.engine.journal_files import JournalFiles
with JournalFiles(Path(sys.argv[1])).lock("server", "the other"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def files(tmp_path):
    """A store in a directory that does not exist yet."""
    return JournalFiles(tmp_path / "state")


def mode(path):
    """The permissions of a file or directory."""
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_for_the_owner_alone(files, tmp_path):
    """Journals and locks are 0600 in directories of 0700, whatever the umask."""
    earlier = os.umask(0)
    try:
        files.append(RUN, b"line")
        with files.lock("server", RUN):
            runs, locks = tmp_path / "state" / "runs", tmp_path / "state" / "locks"
            assert mode(runs) == mode(locks) == 0o700
            assert mode(runs / f"{RUN}.jsonl") == 0o600
            assert {mode(path) for path in locks.glob("*.lock")} == {0o600}
    finally:
        os.umask(earlier)


def test_lines_are_appended_read_and_trimmed(files):
    """Each line ends with a newline; what follows a length is dropped."""
    files.append(RUN, b"one")
    files.append(RUN, b"two")
    assert files.read(RUN) == b"one\ntwo\n"
    files.trim(RUN, 4)
    files.append(RUN, b"three")
    assert files.read(RUN) == b"one\nthree\n"


def test_every_line_is_on_the_disk_before_the_call_returns(files, monkeypatch):
    """The file is synced for each line, and the directory for a new file."""
    synced = []
    monkeypatch.setattr(
        journal_files.os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink())
    )
    files.append(RUN, b"one")
    files.append(RUN, b"two")
    assert [path.name for path in synced] == [f"{RUN}.jsonl", "runs", f"{RUN}.jsonl"]


def test_a_line_that_could_not_be_written_whole_leaves_nothing(files, monkeypatch):
    """A full disk in the middle of a line is an error, and the journal is as before, so that it can go on."""
    files.append(RUN, b"one")
    real = os.write

    def full(handle, data):
        real(handle, data[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_files.os, "write", full)
    with pytest.raises(FlexSecError, match="No space left on device; nothing is done without a journal"):
        files.append(RUN, b"two")
    monkeypatch.undo()
    assert files.read(RUN) == b"one\n"


def test_runs_are_listed_oldest_first(files):
    """Ids begin with their time; other files are not runs."""
    assert files.runs() == []
    for run_id in ("20260504T120001Z-00aa", "20260504T120000Z-01aa", "20260504T120000Z-00ff"):
        files.append(run_id, b"x")
    assert files.runs() == ["20260504T120000Z-00ff", "20260504T120000Z-01aa", "20260504T120001Z-00aa"]


@pytest.mark.parametrize("run_id", ["../x", "a/b", "", "x" * 81, "a\nb", "a.b"])
def test_an_id_never_leads_out_of_the_directory(files, run_id):
    """What is no id is unknown, for reading and for writing."""
    with pytest.raises(UnknownName):
        files.read(run_id)
    with pytest.raises(UnknownName):
        files.append(run_id, b"x")


def test_a_second_lock_is_refused_and_names_the_holder(files):
    """Within one process too; the first holder keeps it and another server is free."""
    with files.lock("server", "first"):
        with pytest.raises(RunInProgress, match=f"first, process {os.getpid()}"), files.lock("server", "second"):
            pass
        with files.lock("another", "second"):
            pass
        with pytest.raises(RunInProgress, match="first"), files.lock("server", "third"):
            pass
    with files.lock("server", "second"):
        pass


def test_a_lock_is_released_when_its_run_fails(files):
    """Whatever ends a run, a KeyboardInterrupt included, frees its server."""
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), files.lock("server", "first"):
            raise error
    with files.lock("server", "second"):
        pass


def test_the_lock_of_another_process_ends_with_its_death(files, tmp_path):
    """A second process is refused while the first lives; kill -9 of the first frees the server."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "state")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunInProgress, match=f"the other, process {other.pid}"), files.lock("server", "mine"):
            pass
        other.kill()
        other.wait()
    with files.lock("server", "mine"):
        pass


@pytest.mark.parametrize("place", ["", "runs", "locks"])
def test_a_state_directory_that_cannot_be_used_is_named(tmp_path, place):
    """A file in the way is an error of flexsec's own that names the path, not a traceback."""
    blocked = tmp_path / "state"
    if place:
        blocked.mkdir()
    (blocked / place if place else blocked).write_text("in the way")
    files = JournalFiles(blocked)
    with pytest.raises(FlexSecError, match=str(blocked)), files.lock("server", "x"):
        files.append(RUN, b"x")


def test_a_journal_that_cannot_be_read_is_named(files, tmp_path):
    """A directory where the journal should be."""
    (tmp_path / "state" / "runs" / f"{RUN}.jsonl").mkdir(parents=True)
    with pytest.raises(FlexSecError, match=RUN):
        files.read(RUN)
