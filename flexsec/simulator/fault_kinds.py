"""What each fault is: the table FAULTS is the catalogue.

It tells what a fault does, whether the write takes effect, and how it is known: recorded (seen in recorded traffic),
reported (its text stands in a public thread), documented, or inferred (the text or the status is ours). How a fault
changes an answer is in fault_effects.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault is: the requests that it can befall, its arguments with their defaults, and its provenance."""

    what: str
    provenance: str
    on: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def complaint(self, name: str, value: Any) -> str:
        """What an argument's value should have been; empty when it is right."""
        if name in self.choices:
            known = self.choices[name]
            return "" if value in known else "one of " + ", ".join(map(repr, known)) + _probably(value, known)
        if name in TEXTS_OR_NULL:
            return "" if value is None or isinstance(value, str) else "a text or null"
        if name in LISTS:
            words = LISTS[name] or ()
            right = isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value)
            unknown = [each for each in value if each not in words] if right and words else []
            if right and not unknown:
                return ""
            return "a list of " + (", ".join(words) or "texts") + "".join(_probably(each, words) for each in unknown)
        usual = self.arguments[name]
        if isinstance(usual, bool) or isinstance(value, bool):
            return (
                ""
                if isinstance(usual, bool) and isinstance(value, bool)
                else "true or false"
                if isinstance(usual, bool)
                else "no flag"
            )
        if isinstance(usual, int | float):
            return "" if isinstance(value, int | float) and 0 <= value < 10**9 else "a number that is not negative"
        return "" if isinstance(value, str) else "a text"


def _probably(value: Any, known: tuple[Any, ...]) -> str:
    """The known text that was probably meant, in brackets; "" when none is close."""
    by_lower = {each.lower(): each for each in known if isinstance(each, str)}
    close = get_close_matches(value.lower(), by_lower, 1, 0.6) if isinstance(value, str) else []
    return f" (did you mean {by_lower[close[0]]!r}?)" if close else ""


SERVER_PROPERTIES = (
    "network",
    "publicNetworkAccess",
    "authConfig",
    "activeDirectoryAuth",
    "passwordAuth",
    "administratorLoginPassword",
    "backup",
    "maintenanceWindow",
    "storage",
    "sku",
    "tags",
    "dataEncryption",
    "identity",
    "fipsMode",
)
TEXTS_OR_NULL = frozenset({"action", "parameter", "retry_after"})
LISTS: Mapping[str, tuple[str, ...] | None] = {"states": None, "fields": SERVER_PROPERTIES}
BUSY_CODES = ("ServerIsBusy", "ServerBusy", "ProvisioningServerBusy", "")
KEY_CODES = (
    "AzureKeyVaultKeyNotFound",
    "CMKInvalidEncryptionParameters",
    "CMKNotSupportedForGeoRedundantBackupEnabledServer",
)
THROTTLE_TEXTS = ("SubscriptionRequestsThrottled", "ResourceRequestsThrottled", "TooManyRequests", "legacy")

