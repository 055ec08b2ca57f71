"""What the page on the simulator says about azure-cli, line by line in a shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.clients

ROOT = Path(__file__).resolve().parent.parent.parent
_BASH = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_documented_commands_work(program, tmp_path):
    """A shell that is given the page's lines as they stand signs in, writes a parameter and lists the firewall rules."""
    (script,) = _BASH.findall((ROOT / "docs" / "simulator.md").read_text(encoding="utf-8"))
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, words in (("flexsec", f"{sys.executable} -m flexsec"), ("az", str(program)), ("python3", sys.executable)):
        (programs / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-m"],
        input=script + "wait\n",
        cwd=tmp_path,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "NO_PROXY": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert '"value": "on"' in done.stdout
    assert "0.0.0.0" in done.stdout
