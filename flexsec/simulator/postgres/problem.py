"""The one error of a real PostgreSQL behind a simulated server."""

from __future__ import annotations


class PostgresError(RuntimeError):
    """A real PostgreSQL could not be found, started or brought to where its simulated server is."""
