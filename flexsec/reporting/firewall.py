"""Firewall rules as a report: what each admits, and how many public addresses all of them admit together."""

from __future__ import annotations

from ..model.firewall import FirewallRule, RuleClass, public_size
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, server_name

SCHEMA = "flexsec.firewall/1"

_RECORD = ("server_id", "name", "start", "end", "class", "addresses")
_MEANING = {
    RuleClass.AZURE_SERVICES: Cell("every Azure service of every tenant", Tone.BAD),
    RuleClass.INTERNET: Cell("the internet", Tone.BAD),
    RuleClass.PRIVATE: Cell("private addresses only: admits nobody", Tone.MUTED),
    RuleClass.PUBLIC: Cell("public addresses"),
    RuleClass.UNREADABLE: Cell("not a range of addresses", Tone.CAUTION),
}


def document(server_id: str, rules: tuple[FirewallRule, ...]) -> Document:
    """The report of a server's firewall rules; its JSON is a list."""
    return Document(
        schema=SCHEMA,
        data=[_entry(rule) for rule in rules],
        title=f"Firewall rules of {server_name(server_id)}",
        facts=(("Server", Cell(server_id)),),
        tables=(
            Table(
                title=count(len(rules), "rule"),
                columns=columns("=Rule", "=First address", "=Last address", "Addresses", "Admits"),
                rows=tuple(
                    cells(rule.name, rule.start, rule.end, f"{_size(rule):,}", _MEANING[rule.kind]) for rule in rules
                ),
                empty="There are no rules: no public address is admitted.",
            ),
        ),
        records=Records(
            columns=_RECORD,
            rows=tuple(
                (server_id, rule.name, rule.start, rule.end, rule.kind.value, str(_size(rule))) for rule in rules
            ),
        ),
        summary=_summary(rules),
    )


def _summary(rules: tuple[FirewallRule, ...]) -> str:
    if not rules:
        return ""
    admitted = public_size(found for rule in rules if (found := rule.range) is not None)
    text = f"Together the rules admit {admitted:,} public {'address' if admitted == 1 else 'addresses'}"
    if any(rule.kind == RuleClass.AZURE_SERVICES for rule in rules):
        text += ", and every Azure service of every tenant"
    return text + "."


def _size(rule: FirewallRule) -> int:
    found = rule.range
    return found.size if found and rule.kind != RuleClass.AZURE_SERVICES else 0


def _entry(rule: FirewallRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "start": rule.start,
        "end": rule.end,
        "class": rule.kind.value,
        "addresses": _size(rule),
    }
