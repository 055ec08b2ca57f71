"""Who may log in, and how the proof of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.parameter import members, same_value
from .control import Arguments, Control
from .outcome import failed, passed, unknown, unread
from .parameter_check import absent, judge_parameter, shown, switched_on
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_HASH = "password_encryption"
_THROTTLE = "connection_throttle.enable"
_ACCEPTED = "azure.accepted_password_auth_method"
_MD5_ORDER = (
    "every role with an md5 hash is locked out without md5: set password_encryption to scram-sha-256, set every role's "
    "password again, the administrator's first, see that none keeps an md5 hash (azure_roles_authtype() in the "
    "database postgres), and only then set it to scram-sha-256 alone"
)
_ENTRA_ORDER = (
    "enable Microsoft Entra authentication, add an administrator, log in as one, move every application to Microsoft "
    "Entra, and only then az postgres flexible-server update --password-auth Disabled"
)


def scram(state: ServerState, arguments: Arguments) -> Check:
    """New passwords are stored as SCRAM-SHA-256 verifiers.

    What it checks: password_encryption is scram-sha-256.

    Why: an md5 hash can be used in place of the password and is guessed billions of times a second. A SCRAM verifier is
    neither.

    Remedy: flexsec sets password_encryption to scram-sha-256, at once and without a restart. It decides how passwords
    are stored from then on: set every password again afterwards, the administrator's first.

    What it does not check: how existing passwords are stored, and whether md5 is still accepted
    (auth-accepted-method-no-md5).

    Cost: one request per server, shared by all controls that read server parameters.
    """
    return judge_parameter(
        state,
        _HASH,
        holds=lambda parameter: same_value(parameter.value, "scram-sha-256", "Enumeration"),
        wanted=lambda parameter: "scram-sha-256",
        consequence="passwords set from now on are stored as weak hashes",
    )


def no_md5(state: ServerState, arguments: Arguments) -> Check:
    """The server accepts SCRAM-SHA-256 alone as proof of a password.

    What it checks: azure.accepted_password_auth_method holds scram-sha-256 and not md5.

    Why: as long as md5 is accepted, a role whose password is still kept as an md5 hash logs in with a proof that is
    worth the password itself to whoever obtains it.

    Remedy: left to you, because every role with an md5 hash is locked out at once. In this order: set
    password_encryption to scram-sha-256 (auth-scram); set the password of every role again, the administrator's first;
    see that no role keeps an md5 hash (azure_roles_authtype() in the database postgres tells) and that all clients know
    SCRAM; then az postgres flexible-server parameter set --name azure.accepted_password_auth_method --value
    scram-sha-256. Adding md5 again lets them back in at once.

    What it does not check: how the passwords of roles are kept, and whether password authentication is on at all
    (auth-entra-only); while it is off the setting has no effect.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    parameter = state.parameter(_ACCEPTED)
    if isinstance(parameter, Unobserved):
        return unread("the server parameters", parameter)
    if parameter is None:
        return absent(state, _ACCEPTED)
    found, evidence = members(parameter.value), {_ACCEPTED: shown(parameter.value)}
    if "md5" in found:
        remedy = "it is read-only: the platform sets it" if parameter.read_only else _MD5_ORDER
        return failed(f"{_ACCEPTED} is {parameter.value}: md5 proofs are accepted", evidence, remedy=remedy)
    if found != {"scram-sha-256"}:
        return unknown(f"{_ACCEPTED} is {shown(parameter.value)}, which flexsec does not know")
    if parameter.pending_restart:
        reason = f"{_ACCEPTED} is set to {parameter.value}, which is not in force until the server restarts"
        return failed(reason, {**evidence, "pending restart": "yes"}, remedy=f"before it restarts: {_MD5_ORDER}")
    return passed(f"{_ACCEPTED} is {parameter.value}", evidence)


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

    What it does not check: whether password authentication is still on beside it (auth-entra-only).

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


