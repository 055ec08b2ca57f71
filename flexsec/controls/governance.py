"""Whether what is configured is in force, belongs to somebody, and allows no more than is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredRestart, DesiredServerSetting
from ..model.observation import Unobserved
from ..model.parameter import members
from .control import Argument, Arguments, Control, texts
from .outcome import failed, not_applicable, passed, unread
from .parameter_check import absent, shown
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_EXTENSIONS = "azure.extensions"


def no_pending_restart(state: ServerState, arguments: Arguments) -> Check:
    """No parameter change waits for a restart.

    What it checks: no entry of the server's parameter list has isConfigPendingRestart set.

    Why: a static parameter (shared_preload_libraries, for one) shows its new value as soon as it is written, but the
    server runs with the old one until it restarts. A server whose audit library is set and not loaded looks compliant.

    Remedy: flexsec restarts the server once, and only with leave (--allow-restart). Whoever wrote the parameters may
    have meant to wait: the report names them.

    What it does not check: who wrote the change, and what value is still in force.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    if isinstance(state.parameters, Unobserved):
        return unread("the server parameters", state.parameters)
    pending = tuple(parameter for parameter in state.parameters if parameter.pending_restart)
    if not pending:
        return passed("no parameter waits for a restart", {"pending restart": "none"})
    names = tuple(parameter.name for parameter in pending)
    return failed(
        f"set and not in force until the server restarts: {', '.join(names)}",
        {parameter.name: f"{parameter.value} (pending)" for parameter in pending},
        desires=(DesiredRestart(parameters=names),),
    )


def tags(state: ServerState, arguments: Arguments) -> Check:
    """The server has the tags that its owner asks for.

    What it checks: for every entry of the argument `required`, the server has a tag of that name; for an entry
    name=value, with that value. Azure ignores the letter case of names, not of values. Where nothing is required it is
    not applicable.

    Why: tags say whose a server is, what it is for and which rules are for it; the scope of baselines and waivers can
    rest on them.

    Remedy: flexsec sets the tags whose value is asked for, keeping the spelling of a name that is there. A tag that is
    asked for by its name alone is left to you: nobody else knows its value.

    What it does not check: tags of the resource group, which a server does not inherit, and whether a value is true.

    Cost: none; the server's own properties are always read.
    """
    required = texts(arguments, "required")
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    if not required:
        return not_applicable("the baseline asks for no tags")
    present = {name.casefold(): (name, value) for name, value in state.server.tags.items()}
    evidence = {f"tag {name}": value for name, value in state.server.tags.items()} or {"tags": "none"}
    wrong, desires, unset = [], [], []
    for entry in required:
        key, named, value = (part.strip() for part in entry.partition("="))
        spelling, held = present.get(key.casefold(), (key, None))
        if held is None or (named and held != value):
            wrong.append(f"{key} is {'missing' if held is None else held or '(empty)'}")
            if named:
                desires.append(DesiredServerSetting(name=f"tag:{spelling}", value=value))
            else:
                unset.append(key)
    if not wrong:
        return passed(f"the server has the required tags: {', '.join(required)}", evidence)
    remedy = f"give these tags a value: {', '.join(unset)}" if unset else ""
    reason = f"required tags: {'; '.join(wrong)}"
    return failed(reason, evidence, desires=tuple(desires), remedy=remedy)


def extensions(state: ServerState, arguments: Arguments) -> Check:
    """Only extensions that are needed may be created in databases.

    What it checks: azure.extensions allows none of the extensions of the argument `risky`, which reach other servers,
    files or the network, or run code outside the database's own rules. Where the argument `approved` names any, every
    entry must be among those, and one that it names is approved even if it is risky.

    Why: an extension is code inside the server. Whoever takes over a database role with dblink or azure_storage at
    hand sends the data elsewhere, past every firewall rule for incoming connections.

    Remedy: left to you. flexsec only ever adds to this list: a database may use the extension, and its objects stop
    working as intended when it is no longer allowed. See which databases have it (pg_extension), drop it there, then
    take it out of azure.extensions. Name those that are needed in `approved`.

    What it does not check: which extensions are created in the databases, and which libraries are preloaded.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    if isinstance(state.parameters, Unobserved):
        return unread("the server parameters", state.parameters)
    found = state.parameter(_EXTENSIONS)
    if found is None or isinstance(found, Unobserved):
        return absent(state, _EXTENSIONS)
    approved = {name.casefold() for name in texts(arguments, "approved")}
    risky = {name.casefold() for name in texts(arguments, "risky")}
    allowed = members(found.value)
    unwanted = sorted(allowed - approved if approved else allowed & risky)
    evidence = {_EXTENSIONS: shown(found.value)}
    if not unwanted:
        return passed("every allowed extension is approved" if approved else "no risky extension is allowed", evidence)
    reasons = [f"{name} ({'risky' if name in risky else 'not approved'})" for name in unwanted]
    return failed(
        f"extensions are allowed that are not needed: {', '.join(reasons)}",
        evidence,
        remedy="see in each database whether it has the extension (pg_extension), drop it there, then take it out of "
        f"{_EXTENSIONS}; name in the argument approved what is needed",
    )


CONTROLS = (
    Control(
        id="config-no-pending-restart",
        title="No parameter change waits for a restart",
        family="governance",
        rating=RATINGS["config-no-pending-restart"],
        check=no_pending_restart,
        reads=("parameters",),
        references=REFERENCES["config-no-pending-restart"],
    ),
    Control(
        id="gov-tags",
        title="Required tags are set",
        family="governance",
        rating=RATINGS["gov-tags"],
        check=tags,
        reads=("server",),
        arguments=(
            Argument(
                name="required",
                kind="texts",
                default=THRESHOLDS["gov-tags.required"].value,
                description="The tags that the server must have.",
                pattern=r"[^=]*[^=\s][^=]*(=.*\S.*)?",
                form="tag names, each alone or as name=value",
                one_value=True,
            ),
        ),
        references=REFERENCES["gov-tags"],
    ),
    Control(
        id="ext-allowlist-minimal",
        title="No needless extension is allowed",
        family="governance",
        rating=RATINGS["ext-allowlist-minimal"],
        check=extensions,
        reads=("parameters",),
        parameters=(_EXTENSIONS,),
        arguments=(
            Argument(
                name="approved",
                kind="texts",
                default=THRESHOLDS["ext-allowlist-minimal.approved"].value,
                description="The extensions that may be allowed; none named means all that are not risky.",
                form="extension names",
            ),
            Argument(
                name="risky",
                kind="texts",
                default=THRESHOLDS["ext-allowlist-minimal.risky"].value,
                description="The extensions that may not be allowed unless they are approved by name.",
                form="extension names",
            ),
        ),
        references=REFERENCES["ext-allowlist-minimal"],
    ),
)
