"""The built-in baselines: what each judges, what its rows rest on, and that none closes anything unasked."""

from __future__ import annotations

import re

import pytest

from flexsec import Leave
from flexsec.baselines import loader
from flexsec.controls.catalogue import CONTROLS
from flexsec.controls.references import REFERENCES
from flexsec.engine.evaluate import Judge
from flexsec.engine.observe import PARTS
from flexsec.model.change import CLOSING_CLASSES
from flexsec.testing import simulated

NAMES = ("cis-azure-database-services-2.0", "mcsb", "pci-dss", "recommended", "strict")
STANDARDS = ("cis-azure-database-services-2.0", "mcsb", "pci-dss")
INSECURE = ("rg-shop", "shop-db")


def judged(name: str) -> list[str]:
    """The ids of the controls that a baseline judges."""
    return [selection.control.id for selection in loader.load(name).controls]


def test_there_are_five():
    """They are listed by name, each with a description and its own name."""
    assert loader.names() == NAMES
    for name in NAMES:
        baseline = loader.load(name)
        assert (baseline.name, baseline.sources, baseline.waivers) == (name, (name,), ())
        assert len(baseline.description) > 40


def test_strict_judges_everything():
    """`strict` holds every control of the catalogue, in its order."""
    assert judged("strict") == [entry.id for entry in CONTROLS]


def test_recommended_asks_for_no_further_request():
    """`recommended` reads the five parts of the server itself, and only for a key of its own what lies outside."""
    assert Judge(loader.load("recommended"), None).parts == (*PARTS, "customer_keys")
    with simulated("insecure") as simulation:
        simulation.server(*INSECURE).audit("recommended")
        assert len(simulation.world.requests) == len(PARTS)


@pytest.mark.parametrize("world", ["insecure", "private", "replicas", "mixed-fleet"])
def test_recommended_needs_no_right_to_write_the_server_itself(world):
    """Whoever hardens by `recommended` needs the rights to write children and to restart, and no wider one."""
    with simulated(world) as simulation:
        for server_id, _ in simulation.world.servers():
            _, _, subscription, _, group, *_, server = server_id.split("/")
            handle = simulation.client(subscription_id=subscription).server(group, server)
            plan = handle.plan(leave=Leave(restart=True, closing=tuple(CLOSING_CLASSES), without_evidence="a test"))
            needed = {action for change in plan.changes for action in change.permissions}
            assert "Microsoft.DBforPostgreSQL/flexibleServers/write" not in needed


def test_recommended_spells_its_thresholds_out():
    """Every threshold of `recommended` is the control's default, so that the table of thresholds is what counts."""
    for selection in loader.load("recommended").controls:
        assert selection.control.settled(selection.arguments) == selection.control.defaults


def test_recommended_needs_no_decision_and_no_infrastructure():
    """What needs a list of yours, a new server, a private network, a standby or a paid plan is not in `recommended`."""
    others = {"auth-accepted-method-no-md5", "backup-retention-days", "storage-autogrow", "auth-entra-only", "auth-tenant-pinned", "gov-tags", "auth-entra-admin-naming", "enc-cmk", "ha-enabled",
              "net-private-endpoint-approved", "backup-geo", "defender-plan-oss-rdb", "maint-window-custom"}  # fmt: skip
    assert not others & set(judged("recommended"))


def test_the_cis_rows_are_all_there_and_agree_with_the_references():
    """Section 6 has rows 6.1 to 6.11, each answered by the control whose page cites it."""
    rows = loader.load("cis-azure-database-services-2.0").mapping
    assert [row.row for row in rows] == [f"6.{number}" for number in range(1, 12)]
    cited = {
        control: found[1]
        for control, references in REFERENCES.items()
        for text in references.cis
        if (found := re.fullmatch(r"Azure Database Services 2\.0 (6\.\d+)", text))
    }
    assert {control: row.row for row in rows for control in row.controls} == cited
    assert set(judged("cis-azure-database-services-2.0")) == set(cited)


def test_the_mcsb_rows_tell_official_from_ours_as_the_references_do():
    """A row is official where the control's page cites the id plainly, and ours where it says so."""
    rows = loader.load("mcsb").mapping
    told = {(control, row.row, row.basis) for row in rows for control in row.controls}
    cited = {
        (control, text.removesuffix(" (ours)"), "ours" if text.endswith("(ours)") else "official")
        for control, references in REFERENCES.items()
        for text in references.mcsb
    }
    assert told == cited
    assert {control for control, _, _ in cited} == set(judged("mcsb"))


def test_the_pci_rows_are_ours_and_cover_what_is_judged():
    """No public source maps the service to PCI DSS: every row says that it is ours, and no control is without a row."""
    rows = loader.load("pci-dss").mapping
    assert {row.basis for row in rows} == {"ours"}
    assert {control for row in rows for control in row.controls} == set(judged("pci-dss"))
    assert len({row.row for row in rows}) == len(rows)


@pytest.mark.parametrize("name", STANDARDS)
def test_every_row_says_what_it_is_to_be_checked_against(name):
    """Each row is marked as to be checked against a licensed copy, and the baseline says so to everyone who uses it."""
    baseline = loader.load(name)
    assert all("licensed copy" in row.check for row in baseline.mapping)
    assert any("Check every row" in note for note in baseline.notes)
    assert all(row.note for row in baseline.mapping if not row.controls)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("world", ["insecure", "private", "replicas"])
def test_nothing_closes_unless_its_class_is_allowed(name, world):
    """Without leave by class no plan holds a change that takes access away; what is held back names the flag."""
    with simulated(world) as simulation:
        for server_id, _ in simulation.world.servers():
            group, server = server_id.split("/")[4], server_id.split("/")[8]
            plan = simulation.server(group, server).plan(name, leave=Leave(restart=True, without_evidence="a test"))
            assert not [change for change in plan.changes if change.closing]
            for held in plan.withheld:
                if held.change.closing and held.by == "leave":
                    assert held.needs == f"--allow-closing {held.change.closing}"


def test_strict_closes_what_its_class_allows():
    """With leave for one class the changes of that class are planned, and those of the other stay held back."""
    with simulated("insecure") as simulation:
        handle = simulation.server(*INSECURE)
        for given in CLOSING_CLASSES:
            leave = Leave(restart=True, closing=(given,), without_evidence="a test")
            planned = {change.closing for change in handle.plan("strict", leave=leave).changes} - {""}
            assert planned == ({given} if given in ("firewall", "tls-minimum") else set())
