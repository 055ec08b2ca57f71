"""The exchange of a server's own key, without any Azure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flexsec.model.change import Change
from flexsec.model.desire import DesiredEncryptionKey
from flexsec.model.server import CustomerKey
from flexsec.operations import encryption_key as operation
from flexsec.operations.operation import Obstacle
from tests.controls.states import state

READERS = [
    f"/subscriptions/1/resourceGroups/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    for name in ("near", "far", "new", "other")
]
KEY = st.builds(
    lambda vault, name, version: f"https://{vault}.vault.azure.net/keys/{name}{version}",
    st.sampled_from(["near", "far"]),
    st.sampled_from(["one", "two", "Three"]),
    st.sampled_from(["", "/" + "a" * 32]),
)
IDENTITY = st.sampled_from(READERS)


def server(key: CustomerKey, *, geo: bool, **more):
    """The state of a server with this key."""
    observed = state(
        {"server": {"encryption": "AzureKeyVault", "geo_redundant_backup": "Enabled" if geo else "Disabled", **more}}
    )
    return replace(observed, server=replace(observed.server, customer_key=key, identities=tuple(READERS[:2])))


@st.composite
def exchanges(draw):
    """A state and what is asked for of it, which may be nothing new."""
    geo = draw(st.booleans())
    second = {"geo_backup_uri": draw(KEY), "geo_backup_identity": READERS[1]} if geo else {}
    before = CustomerKey(uri=draw(KEY), identity=READERS[0], status="Valid", **second)
    asked = {"key": draw(KEY), "identity": draw(IDENTITY)}
    if geo:
        asked |= {"geo_backup_key": draw(KEY), "geo_backup_identity": draw(IDENTITY)}
    elif draw(st.booleans()):
        asked.pop(draw(st.sampled_from(["key", "identity"])))
    return server(before, geo=geo), DesiredEncryptionKey(**asked)


@given(exchanges())
def test_a_change_holds_afterwards_and_its_undoing_restores(case):
    """What is predicted is what the change wants; nothing is left to do then; undoing brings back just what was there."""
    observed, desire = case
    change = operation.diff(desire, observed)
    assume(isinstance(change, Change))
    assert operation.untouched(change, observed)
    assert not operation.holds(change, observed)
    after = operation.predict(change, observed)
    assert operation.holds(change, after)
    assert operation.diff(desire, after) is None
    back = operation.undo(change)
    restored = operation.predict(back, after)
    told = restored.server.customer_key
    before = observed.server.customer_key
    assert (told.uri, told.identity, told.geo_backup_uri) == (before.uri, before.identity, before.geo_backup_uri)
    assert {change.closing, back.closing} == {"encryption-key"}


@given(exchanges())
def test_what_is_sent_names_whole_pairs_and_nothing_else(case):
    """F1: type, and one pair or both; an identity block only for identities that the server lacks."""
    observed, desire = case
    change = operation.diff(desire, observed)
    assume(isinstance(change, Change))
    body = operation._body(change.after, observed.server)
    told = body["properties"].pop("dataEncryption")
    pair = {"type", "primaryKeyURI", "primaryUserAssignedIdentityId"}
    geo = {"geoBackupKeyURI", "geoBackupUserAssignedIdentityId"}
    assert told.keys() == (pair | geo if observed.server.geo_redundant_backup == "Enabled" else pair)
    assert body.pop("properties") == {}
    named = {told["primaryUserAssignedIdentityId"], told.get("geoBackupUserAssignedIdentityId", READERS[0])}
    new = named - set(READERS[:2])
    assert body == (
        {"identity": {"type": "UserAssigned", "userAssignedIdentities": {each: {} for each in new}}} if new else {}
    )


def test_a_system_assigned_identity_stays():
    """The block that assigns another identity says that the server's own stays."""
    observed = server(CustomerKey(uri="https://v.vault.azure.net/keys/a", identity=READERS[0]), geo=False)
    observed = replace(observed, server=replace(observed.server, identity_type="SystemAssigned, UserAssigned"))
    change = operation.diff(DesiredEncryptionKey(identity=READERS[2]), observed)
    assert operation._body(change.after, observed.server)["identity"]["type"] == "SystemAssigned,UserAssigned"


@pytest.mark.parametrize(
    ("key", "more", "asked", "words"),
    [
        (CustomerKey(), {"encryption": "SystemManaged"}, {"key": "https://v.vault.azure.net/keys/a"}, "needs a new server"),
        (CustomerKey(), {"encryption": "Something"}, {"key": "https://v.vault.azure.net/keys/a"}, "tells Something about whose key"),
        (CustomerKey(), {}, {"key": "https://v.vault.azure.net/keys/a"}, "does not tell the server's key"),
        (None, {"geo_redundant_backup": ""}, {"identity": READERS[2]}, "tells nothing about geo-redundant backups"),
        (None, {}, {"geo_backup_key": "https://v.vault.azure.net/keys/a"}, "the server has no geo-redundant backups"),
        (None, {}, {"identity": "reader"}, "not the resource id of a user-assigned identity"),
        (None, {}, {"key": "https://v.vault.azure.net/secrets/a"}, "not the identifier of a key"),
    ],
)  # fmt: skip
def test_what_is_not_written_says_why(key, more, asked, words):
    """F2: a reason for each, and no change."""
    whole = CustomerKey(uri="https://v.vault.azure.net/keys/b", identity=READERS[0])
    found = operation.diff(DesiredEncryptionKey(**asked), server(whole if key is None else key, geo=False, **more))
    assert isinstance(found, Obstacle)
    assert words in found.reason


def test_geo_keys_where_there_were_none_cannot_be_taken_away_again():
    """A server that gets its second pair keeps it: the service offers no way back."""
    observed = server(CustomerKey(uri="https://v.vault.azure.net/keys/b", identity=READERS[0]), geo=True)
    asked = DesiredEncryptionKey(
        key="https://v.vault.azure.net/keys/b", identity=READERS[0],
        geo_backup_key="https://w.vault.azure.net/keys/b", geo_backup_identity=READERS[1],
    )  # fmt: skip
    change = operation.diff(asked, observed)
    assert not change.reversible
    assert operation.undo(change) is None
