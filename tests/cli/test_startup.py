"""`flexsec --help` is quick because it loads next to nothing."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("azure", "rich", "pydantic", "yaml", "tenacity", "requests", "msal")


def loaded(*words: str) -> set[str]:
    """The heavy packages that a command line loads."""
    code = (
        "import sys; from flexsec.cli.main import root\n"
        f"root.main({list(words)!r}, standalone_mode=False)\n"
        f"print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "LOADED" in done.stdout, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


def test_help_loads_no_heavy_package():
    """--help and the help of a command load no Azure package, no rich, no pydantic and no yaml."""
    assert loaded("--help") == set()
    assert loaded("harden", "--help") == set()
    assert loaded("parameters", "set", "--help") == set()


def test_listing_controls_loads_no_azure_package():
    """What needs no server loads nothing that speaks to one."""
    assert loaded("controls", "list", "--format", "json") <= {"pydantic"}
