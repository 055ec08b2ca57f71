"""A real PostgreSQL behind a simulated server, so that an ordinary driver meets what a request has changed.

Found among the servers installed on this machine or in a package; run as an unprivileged user, in a temporary
directory, on 127.0.0.1; gone with the process that started it, however that ends. `access` says which client a
loopback address stands for, `settings` which parameters are enforced, `layout` which roles and databases there are.
"""

from __future__ import annotations

from .backing import Backing
from .choosing import backed, choices, described
from .installations import Installation, find_installations
from .problem import PostgresError

__all__ = ["Backing", "Installation", "PostgresError", "backed", "choices", "described", "find_installations"]
