import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flexsec.testing import read_recording

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
FILES = sorted(FOLDER.glob("*/*.json"))


def test_fixtures_are_what_the_simulator_gives_now():
    """The committed recordings are exactly what the recorder makes of the simulator today."""
    command = [sys.executable, "scripts/record_fixtures.py", "--check"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_every_file_is_played():
    """Every recording is named in a test of its stem, so none lies there unproved."""
    for file in FILES:
        test = (FOLDER / f"test_{file.parent.name}.py").read_text()
        assert re.search(rf'["/]{file.stem}"', test), f"{file.parent.name}/{file.stem} is not played"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_file_is_valid_and_scrubbed(file):
    """Each file says where it comes from, and holds no token, no signature and no identifier but stand-ins."""
    recording = read_recording(file)
    assert recording.source in ("simulator", "live")
    text = json.dumps([[e.url, e.body, e.headers, e.answer] for e in recording.exchanges])
    assert not re.search(r"eyJ|Bearer [^a-z]|[?&][tcsh]=(?!x)", text)
    guids = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
    assert all(guid.startswith("00000000-0000-0000-0000-") for guid in guids)
    assert not re.search(r"shop|contoso|flexsec-recording|203\.0\.113", text, re.IGNORECASE)
