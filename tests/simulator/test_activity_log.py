"""The activity log: what took effect, by whom and when, in Microsoft's documented form and filter language."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from flexsec.simulator import Fault, World, WorldError

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
LOG = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
SINCE = "eventTimestamp ge '2026-01-05T00:00:00Z'"


def ask(azure, only=SINCE, *, select="", version="2015-04-01", then=""):
    """The answer to a question to the log."""
    query = f"?api-version={version}&$filter={quote(only)}" + (f"&$select={select}" if select else "") + then
    return azure.get(LOG + query)


def events(azure, only=SINCE):
    """The events that a filter chooses, as (what, on what)."""
    answered = ask(azure, only)
    assert answered.status == 200, answered.json
    return [(each["operationName"]["value"].partition("/")[2], each["resourceId"]) for each in answered.json["value"]]


def test_a_write_that_took_effect_stands_in_the_log(azure):
    """Who, when, what and on what, once the operation has ended, in the documented members."""
    assert events(azure) == []
    accepted = azure.set("log_connections", "on")
    assert events(azure) == []
    azure.finish(accepted, 30)
    (event,) = ask(azure).json["value"]
    action = "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"
    assert event["operationName"]["value"] == event["authorization"]["action"] == action
    assert event["resourceId"] == f"{azure.db}/configurations/log_connections"
    assert event["caller"] == "22222222-2222-2222-2222-222222222222"
    assert event["claims"]["http://schemas.microsoft.com/identity/claims/objectidentifier"] == event["caller"]
    assert event["eventTimestamp"] == "2026-01-05T09:00:10.0000000Z"
    assert (event["status"]["value"], event["category"]["value"]) == ("Succeeded", "Administrative")
    assert (event["resourceGroupName"], event["httpRequest"]["method"]) == ("rg-shop", "PUT")
    assert event["resourceProviderName"]["value"] == "Microsoft.DBforPostgreSQL"
    assert event["subscriptionId"] == SUBSCRIPTION.rpartition("/")[2]


def test_what_failed_does_not(azure):
    """A refused write, one that failed in its poll and a reading leave no event."""
    azure.set("log_connections", "perhaps")
    azure.get(azure.db)
    azure.world.faults.add(Fault("X7", method="PUT", arguments={"form": "poll", "applied": False}))
    azure.finish(azure.set("log_connections", "on"))
    assert events(azure) == []


def test_every_kind_of_write_stands_there(azure):
    """Rules, threat protection, the server, a restart, tags and Defender's plan: each with its own id, newest first."""
    rule = f"{azure.db}/firewallRules/vpn"
    azure.finish(azure.put(rule, {"startIpAddress": "203.0.113.64", "endIpAddress": "203.0.113.64"}))
    azure.finish(azure.ask("DELETE", rule))
    azure.finish(azure.put(f"{azure.db}/advancedThreatProtectionSettings/Default", {"state": "Enabled"}))
    azure.finish(azure.patch(azure.db, {"properties": {"backup": {"backupRetentionDays": 14}}}))
    azure.finish(azure.ask("POST", f"{azure.db}/restart", {"restartWithFailover": False}))
    tags = f"{azure.db}/providers/Microsoft.Resources/tags/default"
    azure.ask("PATCH", tags, {"operation": "Merge", "properties": {"tags": {"a": "b"}}}, version="2021-04-01")
    azure.wait(1)
    plan = f"{SUBSCRIPTION}/providers/Microsoft.Security/pricings/Api"
    azure.put(plan, {"pricingTier": "Standard"}, version="2024-01-01")
    assert events(azure) == [
        ("pricings/write", plan),
        ("tags/write", tags),
        ("flexibleServers/restart/action", azure.db),
        ("flexibleServers/write", azure.db),
        (
            "flexibleServers/advancedThreatProtectionSettings/write",
            f"{azure.db}/advancedThreatProtectionSettings/Default",
        ),
        ("flexibleServers/firewallRules/delete", rule),
        ("flexibleServers/firewallRules/write", rule),
    ]


def test_filters_choose(azure):
    """By time, by resource (whatever its case), by group and by provider; times are inclusive."""
    azure.finish(azure.set("log_connections", "on"), 100)
    azure.finish(azure.set("log_checkpoints", "on"), 100)
    own = f"{azure.db}/configurations/log_connections"
    assert events(azure, f"{SINCE} and resourceUri eq '{own.upper()}'") == [
        ("flexibleServers/configurations/write", own)
    ]
    assert events(azure, f"{SINCE} and resourceUri eq '{azure.db}'") == []
    assert len(events(azure, f"{SINCE} and resourceGroupName eq 'RG-SHOP'")) == 2
    assert len(events(azure, f"{SINCE} and resourceProvider eq 'Microsoft.DBforPostgreSQL'")) == 2
    assert len(events(azure, f"{SINCE} and eventTimestamp le '2026-01-05T09:00:10Z'")) == 1
    assert events(azure, "eventTimestamp ge '2026-01-05T09:01:51Z'") == []


