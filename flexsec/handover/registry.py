"""What each owner is handed: the change in its own language, what an operator could run meanwhile, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.ownership import HandOver, Patch
from ..model.resource import ServerId
from . import azure_cli, bicep, terraform

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.change import Change
    from ..model.server import ServerState

    Writer = Callable[[Change, ServerId, ServerState], str]

TERRAFORM, BICEP, POLICY, AZ = "terraform", "bicep", "policy", "az"
WRITERS: dict[str, Writer] = {TERRAFORM: terraform.patch, BICEP: bicep.patch, AZ: azure_cli.patch}

_CODE_RULES = "What the code says wins: {language} would set back at its next {when} what is changed elsewhere."
_POLICY = (
    "An assignment of Azure Policy (deployIfNotExists or modify) would set it back at its next remediation: change the "
    "parameter of that assignment first. `az policy assignment list --scope {server} --disable-scope-strict-match` "
    "lists those that reach the server, with their parameters; where the definition itself holds the value, assign "
    "another one."
)
_RESTART = "It comes into force with a restart, which is handed over as well."
_TERRAFORM_RESTART = (
    "azurerm restarts the server by itself when it changes such a parameter, unless its feature "
    "restart_server_on_configuration_value_change is off."
)


def hand_over(change: Change, owner: str, state: ServerState, *, caution: str = "") -> HandOver:
    """A change for its owner.

    Args:
        owner: terraform, bicep, policy, or any name: a person or another tool, who gets an az command.
        state: the server as it will be, for what a language can only write as a whole.
        caution: why flexsec would not make this change as things are, or "".
    """
    server = ServerId.parse(state.server_id)
    folded = owner.casefold()
    patches = tuple(
        Patch(language=language, text=text)
        for language in _languages(folded, change)
        if (text := WRITERS[language](change, server, state))
    )
    notes = [*_notes(folded, change, server), *_missing(change, patches)]
    if caution:
        notes.append(f"flexsec would not make this change as things are: {caution}.")
    return HandOver(change=change, owner=owner, patches=patches, note=" ".join(notes))


def _languages(owner: str, change: Change) -> tuple[str, ...]:
    if owner == TERRAFORM:
        return TERRAFORM, AZ
    if owner == BICEP:
        removes = change.after is None or change.kind == "restart"
        return (BICEP, AZ) if removes else (BICEP,)
    return (AZ,)


def _notes(owner: str, change: Change, server: ServerId) -> list[str]:
    static = change.kind == "parameters" and (change.after or {}).get("dynamic") == "false"
    if change.kind == "restart":
        return [_TERRAFORM_RESTART] if owner == TERRAFORM else []
    match owner:
        case "terraform":
            rules = _CODE_RULES.format(language="Terraform", when="apply")
            return [rules, _TERRAFORM_RESTART] if static else [rules]
        case "bicep":
            found = [_CODE_RULES.format(language="Bicep", when="deployment")]
        case "policy":
            found = [_POLICY.format(server=server)]
        case _:
            found = []
    return [*found, _RESTART] if static else found


def _missing(change: Change, patches: tuple[Patch, ...]) -> list[str]:
    """Say what is not written down, so that nobody looks for it."""
    return [] if patches else [f"There is no command for this that would be read as it is meant: {change.sentence}"]
