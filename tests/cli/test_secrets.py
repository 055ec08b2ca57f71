"""Secrets reach no output, however verbose; a defect is told without the text of what was raised."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

from flexsec.cli import failures, logs
from flexsec.testing.simulation import SimulatedCredential

CANARY = "canary-7f3a-secret"


def _fail(text: str) -> None:
    raise RuntimeError(text)


def raised(text: str) -> Exception:
    """An exception with a traceback."""
    try:
        _fail(text)
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_defect_is_told_without_its_text(capsys):
    """An exception that nobody expected is named with its place; its text, which may hold anything, never is."""
    for verbosity in (0, 3):
        assert failures.unexpected(raised(f"password={CANARY}"), verbosity=verbosity) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert "RuntimeError" in told.err
        assert CANARY not in told.err
        assert ("test_secrets.py" in told.err) == (verbosity == 3)


def test_a_logged_exception_shows_its_kind_alone(capsys):
    """At every verbosity a log line is one neutral line, without the text or traceback of an exception."""
    logs.configure(3, sys.stderr)
    logging.getLogger("flexsec.test").error("reading failed\x1b[2J", exc_info=raised(CANARY))
    told = capsys.readouterr().err
    assert told == "error: flexsec.test: reading failed\\x1b[2J [RuntimeError]\n"


def test_other_libraries_stay_silent(capsys):
    """D16: the loggers of HTTP and Azure libraries write nothing at the default verbosity, nor whole URLs at any."""
    for verbosity in range(4):
        logs.configure(verbosity, sys.stderr)
        for name in ("azure.core.pipeline.policies.http_logging_policy", "urllib3.connectionpool", "msal", "requests"):
            logging.getLogger(name).info("https://management.azure.com/x?s=%s", CANARY)
            logging.getLogger(name).debug("Authorization: Bearer %s", CANARY)
    assert CANARY not in capsys.readouterr().err


def test_the_most_verbose_hardening_shows_neither_token_nor_signature(flexsec, world, tmp_path, leave):
    """D15: at -vvv requests are logged, but neither the token nor a signed status URL is in any output or report."""
    token = SimulatedCredential().get_token("scope").token
    report = tmp_path / "report.json"
    answer = flexsec("-vvv", "harden", "--simulate", world, "--yes", *leave, "-o", report)
    assert answer.code == 3
    assert "PUT" in answer.err
    everything = answer.out + answer.err + report.read_text()
    assert token not in everything
    assert "Bearer" not in everything
    assert not re.search(r"[?&](?:t|c|s|h)=\w", everything)
    for file in Path(f"{world}.state").rglob("*"):
        assert file.is_dir() or token not in file.read_text()
