"""The form of a baseline file as pydantic models, made from the catalogue so that every control is known by name."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from ..controls.catalogue import CONTROLS

if TYPE_CHECKING:
    from ..controls.control import Argument, Control

_CLOSED = ConfigDict(extra="forbid", strict=True, frozen=True)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_IDS = [control.id for control in CONTROLS]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


def _as_date(value: object) -> object:
    """A date is text in the file, quoted or not."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _known(control_id: str) -> str:
    if control_id not in _IDS:
        raise ValueError("no such control")
    return control_id


ControlId = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": _IDS})]


class WaiverEntry(BaseModel):
    """A failure that someone accepts, until a day."""

    model_config = _CLOSED

    control: ControlId = Field(description="The control whose failure is accepted.")
    owner: Text = Field(description="Who accepts it.")
    reason: Text = Field(description="Why it is acceptable.")
    ticket: Text = Field(description="Where the decision is recorded.")
    expires: Annotated[date, BeforeValidator(_as_date)] = Field(description="The last day on which the waiver holds.")
    servers: Text = Field("*", description="Which servers, by name; * and ? stand for any characters.")


class FileForm(BaseModel):
    """A baseline file, apart from its controls."""

    model_config = _CLOSED

    name: Text | None = Field(None, description="What reports call the baseline; the file's name unless given.")
    description: str = Field("", description="What the baseline is for.")
    extends: Text | None = Field(None, description="A built-in baseline, or the path of a file relative to this one.")
    waivers: list[WaiverEntry] = Field(default=[], description="Failures that are accepted for a time.")


@cache
def file_form() -> type[FileForm]:
    """The whole form: a field for each control, which is off, on, or a mapping of the control's arguments."""
    fields: dict[str, Any] = {
        _field(control): (_choice(control), Field(None, alias=control.id, description=control.title))
        for control in CONTROLS
    }
    controls = create_model("Controls", __config__=_CLOSED, __doc__="Which controls are judged.", **fields)
    entry = Field(default_factory=controls, description="Controls by id: on, off, or a mapping of arguments.")
    return create_model("Baseline", __base__=FileForm, __doc__="A flexsec baseline.", controls=(controls, entry))


def chosen(form: FileForm) -> dict[str, dict[str, Any] | None]:
    """The controls that a file names: the arguments it gives to each, or None for off."""
    controls: BaseModel = form.controls  # type: ignore[attr-defined]
    named = {}
    for control in CONTROLS:
        if _field(control) in controls.model_fields_set:
            entry: BaseModel | None = getattr(controls, _field(control))
            named[control.id] = None if entry is None else entry.model_dump(exclude_unset=True)
    return named


def _field(control: Control) -> str:
    return control.id.replace("-", "_")


def _choice(control: Control) -> Any:
    fields: dict[str, Any] = {
        one.name: (_kind(one), Field(one.default, description=one.description)) for one in control.arguments
    }
    arguments = create_model(f"Arguments of {control.id}", __config__=_CLOSED, __doc__=control.title, **fields)

    def switched(value: object) -> object:
        return {True: {}, False: None}[value] if isinstance(value, bool) else value if value is not None else {}

    return Annotated[arguments | None, BeforeValidator(switched, json_schema_input_type=bool | arguments | None)]


def _kind(argument: Argument) -> Any:
    if argument.kind == "boolean":
        return bool
    if argument.kind == "text":
        return Literal[argument.allowed]
    return Annotated[int, Field(ge=argument.minimum, le=argument.maximum)]
