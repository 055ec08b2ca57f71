"""The JSON Schema for editors: what the loader takes it takes, read as YAML 1.1 and as the YAML 1.2 that editors read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from flexsec.baselines import loader
from flexsec.baselines.yaml_text import parse

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "flexsec" / "baselines").glob("*.yaml"), *(ROOT / "samples").glob("*.yaml")])


class EditorLoader(yaml.SafeLoader):
    """Reads as YAML 1.2 does: on, off, yes and no are text, and so are dates."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The schema, itself valid."""
    schema = loader.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_baseline_that_is_shipped_is_valid(path, validator):
    """The built-in baselines and the samples are valid under the schema, whichever YAML an editor reads."""
    text = path.read_text(encoding="utf-8")
    for data in (parse(text, path.name).data, yaml.load(text, EditorLoader)):
        assert [error.message for error in validator.iter_errors(data)] == []


def test_there_are_samples():
    """Built-in baselines and samples are among the files."""
    assert {"recommended.yaml", "strict.yaml", "baseline.yaml", "legacy_client.yaml"} <= {path.name for path in FILES}


@pytest.mark.parametrize(
    "data",
    [
        {"extend": "recommended"},
        {"controls": {"auth-sram": True}},
        {"controls": {"auth-scram": "yes"}},
        {"controls": {"log-retention-days": {"days": 8}}},
        {"controls": {"gov-tags": {"required": "prod"}}},
        {"controls": {"version-supported": {"allowed": ["sixteen"]}}},
        {"controls": {"maint-window-custom": {"window": "tomorrow"}}},
        {"scope": {"names": "prod-*"}},
        {"scope": {"tags": {"a": 1}}},
        {"owners": {"paramters/log_*": "terraform"}},
        {"owners": {"parameters": "terraform"}},
        {"owners": {"parameters/*": ""}},
        {"notes": "hello"},
        {"mapping": [{"standard": "x", "check": "y", "rows": [{"row": "1", "basis": "mine"}]}]},
        {"waivers": [{"control": "auth-scram", "owner": "a", "reason": "b", "ticket": "t", "expires": "never"}]},
        {"waivers": [{"control": "auth-scram", "owner": "a", "reason": "b", "ticket": "t"}]},
    ],
    ids=str,
)
def test_what_the_loader_refuses_an_editor_marks(data, validator):
    """Mistakes of form are marked while somebody types."""
    assert list(validator.iter_errors(data))
