"""Exceptions that have to exist: a legacy client needs no TLS, or md5, for a while, and everybody keeps seeing it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from flexsec.baselines.loader import load
from flexsec.model.verdict import Status
from flexsec.reporting import assessment as assessment_report
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting.formats import FORMATS, render
from flexsec.testing import simulated
from tests.acceptance.scene import ALL_LEAVE, shop, value, verdict, world, writes

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "legacy_client.yaml"
LEGACY = {"require_secure_transport": "off", "password_encryption": "md5", "log_checkpoints": "off"}
EXCEPTED = {
    "tls-require-secure-transport": ("require_secure_transport", "on"),
    "auth-scram": ("password_encryption", "scram-sha-256"),
}
WAIVER = """
  - control: {control}
    servers: shop-*
    owner: ana@contoso.example
    reason: the cash registers know nothing newer
    ticket: SHOP-2210
    expires: 2026-03-31
"""


@pytest.fixture
def baseline(tmp_path):
    """The recommended baseline with the exceptions, which end on 2026-03-31; the simulated clock begins in January."""
    path = tmp_path / "shop.yaml"
    waivers = "".join(WAIVER.format(control=control) for control in (*EXCEPTED, "auth-accepted-method-no-md5"))
    path.write_text(
        f"name: shop\nextends: recommended\ncontrols: {{auth-accepted-method-no-md5: on}}\nwaivers:{waivers}",
        encoding="utf-8",
    )
    return path


def test_an_exception_is_kept_until_it_expires_and_hardened_then(baseline):
    """While the waivers hold harden writes everything else; after their end it writes what they kept."""
    with simulated(world(parameters=LEGACY)) as simulation:
        handle = shop(simulation)
        first = handle.harden(baseline, leave=ALL_LEAVE)
        assert value(simulation, "log_checkpoints").casefold() == "on"
        for control, (name, _) in EXCEPTED.items():
            assert value(simulation, name) == LEGACY[name]
            assert not writes(simulation, f"configurations/{name}")
            assert verdict(first.after, control).status == Status.WAIVED

        again = handle.harden(baseline, leave=ALL_LEAVE)
        assert again.run is None
        assert {each.control for each in again.after.with_status(Status.WAIVED)} >= set(EXCEPTED)

        simulation.clock.sleep(timedelta(days=120).total_seconds())
        later = handle.harden(baseline, leave=ALL_LEAVE)
        for control, (name, hardened) in EXCEPTED.items():
            assert verdict(later.before, control).status == Status.FAIL
            assert verdict(later.before, control).waiver_expired
            assert value(simulation, name) == hardened
            assert verdict(later.after, control).status == Status.PASS
        md5 = verdict(later.after, "auth-accepted-method-no-md5")
        assert (md5.status, md5.waiver_expired) == (Status.FAIL, True)
        assert "auth-accepted-method-no-md5" in [item.control for item in later.plan.left]


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_report_shows_every_exception(baseline, format_name):
    """In each format of audit, plan and harden: owner, reason, ticket, last day and days left."""
    with simulated(world(parameters=LEGACY)) as simulation:
        handle = shop(simulation)
        assessment, plan = handle.audit(baseline), handle.plan(baseline, leave=ALL_LEAVE)
        hardening = handle.harden(baseline, leave=ALL_LEAVE)
    texts = [
        render(document, format_name, width=400)
        for document in (
            assessment_report.document(assessment),
            plan_report.document(plan),
            hardening_report.document(hardening),
        )
    ]
    for text in texts:
        words = ("ana@contoso.example", "the cash registers know nothing newer", "SHOP-2210", "2026-03-31", "85")
        told = unescape(text)
        assert all(word in told for word in (*EXCEPTED, *words)), told


def test_rows_for_programs_hold_the_exception():
    """A plan's CSV has a row for each exception, with the waiver in columns of its own."""
    with simulated(world(parameters=LEGACY)) as simulation:
        given = replace(load("recommended"), waivers=load(str(SAMPLE)).waivers)
        text = render(plan_report.document(shop(simulation).plan(given)), "csv")
        (row,) = [row for row in csv.DictReader(io.StringIO(text)) if row["controls"] == "auth-scram"]
    assert (row["disposition"], row["waiver_ticket"], row["waiver_expires"]) == ("waived", "SHOP-2210", "2027-06-30")
    assert int(row["waiver_days_left"]) == 541
    assert row["waiver_expired"] == "false"


def test_the_json_tells_the_days_left(baseline):
    """A program reads the days that are left beside the waiver."""
    with simulated(world(parameters=LEGACY)) as simulation:
        data = json.loads(render(assessment_report.document(shop(simulation).audit(baseline)), "json"))
    (entry,) = [each for each in data["verdicts"] if each["control"] == "auth-scram"]
    assert (entry["status"], entry["waiver_days_left"], entry["waiver"]["expires"]) == ("waived", 85, "2026-03-31")


