"""Resource groups, and what may lie on them: locks and deployments, of which a world has none.

Recorded: the body, 201 for a new group and 200 for one that was there, 204 to a HEAD. Documented: tags by PATCH.
Deleting a group is modelled for an empty one only, at once; the service takes its time and everything in it along.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import resource_errors, wire_errors
from .locations import LOCATIONS, located
from .paging import answer_list
from .state import ResourceGroup
from .tags import read_tags

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import Subscription

NAME = re.compile(r"[-\w.()]{1,90}(?<!\.)")


def list_groups(call: Call) -> Response:
    """The resource groups of a subscription."""
    subscription = call.subscription()
    return answer_list(call, [_body(subscription, each) for each in subscription.groups.values()])


def get_group(call: Call) -> Response:
    """One resource group."""
    return call.answer(200, _body(call.subscription(), call.group()))


def head_group(call: Call) -> Response:
    """Whether a resource group exists: 204 or 404, without a body."""
    exists = call.route.group.lower() in call.subscription().groups
    return call.raw(204 if exists else 404, b"")


def put_group(call: Call) -> Response:
    """Creates a resource group, or replaces its tags."""
    subscription, name = call.subscription(), call.route.group
    if not NAME.fullmatch(name):
        raise resource_errors.invalid_group_name(name)
    content = _content(call)
    location = located(content.get("location"))
    if location is None:
        if "location" not in content:
            raise resource_errors.location_required()
        raise resource_errors.unknown_location(str(content["location"]), tuple(LOCATIONS))
    tags = read_tags(content.get("tags"))
    found = subscription.groups.get(name.lower())
    if found is not None and found.location != location:
        raise resource_errors.group_elsewhere(found.name, found.location, location)
    group = found or ResourceGroup(name, location)
    group.tags = tags
    subscription.groups[name.lower()] = group
    call.world.touch()
    return call.answer(201 if found is None else 200, _body(subscription, group))


def patch_group(call: Call) -> Response:
    """Replaces the tags of a resource group."""
    group, content = call.group(), _content(call)
    if "tags" in content:
        group.tags = read_tags(content["tags"])
        call.world.touch()
    return call.answer(200, _body(call.subscription(), group))


def delete_group(call: Call) -> Response:
    """Deletes an empty resource group.

    Raises:
        WireError: 501 for a group that holds servers or vaults.
    """
    group = call.group()
    if group.servers:
        raise wire_errors.not_modelled("deleting a resource group with servers in it; delete the servers first")
    if group.vaults:
        raise wire_errors.not_modelled("deleting a resource group with key vaults in it")
    del call.subscription().groups[group.name.lower()]
    call.world.touch()
    return call.raw(200, b"")


def locks(call: Call) -> Response:
    """The locks on a scope: none."""
    _scope(call)
    if call.route.name is not None:
        raise resource_errors.lock_not_found(call.route.name)
    return call.answer(200, {"value": []})


def refuse_lock(call: Call) -> Response:
    """Refuses to make or remove a lock.

    Raises:
        WireError: 501, always.
    """
    raise wire_errors.not_modelled("locks, but for reading that there are none")


def deployments(call: Call) -> Response:
    """The deployments of a scope: none."""
    _scope(call)
    return call.answer(200, {"value": []})


def _scope(call: Call) -> None:
    """Refuses a scope that does not exist."""
    if call.route.server:
        call.server()
    elif call.route.group:
        call.group()


def _content(call: Call) -> dict[str, Any]:
    content = call.content()
    for key in content:
        if key not in {"location", "tags", "id", "name", "type", "properties", "managedBy"}:
            raise wire_errors.invalid_content(f"Could not find member '{key}' on object of type 'ResourceGroup'")
    return content


def _body(subscription: Subscription, group: ResourceGroup) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": f"/subscriptions/{subscription.id}/resourceGroups/{group.name}",
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
    }
    if group.tags:
        body["tags"] = dict(group.tags)
    return body | {"properties": {"provisioningState": "Succeeded"}}
