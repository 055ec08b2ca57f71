"""Which endpoints a cloud has: public Azure and the two sovereign clouds."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One Azure cloud.

    Attributes:
        name: what a person types.
        arm_endpoint: where Azure Resource Manager answers, without a slash at the end.
        authority: the host that issues tokens.
        scope: what a token for Azure Resource Manager is asked for.
        aliases: the names that other Azure tools use.
        vault_url: where a key vault answers, with {vault} in place of its name.
        vault_scope: what a token for a key vault's data is asked for.
        ca_file: the only authority that its certificates may come from; "" for those that the machine trusts.
        database_scope: what a token for logging in to a database is asked for.
    """

    name: str
    arm_endpoint: str
    authority: str
    scope: str
    aliases: tuple[str, ...] = ()
    vault_url: str = "https://{vault}.vault.azure.net"
    vault_scope: str = "https://vault.azure.net/.default"
    ca_file: str = ""
    database_scope: str = "https://ossrdbms-aad.database.windows.net/.default"


# Endpoints as documented by Microsoft; a test compares them with those that the official client knows.
PUBLIC = Cloud(
    name="public",
    arm_endpoint="https://management.azure.com",
    authority="login.microsoftonline.com",
    scope="https://management.azure.com/.default",
    aliases=("AzureCloud", "AzurePublicCloud"),
)
US_GOVERNMENT = Cloud(
    name="us-government",
    arm_endpoint="https://management.usgovcloudapi.net",
    authority="login.microsoftonline.us",
    scope="https://management.core.usgovcloudapi.net/.default",
    aliases=("AzureUSGovernment", "usgov"),
    database_scope="https://ossrdbms-aad.database.usgovcloudapi.net/.default",
    vault_url="https://{vault}.vault.usgovcloudapi.net",
    vault_scope="https://vault.usgovcloudapi.net/.default",
)
CHINA = Cloud(
    name="china",
    arm_endpoint="https://management.chinacloudapi.cn",
    authority="login.chinacloudapi.cn",
    scope="https://management.chinacloudapi.cn/.default",
    aliases=("AzureChinaCloud",),
    database_scope="https://ossrdbms-aad.database.chinacloudapi.cn/.default",
    vault_url="https://{vault}.vault.azure.cn",
    vault_scope="https://vault.azure.cn/.default",
)

CLOUDS = (PUBLIC, US_GOVERNMENT, CHINA)


def cloud(name: str) -> Cloud:
    """The cloud of this name, in any case; the names of other Azure tools are understood.

    Raises:
        UnknownName: no such cloud; the message lists those that exist and suggests the nearest.
    """
    spellings = {spelling.casefold(): known for known in CLOUDS for spelling in (known.name, *known.aliases)}
    wanted = name.strip().casefold()
    if wanted in spellings:
        return spellings[wanted]
    close = get_close_matches(wanted, spellings, n=1)
    hint = f"; did you mean {spellings[close[0]].name!r}?" if close else ""
    known_names = ", ".join(known.name for known in CLOUDS)
    raise UnknownName(f"cloud {name!r} does not exist: expected one of {known_names}{hint}")
