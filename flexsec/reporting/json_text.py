"""A document's data as JSON, in the order in which the value defines its fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .neutral import json_text

if TYPE_CHECKING:
    from .document import Document


def render(document: Document) -> str:
    """The data, indented; an object says first which schema of ours it follows, if one; a list stays a list."""
    data = document.data
    if isinstance(data, dict) and document.schema:
        data = {"schema": document.schema, **data}
    return json_text(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"
