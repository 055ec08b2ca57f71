"""TLS for one run of the served simulator."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..certificates import make_certificates

if TYPE_CHECKING:
    from datetime import datetime


def tls_context(now: datetime, ca_file: Path) -> ssl.SSLContext:
    """A server's TLS context for loopback, with a new certificate.

    Args:
        now: the real time, with its zone.
        ca_file: where the authority's certificate goes, for clients to find.

    Raises:
        OSError: the file cannot be written.
    """
    made = make_certificates(("localhost",), now)
    ca_file.write_bytes(made.authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.TemporaryDirectory(prefix="flexsec-key-") as folder:  # ssl reads keys from files alone
        chain = Path(folder, "chain.pem")
        chain.write_bytes(made.key + made.certificate)
        context.load_cert_chain(chain)
    return context
