"""The facts that a plan rests on, and the seal that shows whether a plan was edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import PlanInvalid
from ..model.encoding import digest, to_data
from ..model.observation import Unobserved
from ..model.pattern import tag
from ..model.server import Server
from ..model.server_setting import value_of
from ..model.subscription import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model.plan import Plan
    from ..model.server import ServerState
    from ..model.subscription import State

BASELINE_CONTENT = "baseline content"
"""The fact that tells what the plan's baseline says; of all facts the only one that is not the server's."""


def facts(
    state: ServerState, parameters: Iterable[str], tags: Iterable[str] = (), settings: Iterable[str] = ()
) -> dict[str, str]:
    """What a plan takes for granted, as texts by name.

    Args:
        parameters: the names of the parameters that matter to it. Parameters that wait for a restart always do.
        tags: the names of the tags that matter to it.
        settings: the names of the server settings that it changes; somebody else's tags do not matter.
    """
    found = _server_facts(state)
    if isinstance(state.server, Server):
        for name in sorted(tags):
            value = tag(name, state.server.tags)
            found[f"tag {name}"] = "absent" if value is None else repr(value)
        for name in sorted(settings):
            found[f"setting {name}"] = repr(value_of(name, state.server))
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


def subscription_facts(state: SubscriptionState) -> dict[str, str]:
    """The same of a subscription: the plan's tier, and the servers that are billed."""
    plan, servers = state.defender_plan, state.servers
    return {
        "Defender plan": "unobserved" if isinstance(plan, Unobserved) else plan.tier,
        "servers that the plan bills": "unobserved"
        if isinstance(servers, Unobserved)
        else ", ".join(str(each) for each in servers),
    }


def again(basis: Mapping[str, str], state: State) -> dict[str, str]:
    """The facts that a plan's basis names, as a later state shows them; what the baseline says no state shows."""
    if isinstance(state, SubscriptionState):
        return subscription_facts(state)

    def named(prefix: str) -> list[str]:
        return [name.removeprefix(prefix) for name in basis if name.startswith(prefix)]

    kept = {name: value for name, value in basis.items() if name == BASELINE_CONTENT}
    return facts(state, named("parameter "), named("tag "), named("setting ")) | kept


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
