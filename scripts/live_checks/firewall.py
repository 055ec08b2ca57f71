"""How firewall rules and threat protection behave."""

from __future__ import annotations

from .scene import Behaviour, Scene, Seen, failed, refused

_PROTECTION = "/advancedThreatProtectionSettings/Default"


def _start_above_end(scene: Scene) -> Seen:
    return refused(scene.allow("check-inverted", "203.0.113.9", "203.0.113.3"), 400, "InvalidParameterValue")


def _leading_zeros(scene: Scene) -> Seen:
    return refused(scene.allow("check-zeros", "203.0.113.007"), 400, "InvalidParameterValue")


def _long_name(scene: Scene) -> Seen:
    return refused(scene.allow("r" * 81), 400, "InvalidParameterValue")


def _absent(scene: Scene) -> Seen:
    answer = scene.ask("DELETE", "/firewallRules/check-not-there")
    return Seen(answer.status == 204, str(answer))


def _overlapping(scene: Scene) -> Seen:
    scene.done(scene.allow("check-one"))
    scene.done(scene.allow("check-two"))
    names = scene.names("/firewallRules")
    return Seen({"check-one", "check-two"} <= set(names), f"the rules are {', '.join(sorted(names))}")


def _beside_a_rule(scene: Scene) -> Seen:
    first = scene.allow("check-first")
    seen = failed(scene, scene.allow("check-second"), "ServerIsBusy")
    scene.done(first)
    return seen


def _without_public_access(scene: Scene) -> Seen:
    scene.done(scene.patch(network={"publicNetworkAccess": "Disabled"}))
    try:
        accepted = scene.allow("check-discarded")
        ended = scene.end(accepted)["status"]
        names = scene.names("/firewallRules")
    finally:
        scene.done(scene.patch(network={"publicNetworkAccess": "Enabled"}))
    there = "check-discarded" in names
    return Seen(
        ended == "Succeeded" and not there, f"202, then {ended}; the rule is {'there' if there else 'not there'}"
    )


def _never_protected(scene: Scene) -> Seen:
    found = scene.read(_PROTECTION)["properties"]
    holds = (found["state"], found["creationTime"][:4]) == ("Disabled", "0001")
    return Seen(holds, f"{found['state']} since {found['creationTime']}")


def _protected_beside_a_rule(scene: Scene) -> Seen:
    rule = scene.allow("check-protected")
    ended = scene.end(scene.ask("PUT", _PROTECTION, {"properties": {"state": "Enabled"}}))
    scene.done(rule)
    return Seen(ended["status"] == "Succeeded", f"202, then {ended['status']}")


def _time_kept(scene: Scene) -> Seen:
    before = scene.read(_PROTECTION)["properties"]["creationTime"]
    scene.done(scene.ask("PUT", _PROTECTION, {"properties": {"state": "Disabled"}}))
    found = scene.read(_PROTECTION)["properties"]
    holds = (found["state"], found["creationTime"]) == ("Disabled", before)
    return Seen(holds, f"{found['state']} since {found['creationTime']}, before {before}")


FIREWALL = (
    Behaviour("rule-inverted", "A rule whose start is above its end: 400.", "inferred", _start_above_end),
    Behaviour("rule-leading-zeros", "An address with leading zeros: 400.", "documented", _leading_zeros),
    Behaviour("rule-long-name", "A rule's name of 81 characters: 400.", "documented", _long_name),
    Behaviour("rule-absent", "Deleting a rule that is not there: 204.", "inferred", _absent),
    Behaviour("rule-overlapping", "Two rules for the same addresses are both kept.", "recorded", _overlapping),
    Behaviour("rule-beside-rule", "A rule beside another rule: ServerIsBusy.", "inferred", _beside_a_rule),
    Behaviour(
        "rule-discarded",
        "With public access off a new rule is accepted and discarded.",
        "documented",
        _without_public_access,
    ),
    Behaviour("protection-never", "Threat protection that was never on: the year 1.", "recorded", _never_protected),
    Behaviour(
        "protection-beside-rule",
        "Threat protection beside a firewall rule succeeds.",
        "recorded",
        _protected_beside_a_rule,
    ),
    Behaviour("protection-time", "Switched off again it keeps its time.", "recorded", _time_kept),
)
