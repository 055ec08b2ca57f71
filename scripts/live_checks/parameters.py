"""How parameters behave: pending restarts, refusals, and what they stand beside."""

from __future__ import annotations

from .scene import Behaviour, Scene, Seen, failed, refused

STATIC = "max_prepared_transactions"  # takes effect at a restart, and does no harm


def _spelling_kept(scene: Scene) -> Seen:
    scene.done(scene.set("log_checkpoints", "ON"))
    value = scene.parameter("log_checkpoints")["value"]
    return Seen(value == "ON", f"written ON, read {value}")


def _unchanged(scene: Scene) -> Seen:
    accepted = scene.set("log_checkpoints", scene.parameter("log_checkpoints")["value"])
    scene.done(accepted)
    said = accepted.headers.get("retry-after")
    return Seen((accepted.status, said) == (202, "10"), f"{accepted.status}, Retry-After {said}")


def _pending(scene: Scene) -> Seen:
    scene.done(scene.set(STATIC, "11"))
    found = scene.parameter(STATIC)
    value, pending = found["value"], found["isConfigPendingRestart"]
    return Seen((value, pending) == ("11", True), f"value {value}, isConfigPendingRestart {pending}")


def _written_back(scene: Scene) -> Seen:
    running = scene.parameter(STATIC)["value"]
    scene.done(scene.set(STATIC, "12" if running != "12" else "13"))
    scene.done(scene.set(STATIC, running))
    pending = scene.parameter(STATIC)["isConfigPendingRestart"]
    return Seen(pending is False, f"isConfigPendingRestart {pending}")


def _restarted(scene: Scene) -> Seen:
    scene.done(scene.set(STATIC, "14"))
    scene.done(scene.ask("POST", "/restart", {}))
    scene.ready()
    found = scene.parameter(STATIC)
    value, pending = found["value"], found["isConfigPendingRestart"]
    return Seen((value, pending) == ("14", False), f"value {value}, isConfigPendingRestart {pending}")


def _read_only(scene: Scene) -> Seen:
    seen = failed(scene, scene.set("ssl", "off"), "OperationFailed")
    return Seen(seen.holds and seen.told.endswith(": {0}"), seen.told)


def _not_allowed(scene: Scene) -> Seen:
    return refused(scene.set("log_checkpoints", "maybe"), 400, "InvalidParameterValue")


def _unknown(scene: Scene) -> Seen:
    read = scene.ask("GET", "/configurations/no_such_parameter")
    written = scene.set("no_such_parameter", "on")
    code = "ConfigurationNotExists"
    holds = refused(read, 404, code).holds and refused(written, 400, code).holds
    return Seen(holds, f"read: {read}; written: {written}")


def _beside_a_rule(scene: Scene) -> Seen:
    rule = scene.allow("check-beside")
    seen = failed(scene, scene.set("log_checkpoints", "on"), "ServerIsBusy")
    scene.done(rule)
    return seen


PARAMETERS = (
    Behaviour("parameter-spelling", "A value is kept in the caller's spelling.", "recorded", _spelling_kept),
    Behaviour("parameter-unchanged", "A write that changes nothing is a 202, Retry-After 10.", "recorded", _unchanged),
    Behaviour(
        "parameter-pending",
        "A static parameter shows its new value at once, with isConfigPendingRestart.",
        "reported",
        _pending,
    ),
    Behaviour("parameter-restarted", "A restart puts it in force and clears the mark.", "reported", _restarted),
    Behaviour(
        "parameter-written-back", "Writing the running value back clears the mark too.", "inferred", _written_back
    ),
    Behaviour(
        "parameter-read-only",
        "Writing a read-only parameter: 202, then OperationFailed with the message {0}.",
        "reported",
        _read_only,
    ),
    Behaviour(
        "parameter-not-allowed",
        "A value that is not allowed: 400 InvalidParameterValue.",
        "reported; the status inferred",
        _not_allowed,
    ),
    Behaviour(
        "parameter-unknown",
        "An unknown parameter: ConfigurationNotExists, 404 on reads and 400 on writes.",
        "reported",
        _unknown,
    ),
    Behaviour("parameter-busy", "A parameter beside a firewall rule: ServerIsBusy.", "recorded", _beside_a_rule),
)
