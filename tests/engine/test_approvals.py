"""Approvals: whose consent counts, for what, and how it is kept. Through the library, on a simulated server."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.engine import approval_file, plan_file
from flexsec.engine.approvals import Consent, refuse_unapproved
from flexsec.engine.basis import sealed
from flexsec.errors import ApprovalRequired, CredentialUnavailable, InvalidValue, PlanInvalid, UsageError
from flexsec.model.change_record import Approval, ChangeRecord
from flexsec.model.encoding import digest
from flexsec.testing import simulated
from tests.engine.worlds import GROUP, NAME, world_of

IDS = {name: f"{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}" for name, digit in
       {"maker": "1", "approver": "2", "applier": "3", "other": "6"}.items()}  # fmt: skip
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def office(**identities):
    """A simulation of one server with log_checkpoints off, in which these four people can sign in."""
    data = world_of({"name": NAME, "version": "16", "parameters": {"log_checkpoints": "off"}})
    data["sign_in"] = {
        "managed_identities": [{"client_id": IDS[name], "object_id": f"9{IDS[name][1:]}"} for name in IDS]
    }
    return simulated(data, **identities)


def oid(name):
    """The object id of a person."""
    return f"9{IDS[name][1:]}"


def as_(simulation, name):
    """A client signed in as a person."""
    return simulation.client(client_id=IDS[name])


def planned(simulation, name="maker"):
    """A plan made by a person."""
    return as_(simulation, name).server(GROUP, NAME).plan()


def test_a_plan_approved_by_a_second_identity_is_applied_by_a_third():
    """Maker, approver and applier are three: the run is made, and tells who approved what, when and with which words."""
    with office() as simulation:
        plan = planned(simulation)
        assert plan.made_by == oid("maker")
        approval = as_(simulation, "approver").approve(plan, comment="Looks right.")
        assert (approval.digest, approval.approved_by) == (plan.digest, oid("approver"))
        handle = as_(simulation, "applier").server(GROUP, NAME)
        run = handle.apply(plan, approvals=[approval], require_approval=True)
        assert run.status == "complete"
        assert run.identity == oid("applier")
        assert run.approvals == (approval,)
        assert simulation.client().run(run.run_id) == run


def test_approving_asks_nothing_of_azure():
    """An approval sends no request at all to the service: a token is all it needs."""
    with office() as simulation:
        plan = planned(simulation)
        before = len(simulation.world.requests)
        as_(simulation, "approver").approve(plan)
        assert len(simulation.world.requests) == before


@pytest.mark.parametrize(
    ("approver", "applier", "told"),
    [
        (None, "applier", "needs the approval of a second identity: `flexsec approve PLAN`"),
        ("applier", "applier", "who approved a plan does not apply it"),
        ("other", "other", "who approved a plan does not apply it"),
    ],
)
def test_nobody_is_their_own_second_identity(approver, applier, told):
    """Without an approval, or with one by who applies the plan, nothing is sent and nothing is journalled."""
    with office() as simulation:
        plan = planned(simulation)
        approvals = [as_(simulation, approver).approve(plan)] if approver else []
        before = len(simulation.world.requests)
        with pytest.raises(ApprovalRequired) as refused:
            as_(simulation, applier).server(GROUP, NAME).apply(plan, approvals=approvals, require_approval=True)
        assert told in refused.value.message
        assert refused.value.exit_code == 6
        assert len(simulation.world.requests) == before
        assert simulation.client().runs() == ()


def test_the_maker_may_apply_what_another_approved():
    """Two people are enough: the maker applies what a second one approved."""
    with office() as simulation:
        plan = planned(simulation)
        approval = as_(simulation, "approver").approve(plan)
        run = as_(simulation, "maker").server(GROUP, NAME).apply(plan, approvals=(approval,), require_approval=True)
        assert run.status == "complete"


def test_who_may_not_approve():
    """The plan's maker, somebody whose token does not tell who they are, and who approved before are refused."""
    with office() as simulation:
        plan = planned(simulation)
        with pytest.raises(ApprovalRequired, match="made this plan, so somebody else has to approve it"):
            as_(simulation, "maker").approve(plan)
        approver = as_(simulation, "approver")
        first = approver.approve(plan)
        with pytest.raises(ApprovalRequired, match=f"{oid('approver')} approved this plan already"):
            approver.approve(plan, earlier=[first])
        assert as_(simulation, "other").approve(plan, earlier=[first]).approved_by == oid("other")
        world = simulation.world
    world.state.principals["a text"] = world.state.sign_in.managed_identities[IDS["other"]].principal
    with simulated(world, principal="a text") as nameless:
        with pytest.raises(ApprovalRequired, match="who approves cannot be told"):
            nameless.client().approve(plan)
        with pytest.raises(ApprovalRequired, match="who applies the plan cannot be told"):
            nameless.server(GROUP, NAME).apply(plan, approvals=[first], require_approval=True)


