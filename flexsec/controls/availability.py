"""Whether the server goes on when a machine, a zone or its disk gives out, and when it is maintained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredServerSetting
from ..model.observation import Unobserved
from .control import Argument, Arguments, Control, text
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import MaintenanceWindow, Server, ServerState
    from ..model.verdict import Check

_MODE = "highAvailability.mode"
_STATE = "highAvailability.state"
_WINDOW = "maintenanceWindow"
_AUTO_GROW = "storage.autoGrow"
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WITHOUT_AUTO_GROW = {"premiumv2_lrs": "Premium SSD v2", "ultrassd_lrs": "Ultra Disk"}
_TURN_ON = "az postgres flexible-server update --zonal-resiliency Enabled"


def enabled(state: ServerState, arguments: Arguments) -> Check:
    """A standby takes over when the server fails.

    What it checks: highAvailability.mode is not Disabled and highAvailability.state is Healthy. A replica and a server
    of the Burstable tier cannot have a standby: not applicable.

    Why: without one, the loss of a machine means a restart on another, minutes to hours of standing still. A standby
    that is being made, or fell behind, does not take over.

    Remedy: left to you: az postgres flexible-server update --zonal-resiliency Enabled. It adds a second server to the
    bill. A standby that does not become healthy is a case for Microsoft support.

    What it does not check: whether the standby stands in another zone (ha-zone-redundant), and whether the clients
    connect again after a failover.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    mode, health = server.high_availability_mode, server.high_availability_state
    evidence = {_MODE: mode or "not told", _STATE: health or "not told"}
    excluded = _without_standby(server)
    if excluded:
        return not_applicable(excluded)
    if not mode or (mode.casefold() != "disabled" and not health):
        return unknown(f"the service does not tell {_STATE if mode else _MODE} (it leaves it out during changes)")
    if mode.casefold() == "disabled":
        if not server.tier:
            return unknown("the service does not tell the tier, and the Burstable one has no high availability")
        return failed("high availability is off", evidence, remedy=f"{_TURN_ON}; it adds a second server to the bill")
    if health.casefold() != "healthy":
        return failed(
            f"high availability is {mode}, but its state is {health}: the standby may not take over",
            evidence,
            remedy="wait until the state is Healthy; if it does not come to that, ask Microsoft support",
        )
    return passed(f"high availability is {mode} and healthy", evidence)


def zone_redundant(state: ServerState, arguments: Arguments) -> Check:
    """The standby stands in another zone than the server.

    What it checks: highAvailability.mode is ZoneRedundant. Where it is not, the region is asked: one without zones for
    this service is not applicable, and so are a replica and a server of the Burstable tier.

    Why: a standby in the same zone is lost with it: fire, power and cooling are shared by a zone.

    Remedy: left to you: az postgres flexible-server update --zonal-resiliency Enabled. It adds a second server to the
    bill. A standby in the same zone has to be switched off first.

    What it does not check: whether the standby is healthy (ha-enabled), and whether the clients stand in several zones.

    Cost: one request per region of a subscription, shared by its servers.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    mode = server.high_availability_mode
    excluded = _without_standby(server)
    if excluded:
        return not_applicable(excluded)
    if mode.casefold() == "zoneredundant":
        return passed("the standby stands in another zone", {_MODE: mode})
    if isinstance(state.region, Unobserved):
        return unread("what the region offers", state.region)
    region = state.region
    if region.zone_redundant_ha is False:
        return not_applicable(f"region {region.name} offers no zone-redundant high availability")
    if region.zone_redundant_ha is None:
        return unknown(f"the service does not tell whether region {region.name} offers zone redundancy")
    if not mode or not server.tier:
        return unknown(f"the service does not tell {'the tier' if mode else _MODE}")
    off = mode.casefold() == "disabled"
    return failed(
        "high availability is off" if off else f"high availability is {mode}: the standby is lost with its zone",
        {_MODE: mode, "region": f"{region.name} offers zone redundancy"},
        remedy=f"{'' if off else 'switch high availability off, then '}{_TURN_ON}; it adds a second server to the bill",
    )


def _without_standby(server: Server) -> str:
    """Why the server cannot have a standby, or "" (Microsoft documentation)."""
    if server.is_replica:
        return "a replica cannot have a standby"
    return "the Burstable tier has no high availability" if server.tier.casefold() == "burstable" else ""


def custom_window(state: ServerState, arguments: Arguments) -> Check:
    """You choose when the service maintains the server.

    What it checks: maintenanceWindow.customWindow is Enabled, at whatever day and hour. A replica has a window of its
    own; one of which the service tells none is not applicable.

    Why: maintenance restarts the server. With a window of your own it comes when few are connected and somebody is
    there, and later than on servers that the system schedules.

    Remedy: flexsec sets the window that the argument `window` names, in UTC, and nothing without that argument. A
    change counts from the maintenance after one that is already announced.

    What it does not check: whether the window is a good one, and whether maintenance is overdue.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    window = server.maintenance_window
    if window is None and server.is_replica:
        return not_applicable("the service tells no maintenance window of this replica")
    custom = window.custom.casefold() if window else ""
    if window is None or custom not in ("enabled", "disabled"):
        return unknown(f"the service does not tell {_WINDOW}.customWindow")
    if custom == "enabled":
        return passed(f"the maintenance window is {_shown(window)}", {_WINDOW: _shown(window)})
    reason, evidence = "the system chooses when it maintains the server", {_WINDOW: "system-managed"}
    wanted = text(arguments, "window")
    if wanted:
        return failed(reason, evidence, desires=(DesiredServerSetting(name="maintenance_window", value=wanted),))
    return failed(
        reason,
        evidence,
        remedy="when to maintain is yours to choose: give the control the argument window (such as Sunday 02:00, UTC)",
    )


