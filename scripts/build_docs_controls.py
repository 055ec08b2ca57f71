"""Writes docs/controls.md from the catalogue, so that the page and the code cannot disagree.

python scripts/build_docs_controls.py
"""

from __future__ import annotations

from pathlib import Path

from flexsec.controls.catalogue import CONTROLS
from flexsec.controls.control import SECTIONS, Control, Value
from flexsec.controls.severities import THRESHOLDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "controls.md"

INTRODUCTION = """\
# Controls

<!-- Written by scripts/build_docs_controls.py from the docstrings of flexsec/controls. Edit those, then run it. -->

A control is one property of a server. It answers `pass`, `fail`, `not_applicable` (the question does not arise on this
server) or `unknown` (it could not be read, with the reason and the missing permission); a waiver in the baseline turns
`fail` into `waived`. Only `fail` is a finding. Severities and thresholds are flexsec's own judgement, each with its
reason.

What is judged is what is in force: a parameter that waits for a restart fails whatever its new value. A parameter that
the server's version does not have is not applicable. A read-only parameter that fails is the platform's to change.

Numbers of CIS recommendations are those that public sources cite; check them against a licensed copy of the benchmark.
"(ours)" marks a mapping to the Microsoft cloud security benchmark that no Microsoft artefact makes.
"""


def page() -> str:
    """The whole page."""
    rows = [f"| [`{entry.id}`](#{entry.id}) | {entry.title} | {entry.severity} |" for entry in CONTROLS]
    table = "\n".join(["| control | title | severity |", "| --- | --- | --- |", *rows])
    families = dict.fromkeys(entry.family for entry in CONTROLS)
    return "\n".join([INTRODUCTION, table, *(_family(family) for family in families)])


def _family(family: str) -> str:
    entries = [entry for entry in CONTROLS if entry.family == family]
    return "\n".join([f"\n## {family.capitalize()}", *(_entry(entry) for entry in entries)])


def _entry(entry: Control) -> str:
    told = entry.sections
    parts = [
        f"\n### {entry.id}\n",
        f"{told['']}\n",
        f"**Severity:** {entry.severity}. {entry.rating.reason}\n",
        *(f"**{name}:** {_sentence(told[name])}\n" for name in SECTIONS),
    ]
    for argument in entry.arguments:
        reason = THRESHOLDS[f"{entry.id}.{argument.name}"].reason
        kind = f"({argument.expected}; default {_default(argument.default)})"
        parts.append(f"**Argument `{argument.name}`** {kind}: {argument.description} {reason}\n")
    parts.append(f"**References:** {told['References']}")
    return "\n".join(parts)


def _default(value: Value) -> str:
    """A default as one writes it in a baseline; no text and no list is none."""
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"


def _sentence(text: str) -> str:
    """With a capital first letter, except where a name that is written small comes first."""
    word = text.split(maxsplit=1)[0]
    return text if word == "flexsec" or "_" in word or "." in word.rstrip(".") else text[0].upper() + text[1:]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
