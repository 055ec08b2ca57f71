"""Refusals of the sign-in service, in Entra's form: an OAuth error word and a description that starts with AADSTS.

Codes and wording are documented by Microsoft; the statuses of the managed-identity endpoints too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class SignInError(Exception):
    """An error answer: HTTP status, OAuth error word, AADSTS number (0 for none) and sentence."""

    def __init__(self, status: int, word: str, number: int, sentence: str) -> None:
        super().__init__(f"{status} {word}: {sentence}")
        self.status = status
        self.word = word
        self.number = number
        self.sentence = sentence

    def body(self, now: datetime, trace_id: str) -> dict[str, Any]:
        """The body of the answer."""
        stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
        if not self.number:
            return {"error": self.word, "error_description": self.sentence}
        text = (
            f"AADSTS{self.number}: {self.sentence} Trace ID: {trace_id} Correlation ID: {trace_id} Timestamp: {stamp}"
        )
        return {
            "error": self.word,
            "error_description": text,
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace_id,
            "correlation_id": trace_id,
        }


def wrong_method(method: str) -> SignInError:
    """405 or, for a token endpoint that is read, Entra's own refusal of the method."""
    sentence = f"Endpoint does not accept {method} requests."
    return SignInError(405, "invalid_request", 900561, sentence)


def unknown_tenant(name: str) -> SignInError:
    """400: a tenant that does not exist."""
    sentence = f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID."
    return SignInError(400, "invalid_request", 90002, sentence)


def bad_tenant(name: str) -> SignInError:
    """400: neither a GUID nor a name that could be a tenant's."""
    sentence = f"Specified tenant identifier '{name}' is neither a valid DNS name, nor a valid external domain."
    return SignInError(400, "invalid_request", 900023, sentence)


def missing_parameter(name: str) -> SignInError:
    """400: the form lacks a parameter."""
    return SignInError(
        400, "invalid_request", 900144, f"The request body must contain the following parameter: '{name}'."
    )


def unsupported_grant(name: str) -> SignInError:
    """400: any grant but client_credentials."""
    return SignInError(400, "unsupported_grant_type", 70003, f"The app requested an unsupported grant type '{name}'.")


def unknown_application(client_id: str, tenant: str) -> SignInError:
    """400: no application of this client id."""
    sentence = f"Application with identifier '{client_id}' was not found in the directory '{tenant}'."
    return SignInError(400, "unauthorized_client", 700016, sentence)


def wrong_secret(client_id: str) -> SignInError:
    """401: the secret is not the application's."""
    sentence = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        f"not the client secret ID, for a secret added to app '{client_id}'."
    )
    return SignInError(401, "invalid_client", 7000215, sentence)


def no_secret() -> SignInError:
    """401: neither a secret nor an assertion."""
    sentence = "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."
    return SignInError(401, "invalid_client", 7000216, sentence)


def bad_assertion(sentence: str) -> SignInError:
    """401: the assertion does not fit the application or the endpoint."""
    return SignInError(401, "invalid_client", 50027, f"JWT token is invalid or malformed. {sentence}")


def bad_scope(scope: str) -> SignInError:
    """400: a scope without the suffix that this grant needs."""
    sentence = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI)."
    )
    return SignInError(400, "invalid_scope", 1002012, sentence)


def no_identity_header(name: str, status: int) -> SignInError:
    """400 or 401: a managed-identity endpoint was asked without its header."""
    return SignInError(status, "invalid_request", 0, f"Required header '{name}' is missing or wrong.")


def unknown_identity() -> SignInError:
    """400: no such managed identity on this machine."""
    return SignInError(400, "invalid_request", 0, "Identity not found")
