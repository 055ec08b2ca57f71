"""The whole way: a served world, the command line with the official clients, and an ordinary driver."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from flexsec.cli.main import root
from flexsec.simulator import World
from flexsec.simulator.postgres import Backing, described
from flexsec.simulator.serving import serve
from tests.simulator_postgres.scene import PASSWORD

LEAVE = (
    "--allow-restart",
    "--allow-closing",
    "firewall",
    "--allow-closing",
    "tls-minimum",
    "--without-evidence",
    "a test",
    "--yes",
)
STRICT = """
name: strict
controls:
  tls-require-secure-transport: on
  tls-min-version: {minimum: TLSv1.3}
  tls-max-version-not-capped: on
  auth-scram: on
  net-fw-no-allow-all: {remove: true}
"""


def test_hardening_over_https_reaches_the_real_server(tmp_path, monkeypatch):
    """Plaintext works before; `flexsec --endpoint` hardens; then plaintext and TLS 1.2 are refused, SCRAM is used."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ready, strict = tmp_path / "ready.json", tmp_path / "strict.yaml"
    strict.write_text(STRICT)
    world = World.builtin("insecure")
    with (
        Backing(world, "shop-db", password=PASSWORD) as real,
        serve(world, time_scale=3600, ready=ready, postgres=[described(real)]),
        real.client("203.0.113.5") as office,
    ):
        (said,) = json.loads(ready.read_text())["postgres"]
        words = {
            "host": said["host"],
            "user": said["administrator"],
            "password": said["password"],
            "dbname": "postgres",
        }
        with psycopg.connect(**words, port=said["port"], sslmode="disable", require_auth="md5"):
            pass

        harden = [
            "--endpoint",
            str(ready),
            "harden",
            "--poll",
            "eager",
            "-g",
            "rg-shop",
            "-n",
            "shop-db",
            "--baseline",
            str(strict),
        ]
        result = CliRunner().invoke(root, [*harden, *LEAVE])
        assert result.exit_code in {0, 3}, result.output

        for options, why in (
            ({"sslmode": "disable"}, "no encryption"),
            ({"sslmode": "require", "ssl_max_protocol_version": "TLSv1.2"}, "protocol version"),
        ):
            with pytest.raises(psycopg.OperationalError, match=why):
                psycopg.connect(**words, port=office.port, **options)
        secure = {"sslmode": "verify-full", "sslrootcert": said["ca_file"], "port": office.port}
        with psycopg.connect(**words, **secure, autocommit=True) as admin:
            admin.execute("CREATE ROLE app LOGIN PASSWORD 'Application-1'")
        scram = {"user": "app", "password": "Application-1", "require_auth": "scram-sha-256"}
        with psycopg.connect(**{**words, **scram}, **secure, channel_binding="require"):
            pass


def test_the_command_serves_a_real_server_and_leaves_nothing(tmp_path):
    """`simulate serve --postgres` tells where the server is, not its password; SIGTERM ends both."""
    ready = tmp_path / "ready.json"
    command = [
        sys.executable,
        "-m",
        "flexsec",
        "simulate",
        "serve",
        "--postgres",
        "shop-db=auto",
        "--ready",
        str(ready),
    ]
    root_directory = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root_directory, env={**os.environ}
    ) as process:
        lines = [process.stdout.readline()]
        while "how to sign in" not in lines[-1]:
            assert lines[-1], process.stderr.read()
            lines.append(process.stdout.readline())
        (said,) = json.loads(ready.read_text())["postgres"]
        assert f"127.0.0.1:{said['port']}, shopadmin" in "".join(lines)
        assert said["password"] not in "".join(lines)
        words = {"host": said["host"], "port": said["port"], "user": said["administrator"], "dbname": "postgres"}
        with psycopg.connect(**words, password=said["password"], sslmode="disable"):
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not Path(said["ca_file"]).exists()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("shop-bd=auto", "--postgres: the world has no server 'shop-bd'; it has: shop-db, shop-archive"),
        ("/nowhere", "--postgres: there is no working PostgreSQL server in /nowhere"),
    ],
)
def test_a_mistake_in_the_option_is_told(word, message):
    """A server or directory that is not there ends the command with 2 and a sentence."""
    result = CliRunner().invoke(root, ["simulate", "serve", "--postgres", word])
    assert result.exit_code == 2
    assert message in result.output
