"""What a baseline file says besides its controls: scope, owners, notes, mapping; and arguments that are text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.baselines import loader
from flexsec.baselines.baseline import Baseline, MappedRow, Scope
from flexsec.baselines.owner_patterns import KINDS, problem
from flexsec.errors import BaselineInvalid
from flexsec.model.pattern import fits


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write files of a baseline into an empty current directory."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def problems(name: str) -> tuple[str, ...]:
    """What reading the file complains about."""
    with pytest.raises(BaselineInvalid) as caught:
        loader.load(name)
    return caught.value.problems


def arguments(baseline: Baseline, control: str) -> dict:
    """The arguments that the baseline gives to a control."""
    return next(each.arguments for each in baseline.controls if each.control.id == control)


def test_text_and_lists_reach_the_control(written):
    """An argument of text takes any text that it admits, a list of text becomes a tuple, and an empty list stays one."""
    text = """
    controls:
      maint-window-custom: {window: "Sunday 02:00"}
      gov-tags: {required: [environment=prod, owner]}
      ext-allowlist-minimal: {approved: [], risky: [dblink]}
      auth-entra-admin-principal-type: {allowed: [Group, ServicePrincipal]}
    """
    baseline = loader.load(written("own.yaml", text))
    assert arguments(baseline, "maint-window-custom") == {"window": "Sunday 02:00"}
    assert arguments(baseline, "gov-tags") == {"required": ("environment=prod", "owner")}
    assert arguments(baseline, "ext-allowlist-minimal") == {"approved": (), "risky": ("dblink",)}
    assert arguments(baseline, "auth-entra-admin-principal-type") == {"allowed": ("Group", "ServicePrincipal")}
    for selection in baseline.controls:
        selection.control.settled(selection.arguments)


def test_a_file_says_scope_owners_notes_and_mapping(written):
    """Each is on the baseline as it is written."""
    text = """
    extends: recommended
    scope: {names: [prod-*, shop-db], tags: {environment: prod}}
    owners: {parameters/log_*: terraform, "server_setting/tag:*": policy}
    notes: [Ask Ana first.]
    mapping:
      - standard: House rules 3
        check: the intranet
        rows:
          - {row: "7", controls: [auth-scram, log-checkpoints], basis: ours, level: A, note: since 2024}
          - {row: "8", basis: official}
    """
    baseline = loader.load(written("own.yaml", text))
    assert baseline.scope == Scope(names=("prod-*", "shop-db"), tags={"environment": "prod"})
    assert str(baseline.scope) == "servers named prod-* or shop-db with the tags environment=prod"
    assert baseline.owners == {"parameters/log_*": "terraform", "server_setting/tag:*": "policy"}
    assert baseline.notes == ("Ask Ana first.",)
    assert baseline.mapping == (
        MappedRow(
            standard="House rules 3",
            row="7",
            controls=("auth-scram", "log-checkpoints"),
            basis="ours",
            check="the intranet",
            level="A",
            note="since 2024",
        ),
        MappedRow(standard="House rules 3", row="8", controls=(), basis="official", check="the intranet"),
    )


def test_the_scope_of_a_file_replaces_that_of_what_it_extends(written):
    """Without `scope` it is inherited; with one, even an empty one, only the file's own counts."""
    written("base.yaml", "extends: recommended\nscope: {names: [prod-*], tags: {environment: prod}}")
    assert loader.load(written("a.yaml", "extends: base.yaml")).scope.names == ("prod-*",)
    assert loader.load(written("b.yaml", "extends: base.yaml\nscope: {names: [shop-*]}")).scope == Scope(
        names=("shop-*",)
    )
    assert loader.load(written("c.yaml", "extends: base.yaml\nscope: {}")).scope == Scope()


def test_owners_add_up_and_the_nearest_file_wins(written):
    """The same pattern, in whatever case, belongs to whom the nearest file names; other patterns stay."""
    written("base.yaml", "extends: recommended\nowners: {parameters/log_*: terraform, firewall/*: netops}")
    baseline = loader.load(written("top.yaml", "extends: base.yaml\nowners: {parameters/LOG_*: flexsec}"))
    assert baseline.owners == {"parameters/LOG_*": "flexsec", "firewall/*": "netops"}
    assert baseline.owner("parameters/log_connections") == "flexsec"
    assert baseline.owner("firewall/office") == "netops"
    assert baseline.owner("threat_protection/Default") == "flexsec"


