"""How Resource Manager and the provider answer, whatever the resource."""

from __future__ import annotations

from .scene import PROVIDER, Behaviour, Scene, Seen, refused


def _created(scene: Scene) -> Seen:
    body = {
        "location": scene.location,
        "sku": {"name": "Standard_B1ms", "tier": "Burstable"},
        "properties": {
            "createMode": "Create",
            "version": scene.version,
            "administratorLogin": scene.login,
            "administratorLoginPassword": scene.password,
            "storage": {"storageSizeGB": 32, "autoGrow": "Disabled"},
            "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"},
            "network": {"publicNetworkAccess": "Enabled"},
        },
    }
    accepted = scene.ask("PUT", "", body)
    scene.azure.wait(20)
    shown, parameters = scene.ask("GET"), scene.ask("GET", "/configurations")
    state = shown.body.get("properties", {}).get("state") if isinstance(shown.body, dict) else None
    scene.done(accepted)
    scene.ready()
    holds = state == "Provisioning" and (parameters.status, parameters.code) == (500, "InternalServerError")
    return Seen(holds, f"meanwhile the server read {shown.status} {state}, its parameters {parameters}")


def _without_version(scene: Scene) -> Seen:
    return refused(scene.azure.ask("GET", scene.path, version=None), 400, "MissingApiVersionParameter")


def _unknown_version(scene: Scene) -> Seen:
    codes = ("InvalidApiVersionParameter", "NoRegisteredProviderFound")
    return refused(scene.azure.ask("GET", scene.path, version="2017-01-01"), 400, codes)


def _without_token(scene: Scene) -> Seen:
    answer = scene.azure.ask("GET", scene.path, signed=False)
    challenged = "www-authenticate" in answer.headers
    return Seen(answer.status == 401 and challenged, f"{answer}, {'with' if challenged else 'without'} a challenge")


def _wrong_method(scene: Scene) -> Seen:
    answer = scene.ask("DELETE", "/configurations/log_checkpoints")
    return Seen(answer.status == 405, str(answer))


def _changed_status_url(scene: Scene) -> Seen:
    accepted = scene.set("log_checkpoints", scene.parameter("log_checkpoints")["value"])
    url = accepted.headers.get("azure-asyncoperation", "")
    changed = scene.azure.ask("GET", url[:-4] + ("AAAA" if url[-4:] != "AAAA" else "BBBB"))
    scene.done(accepted)
    return Seen(changed.status == 400, str(changed))


def _result_of_a_write(scene: Scene) -> Seen:
    accepted = scene.set("log_checkpoints", scene.parameter("log_checkpoints")["value"])
    scene.done(accepted)
    result = scene.azure.ask("GET", accepted.headers.get("location", ""))
    expected = {"properties": {}, "name": scene.name, "type": "PostgreSQL"}
    return Seen(result.status == 200 and result.body == expected, f"{result.status} {result.body}")


def _retry_after_of_a_server(scene: Scene) -> Seen:
    accepted = scene.ask("PATCH", "", {"tags": {"checked": "yes"}})
    scene.done(accepted)
    said = accepted.headers.get("retry-after")
    return Seen(said == "60", f"{accepted.status}, Retry-After {said}")


def _name_taken(scene: Scene) -> Seen:
    body = {"name": scene.name, "type": "Microsoft.DBforPostgreSQL/flexibleServers"}
    answer = scene.azure.ask("POST", f"{scene.subscription}{PROVIDER}/checkNameAvailability", body)
    reason = answer.body.get("reason") if isinstance(answer.body, dict) else None
    return Seen((answer.status, reason) == (200, "AlreadyExists"), f"{answer.status} {answer.body}")


def _own_database(scene: Scene) -> Seen:
    return refused(scene.ask("DELETE", "/databases/azure_sys"), 400, "InvalidParameterValue")


def _missing_database(scene: Scene) -> Seen:
    answer = scene.ask("DELETE", "/databases/not_there")
    return Seen(answer.status == 204, str(answer))


def _plan(scene: Scene) -> Seen:
    path = f"{scene.subscription}/providers/Microsoft.Security/pricings/OpenSourceRelationalDatabases"
    answer = scene.azure.ask("GET", path, version="2024-01-01")
    properties = answer.body.get("properties", {}) if isinstance(answer.body, dict) else {}
    holds = answer.status == 200 and {"pricingTier", "freeTrialRemainingTime"} <= set(properties)
    return Seen(holds, f"{answer}, with {', '.join(sorted(properties))}")


def _dropped(scene: Scene) -> Seen:
    accepted = scene.ask("DELETE")
    scene.azure.wait(5)
    shown = scene.ask("GET")
    state = shown.body.get("properties", {}).get("state") if isinstance(shown.body, dict) else None
    scene.done(accepted)
    gone, again = scene.ask("GET"), scene.ask("DELETE")
    holds = (state, gone.status, again.status) == ("Dropping", 404, 204)
    return Seen(holds, f"meanwhile {shown.status} {state}, afterwards {gone.status}; a second DELETE {again.status}")


CREATION = Behaviour(
    "server-provisioning",
    "While a server is being created it shows as Provisioning, and reading its parameters is a 500.",
    "reported; the state inferred",
    _created,
)
PROTOCOL = (
    Behaviour(
        "version-missing", "Without api-version: 400 MissingApiVersionParameter.", "documented", _without_version
    ),
    Behaviour("version-unknown", "An unknown api-version: 400.", "documented", _unknown_version),
    Behaviour("token-missing", "Without a token: 401 with a challenge.", "documented", _without_token),
    Behaviour("method-unknown", "A method that a resource does not have: 405.", "inferred", _wrong_method),
    Behaviour("status-url-changed", "A status URL that was changed: 400.", "inferred", _changed_status_url),
    Behaviour(
        "result-url-of-write",
        "The result URL of a parameter's write ends as 200 with a bare object.",
        "inferred",
        _result_of_a_write,
    ),
    Behaviour("server-retry-after", "A server PATCH carries Retry-After: 60.", "inferred", _retry_after_of_a_server),
    Behaviour("name-taken", "A name that is taken is not available: AlreadyExists.", "documented", _name_taken),
    Behaviour(
        "database-own", "A database of the service's own cannot be dropped: 400 at once.", "inferred", _own_database
    ),
    Behaviour("database-absent", "Dropping a database that is not there: 204.", "inferred", _missing_database),
    Behaviour("plan-synchronous", "A Defender plan is answered at once, with its trial time.", "recorded", _plan),
)
DROP = Behaviour(
    "server-dropping",
    "While it is dropped a server shows as Dropping; then it is a 404, and dropping it again a 204.",
    "recorded; the state inferred",
    _dropped,
)
