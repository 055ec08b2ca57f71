"""Which servers get a real PostgreSQL, as said on a command line."""

import json

import pytest

from flexsec.simulator import World
from flexsec.simulator.postgres import PostgresError, backed, choices, described
from tests.simulator_postgres.scene import NAME, ask, world


@pytest.fixture
def azure():
    """The insecure world: one server ready, one stopped."""
    return World.builtin("insecure")


def test_servers_by_name_and_id(azure):
    """A server is named by its name or its id, whatever the case; without one the ready server is meant."""
    shop, archive = azure.server_id("shop-db"), azure.server_id("shop-archive")
    assert choices(azure, ["auto"]) == {shop: "auto"}
    assert choices(azure, ["SHOP-db=/opt/pg", f"{archive.upper()}=auto"]) == {shop: "/opt/pg", archive: "auto"}
    assert choices(azure, []) == {}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shop-bd=auto"], "the world has no server 'shop-bd'; it has: shop-db, shop-archive"),
        (["shop-db="], "'shop-db=' names no PostgreSQL; expected [SERVER=]auto or [SERVER=]DIRECTORY"),
        (["=auto"], "'=auto' names no PostgreSQL"),
        ([""], "'' names no PostgreSQL"),
        (["auto", "shop-db=auto"], "'shop-db=auto': shop-db has a PostgreSQL already"),
    ],
)
def test_mistakes_are_told(azure, words, message):
    """A choice that cannot be met names what is wrong and what there is."""
    with pytest.raises(PostgresError) as refusal:
        choices(azure, words)
    assert message in str(refusal.value)


def test_several_candidates_are_listed(azure):
    """Where several servers could be meant they are named."""
    azure.server("shop-archive").state = "Ready"
    with pytest.raises(PostgresError, match=r"say which server .* it has: shop-db, shop-archive"):
        choices(azure, ["auto"])


def test_another_process_can_connect():
    """What is written down for other processes is enough to connect with, and plain data."""
    with backed(world(), ["auto"]) as (real,):
        said = json.loads(json.dumps(described(real)))
        words = {"port": said["port"], "user": said["administrator"], "password": said["password"]}
        assert ask(real, "SELECT current_user", **words, sslrootcert=said["ca_file"]) == "shopadmin"
        assert said["server"].endswith(f"/flexibleServers/{NAME}")
