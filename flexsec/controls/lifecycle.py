"""Whether the server's PostgreSQL is one that still gets its defects mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from .control import Argument, Arguments, Control, texts
from .outcome import failed, passed, unknown, unread
from .postgresql_versions import MAJOR_VERSIONS, TABLE_DATE, YEARS_OF_SUPPORT
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from datetime import date

    from ..model.server import ServerState
    from ..model.verdict import Check

_TABLE = {"table of versions": f"as of {TABLE_DATE}"}
_UPGRADE = "az postgres flexible-server upgrade: it cannot be undone, so try it on a restored copy first"


def supported(state: ServerState, arguments: Arguments) -> Check:
    """The PostgreSQL community maintains the server's major version.

    What it checks: on the day of the audit the major version has not reached its end of life, and it is one of the
    argument `allowed` where that names any. The dates stand in a table of flexsec, whose own date is in the evidence.
    A version newer than the table passes for as long as every version released after the table must be maintained
    (five years from the table's date), and is unknown from then on.

    Why: after its end of life a version's holes are published and stay open.

    Remedy: left to you: az postgres flexible-server upgrade. It stops the server for a while and cannot be undone: try
    it on a restored copy first. Server parameters and extensions are to be looked through afterwards.

    What it does not check: until when Microsoft runs a version, and extended support that you may pay for.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    major, allowed = server.major_version, texts(arguments, "allowed")
    if not major:
        return unknown(f"the service tells {server.version or 'nothing'} as the major version")
    evidence = {"version": server.version, **_TABLE}
    if allowed and server.version not in allowed:
        return failed(
            f"PostgreSQL {major} is none of the versions that are allowed: {', '.join(allowed)}",
            evidence,
            remedy=_UPGRADE,
        )
    return _maintained(major, state.observed_at.date(), evidence)


def _maintained(major: int, today: date, evidence: dict[str, str]) -> Check:
    version = MAJOR_VERSIONS.get(major)
    if version is None and major > max(MAJOR_VERSIONS):
        if today >= TABLE_DATE.replace(year=TABLE_DATE.year + YEARS_OF_SUPPORT):
            return unknown(f"the table of versions (as of {TABLE_DATE}) is too old to know PostgreSQL {major}")
        return passed(f"PostgreSQL {major} is newer than the table of versions (as of {TABLE_DATE})", evidence)
    ended = version.end_of_life if version else None
    evidence = {**evidence, "end of life": str(ended or f"before {MAJOR_VERSIONS[min(MAJOR_VERSIONS)].end_of_life}")}
    if ended is not None and today < ended:
        return passed(f"PostgreSQL {major} is maintained until {ended}", evidence)
    return failed(
        f"PostgreSQL {major} is no longer maintained (end of life {evidence['end of life']})", evidence, remedy=_UPGRADE
    )


def minor_current(state: ServerState, arguments: Arguments) -> Check:
    """The server runs the newest minor version of its major version.

    What it checks: minorVersion is not older than the newest one in flexsec's table of versions, whose date is in the
    evidence. A minor version newer than the table passes. A major version that the table does not know is unknown.

    Why: minor versions mend defects, holes among them, and nothing else.

    Remedy: left to you. The service brings minor versions with its maintenance: apply a pending maintenance event (az
    postgres flexible-server maintenance-event apply-now), or wait for the maintenance window. Microsoft rolls a minor
    version out some weeks after the community has released it; until then there is nothing to apply.

    What it does not check: minor versions that came out after the table's date. The table ages with flexsec: a pass
    says that the server was current on that date, and a newer flexsec says more.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    major, told = server.major_version, server.minor_version.strip()
    minor = told.removeprefix(f"{server.version}.")
    if not major or not (minor.isascii() and minor.isdigit()):
        known = server.version if major else "not told"
        return unknown(f"the service does not tell the minor version (version {known}, minor {told or 'not told'})")
    version = MAJOR_VERSIONS.get(major)
    if version is None:
        return unknown(f"the table of versions (as of {TABLE_DATE}) does not know PostgreSQL {major}")
    newest = f"{major}.{version.newest_minor}"
    evidence = {"version": f"{major}.{minor}", "newest in the table": newest, **_TABLE}
    if int(minor) >= version.newest_minor:
        return passed(f"PostgreSQL {major}.{minor} is current as of {TABLE_DATE}", evidence)
    return failed(
        f"PostgreSQL {major}.{minor} is older than {newest}",
        evidence,
        remedy="az postgres flexible-server maintenance-event apply-now, or wait for the next maintenance; a new "
        "version reaches the service some weeks after its release",
    )


CONTROLS = (
    Control(
        id="version-supported",
        title="The major version is maintained",
        family="lifecycle",
        rating=RATINGS["version-supported"],
        check=supported,
        reads=("server",),
        arguments=(
            Argument(
                name="allowed",
                kind="texts",
                default=THRESHOLDS["version-supported.allowed"].value,
                description="The major versions that may be used; none named means every maintained one.",
                pattern=r"[1-9][0-9]*",
                form='major versions such as "16"',
            ),
        ),
        references=REFERENCES["version-supported"],
    ),
    Control(
        id="minor-version-current",
        title="The minor version is current",
        family="lifecycle",
        rating=RATINGS["minor-version-current"],
        check=minor_current,
        reads=("server",),
        references=REFERENCES["minor-version-current"],
    ),
)
