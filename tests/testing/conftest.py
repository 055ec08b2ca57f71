import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def run_pytest(tmp_path):
    """Runs pytest as a user would, in a folder; the plugin is named, in case flexsec is not installed but a tree."""

    def start(folder, *arguments):
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
        }
        quiet = ("-q", "-p", "flexsec.testing.plugin", "-p", "no:cacheprovider")
        return subprocess.run(
            [sys.executable, "-m", "pytest", *quiet, *map(str, arguments)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return start


@pytest.fixture
def sample_project(tmp_path):
    """A copy of the sample project."""
    return Path(shutil.copytree(ROOT / "samples" / "test_project", tmp_path / "project"))
