"""The service's refusals, word for word where its words are known: clients meet what they will meet in production.

Each function names its source: recorded (seen in recorded traffic), documented or reported (in a public thread), or
inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class WireError(Exception):
    """An error answer: HTTP status, ARM error code and message, and whose refusal it is (gateway, service, None)."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        cause: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.cause = cause
        self.headers = dict(headers or {})

    @property
    def error(self) -> dict[str, str]:
        """The content of the body's error object."""
        return {"code": self.code, "message": self.message}


def authentication_failed(tenant_id: str) -> WireError:
    """401 with a challenge: no bearer token. Documented."""
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant_id}", error="invalid_token", '
        "error_description=\"The authentication failed because of missing 'Authorization' header.\""
    )
    message = "Authentication failed. The 'Authorization' header is missing."
    return WireError(401, "AuthenticationFailed", message, cause="gateway", headers={"WWW-Authenticate": challenge})


def invalid_token(tenant_id: str, sentence: str) -> WireError:
    """401: a bearer text that is no token of this tenant's sign-in. Documented."""
    return _unauthorized(tenant_id, "InvalidAuthenticationToken", sentence)


def expired_token(tenant_id: str, expired: str, now: str) -> WireError:
    """401: a token whose time is over. Documented."""
    message = f"The access token expiry UTC time '{expired}' is earlier than current UTC time '{now}'."
    return _unauthorized(tenant_id, "ExpiredAuthenticationToken", message)


def wrong_audience(tenant_id: str, audience: str, allowed: str) -> WireError:
    """401: a token for another service. Documented."""
    message = (
        "The access token has been obtained for wrong audience or resource "
        f"'{audience}'. It should exactly match with one of the allowed audiences '{allowed}/','{allowed}'."
    )
    return _unauthorized(tenant_id, "InvalidAuthenticationTokenAudience", message)


def _unauthorized(tenant_id: str, code: str, message: str) -> WireError:
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant_id}", error="invalid_token", '
        f'error_description="{message}"'
    )
    return WireError(401, code, message, cause="gateway", headers={"WWW-Authenticate": challenge})


def authorization_failed(object_id: str, action: str, scope: str) -> WireError:
    """403: the principal lacks an action. Recorded text."""
    message = (
        f"The client '{object_id}' with object id '{object_id}' does not have authorization to perform action "
        f"'{action}' over scope "
        f"'{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
    )
    return WireError(403, "AuthorizationFailed", message, cause="gateway")


def missing_api_version() -> WireError:
    """400: a request without api-version. Documented."""
    message = "The api-version query parameter (?api-version=) is required for all requests."
    return WireError(400, "MissingApiVersionParameter", message, cause="gateway")


def invalid_api_version(found: str, accepted: Sequence[str]) -> WireError:
    """400: an api-version that the resource type does not have; the message lists those it has. Documented."""
    message = f"The api-version '{found}' is invalid. The supported versions are '{','.join(accepted)}'."
    return WireError(400, "InvalidApiVersionParameter", message, cause="gateway")


def invalid_resource_type(what: str, namespace: str, api_version: str) -> WireError:
    """404: a path that leads to nothing that is modelled. Documented form."""
    message = (
        f"The resource type '{what}' could not be found in the namespace '{namespace}' for api version '{api_version}'."
    )
    return WireError(404, "InvalidResourceType", message, cause="gateway")


def method_not_allowed(method: str) -> WireError:
    """405: a known resource, but not with this method. Inferred status, documented text."""
    message = f"The requested resource does not support http method '{method}'."
    return WireError(405, "MethodNotAllowed", message, cause="gateway")


def not_modelled(what: str) -> WireError:
    """501: the real service does this, the simulator does not and will not pretend to."""
    return WireError(501, "NotModelledBySimulator", f"The simulator does not model this: {what}.", cause="gateway")


def subscription_not_found(subscription_id: str) -> WireError:
    """404. Documented."""
    message = f"The subscription '{subscription_id}' could not be found."
    return WireError(404, "SubscriptionNotFound", message, cause="gateway")


