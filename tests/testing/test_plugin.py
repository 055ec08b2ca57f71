"""The pytest plugin, as a user's test run has it: another process, in a folder that knows nothing of this one."""

import json
import re

import pytest

from flexsec.simulator import World

HEAVY = {"azure", "msal", "requests", "responses", "cryptography", "pydantic", "rich", "yaml", "psycopg", "click"}


@pytest.fixture
def tests(run_pytest, tmp_path):
    """Writes a module of tests and runs it; tells its output and how each outcome was counted."""

    def start(source, *options, name="test_it.py"):
        (tmp_path / name).write_text(source)
        done = run_pytest(tmp_path, name, *options)
        found = re.findall(r"(\d+) (passed|failed|error)s?\b", done.stdout.splitlines()[-1])
        return done.stdout + done.stderr, {outcome: int(number) for number, outcome in found}

    return start


def test_start_up_loads_nothing_heavy(tests):
    """A run whose tests use no fixture imports neither Azure packages nor anything else that is slow to load."""
    found = f"assert not {HEAVY!r} & {{name.partition('.')[0] for name in sys.modules}}"
    said, counts = tests(f"import sys\ndef test_nothing():\n    {found}\n")
    assert counts == {"passed": 1}, said


def test_each_test_has_its_own_world(tests):
    """What one test does to the simulated Azure, the next does not see."""
    said, counts = tests("""
import pytest
@pytest.mark.parametrize("time", [1, 2])
def test_one(flexsec_simulation, flexsec_azure, time):
    assert flexsec_azure is flexsec_simulation.world
    parameters = flexsec_simulation.server("rg-shop", "shop-db").parameters
    assert parameters.get("log_checkpoints").value == "off"
    parameters.set("log_checkpoints", "on")
    assert flexsec_azure.server("shop-db").parameters["log_checkpoints"].value == "on"
""")
    assert counts == {"passed": 2}, said


def test_the_world_can_be_chosen(tests, tmp_path):
    """By overriding the fixture and by parametrizing it: a name, data, a world, and a file beside the test."""
    World.builtin("insecure").save(tmp_path / "ours.json")
    before = (tmp_path / "ours.json").read_bytes()
    (tmp_path / "elsewhere").mkdir()
    said, counts = tests(
        """
import json
from pathlib import Path
import pytest
from flexsec.testing import World

@pytest.fixture
def flexsec_world():
    return "ours.json"

def test_file(flexsec_simulation):
    flexsec_simulation.server("rg-shop", "shop-db").parameters.set("log_checkpoints", "on")

FILE = Path(__file__).with_name("ours.json")
WORLDS = [FILE, json.loads(FILE.read_text()), World.load(FILE), "insecure"]

@pytest.mark.parametrize("flexsec_world", WORLDS, ids=["path", "data", "world", "name"])
def test_other(flexsec_azure):
    assert flexsec_azure.server("shop-db").parameters["log_checkpoints"].value == "off"

@pytest.mark.parametrize("flexsec_world", ["replicas"])
def test_parametrized(flexsec_azure):
    assert flexsec_azure.find_server("shop-db") is None
""",
        f"--rootdir={tmp_path / 'elsewhere'}",
    )
    assert counts == {"passed": 6}, said
    assert (tmp_path / "ours.json").read_bytes() == before


@pytest.mark.parametrize(
    ("world", "told"),
    [
        ('"replcas"', "there is no simulated world 'replcas', neither built in nor as a file; did you mean replicas?"),
        ('"broken.json"', "broken.json is wrong: $: found"),
        ('{"format": 2, "subscriptions": []}', "$.format: found 2, expected 1"),
    ],
)
def test_a_wrong_world_is_told_without_a_traceback(tests, tmp_path, world, told):
    """A world that is none ends in one sentence that says where."""
    (tmp_path / "broken.json").write_text("[]")
    said, counts = tests(f"""
import pytest
@pytest.mark.parametrize("flexsec_world", [{world}])
def test_it(flexsec_azure):
    pass
""")
    assert counts == {"error": 1}
    assert told in said
    assert "simulation.py" not in said


