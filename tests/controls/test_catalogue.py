"""What holds of every control in the catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec.controls import severities
from flexsec.controls.catalogue import CONTROLS, control, controls
from flexsec.controls.control import SECTIONS
from flexsec.controls.references import REFERENCES
from flexsec.engine.observe import ASKED_PARTS, PARTS
from flexsec.errors import InvalidValue, UnknownName
from flexsec.model.desire import DesiredParameter
from flexsec.model.observation import Unobserved
from flexsec.model.verdict import Severity, Status
from flexsec.simulator import catalogue
from tests.controls.states import parameter, state

EACH = pytest.mark.parametrize("entry", CONTROLS, ids=lambda entry: entry.id)
IDS = [
    "tls-require-secure-transport",
    "tls-min-version",
    "tls-max-version-not-capped",
    "auth-scram",
    "auth-accepted-method-no-md5",
    "auth-connection-throttle",
    "auth-entra-enabled",
    "auth-entra-only",
    "auth-no-local-admin-login",
    "auth-entra-admin-exists",
    "auth-entra-admin-principal-type",
    "auth-entra-admin-naming",
    "auth-tenant-pinned",
    "auth-app-managed-identity",
    "auth-mgmt-rbac-least-privilege",
    "auth-admin-password-rotation",
    "net-public-access-disabled",
    "net-vnet-integrated",
    "net-private-endpoint-approved",
    "net-fw-no-azure-services",
    "net-fw-no-allow-all",
    "net-fw-range-bounded",
    "net-fw-rule-count",
    "enc-at-rest-platform",
    "enc-fips-mode",
    "enc-infra-double",
    "enc-cmk",
    "enc-cmk-auto-rotate",
    "enc-geo-backup-cmk",
    "enc-key-health",
    "log-connections",
    "log-disconnections",
    "log-checkpoints",
    "log-retention-days",
    "log-error-verbosity",
    "log-statement-ddl",
    "log-duration",
    "log-server-logs-enabled",
    "log-line-prefix",
    "log-min-messages",
    "audit-pgaudit-preloaded",
    "audit-pgaudit-classes",
    "defender-atp-per-server",
    "defender-plan-oss-rdb",
    "backup-geo",
    "backup-retention-days",
    "backup-immutable",
    "ha-enabled",
    "ha-zone-redundant",
    "maint-window-custom",
    "storage-autogrow",
    "version-supported",
    "minor-version-current",
    "config-no-pending-restart",
    "gov-tags",
    "ext-allowlist-minimal",
]

# What a control needs to judge anything at all.
ARGUMENTS = {
    "auth-entra-admin-naming": {"patterns": ("dba-*",)},
    "auth-admin-password-rotation": {"vault": "kv-shop"},
}
NEVER_READS = "enc-infra-double"

WHOLE = {
    "firewall": [["office", "203.0.113.7", "203.0.113.7"]],
    "administrators": [],
    "threat_protection": True,
    "defender_plan": {"tier": "Free"},
    "region": {"zone_redundant_ha": True, "geo_backup": True},
    "customer_keys": {},
    "role_assignments": [],
    "admin_secret": [],
    "server": {
        "fips_mode": "Disabled",
        "minor_version": "7",
        "backup_retention_days": 7,
        "geo_redundant_backup": "Disabled",
        "immutable_backup": "Disabled",
        "storage_auto_grow": "Disabled",
        "maintenance_window": {"custom": "Disabled"},
    },
}


def whole(version: str, **changes: str):
    """A server of a version with its whole parameter list, some values changed."""
    listed = {name: changes.get(name, facts.value) for name, facts in catalogue.parameters(version).items()}
    return state({**WHOLE, "version": version, "parameters": listed})


def test_the_catalogue_holds_these_controls():
    """The ids are public: none goes, none changes its name."""
    assert [entry.id for entry in controls()] == IDS


@EACH
def test_every_parameter_of_a_control_exists_in_a_list_of_the_service(entry):
    """B5: a name copied from another service is found here, not by a user."""
    known = {name for version in catalogue.versions() for name in catalogue.parameters(version)}
    assert set(entry.parameters) <= known
    assert bool(entry.parameters) <= ("parameters" in entry.reads)


@EACH
def test_a_control_reads_no_parameter_that_it_does_not_name(entry):
    """Leaving out a parameter that the control does not name changes nothing of what it says."""
    if entry.id == "config-no-pending-restart":
        return
    observed = whole("16")
    named = tuple(one for one in observed.parameters if one.name in entry.parameters)
    assert entry.judge(replace(observed, parameters=named)) == entry.judge(observed)


@EACH
def test_a_control_reads_only_the_parts_that_it_names(entry):
    """Losing a part that the control does not name changes nothing, losing all that it names makes it unknown."""
    observed = whole("16")
    for part in (*PARTS, *ASKED_PARTS):
        if part not in entry.reads:
            blind = replace(observed, **{part: Unobserved("lost")})
            assert entry.judge(blind) == entry.judge(observed)
    if entry.id == NEVER_READS:
        assert entry.reads == ()
        return
    blind = replace(observed, **{part: Unobserved("lost", "some/read") for part in entry.reads})
    check = entry.judge(blind, ARGUMENTS.get(entry.id))
    assert check.status == Status.UNKNOWN
    assert check.missing_action == "some/read"
    assert "lost" in check.reason


@EACH
def test_every_control_explains_itself(entry):
    """Each page has all its sections, and each control its severity with a reason and its family's module."""
    assert list(entry.sections) == ["", *SECTIONS, "References"]
    assert all(len(text) > 3 for text in entry.sections.values())
    assert entry.rating.reason.endswith(".")
    assert entry.check.__module__ == f"flexsec.controls.{entry.family}"
    assert entry.title[0].isupper()


