"""Encryption of what lies on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from .control import Arguments, Control
from .outcome import passed, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check


def at_rest_platform(state: ServerState, arguments: Arguments) -> Check:
    """Data, backups and temporary files are encrypted on disk.

    What it checks: nothing that could be off. Microsoft documents that the service encrypts storage always, with
    AES-256 in a FIPS 140-2 validated module, backups and temporary files included, and that it cannot be switched off.
    The control carries this evidence and the kind of key into the report.

    Why: auditors ask for it, and a report that is silent about it raises the question.

    Remedy: none is ever needed.

    What it does not check: whether the key should be your own (customer-managed), and the health of such a key.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    kind = state.server.encryption
    holder = {"systemmanaged": "Microsoft", "azurekeyvault": "the customer, in Azure Key Vault"}.get(kind.casefold())
    evidence = {
        "storage": "always encrypted (AES-256, FIPS 140-2 validated module); cannot be switched off",
        "backups": "encrypted",
        "temporary files": "encrypted",
        "dataEncryption.type": kind or "not told",
    }
    whose = f"; the key is managed by {holder}" if holder else ""
    return passed(f"storage, backups and temporary files are always encrypted{whose}", evidence)


CONTROLS = (
    Control(
        id="enc-at-rest-platform",
        title="Storage is encrypted at rest",
        family="encryption",
        rating=RATINGS["enc-at-rest-platform"],
        check=at_rest_platform,
        reads=("server",),
        references=REFERENCES["enc-at-rest-platform"],
    ),
)
