"""What a baseline asks for, as one text to compare: a plan that was made by it is not for one that asks otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import digest, to_data

if TYPE_CHECKING:
    from .baseline import Baseline


def content(baseline: Baseline) -> str:
    """SHA-256 of the controls with all their arguments, the waivers, the owners and the scope.

    Names, descriptions and notes are left out, and so is the order: they decide nothing.
    """
    controls = {each.control.id: each.control.settled(each.arguments) for each in baseline.controls}
    scope = {"names": sorted(baseline.scope.names), "tags": baseline.scope.tags}
    waivers = [to_data(each) for each in baseline.waivers]
    return digest({"controls": controls, "waivers": waivers, "owners": baseline.owners, "scope": scope})
