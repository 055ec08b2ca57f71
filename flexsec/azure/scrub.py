"""Takes secrets out of any text before it can reach an error, a log line or a report."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from ..model.secret import Secret

# A status URL is signed by its query (t, c, s, h, recorded); a shared access signature likewise.
_URL_QUERY = re.compile(r"(?i)(\bhttps?://[^\s'\"<>?]*|/subscriptions/[^\s'\"<>?]*)\?[^\s'\"<>]*")
_SIGNED_PART = re.compile(r"(?i)([?&](?:t|c|s|h|sig|skiptoken|%24skiptoken|\$skiptoken)=)[^&\s'\"<>]+")
_BEARER = re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]+")
_TOKEN = re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}")
_NAMED_SECRET = re.compile(
    r"(?i)(['\"]?\b(?:\w*password|client_secret|access_token|refresh_token|client_assertion)\b['\"]?"
    r"(?:\s*[=:]\s*|\s+(?:(?:is|was|value)\s+)?(?=['\"])))"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&'\"}]+)"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ANY_QUERY = re.compile(r"\?[^\s'\"<>]*")

LIMIT = 1000
"""How many characters of the service's own words an error keeps."""


def scrub(text: str, limit: int = LIMIT) -> str:
    """The text on one line, at most `limit` characters, without tokens, signatures or query strings."""
    clean = _CONTROL.sub(" ", text[: max(limit * 4, 2000)])
    clean = _URL_QUERY.sub(r"\1?...", clean)
    clean = _SIGNED_PART.sub(r"\1...", clean)
    clean = _BEARER.sub(r"\1 ...", clean)
    clean = _TOKEN.sub("...", clean)
    clean = _NAMED_SECRET.sub(r"\1...", clean).strip()
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."


class WithoutQueries(logging.Filter):
    """Strips query strings from log records of the HTTP library, which prints whole signed URLs at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its texts without queries and tokens."""
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(item) for item in record.args)
        elif isinstance(record.args, Mapping):
            record.args = {key: _bare(item) for key, item in record.args.items()}
        record.msg = _bare(record.msg)
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WithoutQueries)

    def __hash__(self) -> int:
        return hash(WithoutQueries)


def spellings(secret: Secret) -> tuple[str, ...]:
    """The forms in which a service may echo a secret that it was sent, the longest first."""
    text = secret.reveal()
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text), quote(text, "")}
    return tuple(sorted(forms - {""}, key=len, reverse=True))


def keep_logs_clean() -> None:
    """Keep signed URLs out of the HTTP library's records, and Microsoft's packages silent where nobody logs.

    Without a handler of its own, a package's warning goes to stderr; what it warns of is in our errors. A program
    that sets up logging still gets every record.
    """
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(WithoutQueries())
    for name in ("azure", "msal"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _bare(item: object) -> object:
    if isinstance(item, str):
        return _ANY_QUERY.sub("?...", item)
    if isinstance(item, int | float | None):
        return item
    return _ANY_QUERY.sub("?...", str(item))
