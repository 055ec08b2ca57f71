"""What the Azure compliance mod of Powerpipe tests: values as they are spelt; a server without the parameter is dropped."""

from __future__ import annotations

from tests.controls.truth.asking import (
    EVERYBODY,
    NO_ANSWER,
    PeerCheck,
    exactly_on,
    more_than_three,
    parameter,
    plan,
    rules,
    size,
    unless,
)
from tests.controls.truth.peers.properties import AZURE_RULE, CHECKPOINTS, PLAN, RETENTION, SSL, THROTTLE
from tests.controls.truth.scene import Told

A_QUARTER_OF_THE_INTERNET = 2**30


def _opens_the_internet(told: Told) -> bool:
    """An alarm about a rule that begins at 0.0.0.0 and spans that much is right, if by accident."""
    return any(size(*pair) >= A_QUARTER_OF_THE_INTERNET for pair in (told.rules or {}).values())


POWERPIPE = (
    PeerCheck("postgres_sql_flexible_server_ssl_enabled", (SSL,), parameter("require_secure_transport", exactly_on, missing=NO_ANSWER)),
    PeerCheck("postgres_flexible_server_log_checkpoints_on", (CHECKPOINTS,), parameter("log_checkpoints", exactly_on, missing=NO_ANSWER)),
    PeerCheck("postgres_flexible_server_connection_throttling_on", (THROTTLE,), parameter("connection_throttle.enable", exactly_on, missing=NO_ANSWER)),
    PeerCheck("postgres_flexible_server_log_retention_days_3", (RETENTION,), parameter("logfiles.retention_days", more_than_three, missing=NO_ANSWER)),
    PeerCheck("postgres_flexible_server_allow_access_to_azure_services_disabled", (AZURE_RULE,),
              unless(_opens_the_internet, rules(lambda name, *pair: EVERYBODY[0] in pair))),
    PeerCheck("securitycenter_azure_defender_on_for_opensource_relational_db", (PLAN,), plan),
)  # fmt: skip
