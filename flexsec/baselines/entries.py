"""The entries of a baseline file apart from its controls: waivers, scope, owners, notes and mapping."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ..controls.catalogue import CONTROLS
from .owner_patterns import FORM, problem

if TYPE_CHECKING:
    from pydantic.config import JsonDict

CLOSED = ConfigDict(extra="forbid", strict=True, frozen=True)
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


def _owned(pattern: str) -> str:
    if problem(pattern):
        raise ValueError(problem(pattern))
    return pattern


def _said(value: object) -> object:
    """A key that stands there without a value says nothing, and must not pass for one that was left out."""
    if value is None:
        raise ValueError("nothing")
    return value


ControlId = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": _IDS})]
Owned = Annotated[str, AfterValidator(_owned)]
_OWNERS_SCHEMA: JsonDict = {"propertyNames": {"pattern": FORM}}


class WaiverEntry(BaseModel):
    """A failure that someone accepts, until a day."""

    model_config = CLOSED

    control: ControlId = Field(description="The control whose failure is accepted.")
    owner: Text = Field(description="Who accepts it.")
    reason: Text = Field(description="Why it is acceptable.")
    ticket: Text = Field(description="Where the decision is recorded.")
    expires: Annotated[date, BeforeValidator(_as_date)] = Field(description="The last day on which the waiver holds.")
    servers: Text = Field("*", description="Which servers, by name; * and ? stand for any characters.")
    tags: dict[Text, Text] = Field(default={}, description="Which servers, by tag: a pattern of each tag's value.")


class ScopeEntry(BaseModel):
    """Which servers a baseline is for."""

    model_config = CLOSED

    names: list[Text] = Field(default=[], description="Patterns of names, one of which fits; none means every name.")
    tags: dict[Text, Text] = Field(default={}, description="A pattern of each tag's value; all of them fit.")


class RowEntry(BaseModel):
    """A row of a standard."""

    model_config = CLOSED

    row: Text = Field(description="The row's number or id in the standard.")
    controls: list[ControlId] = Field(default=[], description="The controls that answer to it; none: it is not judged.")
    basis: Literal["official", "public", "ours"] = Field(
        description="Who says so: the standard's publisher or Microsoft, public copies of it, or we."
    )
    level: Text | None = Field(None, description="The standard's own level or profile.")
    note: Text | None = Field(None, description="What else is worth knowing.")


class MappingEntry(BaseModel):
    """A standard, row by row."""

    model_config = CLOSED

    standard: Text = Field(description="The standard's name and version.")
    check: Text = Field(description="What each row is to be checked against before anyone relies on it.")
    rows: list[RowEntry] = Field(description="Its rows.")


class FileForm(BaseModel):
    """A baseline file, apart from its controls."""

    model_config = CLOSED

    name: Text | None = Field(None, description="What reports call the baseline; the file's name unless given.")
    description: str = Field("", description="What the baseline is for.")
    extends: Text | None = Field(None, description="A built-in baseline, or the path of a file relative to this one.")
    scope: Annotated[ScopeEntry | None, BeforeValidator(_said, json_schema_input_type=ScopeEntry)] = Field(
        None, description="Which servers it is for; in place of what it extends says."
    )
    owners: dict[Owned, Text] = Field(
        default={},
        description="Who owns what: flexsec, terraform, bicep, policy or a name, by pattern of a change's target.",
        json_schema_extra=_OWNERS_SCHEMA,
    )
    waivers: list[WaiverEntry] = Field(default=[], description="Failures that are accepted for a time.")
    notes: list[Text] = Field(default=[], description="What everyone who uses it has to know.")
    mapping: list[MappingEntry] = Field(default=[], description="Which control answers to which row of a standard.")
