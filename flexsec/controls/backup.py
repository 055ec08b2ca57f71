"""Whether there is something to restore from when the server, its region or an administrator is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredServerSetting
from ..model.observation import Unobserved
from .control import Argument, Arguments, Control, whole_number
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_REPLICA = "a replica has no backups of its own; its primary is backed up"
_GEO = "backup.geoRedundantBackup"
_DAYS = "backup.backupRetentionDays"
_IMMUTABLE = "backup.immutableBackup"
_SHORTEST, _LONGEST = 7, 35  # days that the service takes (Microsoft documentation)


def geo_redundant(state: ServerState, arguments: Arguments) -> Check:
    """Backups are also kept in the paired region.

    What it checks: backup.geoRedundantBackup is Enabled. Where it is not, the region is asked: a region without a pair
    that takes backups is not applicable, and so is a replica.

    Why: when a region is lost, or everything in it that an intruder could delete, the copy in the other one is what is
    left to restore.

    Remedy: left to you. It is fixed when a server is created: restore this one to a new server with geo-redundant
    backup, and move over to that.

    What it does not check: whether a restore in the paired region was ever tried, and the customer-managed key that the
    copy is encrypted with.

    Cost: one request per region of a subscription, shared by its servers. Geo-redundant backup storage costs about
    twice as much as local.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    if server.is_replica:
        return not_applicable(_REPLICA)
    told = server.geo_redundant_backup
    if told.casefold() == "enabled":
        return passed("backups are geo-redundant", {_GEO: told})
    if isinstance(state.region, Unobserved):
        return unread("what the region offers", state.region)
    if state.region.geo_backup is False:
        return not_applicable(f"region {state.region.name} offers no geo-redundant backup")
    if told.casefold() != "disabled" or state.region.geo_backup is None:
        what = _GEO if state.region.geo_backup else f"geo-redundant backup in region {state.region.name}"
        return unknown(f"the service tells {told or 'nothing'} about {what}")
    return failed(
        "backups are kept in one region alone",
        {_GEO: told, "region": f"{state.region.name} offers geo-redundant backup"},
        remedy="it is fixed when a server is created: restore this one to a new server with geo-redundant backup",
    )


def retention(state: ServerState, arguments: Arguments) -> Check:
    """Backups are kept long enough to go back to before the damage.

    What it checks: backup.backupRetentionDays is at least the argument `days`. More passes and is never lowered.

    Why: damage done quietly, by an intruder or a faulty release, is often older than a week when it is noticed. The
    service keeps seven days unless told otherwise, and 35 at most.

    Remedy: flexsec sets the retention, without a restart. The longer history builds up from then on: what has been
    deleted already does not come back.

    What it does not check: whether a restore was ever tried, and long-term backups in a Backup vault.

    Cost: none; the server's own properties are always read. Backup storage beyond the size of the server's storage is
    charged.
    """
    server = state.server
    days = whole_number(arguments, "days")
    if isinstance(server, Unobserved):
        return unread("the server", server)
    if server.is_replica:
        return not_applicable(_REPLICA)
    kept = server.backup_retention_days
    if kept is None:
        return unknown(f"the service does not tell {_DAYS}")
    if kept >= days:
        return passed(f"backups are kept for {kept} days", {_DAYS: str(kept)})
    return failed(
        f"backups are kept for {kept} days, {days} are asked for",
        {_DAYS: str(kept)},
        desires=(DesiredServerSetting(name="backup_retention_days", value=str(days)),),
    )


def immutable(state: ServerState, arguments: Arguments) -> Check:
    """Backups cannot be deleted, not even by an administrator.

    What it checks: backup.immutableBackup is Enabled, or the baseline declares with `vaulted: true` that a Backup vault
    with immutability keeps long-term backups of the server. The service tells the property since API version
    2026-10-01; a server of which it tells nothing is unknown, a replica not applicable.

    Why: whoever takes over an administrator's identity deletes the backups first and asks for a ransom afterwards.

    Remedy: left to you. Whether the property can be changed on a server that exists is not documented. A Backup vault
    with immutability that holds long-term backups of the server protects as well: where you have one, say
    `vaulted: true`, in a baseline whose scope is the servers that it holds.

    What it does not check: Backup vaults. flexsec reads none: with `vaulted: true` the pass rests on the baseline's
    word, which its evidence says, and not on the vault, its immutability or its soft delete.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    if server.is_replica:
        return not_applicable(_REPLICA)
    told = server.immutable_backup
    match told.casefold():
        case "enabled":
            return passed("backups are immutable", {_IMMUTABLE: told})
        case "disabled" if arguments["vaulted"]:
            return passed(
                "the baseline declares that an immutable Backup vault keeps long-term backups; no vault was read",
                {_IMMUTABLE: told, "vaulted": "declared by the baseline"},
            )
        case "disabled":
            return failed(
                "the server's own backups can be deleted",
                {_IMMUTABLE: told},
                remedy="make the backups immutable, or keep long-term backups in a Backup vault with immutability and "
                "declare it with the argument vaulted: flexsec reads no vault",
            )
        case _:
            return unknown(f"the service tells {told or 'nothing'} about {_IMMUTABLE}")


CONTROLS = (
    Control(
        id="backup-geo",
        title="Backups are geo-redundant",
        family="backup",
        rating=RATINGS["backup-geo"],
        check=geo_redundant,
        reads=("server", "region"),
        references=REFERENCES["backup-geo"],
    ),
    Control(
        id="backup-retention-days",
        title="Backups are kept long enough",
        family="backup",
        rating=RATINGS["backup-retention-days"],
        check=retention,
        reads=("server",),
        arguments=(
            Argument(
                name="days",
                kind="integer",
                default=THRESHOLDS["backup-retention-days.days"].value,
                description="For how many days backups are kept at least.",
                minimum=_SHORTEST,
                maximum=_LONGEST,
            ),
        ),
        references=REFERENCES["backup-retention-days"],
    ),
    Control(
        id="backup-immutable",
        title="Backups are immutable",
        family="backup",
        rating=RATINGS["backup-immutable"],
        check=immutable,
        reads=("server",),
        arguments=(
            Argument(
                name="vaulted",
                kind="boolean",
                default=THRESHOLDS["backup-immutable.vaulted"].value,
                description="A Backup vault with immutability keeps long-term backups of this server; flexsec does not "
                "read vaults.",
            ),
        ),
        references=REFERENCES["backup-immutable"],
    ),
)
