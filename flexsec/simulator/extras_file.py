"""The rarer parts of a world file: databases, private endpoints, identities, keys, and a subscription's own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import customer_key, roles_file
from .databases import NAME, OWN, WORD
from .file_reading import Node, written
from .locations import LOCATIONS
from .pricings import PLANS
from .providers import ALWAYS, NAMESPACES
from .state import BareResource, Database, DefenderPlan, PrivateEndpointConnection

if TYPE_CHECKING:
    from .state import Server, Subscription

SERVER_KEYS = ("databases", "private_endpoint_connections", "identities", "customer_key")
SUBSCRIPTION_KEYS = ("tags", "unregistered", "plans", *roles_file.KEYS)
PLAN_KEYS = ("tier", "since", "sub_plan", "enforce", "extensions", "inherited_from", "switches_on")
RESOURCE_KEYS = ("type", "name", "location")
RESOURCE_TYPE = re.compile(r"[A-Za-z][\w.]*(/[A-Za-z]\w*)+", re.ASCII)
STATUSES = ("Approved", "Pending", "Rejected")


def read_server_extras(members: dict[str, Node], server: Server) -> None:
    """Reads a server's databases, private endpoint connections, identities and keys.

    Raises:
        WorldError: something that no server can have.
    """
    if "databases" in members:
        server.databases = {name: _database(name, each) for name, each in members["databases"].members().items()}
    if "private_endpoint_connections" in members:
        node = members["private_endpoint_connections"]
        if server.in_virtual_network and node.members():
            raise node.fail("none on a VNet-integrated server", "private endpoint connections")
        server.private_endpoint_connections = {name: _connection(each) for name, each in node.members().items()}
    if "identities" in members:
        server.identities = [_identity(each) for each in members["identities"].items()]
    if "customer_key" in members:
        server.customer_key = customer_key.read(members["customer_key"])


def write_server_extras(server: Server) -> dict[str, Any]:
    """The entries of what a server has of these."""
    entry: dict[str, Any] = {
        "databases": {
            name: {"charset": each.charset, "collation": each.collation} for name, each in server.databases.items()
        },
        "private_endpoint_connections": {
            name: {"private_endpoint_id": each.private_endpoint_id, "status": each.status}
            | ({"description": each.description} if each.description else {})
            for name, each in server.private_endpoint_connections.items()
        },
        "identities": list(server.identities),
        "customer_key": dict(server.customer_key),
    }
    return {key: value for key, value in entry.items() if value}


def read_subscription_extras(members: dict[str, Node], subscription: Subscription) -> None:
    """Reads a subscription's tags, the providers it is not registered with, its Defender plans and its roles.

    Raises:
        WorldError: something that no subscription can have.
    """
    if "tags" in members:
        subscription.tags = members["tags"].texts()
    if "unregistered" in members:
        choices = tuple(each for each in NAMESPACES if each not in ALWAYS)
        subscription.unregistered = {each.choice(choices) for each in members["unregistered"].items()}
    if "plans" in members:
        subscription.plans = {name: _plan(each) for name, each in members["plans"].members(PLANS).items()}
    subscription.roles = roles_file.read_roles(members, subscription.id)


def write_subscription_extras(subscription: Subscription) -> dict[str, Any]:
    """The entries of what a subscription has of these."""
    entry: dict[str, Any] = {
        "tags": dict(subscription.tags),
        "unregistered": sorted(subscription.unregistered),
        "plans": {name: _plan_entry(each) for name, each in subscription.plans.items()},
        **roles_file.write_roles(subscription.roles),
    }
    return {key: value for key, value in entry.items() if value}


def read_resource(node: Node) -> BareResource:
    """A resource of another provider.

    Raises:
        WorldError: no type and name, or a type that the world models as such.
    """
    members = node.members(RESOURCE_KEYS)
    for key in ("type", "name"):
        if key not in members:
            raise node.fail(f"a member {key!r}", "an object without it")
    kind = members["type"].text()
    if not RESOURCE_TYPE.fullmatch(kind) or kind.lower() == "microsoft.dbforpostgresql/flexibleservers":
        raise members["type"].fail("a type such as Microsoft.DBforMySQL/flexibleServers; servers stand in 'servers'")
    found = BareResource(kind, members["name"].text())
    if "location" in members:
        found = replace(found, location=members["location"].choice(tuple(LOCATIONS)))
    return found


def write_resource(resource: BareResource) -> dict[str, Any]:
    """The entry of such a resource."""
    return {"type": resource.type, "name": resource.name, "location": resource.location}


def _database(name: str, node: Node) -> Database:
    if name in OWN or not NAME.fullmatch(name):
        raise node.fail("a database name of up to 63 letters, digits, _ and -, none of the service's own", repr(name))
    members = node.members(("charset", "collation"))
    texts = {key: each.text() for key, each in members.items()}
    for key, text in texts.items():
        if not WORD.fullmatch(text):
            raise members[key].fail(f"a {key} such as {getattr(Database(), key)}")
    return Database(**texts)


def _connection(node: Node) -> PrivateEndpointConnection:
    members = node.members(("private_endpoint_id", "status", "description"))
    if "private_endpoint_id" not in members:
        raise node.fail("a member 'private_endpoint_id'", "an object without it")
    connection = PrivateEndpointConnection(members["private_endpoint_id"].text())
    if "status" in members:
        connection.status = members["status"].choice(STATUSES)
    if "description" in members:
        connection.description = members["description"].string()
    return connection


def _identity(node: Node) -> str:
    if not customer_key.IDENTITY.fullmatch(node.text()):
        raise node.fail("the resource id of a user-assigned identity")
    return node.text()


def _plan(node: Node) -> DefenderPlan:
    members = node.members(PLAN_KEYS)
    plan = DefenderPlan(members["tier"].choice(("Free", "Standard")) if "tier" in members else "Free")
    if "since" in members:
        plan.since = members["since"].optional_moment()
    if "sub_plan" in members:
        plan.sub_plan = members["sub_plan"].optional_text()
    if "enforce" in members:
        plan.enforce = members["enforce"].optional_text()
    if "extensions" in members:
        plan.extensions = {
            name: each.choice(("True", "False")) for name, each in members["extensions"].members().items()
        }
    if "inherited_from" in members:
        plan.inherited_from = members["inherited_from"].optional_text()
    if "switches_on" in members:
        plan.switches_on = [each.text() for each in members["switches_on"].items()]
    if (plan.tier == "Standard") != (plan.since is not None):
        raise node.fail("'since' with tier 'Standard' and only with it", f"tier {plan.tier!r}, since {plan.since}")
    return plan


def _plan_entry(plan: DefenderPlan) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "tier": plan.tier,
        "since": written(plan.since),
        "sub_plan": plan.sub_plan,
        "enforce": plan.enforce,
        "extensions": dict(plan.extensions),
        "inherited_from": plan.inherited_from,
        "switches_on": list(plan.switches_on),
    }
    return {key: value for key, value in entry.items() if value}