@pytest.mark.parametrize(
    "only",
    [
        "", "caller eq 'x'", "resourceUri eq 'x'", f"{SINCE} or resourceUri eq 'x'", f"{SINCE} and caller eq 'x'",
        "eventTimestamp ge 'yesterday'", f"{SINCE} and resourceUri ne 'x'", f"{SINCE} and resourceUri eq x",
        f"{SINCE} and resourceUri eq 'x' and resourceGroupName eq 'y'", "eventTimestamp gt '2026-01-05T00:00:00Z'",
    ],
)  # fmt: skip
def test_other_filters_are_refused(azure, only):
    """A filter that is missing, has no beginning or is in another language is refused (documented: none else is taken)."""
    assert ask(azure, only).status == 400


def test_ninety_days_are_kept(azure):
    """A start more than 90 days ago is refused, and an older event is gone."""
    azure.finish(azure.set("log_connections", "on"))
    azure.wait(91 * 86400)
    refused = ask(azure)
    assert (refused.status, refused.code) == (400, "BadRequest")
    assert refused.message == "The start time cannot be more than 90 days in the past."
    assert events(azure, f"eventTimestamp ge '{azure.now:%Y-%m-%d}T00:00:00Z'") == []


def test_members_are_chosen(azure):
    """$select gives the members that it names, and refuses others."""
    azure.finish(azure.set("log_connections", "on"))
    (event,) = ask(azure, select="caller,eventTimestamp").json["value"]
    assert set(event) == {"caller", "eventTimestamp"}
    assert ask(azure, select="nonsense").status == 400


def test_the_log_comes_in_pages(azure):
    """A log of several pages is followed by its links, filter included."""
    for value in ("on", "off", "on"):
        azure.finish(azure.set("log_connections", value))
    azure.world.surroundings = replace(azure.world.surroundings, page_size=2)
    first = ask(azure)
    rest = azure.get(first.json["nextLink"])
    assert [len(first.json["value"]), len(rest.json["value"])] == [2, 1]
    assert "nextLink" not in rest.json


def test_reading_it_needs_its_own_right(client_of, world_with):
    """Microsoft.Insights/eventtypes/values/read at the subscription; another api-version is refused."""
    world = world_with()
    world["principals"] = {
        "some-token": {
            "object_id": "44444444-4444-4444-4444-444444444444",
            "allowed_actions": ["Microsoft.DBforPostgreSQL/*"],
        }
    }
    refused = ask(client_of(world))
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert "action 'Microsoft.Insights/eventtypes/values/read' over scope '/subscriptions/" in refused.message
    assert ask(client_of(), version="2017-03-01-preview").status == 400


def test_another_subscriptions_events_are_its_own(azure):
    """A subscription that there is not has no log."""
    azure.finish(azure.set("log_connections", "on"))
    other = LOG.replace("11111111-1111-1111-1111-111111111111", "99999999-9999-9999-9999-999999999999")
    assert azure.get(f"{other}?api-version=2015-04-01&$filter={quote(SINCE)}").code == "SubscriptionNotFound"


def test_the_log_is_kept_in_the_worlds_file(azure):
    """Another process that opens the world finds the events, and a running operation knows who asked for it."""
    azure.finish(azure.set("log_connections", "on"))
    azure.set("log_checkpoints", "on")
    document = azure.world.to_dict()
    assert [each["action"] for each in document["activity"]] == [
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"
    ]
    copy = World.from_dict(document)
    assert copy.to_dict() == document
    azure.world = copy
    azure.wait(60)
    assert [what for _, what in events(azure)] == [
        f"{azure.db}/configurations/log_checkpoints",
        f"{azure.db}/configurations/log_connections",
    ]
    document["activity"][0]["at"] = "soon"
    with pytest.raises(WorldError, match="activity"):
        World.from_dict(document)


def test_the_log_is_bounded(azure):
    """A world forgets its oldest events, so that its file does not grow for ever."""
    from flexsec.simulator.activity_log import EVENTS_REMEMBERED, Event

    (old,) = [Event(azure.now, "a", "b/c/write", "/subscriptions/x", "PUT")]
    azure.world.state.activity = [old] * EVENTS_REMEMBERED
    azure.finish(azure.set("log_connections", "on"))
    assert len(azure.world.state.activity) == EVENTS_REMEMBERED
    assert azure.world.state.activity[-1].caller == "22222222-2222-2222-2222-222222222222"
