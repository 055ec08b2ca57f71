"""Build the wheel, install it apart from the source tree, and use it: packaged data must be in it.

Dependencies come from the interpreter that runs this; flexsec itself comes from the wheel alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "flexsec/py.typed",
    "flexsec/baselines/recommended.yaml",
    "flexsec/simulator/catalogue.json",
    "flexsec/simulator/worlds/insecure.json",
    "flexsec/testing/plugin.py",
)
USE = """
import sys, flexsec
from flexsec.testing import simulated
assert flexsec.__file__.startswith(sys.argv[1]), flexsec.__file__
with simulated("insecure") as simulation:
    findings = simulation.server("rg-shop", "shop-db").audit().findings()
assert findings
print(f"the installed wheel finds {len(findings)} findings on the simulated server")
"""


def main() -> int:
    """Build, look inside, install, use; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = _build(Path(folder))
        names = set(zipfile.ZipFile(wheel).namelist())
        missing = [name for name in NEEDED if name not in names]
        strangers = sorted(name for name in names if not name.startswith("flexsec/") and ".dist-info/" not in name)
        for name in missing:
            print(f"the wheel lacks {name}", file=sys.stderr)
        for name in strangers:
            print(f"the wheel holds {name}, which is no part of the package", file=sys.stderr)
        if missing or strangers:
            return 1
        _use(wheel, Path(folder) / "site")
        _test_project(Path(folder) / "site")
    return 0


def _build(folder: Path) -> Path:
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _use(wheel: Path, site: Path) -> None:
    _pip("install", "--no-deps", "--target", str(site), str(wheel))
    # PYTHONPATH stands before an editable install of the source tree.
    environment = os.environ | {"PYTHONPATH": str(site), "XDG_STATE_HOME": str(site.parent)}
    for command in (["-c", USE, str(site)], ["-m", "flexsec", "--version"]):
        subprocess.run([sys.executable, *command], check=True, cwd=site.parent, env=environment)


def _test_project(site: Path) -> None:
    """The sample project's tests find their fixtures by the wheel's entry point alone; those need no PostgreSQL."""
    project = site.parent / "project"
    shutil.copytree(ROOT / "samples" / "test_project", project)
    environment = os.environ | {"PYTHONPATH": str(site), "XDG_STATE_HOME": str(site.parent)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_move_office.py"]
    subprocess.run(command, check=True, cwd=project, env=environment)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