def test_a_plan_whose_maker_is_unknown_can_neither_be_approved_nor_pass_for_approved():
    """When a plan does not tell who made it, nobody can be told apart from its maker: both ways are refused."""
    with office() as simulation:
        plan = sealed(replace(planned(simulation), made_by=""))
        with pytest.raises(ApprovalRequired, match="the plan does not tell who made it"):
            as_(simulation, "approver").approve(plan)
        forged = Approval(digest=plan.digest, approved_by=oid("approver"), approved_at=AT)
        with pytest.raises(ApprovalRequired, match="the plan does not tell who made it"):
            as_(simulation, "applier").server(GROUP, NAME).apply(plan, approvals=[forged], require_approval=True)


def test_an_edited_plan_is_neither_approved_nor_applied():
    """The seal is looked at first, by both."""
    with office() as simulation:
        plan = planned(simulation)
        approval = as_(simulation, "approver").approve(plan)
        edited = replace(plan, made_by=oid("other"))
        with pytest.raises(PlanInvalid, match="edited after it was made"):
            as_(simulation, "approver").approve(edited)
        with pytest.raises(PlanInvalid, match="edited after it was made"):
            as_(simulation, "applier").server(GROUP, NAME).apply(edited, approvals=[approval], require_approval=True)


def test_an_approval_of_another_plan_does_not_count():
    """Consent is to exactly one digest: a plan made again needs a new one, and is told why the old one does not do."""
    with office() as simulation:
        approval = as_(simulation, "approver").approve(planned(simulation))
        simulation.clock.sleep(1)
        again = planned(simulation)
        handle = as_(simulation, "applier").server(GROUP, NAME)
        with pytest.raises(ApprovalRequired, match="is of another plan"):
            handle.apply(again, approvals=[approval], require_approval=True)
        assert handle.apply(again, approvals=[approval]).approvals == ()


def test_an_approval_can_be_too_old():
    """With a greatest age an approval counts up to it and not a second longer; without one it does not age."""
    with office() as simulation:
        plan = planned(simulation)
        approval = as_(simulation, "approver").approve(plan)
        simulation.clock.sleep(3600)
        handle = as_(simulation, "applier").server(GROUP, NAME)
        with pytest.raises(ApprovalRequired, match="is too old: given 60 min ago, at most 59 min are allowed"):
            handle.apply(plan, approvals=[approval], require_approval=True, approval_max_age=3599)
        with pytest.raises(InvalidValue, match="approval_max_age=0 is no length of time"):
            handle.apply(plan, approvals=[approval], require_approval=True, approval_max_age=0)
        ahead = replace(approval, approved_at=simulation.clock.now() + timedelta(minutes=6))
        with pytest.raises(ApprovalRequired, match="from the future"):
            handle.apply(plan, approvals=[ahead], require_approval=True, approval_max_age=3600)
        run = handle.apply(plan, approvals=[approval], require_approval=True, approval_max_age=3600)
        assert run.status == "complete"


def test_who_approved_a_run_does_not_finish_it():
    """A run that needed an approval is resumed by anybody but its only approver; nothing is sent for a refused one."""
    fault = {"id": "X5", "method": "PUT", "times": 1}
    with office(faults=[fault]) as simulation:
        plan = planned(simulation)
        approval = as_(simulation, "approver").approve(plan)
        run = as_(simulation, "applier").server(GROUP, NAME).apply(plan, approvals=[approval], require_approval=True)
        assert run.status == "partial", run
        before = len(simulation.world.requests)
        with pytest.raises(ApprovalRequired, match="who approved a plan does not apply it"):
            as_(simulation, "approver").resume(run.run_id)
        assert len(simulation.world.requests) == before
        simulation.clock.sleep(1_000_000)  # an old approval does not keep a run from being finished
        done = as_(simulation, "other").resume(run.run_id, record=ChangeRecord(ticket="INC-9"))
        assert done.status == "complete"
        assert done.approvals == (approval,)
        assert done.record.ticket == "INC-9"


