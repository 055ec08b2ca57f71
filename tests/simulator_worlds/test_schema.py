"""The published schemas agree with what the reader takes and refuses."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from flexsec.simulator import World, WorldError, server_file, world_file
from flexsec.simulator.fault_kinds import FAULTS
from flexsec.simulator.world_schema import fault_file_schema, world_schema


def _fits(document, schema):
    return jsonschema.Draft202012Validator(schema).is_valid(document)


def test_the_schemas_are_schemas():
    """Both schemas are valid JSON Schema of the dialect that they name, and plain JSON."""
    for schema in (world_schema(), fault_file_schema()):
        jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(schema)))


def test_the_schema_knows_every_key():
    """What the reader reads the schema knows, key by key, and nothing else."""
    schema = world_schema()
    assert tuple(schema["properties"]) == world_file.KEYS
    assert tuple(schema["$defs"]["server"]["properties"]) == server_file.KEYS


def test_the_documented_world_fits():
    """The world file of the documentation satisfies the schema."""
    text = Path(__file__).parents[2].joinpath("docs", "simulator.md").read_text("utf-8")
    assert _fits(json.loads(text.split("```json")[1].split("```")[0]), world_schema())


@pytest.mark.parametrize(
    "members",
    [
        {"verison": "16"}, {"version": "12"}, {"state": "ready"}, {"tier": "Huge"}, {"location": "West Europe"},
        {"name": "x"}, {"parameters": {"log_checkpoint": "on"}}, {"parameters": {"log_checkpoints": True}},
        {"parameters": {"log_checkpoints": {"pending": True}}}, {"firewall_rules": {"a": "1.2.3.4"}},
        {"firewall_rules": {"a": "1.2.3.4-1.2.3.256"}}, {"backup_retention_days": 99}, {"tags": {"a": 1}},
        {"wedged": "yes"}, {"password": "secret"}, {"administrators": {"a": {"type": "User", "name": "n"}}},
        {"maintenance_window": {"dayOfWeek": 7}}, {"created": 5},
        {"private_endpoint_connections": {"a": {"status": "Approved"}}},
    ],
)  # fmt: skip
def test_what_the_reader_refuses_the_schema_refuses(world_of, members):
    """A mistake in one member is found by an editor as well as by the reader."""
    document = world_of({"name": "shop-db", **members})
    with pytest.raises(WorldError):
        World.from_dict(document)
    assert not _fits(document, world_schema())


def test_every_fault_fits_with_its_usual_arguments(world_of):
    """Each fault with each of its arguments spelt out is taken by reader and schema; an argument it lacks by neither."""
    for key, kind in FAULTS.items():
        usual = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in kind.arguments.items()
            if value is not None
        }
        entry = {"id": key, "method": "PUT", "path": "x", "times": None, "arguments": usual}
        document = world_of("shop-db", faults=[entry])
        World.from_dict(document)
        assert _fits(document, world_schema()), key
        assert _fits([entry], fault_file_schema()), key
        wrong = copy.deepcopy(entry)
        wrong["arguments"]["nonsense"] = 1
        assert not _fits([wrong], fault_file_schema()), key
