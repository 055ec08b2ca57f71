"""What lies outside of one server and a baseline asks for: its keys, its role assignments, its stored passwords."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..controls.admin_password import PLACEHOLDER
from ..engine.observe import read_or_reason
from ..errors import InvalidValue
from ..model.key_vault_key import CustomerKeys
from ..model.observation import Unobserved

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..baselines.baseline import Baseline
    from ..model.admin_secret import AdminSecret
    from ..model.clock import Deadline
    from ..model.key_vault_key import VaultKey
    from ..model.resource import ServerId
    from ..model.role_assignment import AssignedRole
    from ..model.server import Server
    from .flexsec import FlexSec

_ROTATION = "auth-admin-password-rotation"


class OutsideReads:
    """Reads for one server; what servers share of it is kept for a few minutes.

    Args:
        baseline: its controls say where the administrator's passwords are kept; None when none is at hand.
    """

    def __init__(self, flexsec: FlexSec, server: ServerId, baseline: Baseline | None = None) -> None:
        self._flexsec = flexsec
        self._server = server
        self._baseline = baseline

    def customer_keys(
        self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline
    ) -> CustomerKeys | Unobserved:
        """The keys of a server that has its own: a list of vaults, and a request or two for each key; else nothing.

        Requires Microsoft.KeyVault/vaults/read at the subscription, Microsoft.KeyVault/vaults/keys/read at the key and,
        for a pinned version, Microsoft.KeyVault/vaults/keys/versions/read.
        """
        if isinstance(server, Unobserved):
            return Unobserved(f"the server's keys are not known: {server.reason}", server.missing_action)
        if not (server.customer_key.uri or server.customer_key.geo_backup_uri):
            return CustomerKeys()
        from ..observers import customer_keys

        vaults = self._flexsec.shared.vaults(connection, deadline=deadline)
        read = partial(read_or_reason, of_server=False)
        return customer_keys.observe_both(connection, server.customer_key, vaults, deadline=deadline, read=read)

    def key(self, connection: Connection, uri: str, *, deadline: Deadline) -> VaultKey | Unobserved:
        """One key by its identifier. Requires what `customer_keys` does.

        Raises:
            NotFound: its vault was found and does not hold it.
        """
        from ..observers import customer_keys

        vaults = read_or_reason(lambda: self._flexsec.shared.vaults(connection, deadline=deadline), of_server=False)
        if isinstance(vaults, Unobserved):
            return vaults
        found: VaultKey | Unobserved = read_or_reason(
            lambda: customer_keys.observe(connection, uri, vaults, deadline=deadline), of_server=True
        )
        return found

    def role_assignments(
        self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline
    ) -> tuple[AssignedRole, ...]:
        """Who may do what at the server: one request, and one for each role that was not read lately.

        Requires Microsoft.Authorization/roleAssignments/read and roleDefinitions/read at the server.
        """
        from ..observers import role_assignments

        return role_assignments.observe(
            connection, self._server, deadline=deadline, definition=self._flexsec.shared.role_definition
        )

    def admin_secret(
        self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline
    ) -> AdminSecret | Unobserved:
        """The properties of the administrator's stored passwords.

        Requires the data action Microsoft.KeyVault/vaults/secrets/readMetadata/action at the vault.
        """
        vault, secret = self._store()
        if not vault:
            return Unobserved("the baseline names no vault in which the administrator's passwords are kept")
        from ..observers import admin_secret

        try:
            store = self._flexsec.vault(vault, secret.replace(PLACEHOLDER, self._server.name))
        except InvalidValue as error:
            return Unobserved(error.message)
        return admin_secret.observe(store)

    def _store(self) -> tuple[str, str]:
        """The vault and the secret's name, as the baseline gives them; "" for none."""
        for selection in self._baseline.controls if self._baseline else ():
            if selection.control.id == _ROTATION:
                settled = selection.control.settled(selection.arguments)
                return str(settled["vault"]), str(settled["secret"])
        return "", ""
