"""Who administers the server by Microsoft Entra. A replica lists the administrators of its primary (recorded)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.pattern import fits as fits_pattern
from .control import Argument, Arguments, Control, texts
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.server import Administrator, ServerState
    from ..model.verdict import Check


def entra_admin_exists(state: ServerState, arguments: Arguments) -> Check:
    """At least one Microsoft Entra administrator is set on the server.

    What it checks: the list of Entra administrators is not empty. While Entra authentication is off the service refuses
    to list them; that counts as none.

    Why: only an Entra administrator can let other Entra identities in, so without one the feature is unused.

    Remedy: left to you, because only you know who: az postgres flexible-server microsoft-entra-admin create, best with
    a group. On a replica, add it on the primary.

    What it does not check: whether that person or group still exists, who is in the group, and whether one is enough:
    two administrators, or a group, are safer than one person.

    Cost: one request per server.
    """
    administrators = state.administrators
    if isinstance(administrators, Unobserved):
        return unread("the Microsoft Entra administrators", administrators)
    disabled = not isinstance(state.server, Unobserved) and state.server.entra_auth.casefold() == "disabled"
    if administrators:
        names = _names(administrators)
        off = "; Microsoft Entra authentication is disabled, so none of them can log in" if disabled else ""
        return passed(f"Microsoft Entra administrators: {names}{off}", {"administrators": names})
    why = " (Microsoft Entra authentication is disabled)" if disabled else ""
    return failed(
        f"there is no Microsoft Entra administrator{why}",
        {"administrators": "none"},
        remedy="only you know who it should be: az postgres flexible-server microsoft-entra-admin create"
        + (on_the_primary(state) or ", best with a group"),
    )


def principal_types(state: ServerState, arguments: Arguments) -> Check:
    """Every Microsoft Entra administrator is of a type that the baseline allows.

    What it checks: the principalType of each administrator is one of the argument `allowed` (Group, ServicePrincipal,
    User), in whatever case the service tells it. A type that is not told is unknown. A server without administrators is
    not judged.

    Why: with a group, who administers the database is decided, reviewed and ended in Microsoft Entra. A single person
    stays administrator of every server they were ever entered on.

    Remedy: left to you, because only you know which group. Add it first, see that a member can log in, then delete the
    others: az postgres flexible-server microsoft-entra-admin create, then delete. The other order may leave nobody. On
    a replica, do it on the primary.

    What it does not check: who is in a group, and whether an administrator still exists.

    Cost: one request per server, shared by the controls that read administrators.
    """
    allowed = texts(arguments, "allowed")
    folded = {word.casefold() for word in allowed}

    def fits(one: Administrator) -> bool | None:
        told = one.principal_type.casefold()
        return None if told in ("", "unknown") else told in folded

    return _judge_each(state, fits, quality="type", wanted=" or ".join(allowed) or "none")


def naming(state: ServerState, arguments: Arguments) -> Check:
    """Every Microsoft Entra administrator has a name that follows the baseline's patterns.

    What it checks: the principalName of each administrator, groups and others alike, fits one of the argument
    `patterns`, in which * stands for any characters and ? for one; case does not matter. Without patterns, and on a
    server without administrators, nothing is judged.

    Why: where groups for databases are named by a rule, a name outside of it is usually a group made for something
    else, or a person entered by hand.

    Remedy: left to you, because only you know the right group. Add it first, see that a member can log in, then delete
    the others: az postgres flexible-server microsoft-entra-admin create, then delete. The other order may leave nobody.
    On a replica, do it on the primary.

    What it does not check: whether that is still the principal's name in Microsoft Entra; the server keeps the name
    that was entered.

    Cost: one request per server, shared by the controls that read administrators.
    """
    patterns = texts(arguments, "patterns")
    if not patterns:
        return not_applicable("the baseline gives no pattern for the names of administrators")

    def fits(one: Administrator) -> bool | None:
        return any(fits_pattern(one.name, pattern) for pattern in patterns) if one.name else None

    return _judge_each(state, fits, quality="name", wanted=" or ".join(patterns))


def _judge_each(
    state: ServerState, fits: Callable[[Administrator], bool | None], *, quality: str, wanted: str
) -> Check:
    """One administrator who does not fit fails; else one of whom it is not told is unknown."""
    found = state.administrators
    if isinstance(found, Unobserved):
        return unread("the Microsoft Entra administrators", found)
    if not found:
        return not_applicable("there is no Microsoft Entra administrator to judge")
    evidence = {"administrators": _names(found), f"allowed {quality}s": wanted}
    misfits = tuple(one for one in found if fits(one) is False)
    if misfits:
        return failed(
            f"{_names(misfits)}: the {quality} is not one that the baseline allows ({wanted})",
            evidence,
            remedy=f"add an administrator of an allowed {quality}, see that it can log in, and only then delete the "
            f"others{on_the_primary(state)}: az postgres flexible-server microsoft-entra-admin create, then delete",
        )
    untold = [shown_name(one) for one in found if fits(one) is None]
    if untold:
        return unknown(f"the service does not tell the {quality} of {', '.join(untold)}")
    return passed(f"every Microsoft Entra administrator has an allowed {quality}: {_names(found)}", evidence)


def shown_name(administrator: Administrator) -> str:
    """What reports call an administrator."""
    return administrator.name or administrator.object_id


def on_the_primary(state: ServerState) -> str:
    """The addition to a remedy on a replica: the service sets and deletes administrators only on the primary."""
    replica = not isinstance(state.server, Unobserved) and state.server.is_replica
    return " on the primary, which this replica follows" if replica else ""


def _names(administrators: tuple[Administrator, ...]) -> str:
    return ", ".join(f"{shown_name(one)} ({one.principal_type})" for one in administrators)


CONTROLS = (
    Control(
        id="auth-entra-admin-exists",
        title="At least one Microsoft Entra administrator exists",
        family="administrators",
        rating=RATINGS["auth-entra-admin-exists"],
        check=entra_admin_exists,
        reads=("administrators", "server"),
        references=REFERENCES["auth-entra-admin-exists"],
    ),
    Control(
        id="auth-entra-admin-principal-type",
        title="Microsoft Entra administrators are of allowed types",
        family="administrators",
        rating=RATINGS["auth-entra-admin-principal-type"],
        check=principal_types,
        reads=("administrators", "server"),
        arguments=(
            Argument(
                name="allowed",
                kind="texts",
                default=THRESHOLDS["auth-entra-admin-principal-type.allowed"].value,
                description="Which types of principal may administer the server.",
                allowed=("Group", "ServicePrincipal", "User"),
            ),
        ),
        references=REFERENCES["auth-entra-admin-principal-type"],
    ),
    Control(
        id="auth-entra-admin-naming",
        title="Microsoft Entra administrators are named by the rule",
        family="administrators",
        rating=RATINGS["auth-entra-admin-naming"],
        check=naming,
        reads=("administrators", "server"),
        arguments=(
            Argument(
                name="patterns",
                kind="texts",
                default=THRESHOLDS["auth-entra-admin-naming.patterns"].value,
                description="What names of administrators look like; * stands for any characters, ? for one.",
            ),
        ),
        references=REFERENCES["auth-entra-admin-naming"],
    ),
)