def _shown(window: MaintenanceWindow) -> str:
    day = _DAYS[window.day_of_week] if 0 <= window.day_of_week < len(_DAYS) else f"day {window.day_of_week}"
    return f"{day} {window.start_hour:02}:{window.start_minute:02} UTC"


def storage_auto_grow(state: ServerState, arguments: Arguments) -> Check:
    """The storage grows before it is full.

    What it checks: storage.autoGrow is Enabled. Premium SSD v2 and Ultra Disk do not grow by themselves: not
    applicable.

    Why: a server whose disk is full becomes read-only. It then records nothing either, its audit included, and a log
    that is made to grow is one way to bring that about.

    Remedy: flexsec switches it on, without a restart. Storage that has grown does not shrink again, and costs what it
    is large. Replicas first: the service refuses it on a primary while one of its replicas does not grow, so harden the
    replicas before their primary.

    What it does not check: how full the disk is, and alerts on that; of a primary, whether its replicas grow.

    Cost: none; the server's own properties are always read.
    """
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    disk = _WITHOUT_AUTO_GROW.get(server.storage_type.casefold())
    if disk:
        return not_applicable(f"{disk} storage does not grow by itself")
    told = server.storage_auto_grow
    match told.casefold():
        case "enabled":
            return passed("storage grows by itself", {_AUTO_GROW: told})
        case "disabled":
            return failed(
                "storage does not grow by itself: a full disk makes the server read-only",
                {_AUTO_GROW: told},
                desires=(DesiredServerSetting(name="storage_auto_grow", value="Enabled"),),
            )
        case _:
            return unknown(f"the service tells {told or 'nothing'} about {_AUTO_GROW}")


CONTROLS = (
    Control(
        id="ha-enabled",
        title="High availability is on and healthy",
        family="availability",
        rating=RATINGS["ha-enabled"],
        check=enabled,
        reads=("server",),
        references=REFERENCES["ha-enabled"],
    ),
    Control(
        id="ha-zone-redundant",
        title="High availability is zone redundant",
        family="availability",
        rating=RATINGS["ha-zone-redundant"],
        check=zone_redundant,
        reads=("server", "region"),
        references=REFERENCES["ha-zone-redundant"],
    ),
    Control(
        id="maint-window-custom",
        title="The maintenance window is chosen",
        family="availability",
        rating=RATINGS["maint-window-custom"],
        check=custom_window,
        reads=("server",),
        arguments=(
            Argument(
                name="window",
                kind="text",
                default=THRESHOLDS["maint-window-custom.window"].value,
                description="The day and time, in UTC, that flexsec sets where the system chooses.",
                pattern=rf"({'|'.join(_DAYS)}) ([01][0-9]|2[0-3]):[0-5][0-9]",
                form="a day and a time such as Sunday 02:00",
            ),
        ),
        references=REFERENCES["maint-window-custom"],
    ),
    Control(
        id="storage-autogrow",
        title="Storage grows by itself",
        family="availability",
        rating=RATINGS["storage-autogrow"],
        check=storage_auto_grow,
        reads=("server",),
        references=REFERENCES["storage-autogrow"],
    ),
)
