"""Run by azure-cli's own Python: what `az role definition create` makes of a file, without sending it.

Writes the scope and the body of each PUT that it would send.
"""

import json
import sys

from azure.cli.command_modules.role import custom
from azure.cli.core import get_default_cli


class Definitions:
    """Stands where the client of role definitions is, and keeps what it is given."""

    def __init__(self):
        self.sent = []

    def create_or_update(self, scope, role_definition_id, role_definition):
        self.sent.append({"scope": scope, "body": role_definition.as_dict()})
        return role_definition


class Authorization:
    """Stands where the authorization client is."""

    role_definitions = Definitions()


custom._auth_client_factory = lambda *_, **__: Authorization  # the last step before the network
code = get_default_cli().invoke(["role", "definition", "create", "--role-definition", f"@{sys.argv[1]}", "-o", "none"])
sys.stdout.write(json.dumps(Authorization.role_definitions.sent) + "\n")
sys.exit(code)
