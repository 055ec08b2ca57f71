"""Secrets: put everywhere that a secret can be, looked for everywhere that one must not be."""

import json
import logging
import os
import re
import stat
import subprocess
import sys
import time
import traceback
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from azure.core.credentials import AccessToken

from flexsec import FlexSec
from flexsec.azure.in_process import InProcessTransport
from flexsec.engine import plan_file
from flexsec.errors import FlexSecError
from flexsec.reporting import assessment as assessment_report
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting import run as run_report
from flexsec.reporting.formats import FORMATS, render
from flexsec.simulator.long_running import signature
from flexsec.testing import RecordingTransport, simulated, write_recording
from tests.acceptance.scene import ALL_LEAVE, ALL_LEAVE_FLAGS, GROUP, NAME, SUBSCRIPTION, TARGET, fault

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "canary-token-8d7f2c"
PASSWORD = "canary-password-51ab"
CLIENT_SECRET = "canary-client-secret-77"
CANARY = re.compile(r"canary-(?:token|password|client-secret)")
FAULTS = [
    fault("X2", path="log_connections"),
    fault("X7", path="log_disconnections", form="poll"),
    fault("X7", path="log_checkpoints", form="immediate"),
    fault("X24", after=2),
    fault("X40", after=4),
    fault("X29", path="log_statement", method="PUT", form="reset_after"),
    fault("X28", path="retention_days", method="PUT"),
]
TELLING = (
    f"Operation failed for '{{url}}': administratorLoginPassword: '{PASSWORD}', \"password\":\"{PASSWORD}\", "
    f"Password={PASSWORD}; the password '{PASSWORD}' is too weak; Authorization: Bearer {TOKEN}."
)


class Credential:
    """Signs in with a canary."""

    def get_token(self, *scopes, claims=None, tenant_id=None, enable_cae=False, **options):
        return AccessToken(TOKEN, int(time.time()) + 10**7)


class Telltale:
    """The simulated service, and answers that tell secrets; keeps every signature that was given out."""

    def __init__(self, azure):
        self._azure = azure
        self.signatures = set()
        self.talks = False

    def __call__(self, method, url, headers, body):
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        if self.talks:
            words = TELLING.format(url=url)
            status = {"GET": 400, "PUT": 400, "PATCH": 409}.get(method, 500)
            return status, {}, json.dumps({"error": {"code": "BadRequest", "message": words}}).encode()
        status, answer_headers, answer = self._azure._answer(method, url, headers, body)
        for name, text in answer_headers.items():
            if name.lower() in {"azure-asyncoperation", "location"}:
                query = dict(parse_qsl(urlsplit(text).query))
                self.signatures |= {query[key] for key in ("c", "s", "h") if key in query}
        return status, answer_headers, answer


def found_in(text, signatures=()):
    """The secrets that a text holds."""
    return [*CANARY.findall(text), *(one[:12] for one in signatures if one in text)]


