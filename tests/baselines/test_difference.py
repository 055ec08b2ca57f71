"""Two baselines held against each other; stricter and weaker are said only of what has an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.baselines import loader
from flexsec.baselines.baseline import Baseline, Scope, Selection
from flexsec.baselines.difference import ArgumentDifference, OwnerDifference, difference
from flexsec.baselines.strictness import ORDERS, compared, order
from flexsec.controls.catalogue import CONTROLS, control
from flexsec.model.verdict import Waiver

ARGUMENTS = [(entry, argument) for entry in CONTROLS for argument in entry.arguments]


def asking(name: str, **arguments: dict) -> Baseline:
    """A baseline of these controls."""
    chosen = {each.replace("_", "-"): given for each, given in arguments.items()}
    return Baseline(
        name=name, description="", controls=tuple(Selection(control(each), found) for each, found in chosen.items())
    )


def test_every_argument_has_its_order_written_down():
    """A new argument is put into the table, if only as having no order; nothing stands there that no control has."""
    assert set(ORDERS) == {f"{entry.id}.{argument.name}" for entry, argument in ARGUMENTS}


def test_a_baseline_does_not_differ_from_itself():
    """Whatever a baseline asks for, held against itself nothing differs."""
    for name in loader.names():
        assert difference(loader.load(name), loader.load(name)).same


def test_what_differs_is_told():
    """Controls on one side, arguments, waivers, owners and scope; defaults count as if they were written down."""
    waiver = Waiver(control="auth-scram", owner="Ana", reason="r", ticket="T", expires=date(2027, 1, 1))
    left = asking(
        "left", auth_scram={}, log_retention_days={}, log_checkpoints={}, tls_min_version={"minimum": "TLSv1.3"}
    )
    right = asking("right", log_retention_days={"days": 7}, log_checkpoints={}, tls_min_version={}, log_connections={})
    left = Baseline(
        name="left",
        description="",
        controls=left.controls,
        waivers=(waiver,),
        owners={"firewall/*": "netops", "parameters/a": "x"},
    )
    right = Baseline(
        name="right",
        description="",
        controls=right.controls,
        owners={"firewall/*": "flexsec", "parameters/a": "x"},
        scope=Scope(names=("prod-*",)),
    )
    found = difference(left, right)
    assert ([each.id for each in found.removed], [each.id for each in found.added]) == (
        ["auth-scram"],
        ["log-connections"],
    )
    assert found.arguments == (
        ArgumentDifference(control="log-retention-days", argument="days", left=4, right=7, right_is="stricter"),
        ArgumentDifference(
            control="tls-min-version", argument="minimum", left="TLSv1.3", right="TLSv1.2", right_is="weaker"
        ),
    )
    assert (found.waivers_removed, found.waivers_added) == ((waiver,), ())
    assert found.owners == (OwnerDifference(pattern="firewall/*", left="netops", right="flexsec"),)
    assert found.scopes == (Scope(), Scope(names=("prod-*",)))
    assert not found.same


def test_owners_differ_by_pattern_whatever_its_case():
    """One pattern in two spellings is one pattern: nothing differs but the owner, and it stands there once."""
    left = replace(asking("left", auth_scram={}), owners={"parameters/LOG_*": "terraform", "firewall/*": "netops"})
    right = replace(left, owners={"Firewall/*": "netops", "parameters/log_*": "terraform"})
    assert difference(left, right).same
    other = difference(left, replace(right, owners={"Firewall/*": "bicep", "parameters/log_*": "terraform"}))
    assert other.owners == (OwnerDifference(pattern="firewall/*", left="netops", right="bicep"),)


def test_strict_is_nowhere_weaker_than_recommended():
    """`strict` judges all that `recommended` judges, and each argument that differs is stricter."""
    found = difference(loader.load("recommended"), loader.load("strict"))
    assert found.removed == ()
    assert found.arguments
    assert {each.right_is for each in found.arguments} == {"stricter"}


@pytest.mark.parametrize(
    ("name", "left", "right", "said"),
    [
        ("log-retention-days.days", 4, 7, "stricter"),
        ("net-fw-range-bounded.max_addresses", 4, 7, "weaker"),
        ("tls-min-version.minimum", "TLSv1.2", "TLSv1.3", "stricter"),
        ("log-min-messages.messages", "warning", "notice", "stricter"),
        ("net-fw-no-allow-all.remove", True, False, ""),
        ("log-duration.milliseconds", 1000, 100, ""),
        ("auth-entra-admin-principal-type.allowed", ("Group",), ("Group", "User"), "weaker"),
        ("auth-entra-admin-principal-type.allowed", ("Group",), ("User",), ""),
        ("audit-pgaudit-classes.classes", ("ddl",), ("role", "ddl"), "stricter"),
        ("audit-pgaudit-classes.classes", ("ddl",), (), "weaker"),
        ("ext-allowlist-minimal.approved", (), ("dblink",), ""),  # an empty list leaves it open
        ("ext-allowlist-minimal.approved", ("a", "b"), ("b", "a"), ""),
    ],
)
def test_stricter_and_weaker(name, left, right, said):
    """A longer retention, a smaller budget, a newer TLS version, a shorter list of what is allowed are stricter."""
    entry, argument = next((e, a) for e, a in ARGUMENTS if f"{e.id}.{a.name}" == name)
    assert compared(entry.id, argument, left, right) == said


def values(argument):
    """Values that an argument takes."""
    one = st.sampled_from(argument.allowed or ("a", "b", "c"))
    kinds = {
        "boolean": st.booleans(),
        "integer": st.integers(argument.minimum or 0, argument.maximum or 100),
        "text": one,
        "texts": st.lists(one, unique=True, max_size=3).map(tuple),
    }
    return kinds[argument.kind]


@given(st.sampled_from(ARGUMENTS).flatmap(lambda pair: st.tuples(st.just(pair), values(pair[1]), values(pair[1]))))
def test_what_is_stricter_one_way_is_weaker_the_other(drawn):
    """The comparison turns round with its sides, and says nothing of equal values or where there is no order."""
    (entry, argument), left, right = drawn
    turned = {"stricter": "weaker", "weaker": "stricter", "": ""}
    said = compared(entry.id, argument, left, right)
    assert compared(entry.id, argument, right, left) == turned[said]
    if left == right or order(entry.id, argument.name) == "none":
        assert said == ""
