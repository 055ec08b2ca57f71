"""Who may log in, and how the proof of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.parameter import same_value
from .control import Arguments, Control
from .outcome import failed, passed, unknown, unread
from .parameter_check import judge_parameter, switched_on
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_HASH = "password_encryption"
_THROTTLE = "connection_throttle.enable"


def scram(state: ServerState, arguments: Arguments) -> Check:
    """New passwords are stored as SCRAM-SHA-256 verifiers.

    What it checks: password_encryption is scram-sha-256.

    Why: an md5 hash can be used in place of the password and is guessed billions of times a second. A SCRAM verifier is
    neither.

    Remedy: flexsec sets password_encryption to scram-sha-256, at once and without a restart. It decides how passwords
    are stored from then on: set every password again afterwards, the administrator's first.

    What it does not check: how existing passwords are stored, and whether md5 is still accepted
    (azure.accepted_password_auth_method).

    Cost: one request per server, shared by all controls that read server parameters.
    """
    return judge_parameter(
        state,
        _HASH,
        holds=lambda parameter: same_value(parameter.value, "scram-sha-256", "Enumeration"),
        wanted=lambda parameter: "scram-sha-256",
        consequence="passwords set from now on are stored as weak hashes",
    )


def connection_throttle(state: ServerState, arguments: Arguments) -> Check:
    """Repeated failed logins from one address are slowed down.

    What it checks: connection_throttle.enable is on. A server whose version has no such parameter is not judged.

    Why: it makes guessing a password over the network slow.

    Remedy: flexsec sets connection_throttle.enable to on, at once and without a restart.

    What it does not check: the throttle's own settings (connection_throttle.bucket_limit and others).

    Cost: one request per server, shared by all controls that read server parameters.
    """
    return switched_on(state, _THROTTLE, "failed logins are not slowed down")


def entra_enabled(state: ServerState, arguments: Arguments) -> Check:
    """Microsoft Entra identities can log in.

    What it checks: the server's property authConfig.activeDirectoryAuth is Enabled.

    Why: Entra tokens last about an hour, follow conditional access, and end when the person or the workload goes.
    Passwords do none of that.

    Remedy: left to you. Enabling it restarts the server and needs administrators chosen: az postgres flexible-server
    update --microsoft-entra-auth Enabled, then add an administrator group.

    What it does not check: whether password authentication is still on beside it.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    found = state.server.entra_auth
    evidence = {"authConfig.activeDirectoryAuth": found, "authConfig.passwordAuth": state.server.password_auth}
    if found.casefold() == "enabled":
        return passed("Microsoft Entra authentication is enabled", evidence)
    if found.casefold() == "disabled":
        return failed(
            "Microsoft Entra authentication is disabled: every login is by password",
            evidence,
            remedy="enabling it restarts the server and needs an administrator chosen, so flexsec leaves it to you: "
            "az postgres flexible-server update --microsoft-entra-auth Enabled",
        )
    return unknown(f"the service tells {found or 'nothing'} about Microsoft Entra authentication")


def entra_admin_exists(state: ServerState, arguments: Arguments) -> Check:
    """At least one Microsoft Entra administrator is set on the server.

    What it checks: the list of Entra administrators is not empty. While Entra authentication is off the service refuses
    to list them; that counts as none.

    Why: only an Entra administrator can let other Entra identities in, so without one the feature is unused.

    Remedy: left to you, because only you know who: az postgres flexible-server microsoft-entra-admin create, best with
    a group. On a replica, add it on the primary.

    What it does not check: whether that person or group still exists, and who is in the group.

    Cost: one request per server.
    """
    administrators = state.administrators
    if isinstance(administrators, Unobserved):
        return unread("the Microsoft Entra administrators", administrators)
    disabled = not isinstance(state.server, Unobserved) and state.server.entra_auth.casefold() == "disabled"
    if administrators:
        names = ", ".join(f"{one.name or one.object_id} ({one.principal_type})" for one in administrators)
        off = "; Microsoft Entra authentication is disabled, so none of them can log in" if disabled else ""
        return passed(f"Microsoft Entra administrators: {names}{off}", {"administrators": names})
    why = " (Microsoft Entra authentication is disabled)" if disabled else ""
    replica = not isinstance(state.server, Unobserved) and state.server.is_replica
    return failed(
        f"there is no Microsoft Entra administrator{why}",
        {"administrators": "none"},
        remedy="only you know who it should be: az postgres flexible-server microsoft-entra-admin create"
        + (" on the primary, which this replica follows" if replica else ", best with a group"),
    )


CONTROLS = (
    Control(
        id="auth-scram",
        title="New passwords are stored with SCRAM-SHA-256",
        family="authentication",
        rating=RATINGS["auth-scram"],
        check=scram,
        reads=("parameters",),
        parameters=(_HASH,),
        references=REFERENCES["auth-scram"],
    ),
    Control(
        id="auth-connection-throttle",
        title="Failed logins are throttled",
        family="authentication",
        rating=RATINGS["auth-connection-throttle"],
        check=connection_throttle,
        reads=("parameters",),
        parameters=(_THROTTLE,),
        references=REFERENCES["auth-connection-throttle"],
    ),
    Control(
        id="auth-entra-enabled",
        title="Microsoft Entra authentication is enabled",
        family="authentication",
        rating=RATINGS["auth-entra-enabled"],
        check=entra_enabled,
        reads=("server",),
        references=REFERENCES["auth-entra-enabled"],
    ),
    Control(
        id="auth-entra-admin-exists",
        title="At least one Microsoft Entra administrator exists",
        family="authentication",
        rating=RATINGS["auth-entra-admin-exists"],
        check=entra_admin_exists,
        reads=("administrators", "server"),
        references=REFERENCES["auth-entra-admin-exists"],
    ),
)
