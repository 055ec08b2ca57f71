"""A captured baseline as a YAML file, with what was left out, and why, in comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model.server import ServerState
    from .baseline import Baseline

_WIDE = 10_000  # so that no comment or flow mapping is folded


def written(baseline: Baseline, state: ServerState, left_out: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """The file.

    Args:
        left_out: controls with the reason, by the heading that they stand under.
    """
    lines = [
        f"# Captured from {_printable(state.server_id)}",
        f"# at {state.observed_at:%Y-%m-%d %H:%M:%S} UTC: every control that it met, as strictly as it met it.",
        "# Read it before you use it: a server that is captured is not thereby right.",
        _mapping({"name": baseline.name}),
        _mapping({"description": baseline.description}),
        "controls:",
        *(f"  {each.control.id}: {_flow(each.arguments) if each.arguments else 'on'}" for each in baseline.controls),
    ]
    for heading, items in left_out.items():
        found = [f"#   {control}: {_printable(reason)}" for control, reason in items]
        lines += ["", f"# {heading}:", *found] if found else []
    return "\n".join(lines) + "\n"


def _flow(arguments: Mapping[str, Any]) -> str:
    import yaml

    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}
    return str(yaml.safe_dump(plain, default_flow_style=True, sort_keys=False, width=_WIDE)).strip()


def _mapping(values: dict[str, str]) -> str:
    import yaml

    return str(yaml.safe_dump(values, allow_unicode=True, width=_WIDE)).strip()


def _printable(text: str) -> str:
    """One line that can stand in a comment, whatever a name in it holds."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
