"""Plans in files: written whole or not at all, refused when edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import PlanInvalid, UsageError
from ..model.encoding import from_data, to_data
from ..model.plan import Plan
from .basis import check_seal
from .plan import PLAN_FORMAT
from .whole_file import replace_file

if TYPE_CHECKING:
    from pathlib import Path


def write(plan: Plan, path: Path) -> None:
    """Write a plan, mode 0600, by atomic replace.

    Raises:
        UsageError: the place cannot be written.
    """
    text = json.dumps(to_data(plan), indent=2, ensure_ascii=False) + "\n"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise UsageError(f"cannot write the plan to {path}: {error.strerror or error}") from None


def read(path: Path) -> Plan:
    """Read a plan and check its seal.

    Raises:
        PlanInvalid: not a plan, of another format, or edited after it was made.
        UsageError: the file cannot be read.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read the plan {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise PlanInvalid(f"{path} is not a plan made by `flexsec plan -o NAME.json`: it is not JSON") from None
    if not isinstance(data, dict) or "changes" not in data or "digest" not in data:
        raise PlanInvalid(f"{path} is not a plan made by `flexsec plan -o NAME.json`: it is other JSON")
    if data.get("format") != PLAN_FORMAT:
        raise PlanInvalid(
            f"{path} is a plan of format {data.get('format')!r}; this version of flexsec reads format {PLAN_FORMAT}"
        )
    try:
        plan = from_data(Plan, data)
    except ValueError as error:
        raise PlanInvalid(f"{path} is not a plan: {_first_line(error)}") from None
    check_seal(plan)
    return plan


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(lines[1:3]) if len(lines) > 1 else str(error)
