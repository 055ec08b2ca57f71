"""What is wrong with a baseline file, in sentences that name the place, what was found and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..controls.catalogue import CONTROLS
from ..controls.control import suggestion
from . import owner_patterns
from .entries import FileForm, MappingEntry, RowEntry, ScopeEntry, WaiverEntry
from .yaml_text import described, problem

if TYPE_CHECKING:
    from pydantic import ValidationError

    from ..controls.control import Argument
    from .yaml_text import Document

_CONTROLS = {control.id: control for control in CONTROLS}
_TOP_KEYS = (*FileForm.model_fields, "controls")
_WAIVER_KEYS = tuple(WaiverEntry.model_fields)
_SCOPE_KEYS = tuple(ScopeEntry.model_fields)
_MAPPING_KEYS = tuple(MappingEntry.model_fields)
_ROW_KEYS = tuple(RowEntry.model_fields)


def sentences(error: ValidationError, document: Document, source: str) -> tuple[str, ...]:
    """Every problem of the text and every one that pydantic found, in the order of the file."""
    found = list(document.refused)
    told = {place for place, _ in found}
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        if path[-1:] == ("[key]",):
            found.append((document.keys[path[:-1]], _wrong_key(path[:-1])))
        elif item["type"] == "extra_forbidden":
            found.append((document.keys[path], _unknown_key(path)))
        elif item["type"] == "missing":
            found.append((document.values[path[:-1]], f"{_named(path[:-1])} lacks the key {path[-1]!r}"))
        elif document.values[path] not in told:
            sentence = f"{_named(path)}: found {described(item['input'])}, expected {_expected(path, item['input'])}"
            found.append((document.values[path], sentence))
    return tuple(problem(source, place, sentence) for place, sentence in sorted(found))


def _wrong_key(path: tuple[str | int, ...]) -> str:
    """A key that anybody may choose, within limits: a pattern of an owner, the name of a tag."""
    if path[0] == "owners":
        return f"owners: {owner_patterns.problem(str(path[-1]))}"
    return f"{_named(path[:-1])}: {path[-1]!r} is not the name of a tag"


def _unknown_key(path: tuple[str | int, ...]) -> str:
    name = str(path[-1])
    match path[:-1]:
        case ("controls",):
            return f"there is no control {name!r}{suggestion(name, _CONTROLS)}"
        case ("controls", control_id):
            known = tuple(_CONTROLS[str(control_id)].defaults)
            return f"{control_id} has no argument {name!r}{suggestion(name, known)}"
        case ("waivers", _):
            return f"a waiver has no key {name!r}{suggestion(name, _WAIVER_KEYS)}"
        case ("scope",):
            return f"a scope has no key {name!r}{suggestion(name, _SCOPE_KEYS)}"
        case ("mapping", _):
            return f"a mapping has no key {name!r}{suggestion(name, _MAPPING_KEYS)}"
        case ("mapping", _, "rows", _):
            return f"a row of a mapping has no key {name!r}{suggestion(name, _ROW_KEYS)}"
        case _:
            return f"a baseline has no key {name!r}{suggestion(name, _TOP_KEYS)}"


def _expected(path: tuple[str | int, ...], value: Any) -> str:
    match path:
        case ():
            return "a mapping with the key 'controls'"
        case ("controls", *rest):
            return _expected_of_control(tuple(rest), value)
        case ("waivers" | "mapping" | "scope" | "owners" | "notes", *_):
            return _expected_of_entry(path, value)
        case ("extends",) if isinstance(value, list):
            return "one built-in name or path: a baseline extends only one other (which may extend a further one)"
        case _:
            return _text(value)


def _expected_of_control(path: tuple[str | int, ...], value: Any) -> str:
    """What stands below `controls`."""
    match path:
        case ():
            return "a mapping of controls"
        case (control_id,):
            arguments = ", ".join(_CONTROLS[str(control_id)].defaults)
            wanted = f"on, off or a mapping of its arguments ({arguments})" if arguments else "on or off"
            return f"{wanted}, without quotes" if isinstance(value, str) else wanted
        case (control_id, name, *items):
            argument = next(one for one in _CONTROLS[str(control_id)].arguments if one.name == name)
            return _expected_of_argument(argument, value, item=bool(items))
    return _text(value)


def _expected_of_argument(argument: Argument, value: Any, *, item: bool) -> str:
    if argument.kind not in ("text", "texts") or (argument.kind == "texts" and not item):
        return argument.expected_instead_of(tuple(value) if isinstance(value, list) else value)
    if argument.allowed:
        return f"one of {', '.join(argument.allowed)}"
    return argument.form if isinstance(value, str) and value.strip() else _text(value)


def _expected_of_entry(path: tuple[str | int, ...], value: Any) -> str:
    """What stands below the other keys."""
    match path:
        case ("waivers",):
            return "a list of waivers"
        case ("waivers", int()):
            return f"a mapping with the keys {', '.join(_WAIVER_KEYS)}"
        case ("waivers", int(), "control") | ("mapping", int(), "rows", int(), "controls", int()):
            return f"a control{suggestion(str(value), _CONTROLS)}"
        case ("waivers", int(), "expires"):
            return "a date such as 2027-01-31"
        case ("scope",):
            return f"a mapping with the keys {', '.join(_SCOPE_KEYS)}"
        case ("scope", "names"):
            return "a list of patterns, such as [prod-*]"
        case ("scope", "tags") | ("waivers", int(), "tags"):
            return "a mapping of tags to patterns, such as {environment: prod}"
        case ("owners",):
            return "a mapping of patterns to owners, such as parameters/log_*: terraform"
        case ("notes",):
            return "a list of text"
        case ("mapping",):
            return "a list of standards"
        case ("mapping", int()):
            return f"a mapping with the keys {', '.join(_MAPPING_KEYS)}"
        case ("mapping", int(), "rows"):
            return "a list of rows"
        case ("mapping", int(), "rows", int()):
            return f"a mapping with the keys {', '.join(_ROW_KEYS)}"
        case ("mapping", int(), "rows", int(), "controls"):
            return "a list of controls"
        case ("mapping", int(), "rows", int(), "basis"):
            return "one of official, public, ours"
    return _text(value)


def _text(value: Any) -> str:
    return "text (put it in quotes)" if isinstance(value, bool | int | float) else "text"


def _named(path: tuple[str | int, ...]) -> str:
    """The path as people write it: waivers[0].expires."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the baseline"
