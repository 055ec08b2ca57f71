"""The forms in which PostgreSQL keeps a password."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.simulator import World
from flexsec.simulator.verifier import password_verifier, prepared


def test_md5_form():
    """The MD5 form is the hash of password and role name, as PostgreSQL has made it since 7.2."""
    assert password_verifier("secret", "alice", "MD5", "any") == "md5" + hashlib.md5(b"secretalice").hexdigest()


def test_scram_form_follows_the_standard():
    """Computed by hand from RFC 5802 with the salt that is in it: stored key and server key agree."""
    scheme, salted, keys = password_verifier("pencil", "user", "scram-sha-256", "salt").split("$")
    rounds, salt = salted.split(":")
    stored, server = keys.split(":")
    assert (scheme, rounds) == ("SCRAM-SHA-256", "4096")
    secret = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode(salt), 4096)
    client = hmac.new(secret, b"Client Key", hashlib.sha256).digest()
    assert base64.b64decode(stored) == hashlib.sha256(client).digest()
    assert base64.b64decode(server) == hmac.new(secret, b"Server Key", hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("I\u00adX", "IX"),  # the examples of RFC 4013
        ("user", "user"),
        ("USER", "USER"),
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("\u0007", "\u0007"),  # forbidden: PostgreSQL takes it as it is
        ("\u0627\u0031", "\u0627\u0031"),  # mixes directions: likewise
        ("a\u00a0b", "a b"),
        ("\u00ad", "\u00ad"),  # nothing would be left
    ],
)
def test_saslprep(password, expected):
    """Passwords are normalised as clients normalise them."""
    assert prepared(password) == expected


@given(st.text(), st.sampled_from(["md5", "scram-sha-256"]))
def test_any_text_is_a_password(password, encryption):
    """Any text at all gives a verifier, always the same, in which the text does not appear."""
    made = password_verifier(password, "shopadmin", encryption, "salt")
    assert made == password_verifier(password, "shopadmin", encryption, "salt")
    assert made.isascii()
    assert len(password) < 12 or password not in made


@pytest.mark.parametrize(("encryption", "start"), [("md5", "md5"), ("scram-sha-256", "SCRAM-SHA-256$")])
def test_a_reset_is_remembered_as_the_server_keeps_it(client_of, world_with, encryption, start):
    """The world remembers a reset in the form in force, over saving and loading, and never in clear."""
    azure = client_of(world_with(parameters={"password_encryption": encryption}))
    reset = azure.patch(azure.db, {"properties": {"administratorLoginPassword": "Second-pass-2"}})
    assert azure.finish(reset)["status"] == "Succeeded"
    document = azure.world.to_dict()
    assert World.from_dict(document).server("shop-db").password.verifier.startswith(start)
    assert "Second-pass-2" not in str(document)