def test_things_of_another_kind_are_refused_in_words():
    """A text for an approval, or a single one instead of several, is told as what it is."""
    with office() as simulation:
        plan = planned(simulation)
        approval = as_(simulation, "approver").approve(plan)
        handle = as_(simulation, "applier").server(GROUP, NAME)
        for wrong in ("approved", approval, [approval, "and me"]):
            with pytest.raises(InvalidValue, match="approvals are not of their kind"):
                handle.apply(plan, approvals=wrong, require_approval=True)
        with pytest.raises(InvalidValue, match="is no change record"):
            handle.apply(plan, record="CHG-7")


def test_approving_needs_somebody_to_sign_in_as():
    """Without a token there is no approval, and the message says what is missing."""
    from flexsec import FlexSec

    class Nobody:
        def get_token(self, *scopes, **options):
            raise RuntimeError("not signed in")

    with office() as simulation:
        plan = planned(simulation)
        client = FlexSec(Nobody(), simulation.subscription_id, transport=simulation.transport)
        with pytest.raises(CredentialUnavailable):
            client.approve(plan)


PEOPLE = st.sampled_from(["", "m", "M", "a", "b"])


@given(
    maker=PEOPLE,
    identity=PEOPLE,
    approvals=st.lists(st.tuples(PEOPLE, st.sampled_from(["right", "wrong"]), st.integers(-1000, 100_000)), max_size=4),
    max_age=st.none() | st.integers(1, 50_000),
)
def test_exactly_an_approval_by_a_third_party_counts(the_plan, maker, identity, approvals, max_age):
    """The judgement is the sentence itself: some approval of this plan, by a known one, neither maker nor applier, in time."""
    plan = replace(the_plan, made_by=maker, digest="right")
    given_ = tuple(
        Approval(digest=which, approved_by=by, approved_at=AT - timedelta(seconds=age)) for by, which, age in approvals
    )
    counts = any(
        by and which == "right" and by.lower() not in (maker.lower(), identity.lower())
        and (max_age is None or -300 <= age <= max_age)
        for by, which, age in approvals
    )  # fmt: skip
    consent = Consent(approvals=given_, required=True, max_age=max_age)
    if counts and maker and identity:
        refuse_unapproved(plan, consent, identity=identity, now=AT)
        return
    with pytest.raises(ApprovalRequired) as refused:
        refuse_unapproved(plan, consent, identity=identity, now=AT)
    if maker and identity:
        assert len(refused.value.reasons) == 1 + len(approvals), "each approval has its reason"


@pytest.fixture(scope="module")
def the_plan():
    """Some plan."""
    with office() as simulation:
        return planned(simulation)


# -- the file ---------------------------------------------------------------------------------------------------------


def one(name="approver", of="d" * 64):
    """An approval."""
    return Approval(digest=of, approved_by=oid(name), approved_at=AT, comment="é")


def test_approvals_accumulate_beside_the_plan(tmp_path):
    """NAME.json has its approvals in NAME.approval.json, oldest first; a plan of any name has such a file."""
    path = approval_file.place(tmp_path / "plan.json")
    assert path == tmp_path / "plan.approval.json"
    assert approval_file.place(tmp_path / "my.plan").name == "my.plan.approval.json"
    assert approval_file.read(path) == ()
    assert approval_file.add(one(), path) == (one(),)
    assert approval_file.add(one("other"), path) == (one(), one("other")) == approval_file.read(path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_who_applies_can_read_the_file(tmp_path):
    """The file is readable for others, as the umask allows, and writable for its owner alone."""
    path = tmp_path / "plan.approval.json"
    before = os.umask(0o022)
    try:
        approval_file.add(one(), path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_approvals_of_an_earlier_plan_are_dropped(tmp_path):
    """When the plan was made again, an approval of it begins the file anew."""
    path = tmp_path / "plan.approval.json"
    approval_file.add(one(of="e" * 64), path)
    assert approval_file.add(one(), path) == (one(),) == approval_file.read(path)


def edit(path, **members):
    """Change the file as a person might."""
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, **members}))


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda path: path.write_text("{"), "it is not JSON"),
        (lambda path: path.write_bytes(b"\xff"), "it is not JSON"),
        (lambda path: path.write_text("[" * 100_000), "it is not JSON"),
        (lambda path: path.write_text('{"a": 1}'), "it is other JSON"),
        (lambda path: path.write_text("[]"), "it is other JSON"),
        (lambda path: edit(path, format=2), "it is of format 2; this version of flexsec reads format 1"),
        (lambda path: edit(path, approvals=[]), "its digest does not match"),
        (lambda path: edit(path, note="and me"), "its digest does not match"),
        (
            lambda path: path.write_text(
                json.dumps({**(data := {"format": 1, "approvals": [{"digest": "d"}]}), "digest": digest(data)})
            ),
            "an entry is no approval",
        ),
    ],
)
def test_a_file_that_was_edited_counts_for_nothing(tmp_path, break_it, told):
    """Whatever is wrong with the file is said, with what to do; nothing is added to it and it is left as it is."""
    path = tmp_path / "plan.approval.json"
    approval_file.add(one(), path)
    break_it(path)
    broken = path.read_bytes()
    for attempt in (lambda: approval_file.read(path), lambda: approval_file.add(one("other"), path)):
        with pytest.raises(ApprovalRequired) as refused:
            attempt()
        assert told in refused.value.message
        assert "move the file away and have the plan approved again" in refused.value.message
    assert path.read_bytes() == broken


