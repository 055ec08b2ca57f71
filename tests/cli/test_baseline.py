"""`flexsec baseline list`, `diff` and `capture`, and the scope and exceptions of a baseline, as typed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGET = ("--simulate", "private", "-g", "rg-ledger", "-n", "ledger-db")


@pytest.fixture
def scoped(tmp_path: Path) -> str:
    """A baseline for other servers than the simulated one."""
    path = tmp_path / "crm.yaml"
    path.write_text("extends: recommended\nscope: {names: [crm-*]}\n", encoding="utf-8")
    return str(path)


def test_list_names_the_built_in_baselines(flexsec):
    """Name, number of controls and description, in every format; JSON is a list."""
    data = flexsec("baseline", "list").data
    assert {each["name"]: each["controls"] for each in data}["strict"] == 56
    assert [each["name"] for each in data] == sorted(each["name"] for each in data)
    rows = list(csv.DictReader(io.StringIO(flexsec("baseline", "list", "--format", "csv").out)))
    assert [row["name"] for row in rows] == [each["name"] for each in data]
    for format_name in ("table", "markdown"):
        answer = flexsec("baseline", "list", "--format", format_name)
        assert answer.code == 0
        assert "cis-azure-database-services-2.0" in answer.out


@pytest.mark.parametrize("name", ["recommended", "strict", "mcsb", "pci-dss", "cis-azure-database-services-2.0"])
@pytest.mark.parametrize("format_name", ["table", "json", "csv", "markdown"])
def test_each_built_in_baseline_is_shown(flexsec, name, format_name):
    """Every built-in baseline is shown in every format, with its rows and what they are to be checked against."""
    answer = flexsec("baseline", "show", name, "--format", format_name)
    assert answer.code == 0
    assert ("licensed copy" in " ".join(answer.out.split())) == (name not in ("recommended", "strict"))


def test_diff_tells_what_differs_and_ends_with_0(flexsec, tmp_path):
    """Two built-in baselines, or a name and a file: what differs is no finding."""
    answer = flexsec("baseline", "diff", "recommended", "strict", "--format", "table")
    assert answer.code == 0
    assert "Only strict judges: 31 controls" in answer.out
    assert "stricter" in answer.out
    sample = str(ROOT / "samples" / "baseline.yaml")
    data = flexsec("baseline", "diff", "recommended", sample).data
    assert data["removed"] == ["net-public-access-disabled"]
    assert {(each["argument"], each["right_is"]) for each in data["arguments"]} == {
        ("days", "stricter"), ("max_addresses", "stricter"), ("max_rule_addresses", "stricter"),
    }  # fmt: skip
    assert len(data["waivers_added"]) == 1
    out = tmp_path / "difference.md"
    assert flexsec("baseline", "diff", "recommended", "recommended", "-o", out).code == 0
    assert "recommended and recommended ask for the same." in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("baseline", "diff", "recommended"), "Missing argument"),
        (("baseline", "diff", "recommended", "stict"), "there is no baseline 'stict'; did you mean strict?"),
        (("baseline", "diff", "recommended", "./gone.yaml"), "./gone.yaml: there is no such file"),
        (("baseline", "diff", "recommended", "strict", "-o", "x.pdf"), "x.pdf"),
        (("baseline", "list", "extra"), "unexpected extra argument"),
        (("baseline", "list", "--format", "xml"), "'xml' is not one of"),
        (("baseline", "list", "-o", "/no/such/place/x.json"), "there is no directory /no/such/place"),
        (("baseline", "capture"), "which server?"),
        (("baseline", "capture", *TARGET, "-o", "/no/such/place/x.yaml"), "there is no directory /no/such/place"),
        (("baseline", "capture", *TARGET, "-o", "x.json"), "a baseline is YAML; give a name that ends in .yaml"),
        (("baseline", "capture", "--simulate", "private", "-g", "rg-ledger", "-n", "nope"), "no server fits what is given"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(flexsec, words, said):
    """A wrong command line ends with 2 and says what to do; nothing is on standard output."""
    answer = flexsec(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_captured_and_audited(flexsec, tmp_path):
    """What is captured is a valid file by which the server passes, and what was left out is told."""
    path = tmp_path / "ledger.yaml"
    taken = flexsec("baseline", "capture", *TARGET, "-o", path)
    assert (taken.code, taken.out) == (0, "")
    assert f"to {path}" in taken.err
    assert "left out, failing: auth-accepted-method-no-md5" in taken.err
    assert flexsec("baseline", "validate", path).code == 0
    audited = flexsec("audit", *TARGET, "--baseline", path)
    assert audited.code == 0
    assert {each["status"] for each in audited.data["verdicts"]} == {"pass"}
    assert flexsec("baseline", "capture", *TARGET).out == path.read_text(encoding="utf-8")


def test_a_file_that_is_there_is_overwritten_only_by_force(flexsec, tmp_path):
    """A baseline is worked on by hand: it is not overwritten unasked."""
    path = tmp_path / "ledger.yaml"
    path.write_text("extends: recommended\n", encoding="utf-8")
    refused = flexsec("baseline", "capture", *TARGET, "-o", path)
    assert (refused.code, path.read_text(encoding="utf-8")) == (2, "extends: recommended\n")
    assert "is there already; give --force to overwrite it" in refused.err
    assert flexsec("baseline", "capture", *TARGET, "-o", path, "--force").code == 0
    assert path.read_text(encoding="utf-8").startswith("# Captured from ")


def test_what_cannot_be_judged_ends_a_capture_with_4(flexsec, tmp_path):
    """A stopped server tells little: what it tells is captured, and the rest is named."""
    path = tmp_path / "archive.yaml"
    answer = flexsec("baseline", "capture", "--simulate", "insecure", "-n", "shop-archive", "-g", "rg-shop", "-o", path)
    assert answer.code == 4
    assert "left out, not known: tls-require-secure-transport" in answer.err
    assert flexsec("baseline", "validate", path).code == 0


@pytest.mark.parametrize("verb", ["audit", "plan", "harden"])
def test_a_server_outside_the_scope_is_a_usage_error(flexsec, verb, scoped):
    """Exit code 2, with the server, the scope and what to do; nothing on standard output."""
    more = ("--yes",) if verb == "harden" else ()
    answer = flexsec(verb, "--simulate", "insecure", "-g", "rg-shop", "-n", "shop-db", "-b", scoped, *more)
    assert (answer.code, answer.out) == (2, "")
    assert "server shop-db is outside the scope of baseline crm, which is for servers named crm-*" in answer.err


@pytest.mark.parametrize("format_name", ["table", "json", "csv", "markdown"])
def test_an_exception_is_in_every_format_of_audit_and_plan(flexsec, format_name):
    """Ticket, last day and days left of each exception of the sample are there, however the report is written."""
    sample = str(ROOT / "samples" / "legacy_client.yaml")
    for verb in ("audit", "plan"):
        answer = flexsec(
            verb, "--simulate", "insecure", "-g", "rg-shop", "-n", "shop-db", "-b", sample, "--format", format_name
        )
        assert all(word in answer.out for word in ("SHOP-2210", "2027-06-30", "541"))
