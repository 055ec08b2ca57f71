"""The Python in the documents is run as a reader would: block after block, against a simulated subscription."""

import re
from functools import partial
from pathlib import Path

import azure.identity
import pytest

import flexsec.client
from flexsec.testing import simulated
from tests.project.stories import STORIES

ROOT = Path(__file__).resolve().parent.parent.parent
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    if page.name not in STORIES and _BLOCK.search(page.read_text())
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_block_runs(page, tmp_path, monkeypatch, capsys):
    """Every Python block of a page runs after the ones before it, and so do tests that it shows; only the way to Azure is the simulator's."""
    monkeypatch.chdir(tmp_path)
    Path("clients.csv").write_text("address,tls_version\n203.0.113.5,TLSv1.3\n")
    with simulated("insecure") as simulation:
        options = {
            "transport": simulation.transport,
            "clock": simulation.clock,
            "state_directory": simulation.state_directory,
        }
        monkeypatch.setattr(azure.identity, "DefaultAzureCredential", lambda: simulation.credential)
        monkeypatch.setattr(flexsec.client, "FlexSec", partial(flexsec.client.FlexSec, **options))
        names = {"subscription_id": simulation.subscription_id}
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            line = text[: block.start()].count("\n") + 1
            exec(compile("\n" * line + block[1], str(page), "exec"), names)
        for test in [each for name, each in names.items() if name.startswith("test_")]:
            test(simulation)  # as pytest calls it, with the plugin's fixture
        assert simulation.world.effects(simulation.world.server_id("shop-db"))
    assert capsys.readouterr().out


def test_the_library_page_is_run():
    """The page about the library is among those that are run, with all that it shows."""
    page = ROOT / "docs" / "library.md"
    assert page in PAGES
    assert len(_BLOCK.findall(page.read_text())) >= 10


def test_the_page_names_every_exception():
    """Every exception that flexsec raises stands in the page's table, with its exit code."""
    from flexsec import errors

    text = (ROOT / "docs" / "library.md").read_text()
    sources = "".join(path.read_text() for path in (ROOT / "flexsec").rglob("*.py") if path.name != "errors.py")
    for name, kind in vars(errors).items():
        if (
            kind is not errors.FlexSecError
            and isinstance(kind, type)
            and issubclass(kind, errors.FlexSecError)
            and re.search(rf"\b{name}\(", sources)
        ):
            rows = [line for line in text.splitlines() if line.startswith("|") and f"`{name}`" in line]
            assert rows, f"docs/library.md does not name {name}"
            assert rows[0].split("|")[2].strip() == str(kind.exit_code)


def test_the_worlds_and_faults_come_from_one_place():
    """`from flexsec.testing import Fault, FaultPlan, World` gives the simulator's own."""
    from flexsec import simulator
    from flexsec.testing import Fault, FaultPlan, World

    assert (Fault, FaultPlan, World) == (simulator.Fault, simulator.FaultPlan, simulator.World)
