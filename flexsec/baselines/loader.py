"""Baselines by built-in name or from a file, with every problem named by file, line and column."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..controls.catalogue import CONTROLS
from ..controls.control import suggestion
from ..errors import BaselineInvalid, UnknownName
from ..model.verdict import Waiver
from .baseline import Baseline, MappedRow, Scope, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from .entries import FileForm
    from .yaml_text import Document

_SUFFIXES = (".yaml", ".yml", ".json")
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class _Layer:
    """One file, read and valid in itself."""

    source: str
    form: FileForm
    document: Document


def names() -> tuple[str, ...]:
    """The built-in baselines."""
    return tuple(_built_in())


def schema() -> dict[str, Any]:
    """The JSON Schema of a baseline file, for editors."""
    from .schema import file_form

    return file_form().model_json_schema()


def load(name_or_path: str) -> Baseline:
    """A baseline with everything that it extends.

    Args:
        name_or_path: a built-in name, or the path of a YAML file (with a directory, or ending in .yaml, .yml or .json).

    Raises:
        UnknownName: neither a built-in name nor a path.
        BaselineInvalid: the file cannot be used; every problem with file, line, column and what was expected.
    """
    built_in = _built_in()
    if name_or_path in built_in:
        layers = _layers(name_or_path, built_in[name_or_path], chain=())
    elif _is_path(name_or_path):
        layers = _layers(name_or_path, Path(name_or_path), chain=())
    else:
        hint = suggestion(name_or_path, tuple(built_in))
        raise UnknownName(
            f"there is no baseline {name_or_path!r}{hint} (a file is given as a path, such as ./shop.yaml)"
        )
    return _merged(layers)


def _layers(source: str, file: Path | Traversable, *, chain: tuple[str, ...], asked: str = "") -> list[_Layer]:
    """A file and what it extends, nearest first. `asked` tells who extends it, for a file that cannot be read."""
    layer = _layer(source, file, asked)
    parent = layer.form.extends
    if parent is None:
        return [layer]
    line = layer.document.values["extends",]
    return [layer, *_parent_layers(layer, parent, line, (*chain, _identity(source)))]


def _parent_layers(layer: _Layer, parent: str, line: tuple[int, int], chain: tuple[str, ...]) -> list[_Layer]:
    from .yaml_text import problem

    built_in = _built_in()
    if parent in built_in:
        source, file = parent, built_in[parent]
    elif _is_path(parent) and layer.source not in built_in:
        path = Path(layer.source).parent / parent
        source, file = str(path), path
    else:
        hint = suggestion(parent, tuple(built_in))
        raise BaselineInvalid(
            (problem(layer.source, line, f"extends {parent!r}, which is no built-in baseline and no path{hint}"),)
        )
    if _identity(source) in chain:
        circle = " -> ".join([*chain[chain.index(_identity(source)) :], _identity(source)])
        raise BaselineInvalid((problem(layer.source, line, f"extends itself in a circle: {circle}"),))
    return _layers(source, file, chain=chain, asked=problem(layer.source, line, f"extends {parent!r}: "))


def _layer(source: str, file: Path | Traversable, asked: str) -> _Layer:
    from pydantic import ValidationError

    from .problems import sentences
    from .schema import file_form
    from .yaml_text import parse, problem

    document = parse(_text(source, file, asked), source)
    try:
        form = file_form().model_validate(document.data)
    except ValidationError as error:
        raise BaselineInvalid(sentences(error, document, source)) from None
    if document.refused:
        raise BaselineInvalid(tuple(problem(source, *item) for item in document.refused))
    return _Layer(source, form, document)


def _text(source: str, file: Path | Traversable, asked: str) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise BaselineInvalid((f"{asked}{source}: there is no such file",)) from None
    except IsADirectoryError:
        raise BaselineInvalid((f"{asked}{source}: is a directory, expected a YAML file",)) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BaselineInvalid((f"{asked}{source}: cannot be read: {why}",)) from None
    if len(content) > _LARGEST:
        raise BaselineInvalid((f"{asked}{source}: is larger than {_LARGEST:,} bytes, which no baseline is",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BaselineInvalid((f"{source}:{line}:1: is not UTF-8 text, expected a YAML file",)) from None


def _merged(layers: list[_Layer]) -> Baseline:
    from .schema import chosen

    selected: dict[str, dict[str, Any]] = {}
    for layer in reversed(layers):
        for control_id, arguments in chosen(layer.form).items():
            if arguments is None:
                selected.pop(control_id, None)
            else:
                selected[control_id] = {**selected.get(control_id, {}), **arguments}
    first = layers[0]
    if not selected:
        raise BaselineInvalid((f"{first.source}:1:1: judges nothing, expected controls, or a baseline to extend",))
    controls = tuple(Selection(entry, selected[entry.id]) for entry in CONTROLS if entry.id in selected)
    return Baseline(
        name=first.form.name or Path(first.source).stem,
        description=first.form.description,
        controls=controls,
        waivers=tuple(Waiver(**entry.model_dump()) for layer in layers for entry in layer.form.waivers),
        sources=tuple(layer.source for layer in layers),
        scope=_scope(layers),
        owners=_owners(layers),
        notes=tuple(note for layer in layers for note in layer.form.notes),
        mapping=tuple(row for layer in layers for row in _mapping(layer.form)),
    )


def _scope(layers: list[_Layer]) -> Scope:
    """That of the nearest file that says one: it stands in place of what it extends."""
    said = next((layer.form.scope for layer in layers if layer.form.scope is not None), None)
    return Scope(names=tuple(said.names), tags=said.tags) if said else Scope()


def _owners(layers: list[_Layer]) -> dict[str, str]:
    """All of them; the same pattern, in whatever case, is the nearest file's."""
    found: dict[str, tuple[str, str]] = {}
    for layer in layers:
        for pattern, owner in layer.form.owners.items():
            found.setdefault(pattern.casefold(), (pattern, owner))
    return dict(found.values())


def _mapping(form: FileForm) -> tuple[MappedRow, ...]:
    return tuple(
        MappedRow(
            standard=entry.standard,
            row=row.row,
            controls=tuple(row.controls),
            basis=row.basis,
            check=entry.check,
            level=row.level or "",
            note=row.note or "",
        )
        for entry in form.mapping
        for row in entry.rows
    )


def _built_in() -> Mapping[str, Traversable]:
    files = resources.files(__package__ or "flexsec.baselines").iterdir()
    found = {file.name.removesuffix(".yaml"): file for file in files if file.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def _is_path(text: str) -> bool:
    return text.endswith(_SUFFIXES) or "/" in text or "\\" in text


def _identity(source: str) -> str:
    """One text for every way to write the same file."""
    if source in _built_in():
        return source
    try:
        return str(Path(source).resolve())
    except (OSError, RuntimeError, ValueError):
        return source
