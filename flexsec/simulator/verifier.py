"""What PostgreSQL keeps instead of a password.

A world remembers the administrator's password only in these forms, so that a real server behind a simulated one can
take a reset over, also after the simulator was killed between the reset and its effect.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import stringprep
import unicodedata

ITERATIONS = 4096  # PostgreSQL's own default
_FORBIDDEN = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def password_verifier(password: str, login: str, encryption: str, salt: str) -> str:
    """The verifier that a server stores for a login's password.

    Args:
        password: in clear.
        login: the role's name, which an MD5 hash is salted with.
        encryption: the value of password_encryption in force.
        salt: any text; the same text gives the same SCRAM verifier.
    """
    if encryption.strip().lower() == "md5":
        return "md5" + hashlib.md5(_raw(password + login)).hexdigest()  # noqa: S324 - what such a server stores
    raw_salt = hashlib.sha256(salt.encode()).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", _raw(prepared(password)), raw_salt, ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client_key).digest(), hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(raw_salt)}${_text(stored)}:{_text(server)}"


def prepared(password: str) -> str:
    """A password as SASLprep (RFC 4013) makes it; unchanged where that forbids it, as in PostgreSQL."""
    mapped = "".join(
        " " if stringprep.in_table_c12(each) else each for each in password if not stringprep.in_table_b1(each)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if not normal or any(stringprep.in_table_a1(each) or any(table(each) for table in _FORBIDDEN) for each in normal):
        return password
    right_to_left = [stringprep.in_table_d1(each) for each in normal]
    mixed = any(right_to_left) and (
        any(stringprep.in_table_d2(each) for each in normal) or not (right_to_left[0] and right_to_left[-1])
    )
    return password if mixed else normal


def _raw(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
