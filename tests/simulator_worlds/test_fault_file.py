"""Fault files: what goes wrong and who may do what, laid over any world; a typo is answered with what was meant."""

import json

import pytest

from flexsec.errors import UsageError
from flexsec.simulator import Fault, Request, World, WorldError, answer
from flexsec.testing import simulated

WHOLE = {
    "format": 1,
    "about": "A bad day.",
    "faults": [{"id": "X2", "path": "configurations", "times": 2, "arguments": {"code": "ServerBusy"}}],
    "throttling": {"reads": {"size": 3, "refill": 1}},
    "principals": {"auditor": {"object_id": "55555555-5555-5555-5555-555555555555", "allowed_actions": ["*/read"]}},
    "durations": {"restart": 5},
}


@pytest.fixture
def file(tmp_path):
    """Writes a fault file."""

    def write(content):
        path = tmp_path / "faults.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def _get(world, token="anyone"):
    url = f"{world.server_id('shop-db')}/firewallRules?api-version=2025-08-01"
    return answer(world, Request("GET", url, {"Authorization": f"Bearer {token}"}, b""), world.clock).status


def test_a_fault_file_is_laid_over_a_world(file):
    """Faults, throttling, rights and durations of the file are in force afterwards."""
    world = World.builtin("insecure")
    world.impose(file(WHOLE))
    assert [each.id for each in world.faults] == ["X2"]
    assert world.state.duration("restart", "write") == 5
    assert [_get(world) for _ in range(4)] == [200, 200, 200, 429]
    url = f"{world.server_id('shop-db')}/firewallRules/a?api-version=2025-08-01"
    body = json.dumps({"properties": {"startIpAddress": "1.1.1.1", "endIpAddress": "1.1.1.1"}}).encode()
    refused = answer(world, Request("PUT", url, {"Authorization": "Bearer auditor"}, body), world.clock)
    assert json.loads(refused.body)["error"]["code"] == "AuthorizationFailed"


def test_a_list_is_faults_alone(file):
    """A bare list replaces the faults and nothing else; laying it over twice is laying it over once."""
    world = World.from_dict(World.builtin("insecure").to_dict() | {"durations": {"restart": 7}})
    world.faults.add(Fault("X1"))
    for _ in range(2):
        world.impose(file([{"id": "X40", "times": None}]))
        assert [each.id for each in world.faults] == ["X40"]
    assert world.state.duration("restart", "write") == 7


def test_a_kept_world_keeps_what_was_laid_over_it(file, tmp_path):
    """What is laid over a world on a file is in the file at once."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    world = World.load(path)
    world.attach(path)
    world.impose(file(WHOLE))
    assert World.load(path).to_dict()["faults"] == world.to_dict()["faults"] != []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([{"id": "X2", "tiems": 1}], "$[0].tiems: found the unknown key 'tiems' (did you mean 'times'?), expected one of id, "),
        ([{"id": "X2", "tiems": 1}], "did you mean 'times'?"),
        ([{"id": "x2"}], "$[0].id: found 'x2' (did you mean 'X2'?), expected one of"),
        ([{"id": "x2"}], "did you mean 'X2'?"),
        ([{"id": "X2", "arguments": {"cod": "ServerBusy"}}], "$[0].arguments.cod: found the unknown key 'cod' (did you mean 'code'?), expected one of code"),
        ([{"id": "X2", "arguments": {"code": "ServerBussy"}}], "$[0].arguments.code: found 'ServerBussy', expected one of"),
        ([{"id": "X1", "arguments": {"code": "x"}}], "fault X1 has no arguments"),
        ([{"id": "X2", "arguments": {"code": "ServerBussy"}}], "'ServerBusy', 'ProvisioningServerBusy', '' (did you mean 'ServerBusy'?)"),
        ([{"id": "X12", "arguments": {"fields": ["tags", "authConfg"]}}], "fipsMode (did you mean 'authConfig'?)"),
        ([{"id": "X1", "method": "PUTT"}], "$[0].method: found 'PUTT', expected one of GET, PUT"),
        ([{"id": "X1", "path": "("}], "$[0]: found a fault that cannot be"),
        ([{"id": "X1", "times": "x"}], "$[0]: found a fault that cannot be (times is 'x')"),
        ([{"times": 1}], "$[0]: found an object without it, expected a member 'id'"),
        ([5], "$[0]: found 5, expected an object"),
        ({"fautls": []}, "$.fautls: found the unknown key 'fautls' (did you mean 'faults'?), expected one of"),
        ({"fautls": []}, "did you mean 'faults'?"),
        ({"about": "nothing"}, "expected a list of faults, or an object with any of faults, throttling"),
        ({"principals": {"a": {"allowed_actoins": []}}}, "did you mean 'allowed_actions'?"),
        ({"durations": {"restrat": 1}}, "did you mean 'restart'?"),
        ({"throttling": {"reads": {"size": 0}}}, "$.throttling.reads.size: found 0"),
        ("{", "faults.json: found no JSON (Expecting property name enclosed in double quotes: line 1 column 2"),
        ('{"faults": [], "faults": []}', "the key 'faults' stands twice in one object"),
        ("[" * 100_000, "no JSON"),
        ("5", "$: found 5, expected an object"),
    ],
)  # fmt: skip
def test_a_typo_is_told_with_its_place(file, content, words):
    """A mistake is refused with its path and what was meant, and the world stays as it was."""
    world = World.builtin("insecure")
    before = world.to_dict()
    with pytest.raises(WorldError) as refused:
        world.impose(file(content))
    assert words in str(refused.value)
    assert world.to_dict() == before


def test_a_simulation_takes_a_fault_file(file, tmp_path):
    """`simulated(faults=path)` lays the file over the world; what is wrong with it is a UsageError that names it."""
    with simulated(faults=file(WHOLE), principal="auditor") as simulation:
        assert [each.id for each in simulation.world.faults] == ["X2"]
    with pytest.raises(UsageError, match=r"faults\.json is wrong: \$\[0\]\.id: .*did you mean 'X2'"):
        simulated(faults=file([{"id": "x2"}]))
    with pytest.raises(UsageError, match=r"nowhere\.json cannot be read: No such file"):
        simulated(faults=tmp_path / "nowhere.json")


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    """A missing fault file is told as such."""
    with pytest.raises(OSError, match=r"faults\.json"):
        World.builtin("insecure").impose(tmp_path / "faults.json")
