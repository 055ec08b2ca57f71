"""Requests to Resource Manager as they go over the wire, with every answer kept as evidence.

No SDK: what an SDK makes of an answer is not what the service said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flexsec.testing import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from azure.core.credentials import TokenCredential

VERSION = "2025-08-01"
_ENDED = ("Succeeded", "Failed", "Canceled")
_USUAL_WAIT = 10.0  # seconds between polls, where the service does not say
_LONGEST = 2 * 3600.0  # seconds that one operation may take
_TRIES = 5  # of a request that is throttled


class NotShown(Exception):
    """Something that a behaviour needs did not come about, so that nothing can be said about it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> Mapping[str, Any]:
        """The error object; empty when there is none."""
        found = self.body.get("error") if isinstance(self.body, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def code(self) -> str:
        """The error code; "" when there is none."""
        return str(self.error.get("code", ""))

    def __str__(self) -> str:
        said = f" {self.code}: {self.error.get('message', '')}" if self.error else ""
        return f"{self.status}{said}"


class Conversation:
    """Talks to one Resource Manager.

    Args:
        base: where it answers, without a slash at the end.
        scope: what a token for it is asked for.
        sign_in: makes a credential; again when the service says that a token has expired.
        session: sends.
        wait: waits that many seconds.
    """

    def __init__(
        self,
        base: str,
        scope: str,
        sign_in: Callable[[], TokenCredential],
        *,
        session: requests.Session,
        wait: Callable[[float], None],
    ) -> None:
        self._base = base
        self._scope = scope
        self._sign_in = sign_in
        self._credential = sign_in()
        self._session = session
        self.wait = wait
        self.exchanges: list[Exchange] = []
        self.tokens: set[str] = set()

    @property
    def token(self) -> str:
        """The access token; azure-identity renews it."""
        found = self._credential.get_token(self._scope).token
        self.tokens.add(found)
        return found

    def ask(
        self, method: str, path: str, body: Any = None, *, version: str | None = VERSION, signed: bool = True
    ) -> Answer:
        """One request; throttling is waited out, and an expired token is renewed.

        Args:
            method: GET, PUT, ...
            path: below the base, or a whole URL such as a status URL, which is used as it is.
            body: what is sent, as JSON data.
            version: the api-version; None for none.
            signed: whether a token is sent along.
        """
        whole = path.startswith("https://")
        url = path if whole else self._base + path
        query = {} if whole or version is None else {"api-version": version}
        for _ in range(_TRIES):
            answer = self._send(method, url, query, body, signed=signed)
            if answer.code == "ExpiredAuthenticationToken":
                self._credential = self._sign_in()
            elif answer.status == 429:
                self.wait(_seconds(answer.headers.get("retry-after")))
            else:
                break
        return answer

    def end(self, answer: Answer) -> Mapping[str, Any]:
        """Follows an accepted write to its end: the last poll, with `status` and perhaps `error`.

        Raises:
            NotShown: it was not accepted, cannot be followed, or does not end.
        """
        url = answer.headers.get("azure-asyncoperation")
        if answer.status != 202 or url is None:
            raise NotShown(f"accepted was expected, and the answer was {answer}")
        waited = 0.0
        while waited < _LONGEST:
            poll = self.ask("GET", url)
            if poll.status != 200 or not isinstance(poll.body, dict):
                raise NotShown(f"following the operation was answered {poll}")
            if poll.body.get("status") in _ENDED:
                return poll.body
            pause = _seconds(poll.headers.get("retry-after"))
            self.wait(pause)
            waited += pause
        raise NotShown(f"the operation has not ended in {_LONGEST:.0f} s")

    def _send(self, method: str, url: str, query: Mapping[str, str], body: Any, *, signed: bool) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if signed:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = None if body is None else json.dumps(body)
        response = self._session.request(method, url, params=query, data=sent, headers=headers, timeout=120)
        try:
            found, is_json = response.json(), True
        except ValueError:
            found, is_json = response.text, False
        answer = Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, found)
        self.exchanges.append(
            Exchange(
                method=method,
                url=str(response.url),
                body=body,
                status=answer.status,
                headers=dict(answer.headers),
                answer=found,
                is_json=is_json,
            )
        )
        return answer


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after is not None and retry_after.isdigit() else _USUAL_WAIT
