"""The form of a baseline file as pydantic models, made from the catalogue so that every control is known by name."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, create_model

from ..controls.catalogue import CONTROLS
from .entries import CLOSED, FileForm, Text

if TYPE_CHECKING:
    from ..controls.control import Argument, Control

_SWITCH = Literal["on", "off"]
"""Editors read YAML 1.2, where on and off are text; flexsec reads YAML 1.1, where they are truths."""


@cache
def file_form() -> type[FileForm]:
    """The whole form: a field for each control, which is off, on, or a mapping of the control's arguments."""
    fields: dict[str, Any] = {
        _field(control): (_choice(control), Field(None, alias=control.id, description=control.title))
        for control in CONTROLS
    }
    controls = create_model("Controls", __config__=CLOSED, __doc__="Which controls are judged.", **fields)
    entry = Field(default_factory=controls, description="Controls by id: on, off, or a mapping of arguments.")
    return create_model("Baseline", __base__=FileForm, __doc__="A flexsec baseline.", controls=(controls, entry))


def chosen(form: FileForm) -> dict[str, dict[str, Any] | None]:
    """The controls that a file names: the arguments it gives to each, or None for off."""
    controls: BaseModel = form.controls  # type: ignore[attr-defined]
    named = {}
    for control in CONTROLS:
        if _field(control) in controls.model_fields_set:
            entry: BaseModel | None = getattr(controls, _field(control))
            named[control.id] = None if entry is None else _arguments(entry)
    return named


def _arguments(entry: BaseModel) -> dict[str, Any]:
    given = entry.model_dump(exclude_unset=True)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _field(control: Control) -> str:
    return control.id.replace("-", "_")


def _choice(control: Control) -> Any:
    fields: dict[str, Any] = {
        one.name: (_kind(one), Field(_default(one), description=one.description)) for one in control.arguments
    }
    arguments = create_model(f"Arguments of {control.id}", __config__=CLOSED, __doc__=control.title, **fields)

    def switched(value: object) -> object:
        return {True: {}, False: None}[value] if isinstance(value, bool) else value if value is not None else {}

    told = bool | _SWITCH | arguments | None
    return Annotated[arguments | None, BeforeValidator(switched, json_schema_input_type=told)]


def _default(argument: Argument) -> Any:
    return list(argument.default) if isinstance(argument.default, tuple) else argument.default


def _kind(argument: Argument) -> Any:
    if argument.kind == "boolean":
        return bool
    if argument.kind in ("text", "texts"):
        one = Literal[argument.allowed] if argument.allowed else _text(argument)
        if argument.kind == "text":
            return one
        return Annotated[list[one], AfterValidator(partial(_without_clash, argument))]  # type: ignore[valid-type]
    return Annotated[int, Field(ge=argument.minimum, le=argument.maximum)]


def _without_clash(argument: Argument, value: list[str]) -> list[str]:
    if argument.clash(tuple(value)) is not None:
        raise ValueError(argument.expected_instead_of(tuple(value)))
    return value


def _text(argument: Argument) -> Any:
    return Annotated[Text, Field(pattern=f"^({argument.pattern})$")] if argument.pattern else Text
