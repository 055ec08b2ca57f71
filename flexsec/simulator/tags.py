"""Tags by the tags API: on a subscription, a resource group or a server; answered at once.

Documented: the body, the three ways of PATCH (Merge, Replace, Delete), at most fifty tags, names that ignore case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import resource_errors, wire_errors

if TYPE_CHECKING:
    from .call import Call
    from .request import Response

MOST = 50
FORBIDDEN = set("<>%&\\?/")


def read(call: Call) -> Response:
    """The tags of a scope."""
    return _answer(call)


def replace(call: Call) -> Response:
    """Replaces all tags of a scope."""
    _store(call, _wanted(call.content()))
    return _answer(call)


def change(call: Call) -> Response:
    """Merges, replaces or removes tags of a scope."""
    content = call.content()
    way, wanted = str(content.get("operation", "")).lower(), _wanted(content)
    present = dict(_holder(call))
    by_lower = {name.lower(): name for name in present}
    if way == "replace":
        present = wanted
    elif way == "merge":
        for name, value in wanted.items():
            present[by_lower.get(name.lower(), name)] = value
    elif way == "delete":
        for name, value in wanted.items():
            stored = by_lower.get(name.lower())
            if stored is not None and present[stored] == value:
                del present[stored]
    else:
        raise wire_errors.invalid_content(f"'{content.get('operation')}' is not one of Merge, Replace, Delete")
    _store(call, present)
    return _answer(call)


def clear(call: Call) -> Response:
    """Removes all tags of a scope."""
    _store(call, {})
    return call.raw(200, b"")


def read_tags(value: Any) -> dict[str, str]:
    """Tags as they were sent.

    Raises:
        WireError: 400 for anything but texts, a name that cannot be, or too many of them.
    """
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise wire_errors.invalid_content("The member 'tags' is not an object of strings")
    for name, text in value.items():
        if not 1 <= len(name) <= 512 or FORBIDDEN & set(name) or len(text) > 256:
            raise resource_errors.invalid_tag(name)
    if len(value) > MOST:
        raise resource_errors.too_many_tags(len(value), MOST)
    return dict(value)


def _wanted(content: dict[str, Any]) -> dict[str, str]:
    properties = content.get("properties")
    if not isinstance(properties, dict) or "tags" not in properties:
        raise wire_errors.invalid_content("The member 'properties.tags' is missing")
    return read_tags(properties["tags"])


def _holder(call: Call) -> dict[str, str]:
    if call.route.server:
        return call.server().tags
    return call.group().tags if call.route.group else call.subscription().tags


def _store(call: Call, tags: dict[str, str]) -> None:
    if len(tags) > MOST:
        raise resource_errors.too_many_tags(len(tags), MOST)
    holder = _holder(call)
    holder.clear()
    holder.update(tags)
    call.world.touch()


def _answer(call: Call) -> Response:
    scope = f"/subscriptions/{call.subscription().id}"
    if call.route.server:
        scope = call.server_id()
    elif call.route.group:
        scope += f"/resourceGroups/{call.group().name}"
    body = {
        "id": f"{scope}/providers/Microsoft.Resources/tags/default",
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": dict(_holder(call))},
    }
    return call.answer(200, body)
