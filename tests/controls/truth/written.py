"""Reads the states and the verdicts that were written for them by hand.

A state may be `like` another one: its server has the other's members except those that it names, its parameters are the
other's except those that it names (`unset` takes one away), and so are its verdicts. `truth: like` says that what cannot be read
here is true as it is there. Nothing here comes from the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "states"
VERDICTS = ("pass", "fail", "not_applicable", "unknown")
KEYS = {"about", "like", "server", "others", "plan", "vaults", "roles", "denied", "expect", "truth", "why"}


@dataclass(frozen=True)
class Written:
    """A server in one state, and what is true of it.

    Attributes:
        server: its entry in a world file, without its name.
        others: entries of servers beside it.
        plan: the tier of the subscription's Defender plan.
        vaults: entries of the subscription's key vaults.
        roles: entries of the subscription's role assignments.
        denied: the actions that whoever looks may not perform.
        verdicts: what flexsec is expected to say of each control.
        own: the controls whose verdict was written for this state; those of the others are the other state's.
        truth: what is true where flexsec is expected to say something else; empty for most states.
        why: the reason of a verdict that is not obvious, by control.
    """

    name: str
    topic: str
    about: str
    server: dict[str, Any]
    others: tuple[dict[str, Any], ...]
    plan: str
    vaults: tuple[dict[str, Any], ...]
    roles: tuple[dict[str, Any], ...]
    denied: tuple[str, ...]
    verdicts: dict[str, str]
    own: frozenset[str]
    truth: dict[str, str]
    why: dict[str, str]

    def true_of(self, control: str) -> str:
        """What is true of the server, whatever flexsec says."""
        return self.truth.get(control, self.verdicts[control])


@cache
def states() -> dict[str, Written]:
    """Every state by its name.

    Raises:
        ValueError: a state that is said twice, is like none there is, or whose entry has an unknown key or verdict.
    """
    entries: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, entry in yaml.safe_load(path.read_text("utf-8")).items():
            if name in entries:
                raise ValueError(f"{path.name}: the state {name} is there already, in {entries[name][0]}.yaml")
            if strange := entry.keys() - KEYS:
                raise ValueError(f"{path.name}: {name} has unknown keys {sorted(strange)}")
            entries[name] = (path.stem, entry)
    found: dict[str, Written] = {}
    for name in entries:
        _settle(name, entries, found, ())
    return found


def _settle(name: str, entries: dict[str, Any], found: dict[str, Written], above: tuple[str, ...]) -> Written:
    if name in found:
        return found[name]
    if name not in entries or name in above:
        raise ValueError(f"{' > '.join((*above, name))}: no such state, or one that is like itself")
    topic, entry = entries[name]
    model = _settle(entry["like"], entries, found, (*above, name)) if "like" in entry else None
    own = _listed(name, entry.get("expect", {}))
    before = model.truth if model else {}
    found[name] = Written(
        name=name,
        topic=topic,
        about=entry["about"],
        server=_merged(model.server if model else {}, entry.get("server", {})),
        others=tuple(entry.get("others", model.others if model else ())),
        plan=entry.get("plan", model.plan if model else ""),
        vaults=tuple(entry.get("vaults", model.vaults if model else ())),
        roles=tuple(entry.get("roles", model.roles if model else ())),
        denied=tuple(entry.get("denied", model.denied if model else ())),
        verdicts={**(model.verdicts if model else {}), **own},
        own=frozenset(own),
        truth={key: value for key, value in before.items() if key not in own} | _truth(entry, own, model),
        why=entry.get("why", {}),
    )
    return found[name]


def _truth(entry: dict[str, Any], own: dict[str, str], model: Written | None) -> dict[str, str]:
    told = entry.get("truth", {})
    if told == "like" and model is not None:
        return {control: model.true_of(control) for control, verdict in own.items() if verdict == "unknown"}
    return dict(told)


def _listed(name: str, lists: dict[str, list[str]]) -> dict[str, str]:
    own: dict[str, str] = {}
    for verdict, controls in lists.items():
        if verdict not in VERDICTS:
            raise ValueError(f"{name}: {verdict} is no verdict")
        for control in controls:
            if control in own:
                raise ValueError(f"{name}: {control} has two verdicts")
            own[control] = verdict
    return own


def _merged(before: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    parameters = {**before.get("parameters", {}), **own.get("parameters", {})}
    kept = {key: value for key, value in parameters.items() if value != "unset"}
    return {**before, **own, **({"parameters": kept} if kept else {})}
