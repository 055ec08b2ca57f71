"""Makes the simulator's parameter catalogue from parameter lists as the service returned them.

The source holds whole lists for the majors 13 and 16 and partial ones for 17 and 18. The result keeps the
whole
lists and says for every other major how it differs from 16, so that one compact file serves six majors and
each
entry can tell whether it was recorded, documented or derived. Facts only: the service's descriptions are
left out.

usage: build_catalogue.py SOURCE.json RESULT.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

COLUMNS = (
    "name",
    "value",
    "defaultValue",
    "dataType",
    "allowedValues",
    "isDynamicConfig",
    "isReadOnly",
    "source",
    "unit",
    "basis",
)

# PostgreSQL release notes: parameters of 16 that an older major does not know yet, and of 16 that a newer
# one has dropped.
NEW_IN_15 = (
    "allow_in_place_tablespaces",
    "archive_library",
    "log_startup_progress_interval",
    "recovery_prefetch",
    "recursive_worktable_factor",
    "shared_memory_size",
    "shared_memory_size_in_huge_pages",
    "stats_fetch_consistency",
    "wal_decode_buffer_size",
)
NEW_IN_16 = (
    "debug_parallel_query",
    "max_parallel_apply_workers_per_subscription",
    "reserved_connections",
    "vacuum_buffer_usage_limit",
)
GONE_IN_16 = ("force_parallel_mode", "vacuum_defer_cleanup_age")
GONE_IN_17 = ("db_user_namespace", "trace_recovery_messages")
GONE_IN_18 = ("ssl_ecdh_curve",)

# What the partial lists leave open, filled from the PostgreSQL documentation (defaults, types and ranges).
FILLED: dict[str, dict[str, Any]] = {
    "createrole_self_grant": {"value": "", "defaultValue": "", "allowedValues": ".*"},
    "scram_iterations": {
        "defaultValue": "4096",
        "dataType": "Integer",
        "allowedValues": "1-2147483647",
        "isDynamicConfig": True,
    },
    "gss_accept_delegation": {
        "value": "off",
        "defaultValue": "off",
        "dataType": "Boolean",
        "allowedValues": "on,off",
        "isDynamicConfig": True,
    },
    "azure.accepted_password_auth_method": {"defaultValue": "md5,scram-sha-256"},
    "azure_storage.log_level": {"allowedValues": "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log"},
}
FALLBACK_ALLOWED = {"Integer": "0-2147483647", "Boolean": "on,off", "String": ".*"}

MINOR_VERSIONS = {"13": "20", "14": "17", "15": "12", "16": "4", "17": "9", "18": "1"}
DECISIONS = {
    "connection_throttle.enable": (
        "Kept for every major: both whole lists (13 and 16) hold it; the partial 17 list, which names "
        "changes only, does not name it; the text of the built-in policy speaks of deprecation after 18. A "
        "world removes it from a server "
        "with null."
    ),
    "11 and 12": "Left out: the only list of that age lacks isDynamicConfig and isReadOnly.",
}


def whole(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a whole recorded list, marked as recorded and in the service's order (by name.

    Ignoring case).
    """
    return sorted(([*row, "recorded"] for row in rows), key=lambda row: str(row[0]).casefold())


def partial(entries: dict[str, dict[str, Any]], basis: str) -> list[list[Any]]:
    """Rows for the entries of a partial list; what it leaves open is filled and the row marked as derived."""
    rows = []
    for name, entry in entries.items():
        known = {key: value for key, value in entry.items() if value is not None and key in COLUMNS}
        complete = {"source": "system-default", "unit": None, **FILLED.get(name, {}), **known}
        complete.setdefault("allowedValues", FALLBACK_ALLOWED.get(str(complete.get("dataType"))))
        if "dataType" not in complete or "value" not in complete:
            continue
        whole_entry = all(column in known for column in COLUMNS[1:7])
        rows.append([name, *(complete.get(column) for column in COLUMNS[1:9]), basis if whole_entry else "derived"])
    return sorted(rows, key=lambda row: str(row[0]).casefold())


def server_version(major: str) -> list[list[Any]]:
    """The read-only parameters of a derived major that must agree with the server's own version."""
    minor = MINOR_VERSIONS[major]
    texts = {
        "server_version": ("String", f"{major}.{minor}", ".*"),
        "server_version_num": ("Integer", f"{major}{int(minor):04d}", f"{major}0000-{major}9999"),
    }
    return [
        [name, text, text, kind, allowed, True, True, "user-override", None, "derived"]
        for name, (kind, text, allowed) in texts.items()
    ]


def build(source: dict[str, Any]) -> dict[str, Any]:
    """The catalogue for a parsed source file."""
    older = {row[0]: [*row, "derived"] for row in source["13"]["parameters"] if row[0] in GONE_IN_16}
    new_17 = partial(source["partial"]["17"]["parameters"], "recorded")
    new_18 = partial(source["partial"]["18"]["parameters"], "documented")
    names_18 = {row[0] for row in new_18}
    carried = [[*row[:9], "derived"] for row in new_17 if row[0] not in names_18]
    return {
        "about": {
            "what": "Server parameters of Azure Database for PostgreSQL flexible server by major "
            "version, as recorded or derived.",
            "basis": "recorded: returned by the service; documented: from documentation; derived: "
            "concluded from another major.",
            "decisions": DECISIONS,
        },
        "columns": list(COLUMNS),
        "minor_versions": MINOR_VERSIONS,
        "whole": {
            major: {"recorded": source[major]["recorded"], "rows": whole(source[major]["parameters"])}
            for major in ("13", "16")
        },
        "derived_from_16": {
            "14": {"without": [*NEW_IN_15, *NEW_IN_16], "rows": [*older.values(), *server_version("14")]},
            "15": {"without": list(NEW_IN_16), "rows": [*older.values(), *server_version("15")]},
            "17": {"without": list(GONE_IN_17), "rows": [*new_17, *server_version("17")]},
            "18": {"without": [*GONE_IN_17, *GONE_IN_18], "rows": [*carried, *new_18, *server_version("18")]},
        },
    }


def render(catalogue: dict[str, Any]) -> str:
    """JSON with one parameter a line, so that a change of the data can be reviewed."""
    text = json.dumps(catalogue, ensure_ascii=True, indent=1)
    decoder = json.JSONDecoder()
    out, position = [], 0
    while (start := text.find("[\n", position)) >= 0:
        value, end = decoder.raw_decode(text, start)
        if any(isinstance(item, (list, dict)) for item in value):
            out.append(text[position : start + 1])
            position = start + 1
            continue
        out.extend((text[position:start], json.dumps(value, separators=(",", ":"))))
        position = end
    return "".join((*out, text[position:], "\n"))


def main(arguments: list[str]) -> int:
    """Reads the source, writes the result; 2 when called wrongly."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, result = map(Path, arguments)
    result.write_text(render(build(json.loads(source.read_text("utf-8")))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
