"""Entra principals: which ids, types and names can belong together."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import InvalidValue
from flexsec.model.entra import KNOWN_APPLICATIONS, administrator, doubts, guid, principal_type

ID = "5b8c11b3-fd9a-47f9-a60f-13aac95e2db3"
TENANT = "33333333-3333-3333-3333-333333333333"


@pytest.mark.parametrize("text", [ID, ID.upper(), f"  {ID} "])
def test_a_guid_is_taken_in_any_case(text):
    """Ids are compared and sent in lower case."""
    assert guid(text, "an object id") == ID


@pytest.mark.parametrize(
    "text", ["", "dbas", ID[:-1], ID + "0", f"{{{ID}}}", ID.replace("-", ""), "0" * 8 + "-0000-0000-0000-" + "0" * 12]
)
def test_what_is_no_guid_is_refused(text):
    """D9: the message names what was given and what an id looks like; the empty GUID is nobody's."""
    with pytest.raises(InvalidValue, match="is not an object id: expected a GUID"):
        guid(text, "an object id")


@pytest.mark.parametrize(
    ("given_word", "wanted"),
    [
        ("user", "User"),
        ("GROUP", "Group"),
        ("service-principal", "ServicePrincipal"),
        ("Service Principal", "ServicePrincipal"),
    ],
)
def test_types_are_taken_in_any_spelling(given_word, wanted):
    """The service's spelling is sent."""
    assert principal_type(given_word) == wanted


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("ManagedIdentity", "added as ServicePrincipal"),
        ("app", "service principal"),
        ("Unknown", "say which"),
        ("robot", ""),
    ],
)
def test_other_types_are_refused_with_what_was_probably_meant(word, hint):
    """D9: the three types are listed; a managed identity and an application are told what they are added as."""
    with pytest.raises(InvalidValue, match="User, Group, ServicePrincipal") as caught:
        principal_type(word)
    assert hint in caught.value.message


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("dbas", "User", "user principal name"),
        ("@contoso.com", "User", "user principal name"),
        ("dba@", "User", "user principal name"),
        (ID, "Group", "is the id"),
        (ID.upper(), "ServicePrincipal", "is the id"),
        ("", "Group", "empty"),
        (" dbas", "Group", "begins or ends with a blank"),
        ("db\nas", "Group", "control character"),
        ("x" * 257, "Group", "longer than 256"),
    ],
)
def test_a_name_that_cannot_be_the_types_is_refused(name, kind, words):
    """D9: a User has a user principal name, nobody is named by an id."""
    with pytest.raises(InvalidValue, match=words):
        administrator(ID, name, kind, TENANT)


def test_the_object_id_is_not_the_tenant():
    """D9: one id in both places is a slip."""
    with pytest.raises(InvalidValue, match="never the same"):
        administrator(TENANT, "dbas", "Group", TENANT)


@pytest.mark.parametrize("known", KNOWN_APPLICATIONS)
def test_a_known_application_id_is_doubted(known):
    """D9: the application id of one of Microsoft's own applications is told apart from an object id."""
    (told,) = doubts(administrator(known, "app", "ServicePrincipal"))
    assert "is the application id of" in told


def test_the_application_id_that_is_told_is_doubted():
    """D9: the caller's own application id in the place of the object id is told; another one is fine."""
    one = administrator(ID, "app", "ServicePrincipal")
    assert "as the object id and as the application id" in doubts(one, ID.upper())[0]
    assert doubts(one, TENANT) == ()
    with pytest.raises(InvalidValue, match="not an application id"):
        doubts(one, "app")


def test_odd_names_are_doubted():
    """A name longer than a role's, and a user's name on a service principal, are told and not refused."""
    assert "63 bytes" in doubts(administrator(ID, "ü" * 40, "Group"))[0]
    assert "looks like a user's name" in doubts(administrator(ID, "dba@contoso.com", "ServicePrincipal"))[0]
    assert doubts(administrator(ID, "guest_gmail.com#EXT#@contoso.onmicrosoft.com", "User")) == ()


@given(st.text(), st.text(), st.text(), st.text())
def test_anything_is_read_or_refused_in_words(object_id, name, kind, tenant):
    """No text brings forth anything but an administrator or an InvalidValue."""
    with suppress(InvalidValue):
        found = administrator(object_id, name, kind, tenant)
        assert isinstance(doubts(found), tuple)
