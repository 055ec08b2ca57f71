"""The parameter lists of each major version."""

import re

import pytest

from flexsec.simulator import catalogue


def test_whole_lists_are_recorded_and_the_others_say_that_they_are_derived():
    """13 and 16 hold recorded entries only; of the other majors no entry carried over from 16 claims to be recorded."""
    assert catalogue.versions() == ("13", "14", "15", "16", "17", "18")
    assert len(catalogue.parameters("13")) == 247
    assert len(catalogue.parameters("16")) == 424
    for major in catalogue.versions():
        bases = {entry.basis for entry in catalogue.parameters(major).values()}
        assert bases == {"recorded"} if major in {"13", "16"} else "derived" in bases
    assert catalogue.parameters("18")["log_statement"].basis == "derived"
    assert catalogue.parameters("18")["log_connections"].basis == "documented"
    assert catalogue.parameters("17")["pgaudit.log_rows"].basis == "recorded"


def test_an_unknown_major_has_no_list():
    """11 and 12 are left out: their only list lacks what a parameter must tell."""
    for major in ("11", "12", "19"):
        with pytest.raises(KeyError):
            catalogue.parameters(major)


@pytest.mark.parametrize("major", ["13", "14", "15", "16", "17", "18"])
def test_every_parameter_admits_its_own_default(major):
    """Every writable parameter of every major admits its default, and every pattern is a regular expression."""
    for facts in catalogue.parameters(major).values():
        if facts.data_type == "String" and facts.allowed_values is not None:
            re.compile(facts.allowed_values)
        if not facts.is_read_only:
            assert facts.admits(facts.default), facts


def test_versions_differ_as_postgresql_says():
    """Parameters appear and vanish with the majors that brought or dropped them."""
    names = {major: set(catalogue.parameters(major)) for major in catalogue.versions()}
    assert "recovery_prefetch" not in names["14"]
    assert "recovery_prefetch" in names["15"]
    assert "reserved_connections" not in names["15"]
    assert "reserved_connections" in names["16"]
    assert "db_user_namespace" in names["16"]
    assert "db_user_namespace" not in names["17"]
    assert "force_parallel_mode" in names["15"]
    assert "force_parallel_mode" not in names["16"]
    assert "logfiles.retention_days" not in names["13"], "recorded: the 2023 list lacks it"
    assert all("connection_throttle.enable" in each for each in names.values()), "recorded in 13 and 16"
    assert catalogue.parameters("18")["log_connections"].data_type == "Set"
    assert catalogue.parameters("17")["server_version"].value == "17.9"
