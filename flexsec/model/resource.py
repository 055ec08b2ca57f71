"""The ARM ids of what is changed, a flexible server or a subscription: parsed once, compared without case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InvalidTarget

_ARM_ID = re.compile(
    r"^/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.DBforPostgreSQL/flexibleServers/(?P<server>[^/]+)/?$",
    re.IGNORECASE,
)
_SUBSCRIPTION_ARM_ID = re.compile(r"^/subscriptions/(?P<subscription>[^/]+)/?$", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_GROUP = re.compile(r"^[-\w._()]{1,90}$")
# Server names: 3 to 63 letters, digits and single inner hyphens (service specification since 2025-08-01).
_SERVER = re.compile(r"^(?=.{3,63}$)[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$")
_EXPECTED = "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.DBforPostgreSQL/flexibleServers/<server>"


@dataclass(frozen=True, slots=True)
class ServerId:
    """One flexible server: subscription (a GUID), resource group and server name, as the caller spelt them."""

    subscription_id: str
    resource_group: str
    name: str

    def __post_init__(self) -> None:
        """Refuse what cannot be a server.

        Raises:
            InvalidTarget: a part that Azure could not have given out.
        """
        check_subscription_id(self.subscription_id)
        if not _GROUP.fullmatch(self.resource_group) or self.resource_group.endswith("."):
            raise InvalidTarget(
                f"resource group {self.resource_group!r} cannot exist: "
                "1 to 90 letters, digits, '-', '_', '.', '(' and ')', not ending with '.'"
            )
        if not _SERVER.fullmatch(self.name):
            raise InvalidTarget(
                f"server name {self.name!r} cannot exist: 3 to 63 letters, digits and single hyphens between them"
            )

    @classmethod
    def parse(cls, arm_id: str) -> ServerId:
        """Read an ARM id, whatever the case of its fixed words.

        Raises:
            InvalidTarget: not the id of a flexible server.
        """
        found = _ARM_ID.fullmatch(arm_id.strip())
        if not found:
            raise InvalidTarget(f"{arm_id!r} is not the id of a flexible server; expected {_EXPECTED}")
        return cls(found["subscription"], found["group"], found["server"])

    @property
    def arm_id(self) -> str:
        """The id in Azure's own casing of the fixed words."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{self.name}"
        )

    @property
    def key(self) -> str:
        """The id in lower case: equal for every spelling of the same server."""
        return self.arm_id.lower()

    @property
    def noun(self) -> str:
        """What the id names, for a sentence."""
        return "server"

    def __str__(self) -> str:
        return self.arm_id


@dataclass(frozen=True, slots=True)
class SubscriptionId:
    """One subscription (a GUID), as the caller spelt it."""

    subscription_id: str

    def __post_init__(self) -> None:
        """Refuse what is not a GUID.

        Raises:
            InvalidTarget: not of the form 00000000-0000-0000-0000-000000000000.
        """
        check_subscription_id(self.subscription_id)

    @property
    def arm_id(self) -> str:
        """The id in Azure's own casing of the fixed word."""
        return f"/subscriptions/{self.subscription_id}"

    @property
    def key(self) -> str:
        """The id in lower case: equal for every spelling of the same subscription."""
        return self.arm_id.lower()

    @property
    def noun(self) -> str:
        """What the id names, for a sentence."""
        return "subscription"

    def __str__(self) -> str:
        return self.arm_id


Target = ServerId | SubscriptionId
"""What a plan, a run and a lock may be about."""


def parse_target(arm_id: str) -> Target:
    """The server or the subscription that an ARM id names.

    Raises:
        InvalidTarget: the id of anything else.
    """
    found = _SUBSCRIPTION_ARM_ID.fullmatch(arm_id.strip())
    return SubscriptionId(found["subscription"]) if found else ServerId.parse(arm_id)


def check_subscription_id(subscription_id: str) -> None:
    """Refuse a subscription id that is not a GUID.

    Raises:
        InvalidTarget: not of the form 00000000-0000-0000-0000-000000000000.
    """
    if not _SUBSCRIPTION.fullmatch(subscription_id):
        raise InvalidTarget(
            f"subscription {subscription_id!r} is not a subscription id; "
            "expected a GUID such as 00000000-0000-0000-0000-000000000000"
        )
