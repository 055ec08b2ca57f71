"""Reading what the signed-in identity may do, and holding it against a role: a request for each scope."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..model.resource import ServerId, SubscriptionId
from ..observers import permissions
from .observe import read_or_reason
from .role_check import check

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import Target
    from ..model.role import PermissionCheck, Role
    from .role_check import Granted


def check_own(connection: Connection, target: Target, role: Role, *, deadline: Deadline) -> PermissionCheck:
    """Hold what the identity has at a server and its subscription, or at a subscription alone, against a role.

    Requires Microsoft.Authorization/permissions/read at each; where it is missing, the finding says so.

    Raises:
        NotFound: the server, its group or its subscription does not exist.
        Unauthorized, CredentialUnavailable: nobody to ask for.
    """

    def granted(scope: str) -> Granted:
        found: Granted = read_or_reason(
            partial(permissions.observe, connection, scope, deadline=deadline), of_server=True
        )
        return found

    at_server = granted(target.arm_id) if isinstance(target, ServerId) else ()
    at_subscription = granted(SubscriptionId(target.subscription_id).arm_id)
    return check(
        role,
        target=target,
        identity=connection.identity(),
        at_server=at_server,
        at_subscription=at_subscription,
    )
