"""What the parameters of a simulated server come to in a configuration file."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.simulator.postgres.settings import Known, configuration, known_parameters, wanted
from tests.simulator_postgres.scene import NAME, world

ROWS = [
    ("log_statement", "superuser", "enum", None, None, "none,ddl,mod,all"),
    ("work_mem", "user", "integer", "64", "2147483647", None),
    ("seq_page_cost", "user", "real", "0", "1.79769e+308", None),
    ("max_connections", "postmaster", "integer", "1", "262143", None),
    ("shared_preload_libraries", "postmaster", "string", None, None, None),
    ("search_path", "user", "string", None, None, None),
    ("lc_numeric", "user", "string", None, None, None),
]
KNOWN = known_parameters(ROWS)


def settled(tmp_path, **parameters):
    """What a server with these parameters comes to."""
    azure = world(parameters={name.replace("__", "."): value for name, value in parameters.items()})
    return wanted(azure.server(NAME), KNOWN, tmp_path)


def test_what_changed_is_taken_over(tmp_path):
    """Changed parameters are taken over, those of TLS, logging and connections always, what needs a restart apart."""
    result = settled(tmp_path, work_mem="8192", max_connections="60")
    assert result.reloadable == {"log_statement": "none", "work_mem": "8192"}
    assert result.fixed == {"max_connections": "60", "shared_preload_libraries": ""}
    assert result.refused == ()


def test_a_pending_value_is_not_in_force(tmp_path):
    """What waits for a restart is not written yet."""
    result = settled(tmp_path, max_connections={"value": "60", "pending": True, "running": "50"})
    assert result.fixed["max_connections"] == "50"


def test_this_machines_own_stays(tmp_path):
    """Locales, files and memory are the machine's; they are left out without a word."""
    result = settled(tmp_path, lc_numeric="de_DE.utf-8", shared_buffers="999999")
    assert "lc_numeric" not in result.reloadable
    assert "shared_buffers" not in result.fixed
    assert result.refused == ()


def test_what_the_real_server_does_not_take_is_named(tmp_path):
    """A parameter unknown to the real server, or a value beyond it, is named; extensions' own are kept as they are."""
    result = settled(tmp_path, jit="off", work_mem="8192", pgaudit__log="ddl", search_path='"$user", public')
    assert result.refused == ("jit",)
    assert result.reloadable["pgaudit.log"] == "ddl"
    low = {**KNOWN, "work_mem": Known(needs_restart=False, kind="integer", low=64, high=4096, words=())}
    azure = world(parameters={"work_mem": "8192"})
    assert wanted(azure.server(NAME), low, tmp_path).refused == ("work_mem",)


def test_only_libraries_that_exist_are_preloaded(tmp_path):
    """A library that this machine lacks is left out, because the server would not start."""
    (tmp_path / "pg_stat_statements.so").touch()
    assert settled(tmp_path).fixed["shared_preload_libraries"] == "pg_stat_statements"


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("log_statement", "DDL", True),
        ("log_statement", "some", False),
        ("work_mem", "63", False),
        ("work_mem", "64", True),
        ("work_mem", "much", False),
        ("seq_page_cost", "1e308", True),
        ("search_path", "", True),
    ],
)
def test_values_are_checked_beforehand(name, value, taken):
    """Words ignore case, numbers have bounds, text is text."""
    assert KNOWN[name].admits(value) is taken


def unquoted(text):
    """What PostgreSQL makes of a quoted value, by the rules of its configuration files."""
    special = {"n": "\n", "r": "\r"}
    parts = re.findall(r"\\.|''|.", text, re.DOTALL)
    return "".join(special.get(p[1], p[1]) if p[0] == "\\" and len(p) > 1 else p[0] for p in parts)


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_every_value_is_one_quoted_text(value):
    """Whatever a value holds, it stays within its quotes, on its line, and means what it meant."""
    line = configuration({"name": value})
    body = line.removeprefix("name = '").removesuffix("'\n")
    assert "\n" not in body
    assert "'" not in re.sub(r"\\.|''", "", body, flags=re.DOTALL)
    assert unquoted(body) == value


def test_nothing_heavy_is_loaded_early():
    """Importing the room loads neither cryptography nor a driver: they cost time and may not be installed."""
    code = (
        "import sys, flexsec.simulator.postgres; "
        "print(sorted({'cryptography', 'psycopg'} & {n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
