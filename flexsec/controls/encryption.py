"""Encryption that the platform does by itself or by a switch; customer-managed keys are in `keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from .control import Arguments, Control
from .outcome import failed, not_applicable, passed, unknown, unread
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

    What it does not check: whether the key should be your own (enc-cmk), and the health of such a key (enc-key-health).

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


def fips_mode(state: ServerState, arguments: Arguments) -> Check:
    """The server uses only cryptography that FIPS 140 admits.

    What it checks: the server's property fipsMode is Enabled. Versions of the service's interface before 2026-10-01 do
    not tell it, which is unknown.

    Why: rules for public authorities and their suppliers ask for validated modules in the database itself. Ask for it
    where such a rule holds; encryption on disk uses a validated module anyway (enc-at-rest-platform).

    Remedy: left to you. md5 is no FIPS algorithm, so first get rid of md5 passwords (auth-accepted-method-no-md5) and
    of extensions and queries that need it, try it on a copy of the server, then set properties.fipsMode to Enabled with
    az rest; the az postgres commands have no option for it.

    What it does not check: the cryptography of clients, and the certificate of the module in use.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    found = state.server.fips_mode
    match found.casefold():
        case "enabled":
            return passed("FIPS mode is enabled", {"fipsMode": found})
        case "disabled":
            return failed(
                "FIPS mode is disabled",
                {"fipsMode": found},
                remedy="try it on a copy first: md5 passwords, and whatever else needs algorithms that FIPS does not "
                "admit, stop working; then set properties.fipsMode to Enabled with az rest (api-version 2026-10-01)",
            )
        case "":
            return unknown("the service does not tell fipsMode; interfaces before 2026-10-01 do not have it")
        case _:
            return unknown(f"the service tells {found} about FIPS mode")


def infrastructure_double(state: ServerState, arguments: Arguments) -> Check:
    """A second layer of encryption below the first: a question that flexible servers do not have.

    What it checks: nothing. Infrastructure encryption was a property of the retired single server; a flexible server
    has none. The control is there so that a benchmark's row has an answer.

    Why: benchmarks and scanners written for single servers still ask for it, and their finding cannot be mended.

    Remedy: none is possible or needed.

    What it does not check: encryption on disk (enc-at-rest-platform) and whose key it uses (enc-cmk).

    Cost: none; nothing is read.
    """
    return not_applicable("infrastructure encryption belonged to the retired single server; flexible servers have none")


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
    Control(
        id="enc-fips-mode",
        title="FIPS mode is enabled",
        family="encryption",
        rating=RATINGS["enc-fips-mode"],
        check=fips_mode,
        reads=("server",),
        references=REFERENCES["enc-fips-mode"],
    ),
    Control(
        id="enc-infra-double",
        title="Infrastructure encryption, which only single servers had",
        family="encryption",
        rating=RATINGS["enc-infra-double"],
        check=infrastructure_double,
        reads=(),
        references=REFERENCES["enc-infra-double"],
    ),
)
