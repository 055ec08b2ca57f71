"""Counts what flexsec and each peer say in every state against what is true there.

A false alarm is a failure that is none: the property holds, or the question does not arise on this server. A miss is a
pass although the property does not hold. No answer is given where there was one to give. To pass what does not apply is
right. States in which the one who looks lacks a right are left out: they would be the same for all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from tests.controls.truth import scene
from tests.controls.truth.asking import NO_ANSWER, NOT_COUNTED, PeerCheck
from tests.controls.truth.peers.all import LIVE, PEERS, Peer
from tests.controls.truth.written import Written, states

RIGHT, FALSE_ALARM, MISS, SILENT = "right", "false alarm", "miss", "no answer"


@dataclass(frozen=True)
class Case:
    """One check of a peer's in one state, with how it and flexsec did."""

    peer: str
    check: str
    properties: tuple[str, ...]
    state: str
    peer_outcome: str
    own_outcome: str


def outcome(truth: str, said: str) -> str:
    """How an answer compares with the truth.

    Args:
        truth: pass, fail or not_applicable.
        said: pass, not_applicable, fail, unknown or no answer.
    """
    if said in (NO_ANSWER, "unknown"):
        return RIGHT if truth == "not_applicable" else SILENT
    if said == "fail":
        return RIGHT if truth == "fail" else FALSE_ALARM
    return MISS if truth == "fail" else RIGHT


def together(verdicts: list[str]) -> str:
    """The verdict on several properties that one answer covers: the worst that is known."""
    for word in ("fail", "unknown", "pass"):
        if word in verdicts:
            return word
    return "not_applicable"


def counted_states() -> list[Written]:
    """The states that are compared."""
    return [written for written in states().values() if not written.denied]


@cache
def cases() -> tuple[Case, ...]:
    """Every case that counts: each check of each peer in each state whose truth is known."""
    found = []
    for written in counted_states():
        said = {control: status for control, (status, _) in scene.judged(written).items()}
        live = scene.told(written)
        declared = scene.told(replace(written, server={**written.server, "state": "Ready"}))
        for peer in PEERS:
            told = live if peer.reads == LIVE else declared
            found += [each for check in peer.checks if (each := _case(peer, check, written, told, said))]
    return tuple(found)


def _case(peer: Peer, check: PeerCheck, written: Written, told: scene.Told, said: dict[str, str]) -> Case | None:
    answered = check.ask(told)
    truth = together([written.true_of(control) for control in check.properties])
    if answered == NOT_COUNTED or truth == "unknown":
        return None
    own = together([said[control] for control in check.properties])
    return Case(peer.key, check.id, check.properties, written.name, outcome(truth, answered), outcome(truth, own))


@cache
def own_cases() -> Counter[str]:
    """How flexsec does over every control in every state that is compared, the truth being known."""
    found: Counter[str] = Counter()
    for written in counted_states():
        said = scene.judged(written)
        for control in written.verdicts:
            if written.true_of(control) != "unknown":
                found[outcome(written.true_of(control), said[control][0])] += 1
    return found


def known_faults() -> list[tuple[str, str, str, str]]:
    """Where flexsec says something else than what is true and could look: control, state, verdict, truth."""
    return [
        (control, written.name, written.verdicts[control], truth)
        for written in states().values()
        for control, truth in written.truth.items()
        if written.verdicts[control] not in ("unknown", truth)
    ]
