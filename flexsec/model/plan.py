"""A plan: ordered changes to one server or subscription, and what it will not do, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .change import Change
from .change_record import NO_RECORD, ChangeRecord
from .connections import Evidence
from .leave import Leave
from .ownership import Fight, HandOver
from .verdict import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A change that the plan does not make: for want of leave, because a guard refuses it, or out of its window.

    Attributes:
        by: "leave", "guard" or "window".
        reason: one sentence; for leave it names the flag that gives it.
        needs: the flag that would allow it ("--allow-restart"), or "".
    """

    change: Change
    by: str
    reason: str
    needs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A failing control that no change addresses, with what a person does about it."""

    control: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `apply` takes.

    Attributes:
        server_id: the ARM id of what is changed: a server, or a subscription.
        baseline_source: the built-in name or absolute path that loads the baseline again.
        basis: the facts the plan rests on, as texts by name ("parameter log_checkpoints": "off"); `apply` reads
            the server again and refuses when one of them differs.
        changes: in the order of writing.
        withheld: changes that would help and are not made.
        left: failing controls that flexsec does not fix.
        notes: what is worth saying ("2 firewall rules are not flexsec's and are kept: ...").
        leave, evidence: what was given when the plan was made; `apply` needs nothing more.
        handed_over: changes of what others own, with patches for them; never written by flexsec.
        fights: values that somebody keeps setting back.
        record: what the caller says about the change.
        made_by: object id of who made the plan, or "" when the token does not tell.
        undoes: the run that this plan rolls back, or "".
        digest: SHA-256 of everything else, so that an edited file is noticed.
    """

    format: int
    server_id: str
    baseline: str
    baseline_source: str
    made_at: datetime
    basis: dict[str, str]
    changes: tuple[Change, ...]
    withheld: tuple[Withheld, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...]
    leave: Leave
    evidence: Evidence
    assessment: Assessment
    handed_over: tuple[HandOver, ...] = ()
    fights: tuple[Fight, ...] = ()
    record: ChangeRecord = NO_RECORD
    made_by: str = ""
    undoes: str = ""
    digest: str = ""
