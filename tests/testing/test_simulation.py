import json
import threading

import pytest

from flexsec import FlexSec, Leave
from flexsec.errors import UnknownName, UsageError
from flexsec.model.verdict import Status
from flexsec.simulator import Fault, World
from flexsec.testing import Simulation, simulated

READER = {
    "reader": {
        "object_id": "44444444-4444-4444-4444-444444444444",
        "allowed_actions": ["Microsoft.DBforPostgreSQL/flexibleServers/read", "*/firewallRules/read"],
    }
}


@pytest.fixture
def world_file(tmp_path):
    """A world file with the insecure world."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    return path


def test_builtin_world_is_hardened_and_thrown_away():
    """A built-in world can be worked on, and the next one starts anew; its journal goes with it."""
    with simulated() as simulation:
        run = simulation.server("rg-shop", "shop-db").parameters.set("log_checkpoints", "on")
        assert run.status == "complete"
        assert simulation.client().run(run.run_id).run_id == run.run_id
        directory = simulation.state_directory
        assert list(directory.iterdir())
    assert not directory.exists()
    with simulated("insecure") as simulation:
        assert simulation.server("rg-shop", "shop-db").parameters.get("log_checkpoints").value == "off"


def test_usable_without_a_with_block():
    """A simulation works without `with`; its directory goes when the simulation does."""
    simulation = simulated()
    directory = simulation.state_directory
    assert simulation.server("rg-shop", "shop-db").threat_protection.get().enabled is False
    del simulation
    import gc

    gc.collect()
    assert not directory.exists()


def test_world_file_is_kept(world_file):
    """What is done to a world in a file is there for the next process, clock and journal included."""
    with simulated(world_file) as simulation:
        run = simulation.server("rg-shop", "shop-db").parameters.set("log_checkpoints", "on")
        ended = simulation.clock.now()
    with simulated(str(world_file)) as simulation:
        assert simulation.clock.now() == ended
        assert simulation.server("rg-shop", "shop-db").parameters.get("log_checkpoints").value == "on"
        assert [each.run_id for each in simulation.client().runs()] == [run.run_id]
    assert simulation.state_directory == world_file.with_name("world.json.state")
    assert simulation.state_directory.is_dir()


def test_world_from_data_and_value():
    """The data of a world file and a world itself are taken as well, and changed in place only in memory."""
    world = World.builtin("insecure")
    for given in (world, world.to_dict()):
        with simulated(given) as simulation:
            assert isinstance(simulation, Simulation)
            assert len(simulation.server("rg-shop", "shop-db").firewall.list()) == 3
    assert world.requests


def test_faults_are_switched_on():
    """Faults are taken as values or in the form of a world file."""
    fault = {"id": "X28", "path": "/firewallRules", "times": None}
    for faults in ([fault], [Fault("X28", path="/firewallRules", times=None)]):
        with simulated(faults=faults) as simulation:
            assessment = simulation.server("rg-shop", "shop-db").audit()
            assert {v.control for v in assessment.with_status(Status.UNKNOWN)} >= {"net-fw-no-allow-all"}


def test_principal_signs_in():
    """A principal of the world may do what its actions allow and no more; the right that is missing is named."""
    data = World.builtin("insecure").to_dict() | {"principals": READER}
    with simulated(data, principal="reader") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        assert len(server.firewall.list()) == 3
        run = server.firewall.allow("office-2", "203.0.113.200")
        assert run.outcomes[0].missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write"
        assert simulation.world.effects(server.id.arm_id) == ()


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"world": "insecur"}, UnknownName, "did you mean insecure?"),
        ({"world": "no/such/file.json"}, UnknownName, "the built-in worlds are"),
        ({"principal": "nobody"}, UnknownName, "no principal 'nobody'"),
        ({"faults": [{"id": "X99"}]}, UsageError, "X99"),
        ({"faults": [{"id": "X1", "tims": 1}]}, UsageError, "tims"),
        ({"world": {"subscriptions": 7}}, UsageError, "subscriptions"),
    ],
)
def test_bad_arguments_are_told(arguments, error, told):
    """An unknown world, principal or fault is refused with what there is."""
    with pytest.raises(error) as caught:
        simulated(**arguments)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1, "subscription": []}', "\udcff"])
def test_bad_world_file_is_told(tmp_path, text):
    """A file that is no world is refused with its name; nothing is written to it."""
    path = tmp_path / "broken.json"
    path.write_text(text, errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(UsageError) as caught:
        simulated(path)
    assert "broken.json" in str(caught.value)
    assert path.read_bytes() == before


def test_folder_is_no_world_file(tmp_path):
    """A folder in place of a file is told as such."""
    with pytest.raises(UsageError, match="is a directory"):
        simulated(tmp_path)


def test_several_subscriptions_must_be_named():
    """With more than one subscription the caller says which; the error lists them."""
    data = World.builtin("insecure").to_dict()
    second = json.loads(json.dumps(data["subscriptions"][0]))
    second["id"] = "55555555-5555-5555-5555-555555555555"
    group = second["resource_groups"][0]
    for resource in (*group["servers"], *group["vaults"]):
        resource["name"] += "-2"
    data["subscriptions"].append(second)
    with simulated(data) as simulation:
        with pytest.raises(UsageError, match="55555555"):
            simulation.client()
        client = simulation.client(subscription_id=second["id"])
        assert client.server("rg-shop", "shop-db-2").threat_protection.get().enabled is False


def test_own_client_on_the_transport(tmp_path):
    """Transport, credential and clock can be handed to a FlexSec of one's own."""
    with simulated() as simulation:
        client = FlexSec(
            simulation.credential,
            simulation.subscription_id,
            transport=simulation.transport,
            clock=simulation.clock,
            state_directory=tmp_path,
        )
        run = client.server("rg-shop", "shop-db").harden(leave=Leave()).run
        assert run is not None
        assert run.identity == "22222222-2222-2222-2222-222222222222"
        assert list(tmp_path.iterdir())


def test_another_thread_is_told_to_register():
    """A thread that works on the simulation registers with its clock; then two threads share the simulated time."""
    with simulated() as simulation:
        server, said = simulation.server("rg-shop", "shop-db"), []

        def work():
            with simulation.clock.thread():
                said.append(server.parameters.set("log_checkpoints", "on").status)

        worker = threading.Thread(target=work)
        with simulation.clock.away():
            worker.start()
            worker.join(20)
        assert said == ["complete"]


def test_a_slow_answer_takes_time_on_the_simulated_clock():
    """A fault that makes an answer slow moves the clock by as much, and the answer is the proper one."""
    with simulated(
        "insecure", faults=[{"id": "X29", "method": "GET", "arguments": {"form": "slow", "seconds": 45}}]
    ) as azure:
        begun = azure.clock.monotonic()
        assert azure.server("rg-shop", "shop-db").audit().findings()
        assert azure.clock.monotonic() - begun == 45
