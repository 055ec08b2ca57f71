"""A simulated Azure behind real sockets, sign-in and TLS, for the clients of others; served from this process."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..azure.endpoint import read_endpoint
from ..errors import UsageError
from ..simulator.serving import serve
from .simulation import open_world, postgres_behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from azure.core.credentials import TokenCredential

    from ..azure.key_vault import KeyVaultStore
    from ..client import FlexSec, ServerHandle
    from ..simulator import World
    from ..simulator.postgres import Backing
    from ..simulator.serving import Served
    from .simulation import Faults

QUICK = 100_000.0
"""A time scale at which every operation has ended before a client can ask for it."""


@contextmanager
def served(
    world: str | Path | Mapping[str, Any] | World = "insecure",
    *,
    faults: Faults | Path = (),
    port: int = 0,
    time_scale: float = QUICK,
    page_size: int = 0,
) -> Iterator[ServedSimulation]:
    """Serve a simulated Azure over HTTPS on 127.0.0.1, for a `with` block.

    Args:
        world: as for `simulated`.
        faults: as for `simulated`.
        port: 0 for any that is free.
        time_scale: simulated seconds per real second. The usual one ends every operation before a client asks again;
            with a small one clients see a server that is Updating.
        page_size: how many entries of a list come at once; 0 for all of them.

    Raises:
        UnknownName: no such built-in world or file.
        UsageError: the world or a fault is wrong, or the port cannot be used; the message says what.
    """
    found, _ = open_world(world, faults)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flexsec-served-")))
        ready = folder / "ready.json"
        try:
            serving = serve(found, port=port, time_scale=time_scale, page_size=page_size, ready=ready)
            azure = stack.enter_context(serving)
        except (OSError, ValueError) as error:
            raise UsageError(f"the simulated Azure cannot be served: {error}") from None
        yield ServedSimulation(azure, ready, folder / "state")


class ServedSimulation:
    """A world that is being served, with all that a client needs to work on it.

    Attributes:
        world: the simulated Azure: its request log and effects tell a test what happened. It answers in threads of
            this process, so whoever changes it meanwhile holds `world.turn()`.
        endpoint: what the ready file holds: arm_endpoint, authority, ca_file, tenant_id, client_id, client_secret, ...
        ready_file: for `flexsec --endpoint`, and for programs in other languages.
        state_directory: where journals go; thrown away at the end.
    """

    def __init__(self, azure: Served, ready_file: Path, state_directory: Path) -> None:
        self.world = azure.world
        self.endpoint = azure.endpoint
        self.ready_file = ready_file
        self.state_directory = state_directory
        self._azure = azure
        self._found = read_endpoint(ready_file)
        self.credential: TokenCredential = self._found.credential()

    @property
    def subscription_id(self) -> str:
        """The world's subscription.

        Raises:
            UsageError: the world holds more than one, so it must be named.
        """
        subscriptions = sorted(each["subscription_id"] for each in self.endpoint["subscriptions"])
        if len(subscriptions) != 1:
            raise UsageError(f"name the subscription; the simulated world holds: {', '.join(subscriptions) or 'none'}")
        return str(subscriptions[0])

    @property
    def client_options(self) -> dict[str, Any]:
        """The keyword arguments that point an official management client here: its endpoint, scope and authority."""
        cloud = self._found.cloud
        return {
            "base_url": cloud.arm_endpoint,
            "credential_scopes": [cloud.scope],
            "connection_verify": cloud.ca_file,
        }

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment variables, with those that lead the programs of others here.

        `EnvironmentCredential` signs in by them, and OpenSSL, requests and curl trust the simulator's authority alone.
        """
        ready = self.endpoint
        here = {
            "AZURE_AUTHORITY_HOST": ready["authority"],
            "AZURE_TENANT_ID": ready["tenant_id"],
            "AZURE_CLIENT_ID": ready["client_id"],
            "AZURE_CLIENT_SECRET": ready["client_secret"],
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        return {**os.environ, **here, **dict.fromkeys(_CA_VARIABLES, str(ready["ca_file"]))}

    def client(
        self, *, subscription_id: str = "", state_directory: Path | None = None, timeout: float = 3600.0
    ) -> FlexSec:
        """A client of the served subscription. Nobody waits: its waiting moves the simulated time.

        Args:
            subscription_id: needed when the world holds more than one.
            state_directory: where journals go, when not in `state_directory`.
            timeout: seconds that a run may take, in the client's time.
        """
        from ..client import FlexSec

        return FlexSec(
            self.credential,
            subscription_id or self.subscription_id,
            cloud=self._found.cloud,
            clock=_Unwaiting(self._azure),
            state_directory=state_directory or self.state_directory,
            timeout=timeout,
        )

    def server(self, resource_group: str, name: str) -> ServerHandle:
        """A server of the served subscription."""
        return self.client().server(resource_group, name)

    def postgres(self, server: str = "", *, where: str | Path = "auto", password: str = "") -> Backing:
        """A real PostgreSQL behind a server of the world, as `Simulation.postgres`."""
        return postgres_behind(self.world, server, where=where, password=password)

    def secret_store(self, vault: str, secret: str) -> KeyVaultStore:
        """A secret in a key vault of the served world, as `Simulation.secret_store`."""
        from ..azure.key_vault import KeyVaultStore

        return KeyVaultStore(self.credential, vault, secret, clock=_Unwaiting(self._azure), cloud=self._found.cloud)

    def advance(self, seconds: float) -> None:
        """Move the simulated time ahead, and carry out what comes due.

        Raises:
            ValueError: a negative number, or more than ten years.
        """
        self._azure.advance(seconds)


_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")


class _Unwaiting:
    """The real clock, and what was skipped of it: a sleep moves the served world by as much and returns."""

    def __init__(self, azure: Served) -> None:
        self._azure = azure
        self._skipped = 0.0
        self._guard = threading.Lock()

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        """Seconds since some fixed point."""
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Move the time, without waiting."""
        with self._guard:
            self._skipped += seconds
        self._azure.advance(seconds * self._azure.clock.scale)
