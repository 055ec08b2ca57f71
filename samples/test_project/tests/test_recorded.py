"""The script on a recorded exchange: it must send exactly the recorded requests, and all of them."""

from collections.abc import Callable

from azure.core.credentials import AccessToken
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from require_tls import require_tls

from flexsec.testing import Replay


class AnyCredential:
    """Recordings take any token."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """A token that does not expire soon."""
        return AccessToken("any", 4102444800)


def test_a_server_that_is_right_gets_no_write(flexsec_replay: Callable[[str], Replay]) -> None:
    """Where TLS 1.2 is required already, the script reads and writes nothing."""
    flexsec_replay("recordings/nothing_to_do.json")
    client = PostgreSQLManagementClient(AnyCredential(), "00000000-0000-0000-0000-000000000001")
    assert require_tls(client, "group-1") == []
