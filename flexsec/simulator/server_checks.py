"""Combinations that no server of the service can have: refused in a world file, with the path to the key to change.

Documented unless said otherwise: two networking models exclude each other; Burstable servers and replicas have no
standby; compute sizes belong to tiers; Entra administrators need Entra authentication; keys belong to encryption with
Azure Key Vault. Inferred: that one way of signing in must stay on; that no healthy standby is there without high
availability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from . import compute, customer_key
from .file_reading import Node, WorldError, closest

if TYPE_CHECKING:
    from .state import Server

Wrong = Callable[[str, str, str], WorldError]


def refuse_the_impossible(node: Node, members: Mapping[str, Node], server: Server) -> None:
    """Refuses a server that cannot be.

    Raises:
        WorldError: with the path to the key, what stands there and what would be possible.
    """

    def wrong(key: str, found: str, expected: str) -> WorldError:
        return WorldError(f"{node.where}.{key}", found, expected)

    _networks(members, server, wrong)
    _roles(server, wrong)
    _authentication(server, wrong)
    _availability(server, wrong)
    if (problem := customer_key.impossible(server)) is not None:
        raise wrong("customer_key", *problem)
    if not compute.fits(server.sku_name, server.sku_tier):
        expected = f"a size of that tier such as {compute.SIZES[server.sku_tier]!r}"
        raise wrong("sku", f"{server.sku_name!r} on a {server.sku_tier} server", expected)
    _refuse_twins(members, server, wrong)


def _networks(members: Mapping[str, Node], server: Server, wrong: Wrong) -> None:
    """Refuses two networking models, or one and a half; a VNet server's public access is off without saying.

    That it has no private DNS zone has to be said: new ones have one, old ones may lack it (a built-in policy of
    Microsoft's tells the two apart).
    """
    if server.in_virtual_network:
        if "public_network_access" in members and server.public_network_access == "Enabled":
            raise wrong(
                "public_network_access",
                "'Enabled' on a VNet-integrated server",
                "'Disabled': it has no public endpoint",
            )
        server.public_network_access = "Disabled"
        if "private_dns_zone_id" not in members:
            raise wrong(
                "private_dns_zone_id",
                "no private DNS zone on a VNet-integrated server",
                "the zone's resource id, or null",
            )
    elif server.private_dns_zone_id is not None:
        raise wrong("private_dns_zone_id", "a private DNS zone", "a delegated_subnet_id beside it, or neither")


def _roles(server: Server, wrong: Wrong) -> None:
    is_replica = server.replication_role.endswith("Replica")
    if is_replica != (server.source_server_id is not None):
        raise wrong(
            "source_server_id",
            f"{server.source_server_id!r} with role {server.replication_role}",
            "a source for a replica and only for a replica",
        )


def _authentication(server: Server, wrong: Wrong) -> None:
    if server.entra_auth == "Enabled" and server.tenant_id is None:
        raise wrong("tenant_id", "none although entra_auth is Enabled", "the tenant's id")
    if server.administrators and server.entra_auth != "Enabled":
        raise wrong(
            "administrators",
            "Entra administrators although entra_auth is Disabled",
            "entra_auth 'Enabled' or no administrators",
        )
    if server.password_auth == "Disabled" and server.entra_auth == "Disabled":  # noqa: S105 - a switch
        raise wrong("password_auth", "'Disabled' although entra_auth is Disabled too", "one of them 'Enabled'")
    if server.password_auth == "Enabled" and not server.administrator_login:  # noqa: S105 - a switch
        raise wrong("administrator_login", "none although password_auth is Enabled", "the administrator's login")


def _availability(server: Server, wrong: Wrong) -> None:
    mode, standby = server.high_availability, server.standby_zone
    state = server.high_availability_state
    if (state == "Healthy" and mode == "Disabled") or (state == "NotEnabled" and mode != "Disabled"):
        usual = "NotEnabled" if mode == "Disabled" else "Healthy"
        raise wrong("high_availability_state", f"{state!r} with high availability {mode}", f"such as {usual!r}")
    if mode == "Disabled":
        if standby is not None:
            raise wrong("standby_zone", f"{standby!r} without high availability", "a mode beside it, or neither")
        return
    if server.sku_tier == "Burstable":
        raise wrong("high_availability", f"{mode!r} on a Burstable server", closest("Disabled", ("Disabled",)))
    if server.source_server_id is not None:
        raise wrong("high_availability", f"{mode!r} on a replica", "'Disabled': a replica has no standby of its own")
    if standby is not None and (standby == server.availability_zone) != (mode == "SameZone"):
        other = "the server's own zone" if mode == "SameZone" else "another zone than the server's"
        raise wrong("standby_zone", f"{standby!r} with {mode} in zone {server.availability_zone!r}", other)


def _refuse_twins(members: Mapping[str, Node], server: Server, wrong: Wrong) -> None:
    """Refuses names that the service, which ignores their case, could not tell apart."""
    for key, names in (("firewall_rules", server.firewall), ("administrators", server.administrators)):
        seen: set[str] = set()
        for name in names:
            if name.lower() in seen:
                raise wrong(f"{key}.{name}", "a name that another one has, but for its case", "a name of its own")
            seen.add(name.lower())
