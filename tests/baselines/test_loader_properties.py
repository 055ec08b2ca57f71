"""Any text at all: it is a baseline, or every problem names its line."""

from __future__ import annotations

import re

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexsec.baselines import loader
from flexsec.baselines.baseline import Scope
from flexsec.controls.catalogue import CONTROLS
from flexsec.errors import BaselineInvalid

PLACED = re.compile(r"any\.yaml:[1-9][0-9]*:[1-9][0-9]*: \S")

pieces = st.sampled_from(
    [
        "name", "extends", "controls", "waivers", "description", "recommended", "auth-scram", "log-retention-days", "days",
        ": ", ":", "\n", "\n  ", "\n    ", "- ", "{", "}", "[", "]", ", ", "on", "off", "7", "-1", "1.5", "~", "null", "'",
        '"', "!!", "!x ", "!!int ", "!!binary ", "!!timestamp ", "&a ", "*a", "<<", "? ", "| ", "> ", "#", "%YAML 1.1\n",
        "---\n", "...\n", "2027-01-31", "2027-02-31", "0x1g", "1:99", "\\x", "\\ud800", "\t", "\0", "\ufeff", "é", "\U0001f600",
        "scope", "names", "tags", "owners", "parameters/log_*", "firewall/", "notes", "mapping", "standard", "check", "rows",
        "row", "basis", "official", "strict", "gov-tags", "required", "control", "owner", "reason", "ticket", "expires", "servers", "./x.yaml", "any.yaml", "=", ".inf", "0b", "_",
    ]
)  # fmt: skip
fragments = st.lists(pieces, max_size=25).map("".join)

keys = st.sampled_from(["name", "extends", "controls", "waivers", "description", "expires", "days", "control", "zzz"])
control_ids = st.sampled_from([entry.id for entry in CONTROLS])
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.dates(), st.datetimes(), st.text(max_size=5),
    st.just("recommended"), control_ids, st.binary(max_size=3),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(keys, control_ids), inner, max_size=4),
        st.dictionaries(leaves, inner, max_size=2),
    ),
    max_leaves=12,
)
dumped = trees.map(lambda tree: yaml.safe_dump(tree, allow_unicode=True))


def loads_or_names_the_place(folder, content: bytes) -> None:
    """Read the bytes as a baseline; any exception but BaselineInvalid fails the test."""
    path = folder / "any.yaml"
    path.write_bytes(content)
    problems: tuple[str, ...] = ()
    try:
        baseline = loader.load(str(path))
    except BaselineInvalid as invalid:
        problems = invalid.problems
    else:
        assert baseline.controls
        for selection in baseline.controls:
            selection.control.settled(selection.arguments)
        return
    assert problems
    for line in problems:
        assert PLACED.match(line.removeprefix(f"{folder}/")), line
        line.encode()


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(fragments, st.text(max_size=60), dumped))
def test_any_text_is_a_baseline_or_a_list_of_places(tmp_path, text):
    """Whatever the text, it loads or each problem names a line; no other exception leaves the loader."""
    loads_or_names_the_place(tmp_path, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_baseline_or_a_list_of_places(tmp_path, content):
    """The same holds of bytes that are no text."""
    loads_or_names_the_place(tmp_path, content)


words = st.text(alphabet="abcdefg -:#'\"{}", min_size=1, max_size=12).filter(str.strip)


owned = st.sampled_from(
    [
        "parameters/log_*",
        "parameters/azure.extensions",
        "firewall/*",
        "threat_protection/Default",
        "server_setting/tag:a",
    ]
)


def _matching(pattern: str) -> st.SearchStrategy[str]:
    """Text that an argument takes."""
    return st.from_regex(f"({pattern})", fullmatch=True).filter(_printable) if pattern else words


def _printable(text: str) -> bool:
    return text.isprintable() and bool(text.strip())


def _as_loaded(value):
    """A value as the loader gives it: a list is a tuple."""
    return tuple(value) if isinstance(value, list) else value


@st.composite
def valid_files(draw):
    """Files that are right: some controls on or off, some arguments, some waivers."""
    chosen = {}
    for entry in draw(st.lists(st.sampled_from(CONTROLS), unique=True, max_size=6)):
        given_arguments = {}
        for argument in entry.arguments:
            if draw(st.booleans()):
                bounds = st.integers(argument.minimum or 0, argument.maximum or 10_000)
                one = st.sampled_from(argument.allowed) if argument.allowed else _matching(argument.pattern)
                kinds = {"boolean": st.booleans(), "text": one, "texts": st.lists(one, max_size=3), "integer": bounds}
                given_arguments[argument.name] = draw(kinds[argument.kind])
        chosen[entry.id] = draw(st.sampled_from([False, True, None, given_arguments]))
    waiver = st.fixed_dictionaries(
        {"control": control_ids, "owner": words, "reason": words, "ticket": words, "expires": st.dates()},
        optional={"servers": words, "tags": st.dictionaries(words, words, max_size=2)},
    )
    return {
        "extends": "strict",
        "controls": chosen,
        "waivers": draw(st.lists(waiver, max_size=2)),
        "scope": draw(st.fixed_dictionaries({"names": st.lists(words), "tags": st.dictionaries(words, words)})),
        "owners": draw(st.dictionaries(owned, words, max_size=3)),
        "notes": draw(st.lists(words, max_size=2)),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(valid_files())
def test_a_right_file_says_what_it_says(tmp_path, data):
    """What is off is gone, what is given is given, the rest is as it was, and everything else keeps its words."""
    path = tmp_path / "right.yaml"
    path.write_text(yaml.safe_dump(data))
    baseline = loader.load(str(path))
    given_arguments = {selection.control.id: selection.arguments for selection in baseline.controls}
    before = {selection.control.id: selection.arguments for selection in loader.load("strict").controls}
    for entry in CONTROLS:
        said = data["controls"].get(entry.id)
        if said is False:
            assert entry.id not in given_arguments
        else:
            changed = {name: _as_loaded(value) for name, value in said.items()} if isinstance(said, dict) else {}
            assert given_arguments[entry.id] == {**before[entry.id], **changed}
    assert baseline.scope == Scope(names=tuple(data["scope"]["names"]), tags=data["scope"]["tags"])
    assert baseline.owners == data["owners"]
    assert baseline.notes[: len(data["notes"])] == tuple(data["notes"])
    told_keys = ("control", "owner", "reason", "ticket", "expires")
    told = [{name: getattr(waiver, name) for name in told_keys} for waiver in baseline.waivers]
    assert told == [{name: value for name, value in one.items() if name in told_keys} for one in data["waivers"]]
    assert [waiver.tags for waiver in baseline.waivers] == [one.get("tags", {}) for one in data["waivers"]]
