"""How the server as a whole behaves: its states, stopping and starting, and what can never change."""

from __future__ import annotations

from .scene import Behaviour, Scene, Seen, failed, refused


def _ready_at_first(scene: Scene) -> Seen:
    scene.ready()
    accepted = scene.patch(backup={"backupRetentionDays": 8, "geoRedundantBackup": "Disabled"})
    at_once = scene.state()
    scene.azure.wait(15)
    later = scene.state()
    scene.done(accepted)
    return Seen((at_once, later) == ("Ready", "Updating"), f"at once {at_once}, 15 s later {later}")


def _geo_redundancy(scene: Scene) -> Seen:
    return refused(scene.patch(backup={"geoRedundantBackup": "Enabled"}), 400, "InvalidParameterValue")


def _storage(scene: Scene) -> Seen:
    return refused(scene.patch(storage={"storageSizeGB": 16}), 400, "InvalidParameterValue")


def _restarting(scene: Scene) -> Seen:
    accepted = scene.ask("POST", "/restart", {})
    scene.azure.wait(10)
    state = scene.state()
    scene.done(accepted)
    scene.ready()
    said = accepted.headers.get("retry-after")
    return Seen(state == "Restarting" and said is None, f"shows {state}; Retry-After {said}")


def _start_running(scene: Scene) -> Seen:
    return failed(scene, scene.ask("POST", "/start"), "ServerIsNotStopped")


def _stopped(scene: Scene) -> Seen:
    scene.done(scene.ask("POST", "/stop"))
    scene.ready("Stopped")
    answers = {each: scene.ask("GET", f"/{each}") for each in ("configurations", "administrators")}
    answers["a firewall rule's write"] = scene.allow("check-stopped")
    holds = all(refused(each, 400, "ServerStoppedError").holds for each in answers.values())
    return Seen(holds, "; ".join(f"{name}: {answer}" for name, answer in answers.items()))


def _still_read(scene: Scene) -> Seen:
    scene.ready("Stopped")
    answers = {
        each: scene.ask("GET", f"/{each}").status for each in ("firewallRules", "advancedThreatProtectionSettings")
    }
    return Seen(set(answers.values()) == {200}, ", ".join(f"{name}: {status}" for name, status in answers.items()))


def _restart_stopped(scene: Scene) -> Seen:
    scene.ready("Stopped")
    return failed(scene, scene.ask("POST", "/restart", {}), "ServerIsNotReady")


def _started(scene: Scene) -> Seen:
    scene.ready("Stopped")
    accepted = scene.ask("POST", "/start")
    scene.azure.wait(10)
    meanwhile = scene.state()
    scene.done(accepted)
    scene.ready()
    return Seen(meanwhile == "Starting", f"meanwhile {meanwhile}, then Ready")


POWER = (
    Behaviour(
        "state-ready-at-first",
        "Right after a server change was accepted the state says Ready, later Updating.",
        "recorded",
        _ready_at_first,
    ),
    Behaviour(
        "geo-redundancy-fixed", "Geo-redundancy never changes: 400.", "documented; the words inferred", _geo_redundancy
    ),
    Behaviour("storage-grows-only", "Storage never shrinks: 400.", "documented; the words inferred", _storage),
    Behaviour(
        "restart-shown", "A restart shows as Restarting, and has no Retry-After.", "documented; recorded", _restarting
    ),
    Behaviour("start-running", "Starting what is not stopped: ServerIsNotStopped.", "documented", _start_running),
    Behaviour(
        "stopped-refuses",
        "A stopped server refuses reads of parameters and administrators and all writes: 400 ServerStoppedError.",
        "reported",
        _stopped,
    ),
    Behaviour(
        "stopped-reads",
        "Firewall rules and threat protection of a stopped server can be read.",
        "inferred",
        _still_read,
    ),
    Behaviour("restart-stopped", "Restarting what is stopped: ServerIsNotReady.", "reported", _restart_stopped),
    Behaviour("start-shown", "While it is started the server shows as Starting.", "inferred", _started),
)
