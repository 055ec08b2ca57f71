"""What a service, a file or a person wrote is shown, never obeyed.

Rule names, values and error texts come from outside. A terminal must not run their escape sequences, a spreadsheet
not their formulas, a browser not their markup, and no reader be misled by invisible or direction-changing characters.
"""

from __future__ import annotations

import re

# Control characters, surrogates, and the format characters that hide text or turn its direction.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[\t\r\n]+")
_FORMULA = re.compile(r"^\s*[=+\-@]")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
_MARKDOWN = re.compile(r"([\\`*\[\]~|#!])")
_UNDERSCORE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")


def plain(text: str) -> str:
    """One line of text: line ends and tabs become blanks, other control characters visible escapes."""
    return visible(_BLANKS.sub(" ", text))


def visible(text: str) -> str:
    """The text with every control, invisible or direction-changing character as a visible escape."""
    return _UNSAFE.sub(_escape, text)


def csv_cell(text: str) -> str:
    """One CSV value that no spreadsheet runs: what begins like a formula gets a leading apostrophe; numbers stay."""
    shown = plain(text)
    if _FORMULA.match(shown) and not _PLAIN_NUMBER.match(shown):
        return "'" + shown
    return shown


def markdown(text: str) -> str:
    """Text that Markdown shows as it is: markup and HTML escaped, and no person notified by an @."""
    shown = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _MARKDOWN.sub(r"\\\1", shown).replace("@", "&#64;")
    return _UNDERSCORE.sub(r"\\_", shown)


def json_text(text: str) -> str:
    """JSON text in which unsafe characters inside strings are escaped: the same data, harmless to print."""
    return "\n".join(_UNSAFE.sub(_json_escape, line) for line in text.split("\n"))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    offset = code - 0x10000
    return f"\\u{0xD800 + (offset >> 10):04x}\\u{0xDC00 + (offset & 0x3FF):04x}"
