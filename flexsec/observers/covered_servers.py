"""Lists the flexible servers that the plan for open-source relational databases covers and bills.

The plan covers PostgreSQL and MySQL alike (Microsoft documentation), so both are listed. The generic list of resources
names both kinds in one answer and asks for one right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Unreadable
from ..model.observation import Unobserved
from ..model.subscription import CoveredServer
from .reading import word

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import SubscriptionId

ACTIONS = ("Microsoft.Resources/subscriptions/resources/read",)
API_VERSION = "2021-04-01"
_ENGINES = {
    "microsoft.dbforpostgresql/flexibleservers": "PostgreSQL",
    "microsoft.dbformysql/flexibleservers": "MySQL",
}
_FILTER = (
    "resourceType eq 'Microsoft.DBforPostgreSQL/flexibleServers' or "
    "resourceType eq 'Microsoft.DBforMySQL/flexibleServers'"
)
_NOT_READ = {
    "PostgreSQL": Unobserved("not read yet"),
    "MySQL": Unobserved("flexsec reads this setting of PostgreSQL servers only"),
}


def observe(connection: Connection, subscription: SubscriptionId, *, deadline: Deadline) -> tuple[CoveredServer, ...]:
    """List the servers, their own settings not read yet: one request a page, at the subscription.

    Action: Microsoft.Resources/subscriptions/resources/read. What the identity may not see is not in the list.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: an entry has no id.
    """
    what = f"list the servers of subscription {subscription.subscription_id}"
    listed = connection.read_list(
        f"{subscription.arm_id}/resources", what=what, deadline=deadline, api_version=API_VERSION, where=_FILTER
    )
    found = []
    for entry in listed:
        engine = _ENGINES.get(word(entry, "type").casefold())
        if engine is None:
            continue
        server_id = word(entry, "id")
        if not server_id:
            raise Unreadable(f"could not {what}: an entry of the answer has no id", status=200, what=what)
        found.append(CoveredServer(server_id=server_id, engine=engine, protection=_NOT_READ[engine]))
    return tuple(sorted(found, key=lambda each: each.server_id.casefold()))
