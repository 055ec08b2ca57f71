"""How signing in to the server behaves: Microsoft Entra administrators, and the administrator's password."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .conversation import Answer, NotShown
from .parameters import STATIC
from .scene import Behaviour, Scene, Seen, failed, new_password, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOTH = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}
_PASSWORD_ONLY = {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"}
_ENTRA_ONLY = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"}


def _ways(scene: Scene, ways: dict[str, str]) -> dict[str, Any]:
    tenant = {"tenantId": scene.claims()["tid"]} if ways["activeDirectoryAuth"] == "Enabled" else {}
    return ways | tenant


def _administrator(scene: Scene) -> Answer:
    """Makes whoever runs this an administrator."""
    claims = scene.claims()
    kind = "ServicePrincipal" if claims.get("idtyp") == "app" else "User"
    name = claims.get("upn") or claims.get("unique_name") or claims.get("app_displayname") or claims["oid"]
    body = {"properties": {"principalType": kind, "principalName": name, "tenantId": claims["tid"]}}
    return scene.ask("PUT", f"/administrators/{claims['oid']}", body)


@contextmanager
def _password_off(scene: Scene) -> Iterator[None]:
    """Switches password authentication off, and on again at the end."""
    scene.done(scene.patch(authConfig=_ways(scene, _ENTRA_ONLY)))
    try:
        yield
    finally:
        scene.password = new_password()
        again = {"administratorLogin": scene.login, "administratorLoginPassword": scene.password}
        body = {"createMode": "Update", "authConfig": _ways(scene, _BOTH), **again}
        answer = scene.ask("PUT", "", {"location": scene.location, "properties": body})
        scene.done(answer)


def _while_off(scene: Scene) -> Seen:
    answer = _administrator(scene)
    holds = answer.status == 400 and "authentication is not enabled" in str(answer)
    return Seen(holds, str(answer))


def _enabling_restarts(scene: Scene) -> Seen:
    scene.done(scene.set(STATIC, "21"))
    scene.done(scene.patch(authConfig=_ways(scene, _BOTH)))
    scene.ready()
    pending = scene.parameter(STATIC)["isConfigPendingRestart"]
    return Seen(pending is False, f"a pending parameter has isConfigPendingRestart {pending}")


def _named(scene: Scene) -> Seen:
    scene.done(_administrator(scene))
    oid = str(scene.claims()["oid"])
    found = [each for each in scene.read("/administrators")["value"] if each["id"].lower().endswith(oid.lower())]
    if not found:
        raise NotShown("the new administrator is not listed")
    name, principal = found[0]["name"], found[0]["properties"]["principalName"]
    return Seen(name == principal, f"name {name!r}, principalName {principal!r}, the id ends with the object id")


def _absent(scene: Scene) -> Seen:
    answer = scene.ask("DELETE", "/administrators/00000000-0000-0000-0000-000000000001")
    return Seen(answer.status == 204, str(answer))


def _login_hidden(scene: Scene) -> Seen:
    with _password_off(scene):
        there = "administratorLogin" in scene.read()["properties"]
    return Seen(not there, f"administratorLogin is {'there' if there else 'not there'}")


def _reset_while_off(scene: Scene) -> Seen:
    with _password_off(scene):
        ended = scene.end(scene.patch(administratorLoginPassword=new_password()))["status"]
    return Seen(ended == "Succeeded", f"202, then {ended}")


def _without_credentials(scene: Scene) -> Seen:
    with _password_off(scene):
        return failed(scene, scene.patch(authConfig=_ways(scene, _BOTH)), "EngineCredentialsNotProvided")


def _removed_with_entra(scene: Scene) -> Seen:
    scene.done(_administrator(scene))
    scene.done(scene.patch(authConfig=_PASSWORD_ONLY))
    left = scene.names("/administrators")
    return Seen(left == [], f"{len(left)} administrators are left")


def _neither(scene: Scene) -> Seen:
    answer = scene.patch(authConfig={"activeDirectoryAuth": "Disabled", "passwordAuth": "Disabled"})
    return refused(answer, 400, "InvalidParameterValue")


def _weak(scene: Scene) -> Seen:
    return failed(scene, scene.patch(administratorLoginPassword="weakweak"), "InternalServerError")


def _another_login(scene: Scene) -> Seen:
    return refused(scene.patch(administratorLogin="someoneelse"), 400, "InvalidParameterValue")


IDENTITIES = (
    Behaviour(
        "entra-admin-while-off",
        "An administrator while Entra is off: 400, authentication is not enabled.",
        "the phrase reported, the rest inferred",
        _while_off,
    ),
    Behaviour(
        "entra-restarts",
        "Enabling Entra restarts the server, pending parameters too.",
        "documented",
        _enabling_restarts,
    ),
    Behaviour("entra-admin-name", "An administrator's name is its principal's name.", "recorded", _named),
    Behaviour("entra-admin-absent", "Deleting an administrator that is not there: 204.", "inferred", _absent),
    Behaviour("login-hidden", "While password authentication is off the login is not told.", "reported", _login_hidden),
    Behaviour(
        "password-while-off",
        "A password reset while password authentication is off succeeds.",
        "documented",
        _reset_while_off,
    ),
    Behaviour(
        "password-auth-bare",
        "Password authentication enabled without credentials: EngineCredentialsNotProvided in the poll.",
        "reported",
        _without_credentials,
    ),
    Behaviour("entra-off", "Switching Entra off removes its administrators.", "inferred", _removed_with_entra),
    Behaviour("auth-neither", "Switching off both ways of signing in: 400.", "inferred", _neither),
    Behaviour("password-weak", "A weak password: accepted, then InternalServerError.", "reported", _weak),
    Behaviour(
        "login-fixed", "The administrator's login never changes: 400.", "documented; the words inferred", _another_login
    ),
)
