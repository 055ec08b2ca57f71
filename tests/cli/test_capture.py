"""`flexsec capture`: real servers become a world to rehearse on."""

import json

import pytest

from flexsec.simulator import World

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


def test_a_copy_is_rehearsed_on(flexsec, tmp_path, leave):
    """What was captured is taken by --simulate, and audited as the original is."""
    copy = tmp_path / "copy.json"
    taken = flexsec("capture", "--simulate", "insecure", "-g", "rg-shop", "-n", "shop-db", "-o", copy)
    assert (taken.code, taken.out) == (0, "")
    assert "reading shop-db" in taken.err
    assert f"wrote 1 server to {copy}; go on with --simulate {copy}" in taken.err
    original = flexsec("audit", "--simulate", "insecure", "--format", "json").data
    rehearsed = flexsec("audit", "--simulate", copy, "--format", "json").data
    assert [each["status"] for each in original["verdicts"]] == [each["status"] for each in rehearsed["verdicts"]]
    assert flexsec("harden", "--simulate", copy, *leave, "--yes").code in (0, 3)


def test_all_of_a_simulated_azure_is_captured_unless_said(flexsec):
    """Without a target the whole of a simulated Azure is copied, on standard output; what is not copied gives 4."""
    answer = flexsec("capture", "--simulate", "insecure")
    assert answer.code == 4
    assert len(list(World.from_dict(answer.data).servers())) == 2
    assert (
        "not copied: shop-archive: its configurations are those of a fresh server: the server is Stopped" in answer.err
    )


@pytest.mark.parametrize(
    "words",
    [
        (f"/subscriptions/{SUBSCRIPTION}",),
        (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-orders", f"/subscriptions/{SUBSCRIPTION}/resourcegroups/RG-orders-dr"),
        ("-s", SUBSCRIPTION),
        ("--id", f"/subscriptions/{SUBSCRIPTION}"),
    ],
)  # fmt: skip
def test_targets_can_be_wide(flexsec, words):
    """Subscriptions, groups and options name what is captured."""
    answer = flexsec("capture", "--simulate", "replicas", *words)
    assert answer.code == 0
    assert answer.data["subscriptions"][0]["id"] == SUBSCRIPTION
    assert sum(len(group["servers"]) for group in answer.data["subscriptions"][0]["resource_groups"]) == 3


def test_a_group_alone_is_enough_where_there_is_one_subscription(flexsec):
    """In a simulated Azure of one subscription a group need not say which."""
    data = flexsec("capture", "--simulate", "replicas", "-g", "rg-orders").data
    assert [group["name"] for group in data["subscriptions"][0]["resource_groups"]] == ["rg-orders"]


def test_masked(flexsec):
    """--mask leaves no name of the original in the copy."""
    answer = flexsec("capture", "--simulate", "replicas", "--mask")
    assert answer.code == 0
    assert "orders" not in answer.out
    assert SUBSCRIPTION not in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "what to capture? give ids"),
        (("-n", "shop-db"), "which resource group is the server in?"),
        (("-g", "rg-shop"), "which subscription?"),
        (("--simulate", "mixed-fleet", "-g", "rg-shop"), "which subscription?"),
        (("nonsense",), "'nonsense' is not the id of a subscription, a resource group or a flexible server"),
        (("/subscriptions/nonsense",), "is not a subscription id"),
        ((f"/subscriptions/{SUBSCRIPTION}", "-g", "x"), "either ids or --resource-group"),
        (("--simulate", "insecure", "-o", "/no/such/place/w.json"), "there is no directory /no/such/place"),
    ],
)
def test_what_cannot_be_captured_is_told(flexsec, words, said):
    """A wrong command line is refused before anything is asked."""
    answer = flexsec("capture", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_group_that_is_not_there_is_told(flexsec, tmp_path):
    """A group that does not exist is the service's error, and no file is left."""
    copy = tmp_path / "copy.json"
    answer = flexsec("capture", "--simulate", "insecure", "-g", "nope", "-o", copy)
    assert answer.code == 1
    assert "nope" in answer.err
    assert not copy.exists()


def test_the_file_is_a_world_file(flexsec, tmp_path):
    """The file that is written is a world file as the schema and the reader have it."""
    copy = tmp_path / "copy.json"
    assert flexsec("capture", "--simulate", "private", "-o", copy).code == 0
    assert World.load(copy).to_dict() == json.loads(copy.read_text())