def test_official_clients_work_on_the_served_world(tests):
    """Microsoft's client, the library and a process of one's own all reach the same served world, signed in."""
    said, counts = tests("""
import json, subprocess, sys
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from flexsec import Leave

def test_it(flexsec_served, flexsec_azure):
    azure = flexsec_served
    body = {"properties": {"value": "on", "source": "user-override"}}
    with PostgreSQLManagementClient(azure.credential, azure.subscription_id, **azure.client_options) as client:
        client.configurations.begin_put("rg-shop", "shop-db", "log_checkpoints", body).result()
        client.servers.begin_restart("rg-shop", "shop-db").result()
    assert flexsec_azure.server("shop-db").parameters["log_checkpoints"].value == "on"

    leave = Leave(restart=True, closing=("firewall",), without_evidence="a test")
    assert azure.server("rg-shop", "shop-db").harden(leave=leave).run.status == "complete"
    assert flexsec_azure.max_writes_in_flight(flexsec_azure.server_id("shop-db")) == 1

    assert json.loads(azure.ready_file.read_text()) == azure.endpoint
    audit = [sys.executable, "-m", "flexsec", "audit", "--endpoint", str(azure.ready_file)]
    judged = subprocess.run(
        [*audit, "-g", "rg-shop", "-n", "shop-db", "--fail-on", "critical"],
        env=azure.environment, capture_output=True, text=True,
    )
    assert judged.returncode == 0, judged.stderr
    asked = "import os, sys, requests; print(requests.get(sys.argv[1] + '/_simulator/clock').status_code)"
    done = subprocess.run(
        [sys.executable, "-c", asked, azure.endpoint["arm_endpoint"]],
        env=azure.environment, capture_output=True, text=True,
    )
    assert done.stdout == "200\\n", done.stderr
    before = flexsec_azure.clock
    azure.advance(3600)
    assert (flexsec_azure.clock - before).total_seconds() >= 3600
""")
    assert counts == {"passed": 1}, said


def test_one_way_in_at_a_time(tests):
    """A test that asks for both ways in is told to choose."""
    said, counts = tests("def test_it(flexsec_simulation, flexsec_served):\n    pass\n")
    assert counts == {"error": 1}
    assert "use flexsec_simulation or flexsec_served" in said


def test_a_real_server_stands_behind(tests):
    """A driver meets what the script has set; the run tells which PostgreSQL that was, and what could not be had."""
    said, counts = tests("""
import psycopg, pytest

@pytest.fixture
def flexsec_postgres_server():
    return "shop-db"

def test_it(flexsec_simulation, flexsec_postgres):
    words = {**flexsec_postgres.connection(), "sslmode": "disable"}
    psycopg.connect(**words).close()
    flexsec_simulation.server("rg-shop", "shop-db").parameters.set("require_secure_transport", "on")
    with pytest.raises(psycopg.OperationalError, match="SSL off|no encryption"):
        psycopg.connect(**words)

@pytest.mark.parametrize("flexsec_postgres_server", ["shop-bd"])
def test_typo(flexsec_postgres):
    pass
""")
    assert counts == {"passed": 1, "error": 1}, said
    assert re.search(r"^real PostgreSQL servers, and how many tests used them: \d+\.\d+ in 1$", said, re.MULTILINE)
    assert "the world has no server 'shop-bd'; it has: shop-db, shop-archive" in said


def test_recordings_are_strict(tests, tmp_path):
    """The recorded request passes; another one, none at all, and one too many fail."""
    exchange = {
        "request": {"method": "GET", "url": "https://management.azure.com/x?api-version=1", "body": None},
        "response": {"status": 200, "headers": {}, "body": {"value": []}},
    }
    case = {"format": 1, "about": "x", "source": "live", "recorded": "2026-01-05", "exchanges": [exchange]}
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "case.json").write_text(json.dumps(case))
    said, counts = tests("""
import pytest, requests
from pathlib import Path
from flexsec.testing import read_recording
URL = "https://management.azure.com/x?api-version=1"
CASE = "recordings/case.json"

def test_right(flexsec_replay):
    replay = flexsec_replay(CASE)
    assert requests.get(URL).json() == {"value": []}
    assert replay.remaining == ()
    flexsec_replay(read_recording(Path(__file__).parent / CASE))
    assert requests.get(URL).json() == {"value": []}

def test_another(flexsec_replay):
    flexsec_replay(CASE)
    requests.get(URL + "2")

def test_none(flexsec_replay):
    flexsec_replay(CASE)
""")
    assert counts == {"passed": 2, "failed": 1, "error": 2}, said
    assert "the recording has\n" in said
    assert "were not asked for" in said


def test_the_sample_project_passes(run_pytest, tmp_path, sample_project):
    """The project that users copy from has tests that pass, and leave its files as they are."""
    before = {path: path.read_bytes() for path in sample_project.rglob("*.json")}
    done = run_pytest(sample_project)
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout
    assert "real PostgreSQL servers" in done.stdout
    assert {path: path.read_bytes() for path in sample_project.rglob("*.json")} == before