def entra_only(state: ServerState, arguments: Arguments) -> Check:
    """Microsoft Entra is the only way to log in; password authentication is off.

    What it checks: authConfig.activeDirectoryAuth is Enabled and authConfig.passwordAuth is Disabled. Microsoft Entra
    beside passwords fails: the passwords still work.

    Why: a password can be guessed, shared and leaked, and outlives the person who knew it. While one is accepted, the
    conditional access and the short tokens of Microsoft Entra are something an attacker walks around.

    Remedy: left to you, because it locks out every client that still uses a password. In this order: enable Microsoft
    Entra authentication, add an administrator, log in as one, move every application to Microsoft Entra, see in the log
    that nobody uses a password any more, then az postgres flexible-server update --password-auth Disabled.

    What it does not check: whether an administrator exists (auth-entra-admin-exists; what is known of them is told) and
    can log in, and which clients use passwords.

    Cost: one request per server, shared by the controls that read administrators.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    entra, password = state.server.entra_auth, state.server.password_auth
    evidence = {
        "authConfig.activeDirectoryAuth": entra or "not told",
        "authConfig.passwordAuth": password or "not told",
    }
    nobody = not isinstance(state.administrators, Unobserved) and not state.administrators
    if entra.casefold() == "disabled":
        return failed("Microsoft Entra authentication is disabled", evidence, remedy=f"in this order: {_ENTRA_ORDER}")
    if password.casefold() == "enabled":
        there = "; there is no Microsoft Entra administrator yet" if nobody else ""
        return failed(f"password authentication is enabled{there}", evidence, remedy=f"in this order: {_ENTRA_ORDER}")
    for what, word, wanted in (("Microsoft Entra", entra, "enabled"), ("password", password, "disabled")):
        if word.casefold() != wanted:
            return unknown(f"the service tells {word or 'nothing'} about {what} authentication")
    warning = "; but there is no Microsoft Entra administrator, so nobody may be able to log in" if nobody else ""
    return passed(f"Microsoft Entra is the only way to log in{warning}", evidence)


def no_local_admin_login(state: ServerState, arguments: Arguments) -> Check:
    """No administrator with a password of its own is left on the server.

    What it checks: administratorLogin is empty. A login with password authentication enabled fails. A login with
    password authentication disabled is unknown: the role is still there, and only the database tells whether its
    password was replaced or its right to log in taken away.

    Why: it is a shared account with the widest rights, known by a name and a password and bound to no person.

    Remedy: none removes it: the login is fixed once set, and the role stays when password authentication is switched
    off. Make it worthless: have a Microsoft Entra administrator who can log in, set the login's password to one that
    nobody keeps, switch password authentication off (auth-entra-only), and ALTER ROLE ... NOLOGIN in the database.

    What it does not check: the role in the database. While password authentication is off the service does not tell the
    login, so one that was left behind before is not seen.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    login, password = state.server.administrator_login, state.server.password_auth.casefold()
    evidence = {
        "administratorLogin": login or "none told",
        "authConfig.passwordAuth": state.server.password_auth or "not told",
    }
    if password not in ("enabled", "disabled"):
        return unknown(f"the service tells {state.server.password_auth or 'nothing'} about password authentication")
    if login and password == "enabled":  # noqa: S105 - a switch
        return failed(
            f"the administrator {login} logs in with a password",
            evidence,
            remedy="the login cannot be removed; make it worthless: have a Microsoft Entra administrator who can log "
            "in, set the login's password to one that nobody keeps, then switch password authentication off",
        )
    if login:
        return unknown(f"the role {login} is still there; only the database tells whether it can log in")
    if password == "enabled":  # noqa: S105 - a switch
        return unknown("password authentication is enabled, and the service tells no administrator login")
    return passed("the service tells no administrator login, and password authentication is disabled", evidence)


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
        id="auth-accepted-method-no-md5",
        title="Passwords are not proved with md5",
        family="authentication",
        rating=RATINGS["auth-accepted-method-no-md5"],
        check=no_md5,
        reads=("parameters",),
        parameters=(_ACCEPTED,),
        references=REFERENCES["auth-accepted-method-no-md5"],
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
        id="auth-entra-only",
        title="Password authentication is disabled",
        family="authentication",
        rating=RATINGS["auth-entra-only"],
        check=entra_only,
        reads=("administrators", "server"),
        references=REFERENCES["auth-entra-only"],
    ),
    Control(
        id="auth-no-local-admin-login",
        title="No local administrator login is left behind",
        family="authentication",
        rating=RATINGS["auth-no-local-admin-login"],
        check=no_local_admin_login,
        reads=("server",),
        references=REFERENCES["auth-no-local-admin-login"],
    ),
)
