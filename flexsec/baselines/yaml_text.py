"""YAML text to plain data that remembers where each part stands, so that every problem can name its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from ..errors import BaselineInvalid

Path = tuple[str | int, ...]
Place = tuple[int, int]

_KINDS = {
    f"tag:yaml.org,2002:{tag}": words
    for tag, words in {
        "str": "text",
        "int": "whole number",
        "float": "number",
        "bool": "on or off",
        "null": "empty value",
        "timestamp": "date",
    }.items()
}
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MAPPING, _SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_MOST_NODES = 10_000
_DEEPEST = 50


@dataclass(slots=True)
class Document:
    """The data of a YAML text, and the line and column (from 1) of each key and value by path.

    `refused` holds what is wrong with the text itself: the rest is still worth checking.
    """

    data: Any
    values: dict[Path, Place]
    keys: dict[Path, Place]
    refused: tuple[tuple[Place, str], ...] = ()


@dataclass(slots=True)
class _Reader:
    source: str
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    refused: list[tuple[Place, str]] = field(default_factory=list)
    scalars: yaml.SafeLoader = field(default_factory=lambda: yaml.SafeLoader(""))

    def refuse(self, node: yaml.Node, sentence: str) -> None:
        self.refused.append((_place(node), sentence))

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.values[path] = _place(node)
        if len(path) > _DEEPEST or len(self.values) > _MOST_NODES:
            self.refuse(node, "nested too deeply or too large for a baseline")
            raise BaselineInvalid(tuple(problem(self.source, *item) for item in self.refused))
        if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING:
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQUENCE:
            return [self.read(item, (*path, number)) for number, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self.refuse(key_node, f"found {described(key)} as a key, expected text")
            elif key in found:
                first = self.keys[*path, key][0]
                self.refuse(key_node, f"the key {key!r} stands here a second time (first on line {first})")
            else:
                self.keys[*path, key] = _place(key_node)
                found[key] = self.read(value_node, (*path, key))
        return found

    def scalar(self, node: yaml.Node) -> Any:
        if node.tag not in _KINDS:
            self.refuse(node, f"the tag {node.tag!r} has no meaning in a baseline")
            return None
        if node.tag == _TIMESTAMP:
            return node.value  # as it stands: whether it is a date that can be is for its key to say
        try:
            value = self.scalars.construct_object(node, deep=True)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, yaml.YAMLError):
            self.refuse(node, f"{node.value!r} is no {_KINDS[node.tag]}")
            return None
        if isinstance(value, str) and not value.replace("\n", "").replace("\t", "").isprintable():
            self.refuse(node, f"{value!r} holds a character that cannot be shown")
            return None
        return value


def parse(text: str, source: str) -> Document:
    """Read one YAML document.

    Args:
        text: the YAML.
        source: what problems call it, usually the path of the file.

    Raises:
        BaselineInvalid: not YAML, an anchor that holds itself, or nothing at all. A key that stands twice or a tag is
            in `refused`.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BaselineInvalid(
            (problem(source, _marked(error), f"not YAML: {error.problem or error.context}"),)
        ) from None
    except yaml.reader.ReaderError as error:
        character = chr(error.character) if isinstance(error.character, int) else error.character
        sentence = f"not text: it holds the character {character!r}"
        raise BaselineInvalid((problem(source, _at(text, error.position), sentence),)) from None
    except (ValueError, OverflowError) as error:
        raise BaselineInvalid((problem(source, (1, 1), f"not YAML: {error}"),)) from None
    except RecursionError:
        raise BaselineInvalid((problem(source, (1, 1), "nested too deeply for a baseline"),)) from None
    if node is None:
        raise BaselineInvalid((problem(source, (1, 1), "empty, expected a mapping with the key 'controls'"),))
    reader = _Reader(source)
    data = reader.read(node, ())
    return Document(data, reader.values, reader.keys, tuple(reader.refused))


def problem(source: str, place: Place, sentence: str) -> str:
    """One problem as a line that editors can follow."""
    return f"{source}:{place[0]}:{place[1]}: {sentence}"


def described(value: object) -> str:
    """A value as it reads in "found ..., expected ..."."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "on (true)" if value else "off (false)"
        case str():
            return f"the text {value!r}"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return f"the number {value}"


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _marked(error: yaml.MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _at(text: str, position: int) -> Place:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