@given(st.data())
def test_no_single_changed_character_goes_unnoticed(tmp_path_factory, data):
    """Any one character of the file changed to another is noticed, or changes nothing of what the file says."""
    path = tmp_path_factory.mktemp("any") / "plan.approval.json"
    approval_file.add(one(), path)
    text = path.read_text(encoding="utf-8")
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda found: found != text[position]))
    path.write_text(text[:position] + other + text[position + 1 :], encoding="utf-8", newline="")
    with suppress(ApprovalRequired, InvalidValue):
        assert approval_file.read(path) == (one(),)


def test_a_place_that_cannot_be_read_or_written_is_told(tmp_path):
    """A directory in the file's place, and one that does not exist, are told with the path; nothing is left behind."""
    (tmp_path / "plan.approval.json").mkdir()
    with pytest.raises(UsageError, match=r"cannot read the approvals .*plan\.approval\.json"):
        approval_file.read(tmp_path / "plan.approval.json")
    with pytest.raises(UsageError, match="cannot write the approval to"):
        approval_file.add(one(), tmp_path / "nosuch" / "plan.approval.json")


def test_a_second_approver_at_the_same_moment_is_not_overwritten(tmp_path, monkeypatch):
    """When somebody else's approval appears while one is written, the later says so and writes nothing."""
    path = tmp_path / "plan.approval.json"
    really = approval_file.to_data

    def meanwhile(value):
        monkeypatch.setattr(approval_file, "to_data", really)
        approval_file.add(one("other"), path)
        return really(value)

    monkeypatch.setattr(approval_file, "to_data", meanwhile)
    with pytest.raises(UsageError, match="somebody else has just written"):
        approval_file.add(one(), path)
    assert approval_file.read(path) == (one("other"),)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_plan_and_its_approvals_go_through_files(tmp_path):
    """What is read back is what was approved: maker, record and digest survive the plan's file."""
    with office() as simulation:
        handle = as_(simulation, "maker").server(GROUP, NAME)
        plan_file.write(handle.plan(record=ChangeRecord(reference="CHG-1")), tmp_path / "plan.json")
        plan = plan_file.read(tmp_path / "plan.json")
        path = approval_file.place(tmp_path / "plan.json")
        approval_file.add(as_(simulation, "approver").approve(plan), path)
        run = (
            as_(simulation, "applier")
            .server(GROUP, NAME)
            .apply(plan, approvals=approval_file.read(path), require_approval=True)
        )
        assert (run.status, run.record.reference) == ("complete", "CHG-1")


def test_nobody_writes_between_the_comparison_and_the_replacement(tmp_path, monkeypatch):
    """While one approval is compared and put in place, another is refused in words; the lock is gone afterwards."""
    path = tmp_path / "plan.approval.json"
    really, refused = approval_file._bytes, []

    def compared(place):
        found = really(place)
        if list(tmp_path.glob(".*.lock")):
            monkeypatch.setattr(approval_file, "_bytes", really)
            with pytest.raises(UsageError, match="somebody else has just written") as caught:
                approval_file.add(one("other"), path)
            refused.append(caught.value)
        return found

    monkeypatch.setattr(approval_file, "_bytes", compared)
    assert approval_file.add(one(), path) == (one(),) == approval_file.read(path)
    assert refused
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