FAULTS: Mapping[str, FaultKind] = MappingProxyType(
    {
        "X1": FaultKind(
            "409 ServerIsBusy at once (a vault: ConflictError), no Retry-After; no effect",
            "text recorded, status inferred",
            ("write", "vault write"),
        ),
        "X2": FaultKind(
            "202, then the poll says Failed with one of four busy spellings; no effect",
            "recorded",
            ("write",),
            {"code": "ServerIsBusy"},
            {"code": BUSY_CODES},
        ),
        "X3": FaultKind(
            "restart: 202, then Failed ServerIsNotReady; no effect",
            "reported",
            ("power write",),
            {"state": "Updating"},
        ),
        "X4": FaultKind(
            "Entra administrator: 202, then Failed, server not accessible; no effect",
            "recorded",
            ("administrators write",),
        ),
        "X5": FaultKind(
            "parameter value refused: late (202, then Failed OperationFailed '{0}') or early (400); no effect",
            "reported; the status of the early form is inferred",
            ("configurations write",),
            {"form": "late"},
            {"form": ("late", "early")},
        ),
        "X7": FaultKind(
            "InternalServerError: at once (500), or accepted and Failed in the poll; takes effect only with applied",
            "recorded",
            ("any",),
            {"form": "immediate", "applied": False},
            {"form": ("immediate", "poll")},
        ),
        "X12": FaultKind(
            "accepted and Succeeded, but nothing (on a server: none of the properties in `fields`) takes effect",
            "reported",
            ("write",),
            {"fields": None},
        ),
        "X13": FaultKind(
            "server change: 202, then Failed EngineCredentialsNotProvided, whatever was sent; no effect",
            "reported",
            ("server write",),
        ),
        "X14": FaultKind(
            "400 on listing administrators: authentication is not enabled",
            "phrase reported, rest inferred",
            ("administrators read",),
        ),
        "X15": FaultKind(
            "Entra administrator: 202, then Failed, the principal could not be validated (0LP01); no effect",
            "text reported, code inferred",
            ("administrators write",),
        ),
        "X16": FaultKind(
            "409 Conflict on changing a Defender plan: another update operation is in progress; no effect",
            "reported",
            ("pricings write",),
        ),
        "X18": FaultKind(
            "a change of the server: 202, then Failed with one of three errors about customer-managed keys; no effect",
            "codes and two texts reported, the text of AzureKeyVaultKeyNotFound and the status inferred",
            ("server write",),
            {"code": "AzureKeyVaultKeyNotFound"},
            {"code": KEY_CODES},
        ),
        "X19": FaultKind(
            "after success, `reads` reads of that kind on the server return what was before (404: new child)",
            "reported as a symptom",
            ("write",),
            {"reads": 2},
        ),
        "X20": FaultKind(
            "refused as on a server in another state, whatever its state; no effect",
            "codes reported, one status inferred",
            ("child", "power write", "server write"),
            {"state": "Stopped"},
            {"state": ("Stopped", "Dropping", "Provisioning", "Inaccessible")},
        ),
        "X22": FaultKind(
            "429 in four wordings; `retry_after` is the header's text, null for none; counters at 0; no effect",
            "reported",
            ("any",),
            {"text": THROTTLE_TEXTS[0], "seconds": 6, "retry_after": ""},
            {"text": THROTTLE_TEXTS},
        ),
        "X23": FaultKind(
            "an operation that never ends, polls saying `status` for ever; with applied it takes effect and frees "
            "the server when due, else it holds the server for ever",
            "measured against the SDK",
            ("write",),
            {"status": "InProgress", "applied": False},
        ),
        "X24": FaultKind(
            "the status URL is forbidden (403); the write goes on", "recorded for other providers", ("poll",)
        ),
        "X25": FaultKind("the status URL is not found (404); the write goes on", "measured against the SDK", ("poll",)),
        "X26": FaultKind(
            "the last poll is a 204, or a 200 without a body; the write took effect",
            "measured against the SDK",
            ("poll",),
            {"status": 204},
            {"status": (204, 200)},
        ),
        "X27": FaultKind(
            "200 or 201 with the resource instead of 202; takes effect at once",
            "documented for one api-version",
            ("write",),
            {"status": 200},
            {"status": (200, 201)},
        ),
        "X28": FaultKind(
            "403 AuthorizationFailed for actions matching `action` (all when null); no effect",
            "recorded",
            ("any",),
            {"action": None},
        ),
        "X29": FaultKind(
            "no proper answer: an HTML page (takes effect only with applied), a truncated or empty body (takes "
            "effect), a connection reset before (no effect) or after the request took effect, or a proper one that "
            "comes late (slow)",
            "inferred",
            ("any",),
            {"form": "html", "applied": False, "status": 502, "seconds": 30},
            {"form": ("html", "truncated", "empty", "reset_before", "reset_after", "slow")},
        ),
        "X30": FaultKind(
            "the server does not have `parameter` (null: the one asked for); lists leave it out",
            "reported",
            ("configurations read", "configurations write"),
            {"parameter": None},
        ),
        "X31": FaultKind(
            "after success the server says Ready but stays busy for `seconds`, telling so in the poll or at submit",
            "reported as a symptom",
            ("write",),
            {"seconds": 5.0, "form": "poll"},
            {"form": ("poll", "submit")},
        ),
        "X32": FaultKind(
            "from this request on the server is wedged: Updating for ever, every write and restart fails in the poll",
            "reported",
            ("server-scoped",),
        ),
        "X33": FaultKind(
            "reads of the server show `states` one after the other, unknown words included; or (zones) a restart "
            "exchanges the zones of primary and standby, as a failover does",
            "recorded for Restarting, rest inferred; the exchange is reported",
            ("server read", "power write"),
            {"states": ("Restarting",), "form": "states"},
            {"form": ("states", "zones")},
        ),
        "X36": FaultKind(
            "firewall rule on a VNet server refused (400) instead of stored",
            "status reported, text inferred",
            ("firewallRules write",),
        ),
        "X38": FaultKind(
            "a parameter's value is stored in another spelling (upper, lower, title) or a set's elements in reverse",
            "recorded (values keep any spelling)",
            ("configurations write",),
            {"spelling": "upper"},
            {"spelling": ("upper", "lower", "title", "reversed")},
        ),
        "X40": FaultKind("the status URL answers 500 InternalServerError; the write goes on", "recorded", ("poll",)),
        "X41": FaultKind("202, then Canceled with OperationCancelled; no effect", "recorded for backups", ("write",)),
    }
)
