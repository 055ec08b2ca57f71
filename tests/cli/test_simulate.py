"""`flexsec simulate worlds` and `flexsec simulate schema`."""

import json

import jsonschema
import pytest

from flexsec.simulator import World


def test_worlds_are_listed(flexsec):
    """Each built-in world is listed with what is in it, in every format."""
    answer = flexsec("simulate", "worlds")
    assert answer.code == 0
    assert [each["name"] for each in answer.data] == list(World.builtin_names())
    fleet = next(each for each in answer.data if each["name"] == "mixed-fleet")
    assert (fleet["servers"], fleet["subscriptions"]) == (200, 3)
    for kind in ("table", "csv", "markdown"):
        told = flexsec("simulate", "worlds", "--format", kind)
        assert told.code == 0
        assert all(name in told.out for name in World.builtin_names())


@pytest.mark.parametrize("words", [(), ("--faults",)])
def test_the_schema_is_printed_and_written(flexsec, tmp_path, words):
    """The schema is JSON Schema, on standard output and in a file alike."""
    file = tmp_path / "world.schema.json"
    answer = flexsec("simulate", "schema", *words, "-o", file)
    assert answer.code == 0
    assert json.loads(file.read_text()) == answer.data
    jsonschema.Draft202012Validator.check_schema(answer.data)


def test_a_schema_is_json_alone(flexsec, tmp_path):
    """A schema as a table is refused."""
    assert flexsec("simulate", "schema", "--format", "table").code == 2
    assert flexsec("simulate", "schema", "-o", tmp_path / "s.csv").code == 2


def test_a_world_that_cannot_be_is_told_with_its_place(flexsec, tmp_path):
    """A world file with an impossible combination is refused with the path to the key."""
    document = World.builtin("replicas").to_dict()
    document["subscriptions"][0]["resource_groups"][0]["servers"][1]["version"] = "15"
    path = tmp_path / "world.json"
    path.write_text(json.dumps(document))
    answer = flexsec("audit", "--simulate", path, "-n", "orders-db", "-g", "rg-orders")
    assert answer.code == 2
    assert "$.subscriptions[0].resource_groups[0].servers[1].version: found '15', expected '16'" in answer.err
