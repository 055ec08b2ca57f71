"""What is wrong with a baseline file, in sentences that name the place, what was found and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..controls.catalogue import CONTROLS
from ..controls.control import suggestion
from .schema import FileForm, WaiverEntry
from .yaml_text import described, problem

if TYPE_CHECKING:
    from pydantic import ValidationError

    from .yaml_text import Document

_CONTROLS = {control.id: control for control in CONTROLS}
_TOP_KEYS = (*FileForm.model_fields, "controls")
_WAIVER_KEYS = tuple(WaiverEntry.model_fields)


def sentences(error: ValidationError, document: Document, source: str) -> tuple[str, ...]:
    """Every problem of the text and every one that pydantic found, in the order of the file."""
    found = list(document.refused)
    told = {place for place, _ in found}
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        if item["type"] == "extra_forbidden":
            found.append((document.keys[path], _unknown_key(path)))
        elif item["type"] == "missing":
            found.append((document.values[path[:-1]], f"{_named(path[:-1])} lacks the key {path[-1]!r}"))
        elif document.values[path] not in told:
            sentence = f"{_named(path)}: found {described(item['input'])}, expected {_expected(path, item['input'])}"
            found.append((document.values[path], sentence))
    return tuple(problem(source, place, sentence) for place, sentence in sorted(found))


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
        case _:
            return f"a baseline has no key {name!r}{suggestion(name, _TOP_KEYS)}"


def _expected(path: tuple[str | int, ...], value: Any) -> str:
    match path:
        case ():
            return "a mapping with the key 'controls'"
        case ("controls",):
            return "a mapping of controls"
        case ("controls", control_id):
            arguments = ", ".join(_CONTROLS[str(control_id)].defaults)
            wanted = f"on, off or a mapping of its arguments ({arguments})" if arguments else "on or off"
            return f"{wanted}, without quotes" if isinstance(value, str) else wanted
        case ("controls", control_id, name):
            return next(one.expected for one in _CONTROLS[str(control_id)].arguments if one.name == name)
        case ("extends",) if isinstance(value, list):
            return "one built-in name or path: a baseline extends only one other (which may extend a further one)"
        case ("waivers",):
            return "a list of waivers"
        case ("waivers", int()):
            return f"a mapping with the keys {', '.join(_WAIVER_KEYS)}"
        case ("waivers", int(), "control"):
            return f"a control{suggestion(str(value), _CONTROLS)}"
        case ("waivers", int(), "expires"):
            return "a date such as 2027-01-31"
        case _:
            quotes = isinstance(value, bool | int | float)
            return "text (put it in quotes)" if quotes else "text"


def _named(path: tuple[str | int, ...]) -> str:
    """The path as people write it: waivers[0].expires."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the baseline"