def resource_group_not_found(name: str) -> WireError:
    """404. Recorded."""
    return WireError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.", cause="gateway")


def server_not_found(name: str, group: str) -> WireError:
    """404 from the gateway: a server that ARM does not know. Recorded."""
    message = (
        f"The Resource 'Microsoft.DBforPostgreSQL/flexibleServers/{name}' under resource group '{group}' was not "
        "found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return WireError(404, "ResourceNotFound", message, cause="gateway")


def child_not_found(resource_type: str, name: str) -> WireError:
    """404 from the provider, without a failure cause.

    Recorded; for firewall rules the type named is that of the server.
    """
    message = f"The requested resource of type '{resource_type}' with name '{name}' was not found."
    return WireError(404, "ResourceNotFound", message)


def invalid_content(problem: str) -> WireError:
    """400: a body that is no JSON object, or holds a member of the wrong kind. Documented form."""
    message = f"The request content was invalid and could not be deserialized: '{problem}'."
    return WireError(400, "InvalidRequestContent", message, cause="gateway")


def invalid_parameter_value(parameter: str) -> WireError:
    """400: a value that the provider refuses. Reported."""
    message = f"Invalid value given for parameter {parameter}. Specify a valid parameter value."
    return WireError(400, "InvalidParameterValue", message)


def configuration_not_exists(name: str, server: str, version: str, *, status: int) -> WireError:
    """404 on reads, 400 on writes: a parameter that the server's version does not have. Reported."""
    message = f"The configuration '{name}' does not exist for {server} server version {version}."
    return WireError(status, "ConfigurationNotExists", message)


def internal_server_error(tracking_id: str) -> WireError:
    """500. Recorded, spelling included."""
    message = f"An unexpected error occured while processing the request. Tracking ID: '{tracking_id}'"
    return WireError(500, "InternalServerError", message, cause="service")


def server_stopped(server: str) -> WireError:
    """400: the server is stopped. Reported code and status; the message was never seen and is ours."""
    message = f"Server '{server}' is stopped. Start the server before performing this operation."
    return WireError(400, "ServerStoppedError", message)


def server_dropping() -> WireError:
    """400: the server is being deleted. Reported text; the status is inferred."""
    return WireError(400, "ServerGroupDropping", "Operations on a server group in dropping state are not allowed.")


def operation_not_found(name: str) -> WireError:
    """404: a status URL that leads to no operation. Inferred form."""
    return WireError(404, "ResourceNotFound", f"The requested operation '{name}' was not found.")


def changed_status_url() -> WireError:
    """400: a status URL whose signed query was not presented unchanged. Inferred form."""
    message = "The signature of the operation URL is not valid. Use the URL of the answer unchanged."
    return WireError(400, "InvalidOperationUrlSignature", message, cause="gateway")


def throttled(
    subscription_id: str,
    operation: str,
    wait_s: int,
    *,
    retry_after: str | None,
    text: str = "SubscriptionRequestsThrottled",
) -> WireError:
    """429 in each of the reported wordings; `text` is the code, or 'legacy' for the hourly limits of before 2024."""
    legacy = (
        f"Number of write requests for subscription '{subscription_id}' exceeded the limit of '1200' for time "
        "interval '01:00:00'. "
        f"Please try again after '{wait_s}' seconds."
    )
    messages = {
        "SubscriptionRequestsThrottled": (
            f"Number of requests for subscription '{subscription_id}' and operation '{operation}' exceeded the "
            "backend storage limit. "
            f"Please try again after '{wait_s}' seconds."
        ),
        "ResourceRequestsThrottled": (
            f"Number of requests for action '{operation}' exceeded the limit of '50' for time interval '00:05:00'. "
            f"Please try again after '{wait_s}' seconds."
        ),
        "TooManyRequests": "The request is being throttled.",
        "legacy": legacy,
    }
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    code = "SubscriptionRequestsThrottled" if text == "legacy" else text
    return WireError(429, code, messages[text], cause="gateway", headers=headers)
