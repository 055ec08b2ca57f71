"""The facts that a plan rests on, and the seal that shows whether a plan was edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import PlanInvalid
from ..model.encoding import digest, to_data
from ..model.observation import Unobserved
from ..model.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.plan import Plan
    from ..model.server import ServerState


def facts(state: ServerState, parameters: Iterable[str]) -> dict[str, str]:
    """What a plan takes for granted, as texts by name.

    Args:
        parameters: the names of the parameters that matter to it. Parameters that wait for a restart always do.
    """
    found = _server_facts(state)
    if isinstance(state.parameters, Unobserved):
        found["parameters"] = "unobserved"
    else:
        by_name = {p.name: p for p in state.parameters}
        for name in sorted(set(parameters)):
            found[f"parameter {name}"] = repr(by_name[name].value) if name in by_name else "absent"
        found["parameters waiting for a restart"] = ", ".join(
            sorted(p.name for p in by_name.values() if p.pending_restart)
        )
    found["firewall rules"] = (
        "unobserved"
        if isinstance(state.firewall, Unobserved)
        else "; ".join(str(item) for item in sorted(state.firewall))
    )
    found["Entra administrators"] = (
        "unobserved"
        if isinstance(state.administrators, Unobserved)
        else ", ".join(sorted(item.object_id for item in state.administrators))
    )
    protection = state.threat_protection
    found["threat protection"] = "unobserved" if isinstance(protection, Unobserved) else str(protection.enabled)
    return found


def _server_facts(state: ServerState) -> dict[str, str]:
    server = state.server
    if not isinstance(server, Server):
        return {"server": "unobserved"}
    return {
        "version": server.version,
        "role": server.role,
        "networking": server.networking.value,
        "public network access": server.public_network_access,
        "private endpoints": ", ".join(sorted(f"{e.name} {e.status}" for e in server.private_endpoints)),
        "Entra authentication": server.entra_auth,
        "password authentication": server.password_auth,
        "high availability": server.high_availability_mode,
    }


def differences(before: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """One sentence for each fact that is no longer as it was."""
    return tuple(
        f"{name} was {before.get(name, 'absent') or 'none'}, is now {now.get(name, 'absent') or 'none'}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )


def sealed(plan: Plan) -> Plan:
    """The plan with the digest of everything else in it."""
    return replace(plan, digest=_digest(plan))


def check_seal(plan: Plan) -> None:
    """Refuse a plan whose content is not what was sealed.

    Raises:
        PlanInvalid: it was edited after it was made.
    """
    if plan.digest != _digest(plan):
        raise PlanInvalid("the plan was edited after it was made: its digest does not match; make a new plan")


def _digest(plan: Plan) -> str:
    return digest(to_data(replace(plan, digest="")))
