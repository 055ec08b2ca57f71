"""Logging to standard error, for flexsec's own loggers alone.

The loggers of HTTP libraries stay silent at every level: they write whole URLs, and some of those are signed.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

from ..reporting.neutral import plain

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
# At -vvv this one tells which way of signing in was tried; it writes no token.
_SIGN_IN = "azure.identity"


class _Plain(logging.Formatter):
    """One neutral line per record, without the traceback: an exception's text may hold anything."""

    def format(self, record: logging.LogRecord) -> str:
        kind = f" [{record.exc_info[0].__name__}]" if record.exc_info and record.exc_info[0] else ""
        return plain(f"{record.levelname.lower()}: {record.name}: {record.getMessage()}{kind}")


def configure(verbosity: int, stream: TextIO | None = None) -> None:
    """Show records from this verbosity on (0 warnings, 1 what is done, 2 every request, 3 signing in too)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Plain())
    own = logging.getLogger("flexsec")
    own.handlers[:] = [handler]
    own.propagate = False
    own.setLevel(_LEVELS[min(verbosity, 2)])
    logging.getLogger("azure").setLevel(logging.WARNING)
    sign_in = logging.getLogger(_SIGN_IN)
    sign_in.handlers[:] = [handler] if verbosity >= 3 else []
    sign_in.propagate = False
    sign_in.setLevel(logging.INFO if verbosity >= 3 else logging.CRITICAL)