def test_tables_name_only_controls_that_exist():
    """Severities, references and thresholds have an entry for each control and none beyond."""
    assert set(severities.RATINGS) == set(REFERENCES) == set(IDS)
    arguments = {f"{entry.id}.{argument.name}" for entry in CONTROLS for argument in entry.arguments}
    assert set(severities.THRESHOLDS) == arguments


@pytest.mark.parametrize("version", catalogue.versions())
@EACH
def test_every_control_gives_an_answer_on_every_version(entry, version):
    """B4: whatever the version's parameter list, a control answers and never raises."""
    check = entry.judge(whole(version))
    assert check.status in (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE)
    assert check.reason


@pytest.mark.parametrize("version", catalogue.versions())
@EACH
def test_a_desired_parameter_makes_the_control_pass(entry, version):
    """What a control desires is what it accepts: writing it is enough, and a second run finds nothing to do."""
    every = catalogue.parameters(version)
    for name in (name for name in entry.parameters if name in every and not every[name].is_read_only):
        for value in (every[name].allowed_values or "").split(","):
            desires = entry.judge(whole(version, **{name: value})).desires
            wanted = {one.name: one.value for one in desires if isinstance(one, DesiredParameter)}
            assert all(every[parameter].admits(text) for parameter, text in wanted.items())
            if wanted:
                assert entry.judge(whole(version, **{name: value, **wanted})).status == Status.PASS


def test_flexsec_never_desires_a_statement_log_that_writes_passwords():
    """log_statement ddl, mod and all are never written, whatever the state."""
    for value in ("none", "ddl", "mod", "all", "DDL"):
        for entry in CONTROLS:
            for desire in entry.judge(whole("16", log_statement=value)).desires:
                if isinstance(desire, DesiredParameter) and desire.name == "log_statement":
                    assert desire.value == "none"


def test_an_unknown_control_is_refused_with_close_names():
    """A misspelt id names the right one."""
    with pytest.raises(UnknownName, match="did you mean log-checkpoints"):
        control("log-chekpoints")


def test_arguments_that_a_control_does_not_take_are_refused():
    """An unknown argument, a wrong type and a value out of bounds are refused with what is expected."""
    days = control("log-retention-days")
    observed = state({"parameters": {"logfiles.retention_days": "5"}})
    with pytest.raises(UnknownName, match="did you mean days"):
        days.judge(observed, {"day": 7})
    for value in (0, 8, "7", True):
        with pytest.raises(InvalidValue, match="a whole number from 1 to 7"):
            days.judge(observed, {"days": value})
    with pytest.raises(InvalidValue, match=r"one of TLSv1\.2, TLSv1\.3"):
        control("tls-min-version").judge(observed, {"minimum": "TLSv1.1"})
    with pytest.raises(InvalidValue, match="true or false"):
        control("net-fw-no-allow-all").judge(observed, {"remove": 1})
    with pytest.raises(InvalidValue, match="a whole number from 0 up"):
        control("net-fw-range-bounded").judge(observed, {"max_addresses": -1})


def test_an_absent_parameter_without_a_known_version_is_not_applicable():
    """B4: also when the server itself could not be read."""
    observed = state({"server": {"unobserved": "403"}, "parameters": {"work_mem": "4096"}})
    check = control("auth-scram").judge(observed)
    assert check.status == Status.NOT_APPLICABLE
    assert check.reason == "this server has no parameter password_encryption"


def test_only_an_open_internet_is_critical():
    """Severities rank: the one finding that is attacked within hours stands above all."""
    assert [entry.id for entry in CONTROLS if entry.severity == Severity.CRITICAL] == ["net-fw-no-allow-all"]


def test_the_state_builder_takes_its_facts_from_the_packaged_list():
    """The tests' parameters have the data types and allowed values of the service."""
    assert parameter("log_connections", "on", "18").data_type == "Set"
    assert parameter("log_connections", "on", "13").read_only
