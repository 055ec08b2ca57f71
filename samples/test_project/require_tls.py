"""Require TLS 1.2 on every flexible server of a resource group, with Microsoft's own client and nothing else.

Usage: python require_tls.py SUBSCRIPTION GROUP
"""

from __future__ import annotations

import os
import sys

from azure.identity import EnvironmentCredential
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from azure.mgmt.postgresqlflexibleservers.models import ConfigurationForUpdate, ConfigurationProperties

PUBLIC = "https://management.azure.com"
WANTED = {"require_secure_transport": "on", "ssl_min_protocol_version": "TLSv1.2"}


def require_tls(client: PostgreSQLManagementClient, group: str) -> list[str]:
    """Set what is not yet set, and tell what was: lines such as "shop-db: require_secure_transport=on"."""
    done = []
    for server in client.servers.list_by_resource_group(group):
        name = str(server.name)
        if server.state != "Ready":
            print(f"{name}: left out, it is not ready", file=sys.stderr)
            continue
        for parameter, value in WANTED.items():
            found = client.configurations.get(group, name, parameter)
            if str(found.value).lower() != value.lower():
                wanted = ConfigurationProperties(value=value, source="user-override")
                client.configurations.begin_put(
                    group, name, parameter, ConfigurationForUpdate(properties=wanted)
                ).result()
                done.append(f"{name}: {parameter}={value}")
    return done


def main() -> None:
    """Work on a subscription: the one that the environment signs in to, at AZURE_ARM_ENDPOINT if that is set."""
    subscription, group = sys.argv[1:]
    endpoint = os.environ.get("AZURE_ARM_ENDPOINT", PUBLIC)
    # Microsoft knows nothing of a private authority, so it must not be asked about one.
    credential = EnvironmentCredential(disable_instance_discovery=endpoint != PUBLIC)
    scopes = [f"{endpoint}/.default"]
    with PostgreSQLManagementClient(credential, subscription, base_url=endpoint, credential_scopes=scopes) as client:
        for line in require_tls(client, group):
            print(line)


if __name__ == "__main__":
    main()
