"""azure-cli takes the roles that flexsec prints: its own parser and its own command, up to the request."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from flexsec.cli.main import root
from flexsec.engine.permissions import role_for
from tests.clients.azure_cli import PATIENCE

pytestmark = pytest.mark.clients

SCRIPT = Path(__file__).with_name("az_role_definition.py")
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


@pytest.fixture(scope="module")
def taken(program, tmp_path_factory):
    """What az would send for a role that flexsec printed."""
    home = tmp_path_factory.mktemp("az")
    python = program.with_name("python")

    def create(*words):
        printed = CliRunner().invoke(root, ["permissions", "--for", *words])
        assert printed.exit_code == 0, printed.stderr
        path = home / "role.json"
        path.write_text(printed.stdout, encoding="utf-8")
        done = subprocess.run(
            [str(python), str(SCRIPT), str(path)],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "AZURE_CONFIG_DIR": str(home / ".azure"),
                 "AZURE_CORE_COLLECT_TELEMETRY": "false"},
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return create


@pytest.mark.parametrize("name", ["audit", "apply", "rotate"])
def test_az_takes_each_of_the_three_roles(name, taken):
    """`az role definition create --role-definition @FILE` sends the role whole: name, scope, actions and data actions."""
    (sent,) = taken(name, "-s", SUBSCRIPTION)
    assert sent["scope"] == f"/subscriptions/{SUBSCRIPTION}"
    properties = sent["body"]["properties"]
    (permission,) = properties["permissions"]
    role = role_for(name)
    assert properties["roleName"] == f"flexsec {name}"
    assert properties["description"]
    assert properties["assignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]
    assert permission["actions"] == list(role.actions)
    assert permission["dataActions"] == list(role.data_actions)
    assert permission["notActions"] == permission["notDataActions"] == []


def test_az_refuses_what_is_no_role(program, tmp_path):
    """The same way refuses a file without scopes, so that it would tell a role that az does not take."""
    path = tmp_path / "role.json"
    path.write_text('{"Name": "x", "Actions": []}', encoding="utf-8")
    done = subprocess.run(
        [str(program.with_name("python")), str(SCRIPT), str(path)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AZURE_CONFIG_DIR": str(tmp_path / ".azure")},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode != 0
    assert "please provide 'assignableScopes'" in done.stderr
