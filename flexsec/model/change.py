"""One change to one server or subscription: what a plan holds, a journal records and an operation writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Phase(IntEnum):
    """The order of a run: what only adds comes first, what takes access away comes last."""

    ADD = 1
    TIGHTEN = 2
    RESTART = 3
    IDENTITIES = 4
    CLOSE = 5


CLOSING_CLASSES = {
    "firewall": "firewall rules are removed or narrowed: addresses lose access",
    "tls-minimum": "the minimum TLS version rises: older clients are refused",
    "md5": "md5 is no longer accepted: roles whose password is kept as an md5 hash are refused",
    "password-authentication": "password authentication goes off: only Microsoft Entra lets anyone in",
    "encryption-key": "another key or identity encrypts the server: if it cannot be used, nobody gets in",
    "entra-administrators": "Microsoft Entra administrators are removed, alone or with Entra authentication",
}
"""The classes of closing changes, each given leave by name (`--allow-closing firewall`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One write.

    Attributes:
        kind: the stem of the operation that writes it: parameters, firewall, threat_protection, server_setting,
            restart, authentication, administrators, encryption_key; defender_plan for a subscription.
        name: the parameter, rule or setting; "Default" for threat protection; the server's name for a restart; the
            way of signing in (entra, password); an administrator's object id.
        before, after: the properties before and after, as texts by name; None where there is (or shall be) nothing.
        sentence: what it does, in the imperative ("Set require_secure_transport to on (now off).").
        closing: the class of leave it needs because it takes access away, or "".
        restarts: it restarts the server.
        reversible: undoing it brings the previous state back.
        lowers_security: it makes a control fail that passes now, or takes protection away; needs its own leave.
        permissions: the RBAC actions that it needs.
        controls: the ids of the controls it is for.
        requires: targets that must have ended well in the same run before this one is written.
        typical_seconds: how long the service usually takes.
    """

    kind: str
    name: str
    before: dict[str, str] | None
    after: dict[str, str] | None
    sentence: str
    phase: Phase
    closing: str = ""
    restarts: bool = False
    reversible: bool = True
    lowers_security: bool = False
    permissions: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    typical_seconds: int = 10

    @property
    def target(self) -> str:
        """Kind and name: two changes of one target are about the same property."""
        return f"{self.kind}/{self.name}"


def in_words(properties: Mapping[str, str] | None) -> str:
    """The properties of a change's target, for a sentence."""
    if properties is None:
        return "nothing"
    return ", ".join(repr(value) for key, value in properties.items() if key in _TOLD)


_TOLD = ("value", "start", "end", "state", "pending", "tier", "principal", "type", "tenant", "key", "identity",
         "geo_backup_key", "geo_backup_identity")  # fmt: skip