def test_the_end_is_announced_and_told_when_it_has_come(baseline):
    """From 14 days before there is a note with the days; afterwards the finding is back and the note says why."""
    with simulated(world(parameters=LEGACY)) as simulation:
        handle = shop(simulation)

        def notes() -> list[str]:
            return [note for note in handle.audit(baseline).notes if "waiver of auth-scram" in note]

        assert notes() == []
        simulation.clock.sleep(timedelta(days=71).total_seconds())
        named = "the waiver of auth-scram (SHOP-2210, ana@contoso.example)"
        assert notes() == [f"{named} ends in 14 days, on 2026-03-31: mend the finding or renew the waiver"]
        simulation.clock.sleep(timedelta(days=14).total_seconds())
        assert notes() == [f"{named} ends today, on 2026-03-31: mend the finding or renew the waiver"]
        simulation.clock.sleep(timedelta(days=1).total_seconds())
        assert notes() == [f"{named} expired on 2026-03-31: mend the finding or renew the waiver"]
        assert "auth-scram" in {finding.control for finding in handle.audit(baseline).findings()}


def test_another_control_that_wants_the_same_property_does_not_move_it(tmp_path):
    """A waived value is kept whoever else wants it moved; the plan says so under the control that is not served."""
    path = tmp_path / "shared.yaml"
    waiver = WAIVER.format(control="tls-max-version-not-capped")
    path.write_text(f"name: shared\nextends: recommended\nwaivers:{waiver}", encoding="utf-8")
    capped = {"ssl_max_protocol_version": "TLSv1.2", "log_checkpoints": "off"}
    with simulated(world(parameters=capped)) as simulation:
        handle = shop(simulation)
        baseline = load(str(path))
        twice = _with_a_second_voice(baseline, "tls-max-version-not-capped", "log-checkpoints")
        plan = handle.plan(twice, leave=ALL_LEAVE)
        assert "parameters/ssl_max_protocol_version" not in [change.target for change in plan.changes]
        (left,) = [item for item in plan.left if item.control == "log-checkpoints"]
        assert left.reason == (
            "parameters/ssl_max_protocol_version is kept as it is: the waiver SHOP-2210 of ana@contoso.example for "
            "tls-max-version-not-capped holds until 2026-03-31"
        )
        handle.harden(twice, leave=ALL_LEAVE)
        assert value(simulation, "ssl_max_protocol_version") == "TLSv1.2"


def _with_a_second_voice(baseline, waived: str, other: str):
    """The baseline with another control that fails for, and desires, the same as the waived one."""
    source = next(each.control for each in baseline.controls if each.control.id == waived)
    controls = tuple(
        replace(each, control=replace(each.control, check=source.check)) if each.control.id == other else each
        for each in baseline.controls
    )
    return replace(baseline, controls=controls, sources=())


def test_a_waiver_by_tag_holds_for_the_servers_that_have_the_tag(tmp_path):
    """The same baseline keeps the value on the server with the legacy client and hardens the one without."""
    path = tmp_path / "tagged.yaml"
    waiver = WAIVER.format(control="auth-scram").replace("servers: shop-*", "tags: {client: legacy}")
    path.write_text(f"name: tagged\nextends: recommended\nwaivers:{waiver}", encoding="utf-8")
    for tags, kept in (({"Client": "Legacy"}, "md5"), ({"client": "modern"}, "scram-sha-256"), ({}, "scram-sha-256")):
        with simulated(world(parameters=LEGACY, tags=tags)) as simulation:
            shop(simulation).harden(path, leave=ALL_LEAVE)
            assert value(simulation, "password_encryption") == kept


def test_a_waiver_by_tag_is_not_overridden_while_the_tags_cannot_be_read(tmp_path):
    """Who may not read the server may not find out whether the value is excepted: unknown, and nothing is written."""
    path = tmp_path / "tagged.yaml"
    waiver = WAIVER.format(control="auth-scram").replace("servers: shop-*", "tags: {client: legacy}")
    path.write_text(f"name: tagged\nextends: recommended\nwaivers:{waiver}", encoding="utf-8")
    allowed = [f"Microsoft.DBforPostgreSQL/flexibleServers/configurations/{verb}" for verb in ("read", "write")]
    with simulated(world(parameters=LEGACY, principals={"narrow": allowed}), principal="narrow") as simulation:
        plan = shop(simulation).plan(path, leave=ALL_LEAVE)
        assert verdict(plan.assessment, "auth-scram").status == Status.UNKNOWN
        assert "parameters/password_encryption" not in [change.target for change in plan.changes]


def test_the_sample_is_such_an_exception():
    """samples/legacy_client.yaml keeps both settings of the insecure world while it holds, and hardens the rest."""
    with simulated("insecure") as simulation:
        handle = simulation.server("rg-shop", "shop-db")
        hardening = handle.harden(SAMPLE, leave=ALL_LEAVE)
        for control, (name, _) in EXCEPTED.items():
            assert verdict(hardening.after, control).status == Status.WAIVED
            assert not writes(simulation, f"configurations/{name}")
        assert value(simulation, "log_checkpoints").casefold() == "on"
