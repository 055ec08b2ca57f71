"""The table of failures that somebody accepted for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flexsec.baselines.loader import load
from flexsec.engine.evaluate import evaluate
from flexsec.model.verdict import WAIVER_ENDS_SOON_DAYS, Waiver
from flexsec.reporting import exceptions
from flexsec.reporting.document import Tone
from flexsec.testing import simulated

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("days", "soon"), [(0, True), (WAIVER_ENDS_SOON_DAYS, True), (WAIVER_ENDS_SOON_DAYS + 1, False)]
)
def test_what_is_announced_to_end_is_what_is_shown_as_ending(days, soon):
    """The note of a waiver that ends soon and the tone of its days left begin on the same day."""
    waiver = Waiver(
        control="log-checkpoints", owner="shop", reason="a test", ticket="OPS-1", expires=TODAY + timedelta(days=days)
    )
    with simulated("insecure") as simulation:
        state = simulation.server("rg-shop", "shop-db").observe()
    found = evaluate(state, replace(load("recommended"), waivers=(waiver,)), today=TODAY)
    (row,) = exceptions.table(found).rows
    assert (row[-1].text, row[-1].tone) == (str(days), Tone.CAUTION if soon else Tone.PLAIN)
    assert any("OPS-1, shop) ends" in note for note in found.notes) is soon
