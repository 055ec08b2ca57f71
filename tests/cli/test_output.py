"""Where output goes: reports alone on standard output, files whole or not at all, everything else on standard error."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flexsec.cli.output import write_file
from flexsec.errors import UsageError

SIM = ("--simulate", "insecure")


def test_one_command_writes_every_format_by_suffix(flexsec, tmp_path):
    """-o is repeatable; each file has the format of its suffix, and standard output has its own."""
    files = [tmp_path / f"report{suffix}" for suffix in (".json", ".csv", ".md", ".txt")]
    answer = flexsec("audit", *SIM, "--format", "csv", *(word for file in files for word in ("-o", file)))
    assert answer.code == 3
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert texts[0].startswith('{\n  "schema": "flexsec.assessment/1"')
    assert texts[1] == answer.out
    assert texts[2].startswith("# Audit of shop-db")
    assert texts[3].startswith("Audit of shop-db\n")
    asked = flexsec("baseline", "show").data["controls"]
    assert len(list(csv.DictReader(io.StringIO(texts[1])))) == len(asked)
    assert sorted(tmp_path.iterdir()) == sorted(files), "no temporary file stays"


def test_standard_output_is_json_where_there_is_no_terminal(flexsec):
    """Without a terminal every report is JSON, alone on standard output, also while progress is told."""
    answer = flexsec("parameters", "set", "log_checkpoints", "on", *SIM, "--yes")
    assert answer.data["schema"] == "flexsec.run/1"
    assert "[1/1] Set log_checkpoints to on" in answer.err


def test_a_bad_suffix_is_refused_before_anything_is_done(flexsec, world, tmp_path):
    """A wrong output file stops a writing command before its first write."""
    words = ("parameters", "set", "log_checkpoints", "on", "--simulate", world, "--yes")
    assert flexsec(*words, "-o", tmp_path / "x.pdf").code == 2
    assert flexsec("runs", "--simulate", world).data == []


def test_a_report_file_replaces_the_old_one_whole(tmp_path):
    """A file is replaced in one step and readable by whom the umask lets; a failure leaves the old one."""
    path = tmp_path / "report.json"
    path.write_text("old", encoding="utf-8")
    write_file(path, "new\n")
    assert path.read_text(encoding="utf-8") == "new\n"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "new\n"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UsageError, match="cannot write"):
        write_file(tmp_path / "nosuch" / "report.json", "x")


def test_a_closed_pipe_is_quiet():
    """`flexsec ... | head -1` ends without a message, also when most of the report is never read."""
    line = f"{sys.executable} -m flexsec parameters list --simulate insecure --format json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told():
    """Standard output that cannot be written is one sentence and 1."""
    line = f"{sys.executable} -m flexsec baseline show > /dev/full"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == "flexsec: error: cannot write to standard output: No space left on device\n"


def test_a_terminal_that_knows_no_unicode_gets_ascii():
    """Where standard output cannot hold line-drawing characters, tables use ASCII and odd text is escaped."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "flexsec", "audit", *SIM, "--format", "table"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 3
    assert done.stdout.isascii()
    assert "+-" in done.stdout
    assert done.stderr == ""


def test_python_dash_m_and_version():
    """`python -m flexsec` is the command; --version names it."""
    words = [sys.executable, "-m", "flexsec", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "flexsec 0.1.0\n")
