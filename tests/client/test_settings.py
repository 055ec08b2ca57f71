"""A server's settings in the library: read, set over what others set, refused before anything is sent, undone."""

from __future__ import annotations

import pytest

from flexsec import ChangeRecord, Leave
from flexsec.errors import GuardRefused, InvalidValue, LeaveRequired, NotObserved, StalePlan, UnknownName
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.acceptance.scene import GROUP, NAME, fault, outcome, shop, world, writes
from tests.engine.dying import Countdown, Death, dying_client

LOWER = Leave(lower_security=True)


def test_settings_are_read_in_one_request():
    """`get` tells all settings and asks once."""
    with simulated(world(tags={"Env": "prod"}, backup_retention_days=9)) as simulation:
        found = shop(simulation).settings.get()
        assert (found.backup_retention_days, found.storage_auto_grow) == (9, "Disabled")
        assert (found.maintenance_window, found.tags) == ("system-managed", {"Env": "prod"})
        assert len(simulation.world.requests) == 1


def test_unread_settings_are_told():
    """A server that cannot be read has no settings, and the missing action is named."""
    with simulated(world()) as simulation:
        simulation.world.faults.add(Fault("X28", method="GET", times=None))
        with pytest.raises(NotObserved) as caught:
            shop(simulation).settings.get()
        assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/read"


def test_everything_is_set_shown_and_undone():
    """Every kind of setting is written once, shown, not written again, and brought back by a rollback elsewhere."""
    wanted = {
        "backup_retention_days": 14,
        "storage_auto_grow": True,
        "maintenance_window": "sun 2:00",
        "tag:env": "prod",
    }
    with simulated(world(tags={"owner": "shop"})) as simulation:
        server = shop(simulation)
        before = server.settings.get()
        run = server.settings.set(wanted, record=ChangeRecord(ticket="OPS-7"))
        assert run.status is RunStatus.COMPLETE
        assert all(each.proof == "read back" and each.side_effects == () for each in run.outcomes)
        assert len(writes(simulation)) == len(wanted)
        found = server.settings.get()
        assert (found.backup_retention_days, found.storage_auto_grow) == (14, "Enabled")
        assert (found.maintenance_window, found.tags) == ("Sunday 02:00", {"owner": "shop", "env": "prod"})
        assert server.settings.set(wanted).run_id == ""
        assert server.settings.plan_set(
            {"backup_retention_days": 21}, record=ChangeRecord(ticket="OPS-8")
        ).record.ticket
        undone = simulation.client().rollback(run.run_id, leave=LOWER)
        assert undone.whole
        assert server.settings.get() == before


def test_a_tag_comes_and_goes_without_the_others():
    """A tag is replaced, removed and brought back while those of others stay as they are."""
    with simulated(world(tags={"Env": "test", "owner": "shop"})) as simulation:
        server = shop(simulation)
        server.settings.set({"tag:env": "prod"})
        assert simulation.world.server(NAME).tags == {"Env": "prod", "owner": "shop"}
        removed = server.settings.set({"tag:ENV": None})
        assert simulation.world.server(NAME).tags == {"owner": "shop"}
        simulation.client().rollback(removed.run_id)
        assert simulation.world.server(NAME).tags == {"owner": "shop", "Env": "prod"}


def test_tags_that_others_add_meanwhile_are_kept():
    """A tag that somebody adds while the server is busy is read before the write is sent again, and kept."""
    with simulated(world(tags={"owner": "shop"}), faults=(fault("X2", method="PATCH"),)) as simulation:
        answer = simulation._answer
        patches = []

        def meanwhile(method, url, headers, body):
            if method == "PATCH":
                patches.append(body)
                if len(patches) == 1:
                    simulation.world.server(NAME).tags["ticket"] = "OPS-7"
            return answer(method, url, headers, body)

        simulation._answer = meanwhile
        run = shop(simulation).settings.set({"tag:env": "prod"})
        assert run.outcomes[0].attempts == 2
        assert simulation.world.server(NAME).tags == {"owner": "shop", "ticket": "OPS-7", "env": "prod"}


def test_what_somebody_else_changes_at_once_is_told():
    """Another setting that changes while ours is written is a side effect of the run, told with both values."""
    with simulated(world()) as simulation:
        answer = simulation._answer

        def meanwhile(method, url, headers, body):
            given = answer(method, url, headers, body)
            if method == "PATCH":
                simulation.world.server(NAME).storage_auto_grow = "Enabled"
            return given

        simulation._answer = meanwhile
        run = shop(simulation).settings.set({"backup_retention_days": 14})
        assert run.outcomes[0].side_effects == ("storage_auto_grow was 'Disabled' and is now 'Enabled'",)


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({}, InvalidValue, "no setting"),
        ({"backup_retention_days": 36}, InvalidValue, "7 to 35"),
        ({"backup_retention_days": 7.5}, InvalidValue, "7 to 35"),
        ({"backup_retention_days": None}, InvalidValue, "only a tag"),
        ({"backup_retention_days": [14]}, InvalidValue, "list"),
        ({"storage_auto_grow": "perhaps"}, InvalidValue, "neither on nor off"),
        ({"maintenance_window": "after lunch"}, InvalidValue, "Sunday 02:00"),
        ({"retention": 14}, UnknownName, "backup_retention_days"),
        ({"tag:a/b": "x"}, InvalidValue, "/"),
        ({"tag:env": "x", "tag:ENV": "y"}, InvalidValue, "twice"),
    ],
)
def test_what_cannot_be_set_is_refused_before_anything_is_read(values, error, said):
    """A wrong name or value is refused in one sentence, and no request is sent for it."""
    with simulated(world()) as simulation:
        with pytest.raises(error, match=said):
            shop(simulation).settings.set(values)
        assert simulation.world.requests == ()


