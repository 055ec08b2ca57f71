"""Microsoft Entra authentication of a server as a report, and a proved login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.observation import Unobserved
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, moment, server_name

if TYPE_CHECKING:
    from ..model.entra_state import EntraState
    from ..model.login_evidence import EntraLoginProof
    from ..model.server import Administrator

SCHEMA = "flexsec.entra/1"
PROOF_SCHEMA = "flexsec.entra-login/1"

_RECORD = (
    "server_id", "entra_auth", "password_auth", "server_tenant_id", "object_id", "name", "type", "tenant_id",
    "proved_at",
)  # fmt: skip
_PROOF_RECORD = ("server_id", "principal", "object_id", "at", "how")


def document(server_id: str, state: EntraState) -> Document:
    """The report of a server's ways of signing in and its administrators."""
    return Document(
        schema=SCHEMA,
        data={"server_id": server_id, **to_data(state)},
        title=f"Microsoft Entra on {server_name(server_id)}",
        facts=(
            ("Server", Cell(server_id)),
            ("Microsoft Entra authentication", _switch(state.entra_auth, good="enabled")),
            ("Password authentication", _switch(state.password_auth, good="disabled")),
            ("Tenant", Cell(state.tenant_id or "not told")),
            ("Administrator login", Cell(state.administrator_login or "not told")),
            ("Proved login", Cell(_proved(state))),
        ),
        tables=(_administrators(state), _lacking(state)),
        records=Records(columns=_RECORD, rows=_rows(server_id, state)),
        notes=_notes(state),
    )


def proof_document(proof: EntraLoginProof) -> Document:
    """The report of a login that worked."""
    return Document(
        schema=PROOF_SCHEMA,
        data=to_data(proof),
        title=f"{proof.principal} logs in to {server_name(proof.server_id)}",
        facts=(
            ("Server", Cell(proof.server_id)),
            ("Logged in as", Cell(proof.principal, Tone.GOOD)),
            ("Token of", Cell(proof.object_id or "unknown (the token does not tell)")),
            ("At", Cell(moment(proof.at))),
            ("How", Cell(proof.how or "not told")),
        ),
        tables=(),
        records=Records(
            columns=_PROOF_RECORD,
            rows=((proof.server_id, proof.principal, proof.object_id, proof.at.isoformat(), proof.how),),
        ),
        summary="For a day this counts as the proof that `flexsec entra only` asks for.",
    )


def _switch(word: str, *, good: str) -> Cell:
    if not word:
        return Cell("not told", Tone.CAUTION)
    return Cell(word, Tone.GOOD if word.casefold() == good else Tone.PLAIN)


def _proved(state: EntraState) -> str:
    return f"{state.proved.principal}, {moment(state.proved.at)}" if state.proved else "none is remembered here"


def _administrators(state: EntraState) -> Table:
    found = _read(state)
    unread = isinstance(state.administrators, Unobserved)
    return Table(
        title="Administrators" if unread else count(len(found), "administrator"),
        columns=columns("=Name", "=Type", "=Object id", "Tenant"),
        rows=tuple(cells(one.name, one.principal_type, one.object_id, one.tenant_id or "not told") for one in found),
        empty="They could not be read." if unread else "There is no Microsoft Entra administrator.",
    )


def _read(state: EntraState) -> tuple[Administrator, ...]:
    return () if isinstance(state.administrators, Unobserved) else state.administrators


def _lacking(state: EntraState) -> Table:
    return Table(
        title="What Microsoft Entra alone would still need",
        columns=columns("Lacking"),
        rows=tuple(cells(each) for each in state.lacking),
    )


def _rows(server_id: str, state: EntraState) -> tuple[tuple[str, ...], ...]:
    about = (server_id, state.entra_auth, state.password_auth, state.tenant_id)
    proved = state.proved.at.isoformat() if state.proved else ""
    found = _read(state)
    if not found:
        return ((*about, "", "", "", "", proved),)
    return tuple((*about, one.object_id, one.name, one.principal_type, one.tenant_id, proved) for one in found)


def _notes(state: EntraState) -> tuple[str, ...]:
    found = state.administrators
    if isinstance(found, Unobserved):
        return (f"The administrators could not be read: {found.reason}.",)
    groups = [each.name for each in found if each.principal_type.casefold() == "group"]
    if not groups:
        return ()
    return (f"Who is in {', '.join(groups)} is unknown: Microsoft Graph is not read.",)
