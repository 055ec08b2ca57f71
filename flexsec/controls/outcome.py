"""The four outcomes of a check, each made in one way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.verdict import Check, Status

if TYPE_CHECKING:
    from ..model.desire import Desire
    from ..model.observation import Unobserved


def passed(reason: str, evidence: dict[str, str]) -> Check:
    """The server is as it should be."""
    return Check(status=Status.PASS, reason=reason, evidence=evidence)


def failed(reason: str, evidence: dict[str, str], *, desires: tuple[Desire, ...] = (), remedy: str = "") -> Check:
    """It is not: with the values that would mend it, or with what a person does about it."""
    return Check(status=Status.FAIL, reason=reason, evidence=evidence, desires=desires, remedy=remedy)


def not_applicable(reason: str) -> Check:
    """The question does not arise on this server."""
    return Check(status=Status.NOT_APPLICABLE, reason=reason)


def unknown(reason: str, *, missing_action: str = "") -> Check:
    """It could not be told; never a finding."""
    return Check(status=Status.UNKNOWN, reason=reason, missing_action=missing_action)


def unread(part: str, why: Unobserved) -> Check:
    """A part of the state was not observed."""
    return unknown(f"{part} could not be read: {why.reason}", missing_action=why.missing_action)
