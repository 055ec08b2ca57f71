"""The pages on testing and on the simulator are run from top to bottom, as somebody who follows them would."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flexsec.cli.main import root as flexsec_command
from flexsec.simulator import World, conditions_file
from tests.project.stories import STORIES

ROOT = Path(__file__).resolve().parent.parent.parent
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STATED = re.compile(r"#\s*exit code (\d+)\s*$")
_FILE = re.compile(r"# ([\w/.]+\.(?:py|sh|toml))\n")
PROGRAMS = {
    "pytest": ("-m", "pytest", "-p", "flexsec.testing.plugin", "-p", "no:cacheprovider", "-q"),
    "python": (),
}


class Reader:
    """Somebody who follows a page in a folder: types its commands, saves its files and runs its Python."""

    def __init__(self, folder, capsys):
        self.folder = folder
        self.capsys = capsys
        self.names = {"__name__": "page"}
        self.background = None
        self.did = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def follow(self, kind, text):
        """Does what one block says."""
        file = _FILE.match(text)
        if file:
            path = self.folder / file[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif kind == "python":
            exec(compile(text, "page", "exec"), self.names)
        elif kind == "json":
            self.read(json.loads(text))
        elif kind == "console":
            for line in text.splitlines():
                if line.startswith("$ "):
                    self.type(line[2:])
        else:
            assert kind in {"text", "bash"}, f"nothing runs a block of {kind}"
        self.did.append(kind)

    def read(self, document):
        """A file that the page shows is one that the simulator takes, and is there for what follows."""
        if "subscriptions" in document:
            World.from_dict(document)
            (self.folder / "world.json").write_text(json.dumps(document))
        else:
            conditions_file.read(document)
            (self.folder / "faults.json").write_text(json.dumps(document))

    def type(self, line):
        """One command, with the exit code it states."""
        stated = _STATED.search(line)
        words = shlex.split(line, comments=True)
        if words == ["kill", "%1"]:
            self.stop()
        elif words[-1] == "&":
            self.start(words[:-1])
        elif words[0] == "flexsec":
            ended = flexsec_command.main(words[1:], standalone_mode=False)
            said = self.capsys.readouterr()
            assert ended == (int(stated[1]) if stated else 0), f"{line}: exit {ended}\n{said.out}\n{said.err}"
            assert "Traceback" not in said.err
        else:
            command = [sys.executable, *PROGRAMS[words[0]], *words[1:]]
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, f"{line}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
            assert words[0] != "pytest" or " passed" in done.stdout

    def start(self, words):
        """A command in the background, until it has written its ready file."""
        assert words[0] == "flexsec"
        ready = self.folder / words[words.index("--ready") + 1]
        self.background = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while not ready.exists():
            assert self.background.poll() is None, f"{shlex.join(words)}: ended with {self.background.returncode}"
            assert time.monotonic() < until, f"{shlex.join(words)}: not ready after a minute"
            time.sleep(0.05)

    def stop(self):
        """Ends the command in the background."""
        found, self.background = self.background, None
        found.terminate()
        assert found.wait(30) == 0


@pytest.fixture
def reader(tmp_path, monkeypatch, capsys):
    """A reader in an empty folder; what they leave running ends."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    found = Reader(tmp_path, capsys)
    yield found
    if found.background is not None:
        found.background.kill()
        found.background.wait()


@pytest.mark.parametrize("page", STORIES)
def test_a_page_can_be_followed(page, reader):
    """Each command ends as stated, each file is taken, and Python runs without an error, in the page's order."""
    for block in _BLOCK.finditer((ROOT / "docs" / page).read_text(encoding="utf-8")):
        reader.follow(block[1], block[2])
    assert reader.background is None, "the page leaves a simulator running"
    assert {"python", "console"} <= set(reader.did)


def test_every_fixture_is_described():
    """The page on testing names every fixture of the plugin, and none that there is not."""
    from flexsec.testing import plugin

    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    fixtures = {name for name in vars(plugin) if name.startswith("flexsec_")}
    assert fixtures == set(re.findall(r"\bflexsec_\w+", text))


def test_every_path_of_the_control_endpoint_is_described():
    """The page on the simulator names every path of the control endpoint with its methods, and none that there is not."""
    from flexsec.simulator.serving.control import HANDLERS

    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `/_simulator/([a-z_]*)` \| ([A-Z, ]+) \|", text, re.MULTILINE)
    described = {(path, method) for path, methods in listed for method in methods.split(", ")}
    assert described == set(HANDLERS)


def test_every_member_of_a_world_file_is_described():
    """The page on the simulator names every member of a world file that a person writes."""
    from flexsec.simulator import world_file

    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert [key for key in world_file.KEYS if f"`{key}`" not in text] == []


def test_every_fault_is_described():
    """The page on the simulator has a line for each fault, with the words of the catalogue."""
    from flexsec.simulator.fault_kinds import FAULTS

    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (X\d+) \| (.*?) \|", text, re.MULTILINE))
    assert listed == {key: kind.what for key, kind in FAULTS.items()}


def test_the_kinds_of_resources_are_described():
    """The page on the simulator names the last part of every path that the simulator answers."""
    from flexsec.simulator.routes import TEMPLATES

    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    words = {path.rstrip("/").split("/")[-1] for path, _ in TEMPLATES}
    missing = [word for word in words if not word.startswith("{") and word.lower() not in text.lower()]
    assert missing == []