def texts_of(error):
    """Everything that an exception shows, with all that it drags along."""
    seen, found, waiting = set(), [], [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found += [str(each), repr(each), repr(each.args), repr(vars(each))]
        waiting += [each.__cause__, each.__context__]
    return " ".join([*found, *traceback.format_exception(error)])


def reports(hardening, plan, run):
    """Every report in every format."""
    made = (
        assessment_report.document(hardening.after),
        hardening_report.document(hardening),
        plan_report.document(plan),
        run_report.document(run),
    )
    return " ".join(render(document, kind) for document in made for kind in FORMATS)


def without_status_urls(journal):
    """A journal without the one member that may hold a signature."""
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["data"].pop("status_url", None)
    return json.dumps(lines)


def test_a_canary_in_every_place_of_a_secret_appears_nowhere(tmp_path, caplog, capfd):
    """D15: with all loggers at 1: neither token, password nor signature in logs, output, journal, plan, report, errors or recordings."""
    caplog.set_level(1)
    caplog.handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    with simulated("insecure", faults=FAULTS) as azure:
        service = Telltale(azure)
        recorder = RecordingTransport(InProcessTransport(service))
        client = FlexSec(
            Credential(), SUBSCRIPTION, transport=recorder, clock=azure.clock, state_directory=tmp_path / "state"
        )
        server = client.server(GROUP, NAME)
        told = []
        server.audit()
        plan = server.plan(leave=ALL_LEAVE)
        plan_file.write(plan, tmp_path / "plan.json")
        hardening = server.harden(leave=ALL_LEAVE, on_event=lambda event: told.append(repr(event)))
        run = client.rollback(hardening.run.run_id, leave=ALL_LEAVE, on_event=lambda event: told.append(repr(event)))
        service.talks = True
        errors = provoke(client, server)
        recording = recorder.recording(about="a canary", source="simulator", recorded=date(2026, 1, 5))
        write_recording(recording, tmp_path / "case.json")

    statuses = {outcome.status.value for outcome in hardening.run.outcomes}
    assert statuses == {"applied", "failed"}, "the faults must have struck, or this proves little"
    assert len(service.signatures) > 20
    assert len(errors) >= 5
    places = {
        "log": caplog.text + " ".join(repr(vars(record)) for record in caplog.records),
        "output": "".join(capfd.readouterr()),
        "journal": " ".join(without_status_urls(each) for each in (tmp_path / "state/runs").glob("*.jsonl")),
        "plan": (tmp_path / "plan.json").read_text(encoding="utf-8") + repr(plan),
        "runs": repr(hardening) + repr(run) + repr(client.runs()),
        "events": " ".join(told),
        "reports": reports(hardening, plan, run),
        "errors": " ".join(texts_of(error) for error in errors),
        "recording": (tmp_path / "case.json").read_text(encoding="utf-8"),
        "objects": repr(client) + repr(vars(client)) + repr(client.connection) + repr(vars(server)),
    }
    assert {name: found_in(text, service.signatures) for name, text in places.items()} == {key: [] for key in places}
    assert "PUT" in places["log"], "requests must have been logged, or this proves little"
    assert "BadRequest" in places["errors"]


def provoke(client, server):
    """Errors of every kind, from a service that tells secrets in its error texts."""
    errors = []

    def password(official, keep):
        body = {"properties": {"administratorLoginPassword": PASSWORD}}
        return official.servers.begin_update(GROUP, NAME, body, polling=False, cls=keep)

    for act in (
        lambda: client.connection.write(password, what="write a password"),
        server.parameters.list,
        server.firewall.list,
        server.threat_protection.get,
        lambda: server.firewall.allow("office", "203.0.113.7"),
    ):
        with pytest.raises(FlexSecError) as raised:
            act()
        errors.append(raised.value)
    return errors


def test_the_journal_that_holds_a_signature_is_for_its_owner_alone(tmp_path):
    """D15: the signed status URL stands in the journal alone, in a file of mode 0600 in directories of mode 0700."""
    with simulated("insecure") as azure:
        state = tmp_path / "state"
        client = FlexSec(
            azure.credential, SUBSCRIPTION, transport=azure.transport, clock=azure.clock, state_directory=state
        )
        client.server(GROUP, NAME).threat_protection.enable()
        (journal,) = (state / "runs").glob("*.jsonl")
        assert "azureAsyncOperation" in journal.read_text(encoding="utf-8")
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600
        assert stat.S_IMODE(journal.parent.stat().st_mode) == 0o700


def flexsec(*words, **environment):
    """The command in a process of its own, with a canary in its environment."""
    return subprocess.run(
        [sys.executable, "-m", "flexsec", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=90,
        env={"PATH": os.environ["PATH"], "AZURE_CLIENT_SECRET": CLIENT_SECRET, **environment},
    )  # fmt: skip


def test_the_most_verbose_command_line_shows_no_secret(tmp_path):
    """D15: audit, harden and rollback at -vvv: nothing secret on stdout or stderr."""
    path = tmp_path / "world.json"
    with simulated("insecure", faults=FAULTS) as azure:
        azure.world.save(path)
    common = ("--simulate", path, "-vvv", "--format", "json")
    audit = flexsec("audit", *TARGET, *common)
    harden = flexsec("harden", *TARGET, *common, *ALL_LEAVE_FLAGS)
    run_id = json.loads(harden.stdout)["run"]["run_id"]
    leave = ("--allow-lowering", *ALL_LEAVE_FLAGS)
    undone = flexsec("rollback", run_id, *common, *leave)
    assert (audit.returncode, harden.returncode, undone.returncode) == (3, 5, 0), undone.stderr
    with simulated(path) as azure:
        ids = [operation["id"] for operation in json.loads(path.read_text())["operations"]]
        signed = {
            text
            for each in ids
            for collection in ("azureAsyncOperation", "operationResults")
            for key, text in parse_qsl(signature(each, collection))
            if key in {"c", "s", "h"}
        }
        token = azure.credential.get_token().token
    assert len(signed) > 20
    for done in (audit, harden, undone):
        shown = done.stdout + done.stderr
        assert found_in(shown, signed) == []
        assert token not in shown
        assert "GET https://management.azure.com/" in done.stderr


def test_a_sign_in_that_fails_shows_no_client_secret():
    """D15: with a client secret in the environment and nobody to sign in to, the secret is neither told nor logged."""
    shown = flexsec(
        "audit", "-s", SUBSCRIPTION, *TARGET, "--credential", "environment", "-vvv", "--timeout", "20s",
        AZURE_TENANT_ID="33333333-3333-3333-3333-333333333333", AZURE_CLIENT_ID="44444444-4444-4444-4444-444444444444",
        HTTPS_PROXY="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9",
    )  # fmt: skip
    assert shown.returncode == 1
    assert "not signed in to Azure: the AZURE_* variables are set" in shown.stderr
    assert found_in(shown.stdout + shown.stderr) == []
    assert "Traceback" not in shown.stderr