def test_notes_and_mappings_add_up_the_nearest_first(written):
    """What an extended baseline has to say is still said."""
    written("base.yaml", "extends: pci-dss\nnotes: [far]")
    text = "extends: base.yaml\nnotes: [near]\nmapping: [{standard: S, check: C, rows: [{row: R, basis: ours}]}]"
    baseline = loader.load(written("top.yaml", text))
    pci = loader.load("pci-dss")
    assert baseline.notes == ("near", "far", *pci.notes)
    assert [row.standard for row in baseline.mapping] == ["S", *(row.standard for row in pci.mapping)]


WRONG = [
    ("scope: prod-*", "1:8", "scope: found the text 'prod-*', expected a mapping with the keys names, tags"),
    ("scope:", "1:7", "scope: found nothing, expected a mapping with the keys names, tags"),
    ("scope: {names: prod-*}", "1:16", "expected a list of patterns, such as [prod-*]"),
    ("scope: {names: [7]}", "1:17", "scope.names[0]: found the number 7, expected text (put it in quotes)"),
    ("scope: {tags: [a]}", "1:15", "expected a mapping of tags to patterns, such as {environment: prod}"),
    ("scope: {tags: {critical: yes}}", "1:26", "found on (true), expected text (put it in quotes)"),
    ("scope: {tags: {'': x}}", "1:16", "'' is not the name of a tag"),
    ("scope: {name: [a]}", "1:9", "a scope has no key 'name'; did you mean names?"),
    ("owners: [terraform]", "1:9", "expected a mapping of patterns to owners"),
    ("owners: {paramters/log_*: x}", "1:10", "'paramters' is no kind of change; did you mean parameters?"),
    ("owners: {serversetting/tag:a: x}", "1:10", "did you mean server_setting?"),
    ("owners: {'*/x': y}", "1:10", "'*' is no kind of change; known: parameters, firewall"),
    ("owners: {firewall: x}", "1:10", "expected a name or a pattern after the slash, such as firewall/*"),
    ("owners: {'firewall/ ': x}", "1:10", "expected a name or a pattern after the slash"),
    ("owners: {parameters/log connections: x}", "1:10", "does not look like the name of a parameter"),
    ("owners: {server_setting/backup_days: x}", "1:10", "did you mean backup_retention_days?"),
    ("owners: {'server_setting/tag:': x}", "1:10", "there is no server setting 'tag:'"),
    ("owners: {threat_protection/On: x}", "1:10", "the only one is Default"),
    ("owners: {'threat_protection/Def?ult2': x}", "1:10", "there is no threat protection 'Def?ult2'; the only one is Default"),
    ("owners: {restart/shop-db: x}", "1:10", "there is no restart 'shop-db'; the only one is server"),
    ("owners: {'restart/db*': x}", "1:10", "the only one is server"),
    ("owners: {'server_setting/tags:*': x}", "1:10", "there is no server setting 'tags:*'; did you mean tag:*?"),
    ("owners: {'server_setting/backups*': x}", "1:10", "there is no server setting 'backups*'"),
    ("owners: {firewall/*: 7}", "1:22", "found the number 7, expected text (put it in quotes)"),
    ("notes: hello", "1:8", "notes: found the text 'hello', expected a list of text"),
    ("notes: [1]", "1:9", "notes[0]: found the number 1, expected text (put it in quotes)"),
    ("mapping: {}", "1:10", "expected a list of standards"),
    ("mapping: [x]", "1:11", "a mapping with the keys standard, check, rows"),
    ("mapping: [{standard: x, rows: []}]", "1:11", "mapping[0] lacks the key 'check'"),
    ("mapping: [{standard: x, chek: y, rows: []}]", "1:25", "a mapping has no key 'chek'; did you mean check?"),
    ("mapping: [{standard: x, check: y, rows: [7]}]", "1:42", "a mapping with the keys row, controls, basis"),
    ("mapping: [{standard: x, check: y, rows: [{row: 6.1, basis: ours}]}]", "1:48", "the number 6.1, expected text (put it in quotes)"),
    ("mapping: [{standard: x, check: y, rows: [{row: a, basis: mine}]}]", "1:58", "expected one of official, public, ours"),
    ("mapping: [{standard: x, check: y, rows: [{row: a, basis: ours, control: []}]}]", "1:64", "did you mean controls?"),
    ("mapping: [{standard: x, check: y, rows: [{row: a, basis: ours, controls: [auth-sram]}]}]", "1:75", "expected a control; did you mean auth-scram?"),
    ("waivers: [{control: auth-scram, owner: a, reason: b, ticket: t, expires: 2027-01-01, tags: x}]", "1:92", "expected a mapping of tags to patterns"),
    ("controls: {gov-tags: {required: prod}}", "1:33", "the text 'prod', expected a list of tag names, each alone or as name=value"),
    ("controls: {gov-tags: {required: ['=x']}}", "1:34", "expected tag names, each alone or as name=value"),
    ("controls: {gov-tags: {required: [env=prod, owner, Env=dev]}}", "1:33",
     "controls.gov-tags.required: found a list, expected one value for each name, not both 'env=prod' and 'Env=dev'"),
    ("controls: {version-supported: {allowed: [16]}}", "1:42", "found the number 16, expected text (put it in quotes)"),
    ("controls: {maint-window-custom: {window: tomorrow}}", "1:42", "expected a day and a time such as Sunday 02:00"),
    ("controls: {maint-window-custom: {window: ''}}", "1:42", "found the text '', expected text"),
    ("controls: {auth-entra-admin-principal-type: {allowed: [group]}}", "1:56", "expected one of Group, ServicePrincipal, User"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_with_its_place(written, text, place, words):
    """Every mistake is told with file, line and column, what was found and what was expected."""
    found = problems(written("wrong.yaml", f"{text}\nextends: recommended"))
    assert any(line.startswith(f"wrong.yaml:{place}: ") and words in line for line in found), found


@pytest.mark.parametrize(
    "pattern",
    ["parameters/log_*", "parameters/azure.extensions", "parameters/TimeZone", "parameters/*", "firewall/Office 1",
     "firewall/?", "threat_protection/default", "restart/*", "server_setting/tag:env", "server_setting/maintenance_window",
     "threat_protection/Def?ult", "restart/serv*", "server_setting/*", "server_setting/TAG:*", "server_setting/t*env",
     "server_setting/ta?????", "server_setting/Backup_*", "server_setting/storage_auto_gro?"],
)  # fmt: skip
def test_patterns_that_fit_something_are_taken(pattern):
    """A pattern names a kind of change and something of that kind."""
    assert problem(pattern) == ""


@given(
    st.text("tag:*?es", min_size=1, max_size=7),
    st.sampled_from(["Default", "server", "backup_retention_days", "tag:e", "tag:se", "tag:gate"]),
)
def test_a_pattern_that_fits_something_is_never_refused(pattern, name):
    """Whatever the pattern: when it fits a name that there is, it is taken."""
    kind = {"Default": "threat_protection", "server": "restart"}.get(name, "server_setting")
    if fits(name, pattern):
        assert problem(f"{kind}/{pattern}") == ""


@given(st.text(max_size=12), st.sampled_from(["", "/", "/a", "/*"]))
def test_only_kinds_that_exist_are_taken(kind, rest):
    """Whatever stands before the slash and is no kind of change is refused, and no text stops the check."""
    told = problem(kind + rest)
    assert isinstance(told, str)
    if kind.partition("/")[0] not in KINDS:
        assert told


@given(
    st.dictionaries(st.sampled_from(["env", "Env", "owner"]), st.sampled_from(["prod", "PROD", "test", ""])),
    st.dictionaries(st.sampled_from(["env", "owner"]), st.sampled_from(["prod", "*", "t?st"])),
)
def test_a_server_is_outside_exactly_when_a_tag_does_not_fit(tags, patterns):
    """All tags of a scope have to be there and fit; a scope without tags leaves nobody out."""
    by_name = {}
    for name, value in tags.items():
        by_name.setdefault(name.casefold(), value)
    scope = Scope(tags=patterns)
    fit = {"prod": {"prod", "PROD"}, "*": {"prod", "PROD", "test", ""}, "t?st": {"test"}}
    inside = all(name in by_name and by_name[name] in fit[pattern] for name, pattern in patterns.items())
    assert (scope.outside_by_tags(tags) == "") == inside
