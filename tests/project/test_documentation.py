import importlib
import io
import pkgutil
import re
import shlex
import shutil
from pathlib import Path

import pytest

import flexsec.observers
import flexsec.operations
from flexsec.cli.main import root as flexsec_command
from tests.project.stories import STORIES

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STATED = re.compile(r"#\s*exit code (\d+)\s*$")
_CODE = re.compile(r"^```[a-z]*\n.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


def _commands(document):
    """Each command of the document's console blocks, with the exit code it states."""
    for block in _BLOCK.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                stated = _STATED.search(line)
                yield shlex.split(line[2:], comments=True), int(stated[1]) if stated else 0


def _with_commands():
    return [document for document in DOCUMENTS if document.name not in STORIES and any(_commands(document))]


@pytest.mark.parametrize("document", _with_commands(), ids=lambda path: path.name)
def test_commands_do_what_the_document_says(document, tmp_path, monkeypatch, capsys):
    """Every command in a console block, one after the other as a reader types them, ends with the stated exit code."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    latest = ""
    for words, code in _commands(document):
        if words[0] == "mkdir":
            Path(words[1]).mkdir()
            continue
        if words[0] == "cp":
            shutil.copy(words[1], words[2])
            continue
        assert words[0] == "flexsec", f"{document.name}: a console block runs flexsec, not {words[0]}"
        arguments = [latest if word == "RUN" else word for word in words[1:]]
        ended = flexsec_command.main(arguments, standalone_mode=False)
        said = capsys.readouterr()
        assert ended == code, f"{shlex.join(words)}: exit {ended}\n{said.out}\n{said.err}"
        assert "Traceback" not in said.err
        latest = next(iter(re.findall(r"\d{8}T\d{6}Z-[0-9a-f]+", said.out)), latest)


def test_readme_has_commands():
    """The README is among the documents whose commands are run, and walks from audit to rollback."""
    words = {command[1] for command, _ in _commands(ROOT / "README.md") if command[0] == "flexsec"}
    assert words >= {"audit", "plan", "apply", "rollback", "runs", "parameters", "firewall", "baseline", "controls"}


def test_every_command_is_known(run):
    """A flexsec command in any code block or code span of a document names a command that exists."""
    listed = run("-m", "flexsec", "--help").stdout
    known = set(re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.MULTILINE))
    assert "audit" in known
    for document in DOCUMENTS:
        for code in _CODE.findall(document.read_text(encoding="utf-8")):
            for command in re.findall(r"(?:^|\$ |`)flexsec ([a-z]+)\b", code, re.MULTILINE):
                assert command in known, f"{document.name} names `flexsec {command}`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    """Every relative link of a document leads to a file of the repository."""
    for target, _ in _LINK.findall(document.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "http://", "mailto:")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_exit_codes_agree():
    """The README's table of exit codes is the command line's own."""
    from flexsec.cli.exit_codes import INTERRUPTED, TABLE

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = [int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert listed == [code for code, _ in TABLE if code != INTERRUPTED]


def test_leave_flags_agree(run):
    """Every leave flag of the command line stands in the safety page, and none that does not exist."""
    text = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    shown = "".join(run("-m", "flexsec", name, "--help").stdout for name in ("harden", "rollback"))
    flags = set(re.findall(r"--(?:allow|without|restart)-[a-z]+", shown))
    assert flags
    assert flags == set(re.findall(r"--(?:allow|without|restart)-[a-z]+", text))


def test_permissions_agree():
    """docs/permissions.md tells of every RBAC action that is needed; no document of one that nothing needs or shuns."""
    from flexsec.engine.permissions import NEVER
    from flexsec.engine.reasons import REASONS

    known = {action.casefold() for action in REASONS} | {pattern.casefold() for pattern, _ in NEVER}
    needed = _actions(flexsec.observers) | _actions(flexsec.operations)
    assert len(needed) > 15
    for name in ("README.md", "docs/permissions.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"`(Microsoft\.[A-Za-z]+/[\w/*]+/(?:read|write|delete|action))`", text))
        dangers = text.partition("calls these dangerous")[2]
        assert {each for each in named if each.casefold() not in known and each not in dangers} == set()
        if name == "docs/permissions.md":
            rows = set(re.findall(r"^\| `(Microsoft\.[^`]+)`(?: \(data\))? \| \w+ \|", text, re.MULTILINE))
            assert needed - rows == set(), "run python scripts/build_docs_permissions.py"
    assert "(docs/permissions.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def _actions(room):
    """Every action that a module of the room says it needs, and that a kind of change carries."""
    modules = [importlib.import_module(f"{room.__name__}.{each.name}") for each in pkgutil.iter_modules(room.__path__)]
    constants = {
        action
        for module in modules
        for name, kept in vars(module).items()
        if name.lstrip("_").endswith("ACTIONS")
        for action in ((kept,) if isinstance(kept, str) else kept)
    }
    return constants | {
        action for module in modules if hasattr(module, "OPERATION") for action in module.OPERATION.actions
    }
