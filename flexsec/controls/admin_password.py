"""How old the administrator's password is, as the store that keeps it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.secret_store import Stage
from .control import Argument, Arguments, Control, text, whole_number
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.admin_secret import AdminSecret
    from ..model.secret_store import StoredVersion
    from ..model.server import Server, ServerState
    from ..model.verdict import Check

PLACEHOLDER = "{server}"
"""What stands for the server's name in the name of the secret."""
_ROTATE = "flexsec password rotate --vault with the vault"
_UNCONFIGURED = (
    "where the administrator's password is kept is not told: give the argument vault, and secret where its name is "
    f"not {PLACEHOLDER}-admin-password"
)


def rotated_lately(state: ServerState, arguments: Arguments) -> Check:
    """The administrator's password was changed within so many days.

    What it checks: in the key vault of the argument `vault`, the secret of the argument `secret` ({server} stands for
    the server's name) holds a current password whose tags name this server and its administrator login; it is at most
    `max_days` old and not past its expiry, and no password waits beside it that a rotation left unsettled. Without
    `vault`, on a replica and while password authentication is disabled nothing is judged.

    Why: a password that somebody saw a year ago still works. Azure does not tell when the password was changed, so only
    the place that keeps it can.

    Remedy: left to you: flexsec password rotate --vault changes the password without losing one; flexsec password
    recover settles a rotation that was cut off.

    What it does not check: whether the stored password is the one that works (flexsec password recover logs in), and a
    change that went past the store.

    Cost: two requests to the vault, when `vault` is given. Properties are read, never a password.
    """
    vault = text(arguments, "vault")
    server = state.server
    if isinstance(server, Unobserved):
        return unread("the server", server)
    if server.is_replica:
        return not_applicable("a replica's passwords come from its primary, which is judged instead")
    if server.password_auth.casefold() == "disabled":
        return not_applicable("password authentication is disabled")
    if not vault:
        return not_applicable(_UNCONFIGURED)
    if server.password_auth.casefold() != "enabled":
        return unknown(f"the service tells {server.password_auth or 'nothing'} about password authentication")
    if isinstance(state.admin_secret, Unobserved):
        return unread("the stored passwords", state.admin_secret)
    return _judged(state.admin_secret, state, server, whole_number(arguments, "max_days"))


def _judged(secret: AdminSecret, state: ServerState, server: Server, max_days: int) -> Check:
    evidence = {"store": secret.place}
    pending = [each for each in secret.versions if each.stage is Stage.PENDING]
    if pending:
        since = f" since {pending[0].created_at:%Y-%m-%d %H:%M} UTC" if pending[0].created_at else ""
        return failed(
            f"a rotation is unsettled: version {pending[0].version} is pending{since}",
            {**evidence, "pending version": pending[0].version},
            remedy="flexsec password recover with the same store finds out which password works",
        )
    current = next((each for each in secret.versions if each.stage is Stage.CURRENT), None)
    if current is None:
        return failed("no current password of the administrator is kept there", evidence, remedy=_ROTATE)
    strange = _of_another(current, state, server)
    if strange:
        return unknown(strange)
    if current.created_at is None:
        return unknown("the store does not tell when the current password was stored")
    return _aged(current, evidence, state, max_days)


def _of_another(current: StoredVersion, state: ServerState, server: Server) -> str:
    """Why the stored password cannot be taken for this server's administrator's, or ""."""
    if not current.server_id or not current.login:
        return "the stored password has no tags that say for which server and login it is, so its age proves nothing"
    if current.server_id.casefold() != state.server_id.casefold():
        return f"the stored password is that of another server, {current.server_id}"
    if server.administrator_login and current.login != server.administrator_login:
        return f"the stored password is that of login {current.login}, not of {server.administrator_login}"
    return ""


def _aged(current: StoredVersion, evidence: dict[str, str], state: ServerState, max_days: int) -> Check:
    now, stored, until = state.observed_at, current.created_at, current.expires_at
    assert stored is not None  # noqa: S101 - the caller has looked
    age = (now - stored).days
    evidence = {**evidence, "version": current.version, "stored on": f"{stored:%Y-%m-%d}", "age in days": str(age)}
    if until is not None:
        evidence["to be replaced by"] = f"{until:%Y-%m-%d}"
    if age > max_days:
        return failed(f"the password is {age} days old, more than {max_days}", evidence, remedy=_ROTATE)
    if until is not None and until <= now:
        reason = f"the password was to be replaced by {until:%Y-%m-%d %H:%M} UTC"
        return failed(reason, evidence, remedy=_ROTATE)
    return passed(f"the password is {age} days old", evidence)


CONTROLS = (
    Control(
        id="auth-admin-password-rotation",
        title="The administrator's password was changed lately",
        family="admin_password",
        rating=RATINGS["auth-admin-password-rotation"],
        check=rotated_lately,
        reads=("server", "admin_secret"),
        arguments=(
            Argument(
                name="max_days",
                kind="integer",
                default=THRESHOLDS["auth-admin-password-rotation.max_days"].value,
                description="How many days old the password may be.",
                minimum=1,
                maximum=3650,
            ),
            Argument(
                name="vault",
                kind="text",
                default=THRESHOLDS["auth-admin-password-rotation.vault"].value,
                description="The key vault in which the password is kept: its URL or its name.",
                pattern=r"https://[A-Za-z0-9.:/{}-]{3,200}|[A-Za-z][A-Za-z0-9-]{2,23}",
                form="a vault such as kv-shop or https://kv-shop.vault.azure.net",
            ),
            Argument(
                name="secret",
                kind="text",
                default=THRESHOLDS["auth-admin-password-rotation.secret"].value,
                description="The secret's name; {server} stands for the server's.",
                pattern=r"([0-9A-Za-z-]|\{server\}){1,119}",
                form="a secret's name such as {server}-admin-password",
            ),
        ),
        references=REFERENCES["auth-admin-password-rotation"],
    ),
)
