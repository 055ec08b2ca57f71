"""Reads patches back as their languages do: HCL by python-hcl2, Bicep by its tree-sitter grammar, az by a shell's words.

python-hcl2 does not undo a string's escapes, and the grammar of Bicep, made for editors, forgives wrong escapes and takes
// in a string for a comment. So strings are read here, strictly, apart from the code that writes them.
"""

from __future__ import annotations

import re
import shlex

import hcl2
import tree_sitter_bicep
from tree_sitter import Language, Parser

_NOTES = ("__is_block__", "__comments__", "__inline_comments__")  # what python-hcl2 says about a body
_HCL_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_HCL_LETTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_BICEP_TOKEN = re.compile(r"//[^\n]*|'|[^'/]+|/")
_BICEP_PIECE = re.compile(
    r"\\u\{(?P<code>[0-9a-fA-F]{1,6})\}|\\(?P<letter>[nrt'\\$])|(?P<plain>[^\\'$\x00-\x1f]|\$(?!\{))"
)
_BICEP_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


def hcl(text):
    """A body of HCL as data, with every string as the value that it stands for."""
    return _plain(hcl2.loads(text))


def _plain(value):
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items() if key not in _NOTES}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _hcl_text(value) if isinstance(value, str) and value.startswith('"') else value


def _hcl_text(raw):
    inner = raw[1:-1]
    assert not re.search(r"(?<![$%])[$%]\{", inner), f"{raw} is a template, not a text"
    unfolded = inner.replace("$${", "${").replace("%%{", "%{")
    return _HCL_ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if not found[3] else _HCL_LETTERS[found[3]], unfolded
    )


def bicep(text):
    """The resources of a Bicep file: for each its symbol, type and members, with every string as its value."""
    bare, strings = _without_strings(text)
    root = tree(bare)
    assert {node.type for node in root.named_children} <= {"comment", "resource_declaration"}
    found = {}
    for node in root.named_children:
        if node.type == "resource_declaration":
            symbol, kind, body = node.named_children
            assert symbol.text.decode() not in found
            found[symbol.text.decode()] = _bicep_text(kind, strings), _members(body, strings)
    return found


def tree(text):
    """The syntax tree of a Bicep file without a mistake."""
    root = Parser(Language(tree_sitter_bicep.language())).parse(text.encode()).root_node
    assert not root.has_error, f"no Bicep:\n{text}\n{root}"
    return root


def _without_strings(text):
    """The text with each string replaced by its number, and the strings' values."""
    bare, values, at = [], [], 0
    while at < len(text):
        token = _BICEP_TOKEN.match(text, at)
        at = token.end()
        if token[0] == "'":
            value, at = _string(text, at)
            bare.append(f"'{len(values)}'")
            values.append(value)
        else:
            bare.append(token[0])
    return "".join(bare), values


def _string(text, at):
    """The value of the string that begins here, and where it ends."""
    value = []
    while text[at : at + 1] != "'":
        piece = _BICEP_PIECE.match(text, at)
        assert piece is not None, f"no text of a Bicep string: {text[at : at + 20]!r}"
        letter = piece["letter"]
        value.append(
            chr(int(piece["code"], 16))
            if piece["code"]
            else _BICEP_LETTERS.get(letter, letter)
            if letter
            else piece["plain"]
        )
        at = piece.end()
    return "".join(value), at + 1


def _members(node, strings):
    assert node.type == "object"
    members = {}
    for each in node.named_children:
        key, value = each.named_children
        name = _bicep_text(key, strings) if key.type == "string" else key.text.decode()
        assert name not in members
        members[name] = _value(value, strings)
    return members


def _value(node, strings):
    if node.type == "object":
        return _members(node, strings)
    return int(node.text) if node.type == "number" else _bicep_text(node, strings)


def _bicep_text(node, strings):
    assert node.type == "string", node
    return strings[int(node.text.decode().strip("'"))]


def az(text):
    """The words of an az command, and its options by name; a flag is True."""
    words = shlex.split(text)
    assert words[:1] == ["az"]
    verbs, options = [], {}
    rest = iter(words[1:])
    name = ""
    for word in rest:
        if word.startswith("--"):
            name, _, value = word.partition("=")
            options[name] = value if "=" in word else True
        elif name and options[name] is True:
            options[name] = word
        elif name:
            options[name] = [*(options[name] if isinstance(options[name], list) else [options[name]]), word]
        else:
            verbs.append(word)
    return " ".join(verbs), options
