"""From where the server can be reached at all: a public endpoint, private endpoints, a virtual network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.server import Networking
from .control import Arguments, Control
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import Server, ServerState
    from ..model.verdict import Check

_PUBLIC_OFF = "az postgres flexible-server update --public-access Disabled"


def public_access_disabled(state: ServerState, arguments: Arguments) -> Check:
    """The server has no public endpoint.

    What it checks: the property publicNetworkAccess is Disabled, or the server is integrated into a virtual network,
    which leaves it without a public endpoint whatever that property says.

    Why: a server that cannot be reached from the internet cannot be attacked from there, whatever its firewall rules.

    Remedy: left to you. Clients must first reach the server through an approved private endpoint whose name resolves in
    their network; then az postgres flexible-server update --public-access Disabled. The reverse order shuts
    everyone out.

    What it does not check: whether names resolve to the private endpoint from where your clients are.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    server = state.server
    if server.networking == Networking.VNET:
        return passed(
            "the server is integrated into a virtual network: no public endpoint", {"network": "virtual network"}
        )
    evidence = _evidence(server)
    match server.public_network_access.casefold():
        case "disabled":
            return passed("public network access is disabled", evidence)
        case "enabled":
            return failed(
                "public network access is enabled: only firewall rules and credentials keep strangers out",
                evidence,
                remedy=f"first {_first_step(server)}, then {_PUBLIC_OFF}",
            )
        case _:
            word = server.public_network_access or "nothing"
            return unknown(f"the service tells {word} about public network access")


def vnet_integrated(state: ServerState, arguments: Arguments) -> Check:
    """The server is reached through a private network alone.

    What it checks: the server is integrated into a virtual network (network.delegatedSubnetResourceId is set), or
    public network access is Disabled and at least one private endpoint connection is Approved. The two models exclude
    each other and either is private, so either passes.

    Why: an attacker must then be inside your network before the server's login can be tried at all.

    Remedy: left to you. Integration into a virtual network is fixed when a server is created. A server with public
    access gets the same by a private endpoint: approve one, see that its name resolves where the clients are, then
    az postgres flexible-server update --public-access Disabled. The reverse order shuts everyone out.

    What it does not check: private DNS zones, and who reaches the subnet (peerings, gateways, network security groups).

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    server = state.server
    if server.networking == Networking.VNET:
        return passed(
            "the server is integrated into a virtual network",
            {"delegatedSubnetResourceId": server.delegated_subnet_id or "set"},
        )
    match server.public_network_access.casefold():
        case "disabled":
            return _reached_privately(server)
        case "enabled":
            return failed(
                "the server is in no virtual network, and public network access is enabled",
                _evidence(server),
                remedy="integration into a virtual network is fixed when a server is created; the same is reached by a "
                f"private endpoint: first {_first_step(server)}, then {_PUBLIC_OFF}",
            )
        case _:
            word = server.public_network_access or "nothing"
            return unknown(f"the service tells {word} about public network access")


def _reached_privately(server: Server) -> Check:
    """The check of a server without public access and outside any virtual network."""
    if approved := _approved(server):
        return passed(
            f"public network access is disabled; the server is reached through {', '.join(approved)}", _evidence(server)
        )
    if untold := _untold(server):
        return unknown(f"the service does not tell the status of private endpoint {untold}")
    return failed(
        "public network access is disabled and no private endpoint is approved: nobody reaches the server",
        _evidence(server),
        remedy=_approval(server),
    )


def private_endpoint_approved(state: ServerState, arguments: Arguments) -> Check:
    """At least one private endpoint leads to the server.

    What it checks: the status of at least one private endpoint connection is Approved. A connection that is Pending or
    Rejected carries nothing. A server that is integrated into a virtual network takes no private endpoints and is not
    judged.

    Why: a private endpoint is the way in that lets public network access be switched off.

    Remedy: left to you, because it takes an address in your network: az network private-endpoint create with the group
    postgresqlServer. If it stays Pending, the server's owner approves it with
    az postgres flexible-server private-endpoint-connection approve.

    What it does not check: whether the endpoint still exists on the other side, whether names resolve to it, and
    whether public network access is off beside it (net-public-access-disabled).

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    server = state.server
    if server.networking == Networking.VNET:
        return not_applicable("the server is integrated into a virtual network, where there are no private endpoints")
    if approved := _approved(server):
        return passed(f"private endpoints that are approved: {', '.join(approved)}", _evidence(server))
    if untold := _untold(server):
        return unknown(f"the service does not tell the status of private endpoint {untold}")
    found = "no private endpoint is approved" if server.private_endpoints else "there is no private endpoint"
    return failed(found, _evidence(server), remedy=_approval(server))


def _approved(server: Server) -> list[str]:
    return [one.name for one in server.private_endpoints if one.status.casefold() == "approved"]


def _first_step(server: Server) -> str:
    """What has to be true before public network access is switched off."""
    return "make sure that clients use the private endpoint" if _approved(server) else "approve a private endpoint"


def _untold(server: Server) -> str:
    return ", ".join(one.name for one in server.private_endpoints if not one.status)


def _approval(server: Server) -> str:
    """What a person does about it that none is approved."""
    pending = [one.name for one in server.private_endpoints if one.status.casefold() == "pending"]
    if pending:
        return f"approve {', '.join(pending)}: az postgres flexible-server private-endpoint-connection approve"
    return (
        "create one in the network of your clients: az network private-endpoint create --group-id postgresqlServer, "
        "and approve it if it stays Pending"
    )


def _evidence(server: Server) -> dict[str, str]:
    endpoints = ", ".join(f"{one.name} ({one.status or 'not told'})" for one in server.private_endpoints) or "none"
    return {"publicNetworkAccess": server.public_network_access or "not told", "private endpoints": endpoints}


CONTROLS = (
    Control(
        id="net-public-access-disabled",
        title="Public network access is disabled",
        family="network",
        rating=RATINGS["net-public-access-disabled"],
        check=public_access_disabled,
        reads=("server",),
        references=REFERENCES["net-public-access-disabled"],
    ),
    Control(
        id="net-vnet-integrated",
        title="The server is reached through a private network alone",
        family="network",
        rating=RATINGS["net-vnet-integrated"],
        check=vnet_integrated,
        reads=("server",),
        references=REFERENCES["net-vnet-integrated"],
    ),
    Control(
        id="net-private-endpoint-approved",
        title="At least one private endpoint is approved",
        family="network",
        rating=RATINGS["net-private-endpoint-approved"],
        check=private_endpoint_approved,
        reads=("server",),
        references=REFERENCES["net-private-endpoint-approved"],
    ),
)
