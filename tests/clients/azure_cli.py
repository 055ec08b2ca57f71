"""azure-cli as a user has it: another process, a home of its own, pointed at a served world and signed in to it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flexsec.simulator.serving import Served

ROOT = Path(__file__).resolve().parent.parent.parent
USUAL_PLACE = ROOT / ".venv-azure-cli" / "bin" / "az"
PATIENCE = 120.0  # seconds for one command, on a machine that is busy


def installed() -> Path | None:
    """The program: the one that AZURE_CLI names, else the one that `make test-clients` installs; None without any.

    Raises:
        FileNotFoundError: AZURE_CLI names a file that is not there.
    """
    named = os.environ.get("AZURE_CLI")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"AZURE_CLI names {named}, which does not exist")
    return Path(named) if named else USUAL_PLACE if USUAL_PLACE.is_file() else None


class AzureCli:
    """Runs commands of one user.

    Args:
        program: where it is.
        home: an empty folder.
        served: the world that it is pointed at.
    """

    def __init__(self, program: Path, home: Path, served: Served) -> None:
        self._program = program
        self.endpoint = served.endpoint
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AZURE_CONFIG_DIR": str(home / ".azure"),
            "AZURE_CORE_INSTANCE_DISCOVERY": "false",
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_CORE_NO_COLOR": "true",
            "REQUESTS_CA_BUNDLE": served.endpoint["ca_file"],
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command, whatever comes of it; it is never asked anything."""
        return subprocess.run(
            [str(self._program), *words],
            env=self._environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def __call__(self, *words: str) -> Any:
        """What a command answers, as JSON; None when it says nothing. It must succeed."""
        done = self.run(*words, "--output", "json")
        assert done.returncode == 0, f"az {' '.join(words[:4])} ...: exit {done.returncode}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *words: str) -> str:
        """What a command that must fail says on standard error; a traceback would be our wrong answer."""
        done = self.run(*words, "--output", "json")
        assert done.returncode != 0, f"az {' '.join(words[:4])} ... succeeded\n{done.stdout}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def postgres(self, *words: str) -> Any:
        """What `az postgres flexible-server` answers."""
        return self("postgres", "flexible-server", *words)

    def sign_in(self) -> Any:
        """Points az at the served world and signs in with the application's secret."""
        self.choose_cloud()
        return self(*self.login(self.endpoint["client_secret"]))

    def choose_cloud(self) -> None:
        """Makes the served world a cloud, and chooses it."""
        base = self.endpoint["arm_endpoint"]
        self(
            *("cloud", "register", "--name", "served", "--endpoint-resource-manager", base),
            *("--endpoint-active-directory", base, "--endpoint-active-directory-resource-id", f"{base}/"),
        )
        self("cloud", "set", "--name", "served")

    def login(self, secret: str) -> tuple[str, ...]:
        """The words that sign the world's application in."""
        identity = ("--username", self.endpoint["client_id"], "--password", secret)
        return "login", "--service-principal", *identity, "--tenant", self.endpoint["tenant_id"]
