import importlib.util
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flexsec.simulator import Fault, World
from flexsec.simulator.serving import serve

ROOT = Path(__file__).resolve().parent.parent.parent
SECTION = "## What no recording has shown"


@pytest.fixture
def script(monkeypatch):
    """live_check.py as a module, as it is when it runs."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location("live_check", ROOT / "scripts" / "live_check.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "live_check", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def served(tmp_path):
    """A served world; its ready file is ready.json."""
    with serve(World.builtin("insecure"), ready=tmp_path / "ready.json") as found:
        yield found


@pytest.fixture
def check(script, tmp_path):
    """Runs the script on the served world; gives its exit code and the evidence by behaviour."""

    def run(*names):
        path = tmp_path / "evidence.json"
        code = script.main(["--endpoint", str(tmp_path / "ready.json"), "-o", str(path), *names])
        document = json.loads(path.read_text())
        return code, document, {each["name"]: each for each in document["behaviours"]}

    return run


def groups(served):
    """The resource groups that the world has."""
    return [group.name for each in served.world.state.subscriptions.values() for group in each.groups.values()]


def test_every_behaviour_holds_on_the_served_simulator(script, served, check, tmp_path, capsys):
    """The whole check runs over HTTPS, finds each behaviour as documented, and removes what it made."""
    code, document, found = check()
    said = capsys.readouterr().out
    assert code == 0, said
    assert {each["outcome"] for each in found.values()} == {"holds"}
    assert list(found) == [each.name for each in script.BEHAVIOURS]
    assert document["source"] == "simulator"
    assert document["date"] == datetime.now(UTC).date().isoformat()
    assert all(each["exchanges"] for each in found.values())
    assert groups(served) == ["rg-shop"]
    assert [server.name for _, server in served.world.servers()] == ["shop-db", "shop-archive"]


def test_evidence_holds_no_secret_and_nobodys_identifiers(served, check, tmp_path):
    """Neither tokens nor passwords nor the names and ids of the subscription are in the evidence."""
    check()
    text = (tmp_path / "evidence.json").read_text()
    ready = served.endpoint
    for secret in (ready["client_secret"], ready["client_id"], ready["subscriptions"][0]["subscription_id"]):
        assert secret not in text
    assert not re.search(r"eyJ|Qx7-|flexsec-(live-)?check-[0-9a-f]{8}", text)
    assert '"administratorLoginPassword": "<removed>"' in text


def test_what_differs_is_told(served, check, capsys):
    """A behaviour that is not as believed makes exit code 1, and the evidence says what was seen."""
    served.world.faults.add(Fault("X12", path="configurations"))
    code, _, found = check("parameter-pending", "rule-inverted")
    assert code == 1
    assert list(found) == ["server-provisioning", "parameter-pending", "rule-inverted", "server-dropping"]
    assert found["parameter-pending"]["outcome"] == "differs"
    assert found["parameter-pending"]["seen"] == "value 0, isConfigPendingRestart False"
    assert found["rule-inverted"]["outcome"] == "holds"
    assert "differs    parameter-pending" in capsys.readouterr().out


def test_what_cannot_be_shown_is_no_evidence(served, check):
    """When the service goes another way than needed, the behaviour is not shown, and the server is removed all the same."""
    served.world.faults.add(Fault("X25", times=1))
    code, _, found = check("parameter-spelling")
    assert code == 1
    assert found["server-provisioning"]["outcome"] == "not shown"
    assert "404" in found["server-provisioning"]["seen"]
    assert found["parameter-spelling"]["outcome"] == "holds"
    assert groups(served) == ["rg-shop"]


def test_without_a_server_nothing_is_checked(script, served, tmp_path, capsys):
    """A server that does not come into being ends the check with exit code 2, and its group is removed."""
    served.world.faults.add(Fault("X7", method="PUT", path="flexibleServers/"))
    code = script.main(["--endpoint", str(tmp_path / "ready.json"), "-o", str(tmp_path / "evidence.json")])
    assert code == 2
    assert "there is no server" in capsys.readouterr().err
    assert groups(served) == ["rg-shop"]
    assert not (tmp_path / "evidence.json").exists()


def test_throttling_and_expired_tokens_are_weathered(served, check):
    """A 429 is waited out, and hours of simulated time do not end the sign-in."""
    served.world.faults.add(Fault("X22", path="configurations", times=2))
    code, _, found = check("parameter-spelling", "entra-restarts", "stopped-refuses", "start-shown")
    assert code == 0, [each for each in found.values() if each["outcome"] != "holds"]
    assert served.world.clock.timestamp() > datetime.now(UTC).timestamp() + 600


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "expected --live, or --endpoint"),
        (("--live",), "--live needs --subscription"),
        (("--endpoint", "/nonexistent/ready.json"), "/nonexistent/ready.json cannot be read"),
        (("--endpoint", "ready.json", "parameter-pendin"), "did you mean parameter-pending?"),
    ],
)
def test_it_says_why_it_cannot_begin(script, words, message, capsys):
    """Wrong options end with exit code 2 and a sentence; nothing is made."""
    assert script.main(list(words)) == 2
    assert message in capsys.readouterr().err


def test_the_documentation_names_what_no_recording_has_shown(script):
    """docs/evidence.md lists every behaviour that is not plainly recorded, in the words of the check."""
    text = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    section = text.partition(SECTION)[2].partition("\n## ")[0]
    listed = {
        name: (claim, known)
        for name, claim, known in re.findall(r"^\| `([\w-]+)` \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    }
    expected = {each.name: (each.claim, each.known) for each in script.BEHAVIOURS if each.known != "recorded"}
    assert listed == expected
