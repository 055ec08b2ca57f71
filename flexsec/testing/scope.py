"""What to capture, by ARM id."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InvalidTarget
from ..model.resource import ServerId, check_subscription_id

_SCOPE = re.compile(r"/subscriptions/(?P<subscription>[^/]+)(/resourceGroups/(?P<group>[^/]+))?/?", re.IGNORECASE)
_PROVIDER = "providers/Microsoft.DBforPostgreSQL/flexibleServers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to capture: a subscription, one of its resource groups, or one server of a group."""

    subscription_id: str
    group: str = ""
    server: str = ""

    @classmethod
    def parse(cls, arm_id: str) -> Scope:
        """A scope from the ARM id of a subscription, a resource group or a server.

        Raises:
            InvalidTarget: another id, or none.
        """
        if "/flexibleservers/" in arm_id.lower():
            found = ServerId.parse(arm_id)
            return cls(subscription_id=found.subscription_id, group=found.resource_group, server=found.name)
        scope = _SCOPE.fullmatch(arm_id.strip())
        if scope is None:
            raise InvalidTarget(f"{arm_id!r} is not the id of a subscription, a resource group or a flexible server")
        check_subscription_id(scope["subscription"])
        return cls(subscription_id=scope["subscription"], group=scope["group"] or "")

    @property
    def path(self) -> str:
        """The path under which its servers are listed, or its one server is read."""
        group = f"/resourceGroups/{self.group}" if self.group else ""
        server = f"/{self.server}" if self.server else ""
        return f"/subscriptions/{self.subscription_id}{group}/{_PROVIDER}{server}"