@pytest.mark.parametrize(
    ("members", "values", "said"),
    [
        ({"storage_type": "PremiumV2_LRS"}, {"storage_auto_grow": True}, "Premium SSD v2"),
        ({"tags": {f"t{n}": "x" for n in range(50)}}, {"tag:one-more": "x"}, "50 tags"),
    ],
)
def test_what_this_server_cannot_have_is_refused_before_a_write(members, values, said):
    """What goes against the server's disk or its number of tags is refused with the reason; nothing is written."""
    with simulated(world(**members)) as simulation:
        with pytest.raises(InvalidValue, match=said):
            shop(simulation).settings.set(values)
        assert writes(simulation) == []


def test_a_stopped_server_is_not_written_to():
    """Settings of a stopped server are refused: the service takes no change until it is started."""
    with simulated(world(state="Stopped")) as simulation:
        with pytest.raises(GuardRefused, match="Stopped"):
            shop(simulation).settings.set({"backup_retention_days": 14})
        assert writes(simulation) == []


@pytest.mark.parametrize(
    ("members", "values", "said"),
    [
        ({"backup_retention_days": 30}, {"backup_retention_days": 29}, "fewer days"),
        ({"storage_auto_grow": "Enabled"}, {"storage_auto_grow": False}, "no longer grows"),
    ],
)
def test_less_needs_leave(members, values, said):
    """Fewer days of backups, and autogrow off, need leave to lower; with it they are written."""
    with simulated(world(**members)) as simulation:
        server = shop(simulation)
        with pytest.raises(LeaveRequired, match=said):
            server.settings.set(values)
        assert writes(simulation) == []
        assert server.settings.set(values, leave=LOWER).status is RunStatus.COMPLETE


def test_a_plan_is_stale_for_its_own_settings_only():
    """A saved plan is refused when the setting it is about moved, and not for another one or somebody else's tag."""
    with simulated(world()) as simulation:
        server = shop(simulation)
        plan = server.settings.plan_set({"backup_retention_days": 14, "tag:env": "prod"})
        simulation.world.server(NAME).tags["ticket"] = "OPS-7"
        simulation.world.server(NAME).storage_auto_grow = "Enabled"
        assert server.apply(plan).status is RunStatus.COMPLETE
        again = server.settings.plan_set({"backup_retention_days": 21})
        simulation.world.server(NAME).backup_retention_days = 28
        with pytest.raises(StalePlan, match="backup_retention_days was '14', is now '28'"):
            server.apply(again)
        tagged = server.settings.plan_set({"tag:env": "test"})
        simulation.world.server(NAME).tags["env"] = "dev"
        with pytest.raises(StalePlan, match="tag:env"):
            server.apply(tagged)


def test_what_somebody_changed_since_is_left_alone():
    """A rollback restores only what is still the run's."""
    with simulated(world()) as simulation:
        client = simulation.client()
        run = client.server(GROUP, NAME).settings.set({"tag:env": "prod", "maintenance_window": "Monday 03:00"})
        simulation.world.server(NAME).tags["env"] = "dev"
        undone = client.rollback(run.run_id)
        assert [left.control for left in undone.left] == ["server_setting/tag:env"]
        assert simulation.world.server(NAME).tags == {"env": "dev"}
        assert client.server(GROUP, NAME).settings.get().maintenance_window == "system-managed"


@pytest.mark.parametrize("request_number", range(1, 9))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_setting_that_dies_anywhere_is_mended_by_resume(request_number, after):
    """G7: a run of settings that dies before or after any request is finished by resume, with one effect each."""
    wanted = {"backup_retention_days": 14, "tag:env": "prod"}
    with simulated(world(tags={"owner": "shop"})) as simulation:
        try:
            dying = dying_client(simulation, requests=Countdown(request_number, after=after))
            dying.server(GROUP, NAME).settings.set(wanted)
        except Death:
            pass
        client = simulation.client()
        for run in client.runs():
            assert client.resume(run.run_id).status is RunStatus.COMPLETE
        client.server(GROUP, NAME).settings.set(wanted)
        server = simulation.world.server(NAME)
        assert (server.backup_retention_days, server.tags) == (14, {"owner": "shop", "env": "prod"})
        assert len(simulation.world.effects(simulation.world.server_id(NAME))) == 2


def test_a_forbidden_setting_names_the_action():
    """Without the right to write the server the run says which action is missing, and nothing changed."""
    with simulated(world(), faults=(fault("X28", method="PATCH"),)) as simulation:
        run = shop(simulation).settings.set({"tag:env": "prod"})
        found = outcome(run, "server_setting/tag:env")
        assert found.status is ChangeStatus.FAILED
        assert found.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/write"


@pytest.mark.parametrize(
    ("values", "said"),
    [({1: 2}, "settings: the name 1 is int"), ("x", "settings are given as str"), ([("a", 1)], "given as list"),
     (None, "given as NoneType"), ({None: None}, "the name None is NoneType")],
)  # fmt: skip
def test_what_is_no_mapping_of_names_is_refused(values, said):
    """Settings that are no mapping, and names that are no texts, are refused in words before anything is sent."""
    with simulated(world()) as simulation:
        for verb in (shop(simulation).settings.set, shop(simulation).settings.plan_set):
            with pytest.raises(InvalidValue, match=said):
                verb(values)
        assert len(simulation.world.requests) == 0
