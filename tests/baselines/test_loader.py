"""Reading baselines: what they say, how they build on each other, and every way in which a file can be wrong."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from datetime import date
from subprocess import run

import pytest

from flexsec.baselines import loader
from flexsec.controls.catalogue import CONTROLS
from flexsec.errors import BaselineInvalid, UnknownName
from flexsec.model.verdict import Waiver


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write files of a baseline into an empty current directory."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def arguments(baseline) -> dict[str, dict]:
    """The arguments that the baseline gives, by control."""
    return {selection.control.id: selection.arguments for selection in baseline.controls}


def problems(name: str) -> tuple[str, ...]:
    """What reading the file complains about."""
    with pytest.raises(BaselineInvalid) as caught:
        loader.load(name)
    assert caught.value.exit_code == 2
    return caught.value.problems


def test_a_file_extends_sets_arguments_switches_off_and_waives(written):
    """A file builds on a built-in baseline: what it does not name stays as it was."""
    name = written(
        "shop.yaml",
        """
        name: shop
        description: The shop's servers
        extends: recommended
        controls:
          log-retention-days: {days: 7}
          net-fw-range-bounded: {max_addresses: 16}
          net-public-access-disabled: off
          log-checkpoints:
        waivers:
          - {control: auth-scram, owner: Ana, reason: old driver, ticket: DB-7, expires: 2027-01-31, servers: "shop-*"}
          - {control: log-connections, owner: Ben, reason: noise, ticket: "12", expires: "2026-12-24"}
        """,
    )
    baseline = loader.load(name)
    given = arguments(baseline)
    assert given["log-retention-days"] == {"days": 7}
    assert given["net-fw-range-bounded"] == {"max_addresses": 16, "max_rule_addresses": 256}
    assert "net-public-access-disabled" not in given
    assert set(given) == {each.control.id for each in loader.load("recommended").controls} - {
        "net-public-access-disabled"
    }
    assert (baseline.name, baseline.description) == ("shop", "The shop's servers")
    assert baseline.sources == ("shop.yaml", "recommended")
    assert baseline.waivers == (
        Waiver(
            control="auth-scram",
            owner="Ana",
            reason="old driver",
            ticket="DB-7",
            expires=date(2027, 1, 31),
            servers="shop-*",
        ),
        Waiver(control="log-connections", owner="Ben", reason="noise", ticket="12", expires=date(2026, 12, 24)),
    )


def test_a_file_alone_judges_only_what_it_names(written):
    """Without `extends` nothing is judged beyond the controls of the file, which gives the baseline its name."""
    baseline = loader.load(written("few.yaml", "controls: {auth-scram: on, log-checkpoints: true}"))
    assert arguments(baseline) == {"auth-scram": {}, "log-checkpoints": {}}
    assert baseline.name == "few"


def test_files_extend_files_relative_to_themselves(written):
    """A path in `extends` starts at the file that holds it; nearer files win, and a control can come back."""
    written("team/base/ground.yaml", "extends: recommended\ncontrols: {auth-scram: off, log-retention-days: {days: 5}}")
    written("team/shop.yaml", "extends: base/ground.yaml\ncontrols: {log-retention-days: {days: 6}}\nwaivers: []")
    baseline = loader.load(written("top.yaml", "extends: ./team/shop.yaml\ncontrols: {auth-scram: on}"))
    given = arguments(baseline)
    assert given["log-retention-days"] == {"days": 6}
    assert given["auth-scram"] == {}
    assert baseline.sources == ("top.yaml", "team/shop.yaml", "team/base/ground.yaml", "recommended")


def test_waivers_of_the_nearest_file_come_first(written):
    """Waivers add up along the chain."""
    waiver = "{{control: auth-scram, owner: {0}, reason: r, ticket: t, expires: 2027-01-01}}"
    written("a.yaml", "extends: recommended\nwaivers: [" + waiver.format("far") + "]")
    baseline = loader.load(written("b.yaml", "extends: a.yaml\nwaivers: [" + waiver.format("near") + "]"))
    assert [one.owner for one in baseline.waivers] == ["near", "far"]


def test_an_expired_waiver_is_no_mistake_of_the_file(written):
    """Whether a waiver still holds is judged on the day of the audit, not on the day of reading."""
    text = "extends: recommended\nwaivers: [{control: auth-scram, owner: a, reason: r, ticket: t, expires: 2001-01-01}]"
    assert loader.load(written("old.yaml", text)).waivers[0].expires == date(2001, 1, 1)


def test_json_is_read_as_well(written):
    """A JSON file is a baseline file."""
    text = json.dumps({"extends": "recommended", "controls": {"log-retention-days": {"days": 7}, "auth-scram": False}})
    given = arguments(loader.load(written("shop.json", text)))
    assert given["log-retention-days"] == {"days": 7}
    assert "auth-scram" not in given


def test_a_byte_order_mark_is_no_mistake(written):
    """Windows editors put one in front."""
    assert loader.load(written("w.yaml", b"\xef\xbb\xbfextends: recommended\r\n")).name == "w"


# Five lines that stand for 100,000 values.
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 6))
WRONG = [
    ("a misspelt key", "extend: recommended", "1:1", "a baseline has no key 'extend'; did you mean extends?"),
    ("a misspelt control", "controls:\n  log-chekpoints: on", "2:3", "no control 'log-chekpoints'; did you mean log-checkpoints"),
    ("a misspelt argument", "controls:\n  log-retention-days: {day: 7}", "2:24", "no argument 'day'; did you mean days?"),
    ("an argument of a control without any", "controls: {auth-scram: {x: 1}}", "1:25", "auth-scram has no argument 'x'; it has none"),
    ("an unknown key without a close one", "zzz: 1", "1:1", "has no key 'zzz'; known: name, description, extends"),
    ("too many days", "controls: {log-retention-days: {days: 8}}", "1:39", "the number 8, expected a whole number from 1 to 7"),
    ("days as text", "controls: {log-retention-days: {days: '7'}}", "1:39", "the text '7', expected a whole number from 1 to 7"),
    ("days as a truth", "controls: {log-retention-days: {days: yes}}", "1:39", "on (true), expected a whole number"),
    ("days with a fraction", "controls: {log-retention-days: {days: 4.5}}", "1:39", "the number 4.5, expected a whole number"),
    ("a budget below zero", "controls: {net-fw-range-bounded: {max_addresses: -1}}", "1:50", "a whole number from 0 up"),
    ("a TLS version that is not offered", "controls: {tls-min-version: {minimum: TLSv1}}", "1:39", "one of TLSv1.2, TLSv1.3"),
    ("a number for a truth", "controls: {net-fw-no-allow-all: {remove: 1}}", "1:42", "the number 1, expected true or false"),
    ("off in quotes", "controls:\n  auth-scram: 'off'", "2:15", "the text 'off', expected on or off, without quotes"),
    ("a number for a control", "controls: {log-retention-days: 7}", "1:32", "on, off or a mapping of its arguments (days)"),
    ("a list of controls", "controls: [auth-scram]", "1:11", "controls: found a list, expected a mapping of controls"),
    ("controls left empty", "controls:", "1:10", "controls: found nothing, expected a mapping of controls"),
    ("a name that is a number", "name: 7\nextends: recommended", "1:7", "name: found the number 7, expected text (put it in quotes)"),
    ("a name that is a truth", "name: on\nextends: recommended", "1:7", "name: found on (true), expected text (put it in quotes)"),
    ("an empty name", "name: ''\nextends: recommended", "1:7", "name: found the text '', expected text"),
    ("an unknown built-in name", "controls: {}\nextends: recomended", "2:10", "no built-in baseline and no path; did you mean recommended?"),
    ("a waiver without a ticket", "extends: recommended\nwaivers:\n  - {control: auth-scram, owner: a, reason: r, expires: 2027-01-01}", "3:5", "waivers[0] lacks the key 'ticket'"),
    ("a waiver of no control", "waivers: [{control: auth-sram, owner: a, reason: r, ticket: t, expires: 2027-01-01}]", "1:21", "expected a control; did you mean auth-scram?"),
    ("a waiver without end", "waivers: [{control: auth-scram, owner: a, reason: r, ticket: t, expires: never}]", "1:74", "the text 'never', expected a date such as 2027-01-31"),
    ("a waiver with an hour", "waivers: [{control: auth-scram, owner: a, reason: r, ticket: t, expires: 2027-01-01 10:00:00}]", "1:74", "expected a date such as 2027-01-31"),
    ("a waiver key misspelt", "waivers: [{control: auth-scram, ovner: a, reason: r, ticket: t, expires: 2027-01-01}]", "1:33", "a waiver has no key 'ovner'; did you mean owner?"),
    ("a waiver that is a word", "waivers: [auth-scram]", "1:11", "waivers[0]: found the text 'auth-scram', expected a mapping with the keys control"),
    ("waivers that are no list", "waivers: {a: b}", "1:10", "waivers: found a mapping, expected a list of waivers"),
    ("a day that does not exist", "waivers: [{expires: 2027-02-31}]", "1:21", "the text '2027-02-31', expected a date such as 2027-01-31"),
    ("two baselines to extend", "extends: [recommended, ./other.yaml]", "1:10", "a baseline extends only one other"),
    ("a key twice", "extends: recommended\nextends: other", "2:1", "the key 'extends' stands here a second time (first on line 1)"),
    ("a key that is no text", "7: x", "1:1", "found the number 7 as a key, expected text"),
    ("a key that is a list", "? [a]\n: b", "1:3", "as a key, expected text"),
    ("a tag", "name: !!python/object/apply:os.system [x]", "1:7", "the tag 'tag:yaml.org,2002:python/object/apply:os.system' has no meaning"),
    ("a number without digits", "name: !!int ''", "1:7", "'' is no whole number"),
    ("a tag on a mapping", "controls: !!set {auth-scram}", "1:11", "the tag 'tag:yaml.org,2002:set' has no meaning"),
    ("an unknown tag", "name: !secret x", "1:7", "the tag '!secret' has no meaning"),
    ("an anchor that holds itself", "&a [*a]", "1:1", "nested too deeply or too large"),
    ("anchors that multiply", LAUGHS, "1:10", "nested too deeply or too large"),
    ("nesting without end", "[" * 5000, "1:1", "nested too deeply"),
    ("no mapping", "- 1", "1:1", "the baseline: found a list, expected a mapping"),
    ("a word", "hello", "1:1", "the baseline: found the text 'hello', expected a mapping"),
    ("nothing", "", "1:1", "empty, expected a mapping"),
    ("only a comment", "# nothing yet\n", "1:1", "empty, expected a mapping"),
    ("nothing to judge", "name: x", "1:1", "judges nothing"),
    ("a bracket left open", "controls: {a: [b", "1:17", "not YAML"),
    ("a tab for indentation", "controls:\n\tauth-scram: on", "2:1", "not YAML"),
    ("two documents", "a: b\n---\nc: d", "2:1", "not YAML"),
    ("an undefined alias", "name: *x", "1:7", "not YAML: found undefined alias"),
    ("a null byte", "name: a\n\x00", "2:1", "holds the character '\\x00'"),
    ("a control character", 'name: "a\\u001b[31m"', "1:7", "holds a character that cannot be shown"),
    ("half a surrogate pair", 'name: "\\ud800"', "1:7", "holds a character that cannot be shown"),
    ("a character beyond Unicode", 'name: "\\UFFFFFFFF"', "1:1", "not YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_with_its_place(written, text, place, words):
    """Every mistake is told with file, line and column, what was found and what was expected."""
    found = problems(written("wrong.yaml", text))
    assert any(line.startswith(f"wrong.yaml:{place}: ") and words in line for line in found), found


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(written):
    """Nobody mends a file one mistake at a time."""
    text = "names: x\ncontrols:\n  auth-scam: on\n  log-retention-days: {days: 9, day: 1}\nwaivers:\n  - 7\n  - {owner: 1}\n"
    found = problems(written("many.yaml", text))
    lines = [int(line.split(":")[1]) for line in found]
    assert lines == sorted(lines)
    assert len(found) == 10
    assert str(BaselineInvalid(found)) == "\n".join(found)


def test_a_circle_of_files_names_the_chain(written, tmp_path):
    """`extends` in a circle is refused where it closes, naming every file on the way."""
    written("a.yaml", "extends: sub/b.yaml")
    written("sub/b.yaml", "extends: ./c.yaml")
    written("sub/c.yaml", "\n\nextends: ../a.yaml")
    found = problems("a.yaml")
    chain = " -> ".join(str(tmp_path / name) for name in ("a.yaml", "sub/b.yaml", "sub/c.yaml", "a.yaml"))
    assert found == (f"sub/c.yaml:3:10: extends itself in a circle: {chain}",)
    assert "in a circle" in problems(written("self.yaml", "extends: self.yaml"))[0]


def test_a_mistake_in_an_extended_file_names_that_file(written):
    """The place is in the file that holds the mistake."""
    written("base.yaml", "extends: recommended\ncontrols: {auth-scam: on}")
    assert problems(written("top.yaml", "extends: base.yaml"))[0].startswith("base.yaml:2:12: there is no control")


def test_an_extended_file_that_is_missing_is_told_where_it_is_asked_for(written):
    """The message names the file with the line, and the file that is not there."""
    found = problems(written("top.yaml", "name: x\nextends: gone.yaml"))
    assert found == ("top.yaml:2:10: extends 'gone.yaml': gone.yaml: there is no such file",)


def test_what_is_no_readable_file_is_told(written, tmp_path):
    """Missing, a directory, not text, too large, or not readable at all."""
    (tmp_path / "folder.yaml").mkdir()
    assert problems("missing.yaml") == ("missing.yaml: there is no such file",)
    assert problems("folder.yaml") == ("folder.yaml: is a directory, expected a YAML file",)
    assert problems(written("binary.yaml", b"a: b\n\xff\xfe\x00")) == (
        "binary.yaml:2:1: is not UTF-8 text, expected a YAML file",
    )
    assert "larger than" in problems(written("large.yaml", b"#" * 1_000_001))[0]
    assert "cannot be read" in problems("nul\0.yaml")[0]
    assert "cannot be read" in problems(f"{written('file', '')}/below.yaml")[0]


def test_a_name_that_is_no_built_in_baseline_is_refused_with_close_ones():
    """A word without directory or suffix is taken for a built-in name."""
    with pytest.raises(UnknownName, match=r"'recomended'; did you mean recommended\?.*\./shop\.yaml"):
        loader.load("recomended")
    with pytest.raises(
        UnknownName, match=r"known: cis-azure-database-services-2\.0, mcsb, pci-dss, recommended, strict"
    ):
        loader.load("zzz")


def test_the_schema_knows_every_control_and_argument():
    """The JSON Schema lists each control by id with its arguments and their bounds, and closes every mapping."""
    schema = loader.schema()
    listed = schema["$defs"]["Controls"]
    assert set(listed["properties"]) == {entry.id for entry in CONTROLS}
    assert listed["additionalProperties"] is False
    assert schema["additionalProperties"] is False
    text = json.dumps(schema)
    for entry in CONTROLS:
        for argument in entry.arguments:
            assert argument.description in text
    days = schema["$defs"]["Arguments_of_log-retention-days"]["properties"]["days"]
    assert (days["minimum"], days["maximum"], days["default"], days["type"]) == (1, 7, 4, "integer")
    choices = listed["properties"]["log-retention-days"]["anyOf"]
    assert {"type": "boolean"} in choices
    assert re.search(r'"enum": \[[^]]*"auth-scram"', text)


def test_importing_the_loader_loads_neither_yaml_nor_pydantic():
    """Both cost start-up time and are loaded when a baseline is read."""
    code = "import sys, flexsec.baselines.loader; print(sorted({'yaml', 'pydantic'} & set(sys.modules)))"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_an_impossible_date_hides_no_other_problem(written):
    """All problems of a file are told at once, in its order: those of the text and those of what it says."""
    text = """\
        extends: recommended
        controls:
          log-retention-days: {days: 99}
          auth-sram: on
        waivers:
          - {control: auth-scram, owner: a, reason: r, ticket: t, expires: 2026-13-01}
          - {control: auth-scram, owner: !!binary aGk=, ticket: t, ticket: u, expires: 2027-01-31}
        """
    with pytest.raises(BaselineInvalid) as caught:
        loader.load(written("many.yaml", textwrap.dedent(text)))
    places = [re.search(r":(\d+):\d+: (.*)", problem).groups() for problem in caught.value.problems]
    assert [int(line) for line, _ in places] == [3, 4, 6, 7, 7, 7]
    told = "\n".join(sentence for _, sentence in places)
    for words in ("days", "auth-scram?", "'2026-13-01', expected a date", "tag", "second time", "key 'reason'"):
        assert words in told
