"""A simulated Azure subscription behind the real library: official clients, no sockets, and no waiting."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from ..errors import UnknownName, UsageError
from ..simulator import Fault, FaultPlan, Request, World, WorldError, answer, tokens
from .clock import VirtualClock

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

    from ..azure.in_process import InProcessTransport
    from ..azure.key_vault import KeyVaultStore
    from ..client import FlexSec, ServerHandle
    from ..simulator.postgres import Backing

Faults = Iterable[Fault | Mapping[str, Any]]
_NEVER = 4102444800  # 2100-01-01: a simulated token does not expire


def simulated(
    world: str | Path | Mapping[str, Any] | World = "insecure", *, faults: Faults | Path = (), principal: str = ""
) -> Simulation:
    """Simulate an Azure subscription.

    Args:
        world: the name of a built-in world, which is thrown away at the end; the path of a world file, in which every
            change is kept; the data of a world file; or a world.
        faults: what goes wrong, as `Fault` or in the form of a world file's "faults"; or the path of a fault file.
        principal: the principal of the world that signs in; "" is the one that may do everything.

    Raises:
        UnknownName: no such built-in world, file or principal.
        UsageError: the world file or a fault is wrong; the message says where.
    """
    found, path = open_world(world, faults)
    if principal and principal not in found.state.principals:
        known = ", ".join(sorted(found.state.principals)) or "none"
        raise UnknownName(f"the simulated world has no principal {principal!r}; it has: {known}")
    return Simulation(found, principal=principal, kept=path)


class Simulation:
    """A world with all that a script needs to work against it.

    Usable as a context manager; `close` removes the state directory of a world that is not kept.

    Attributes:
        world: the simulated Azure: its request log and effects tell a test what happened.
        clock: the clock that everything here runs on; it starts at the world's own time.
        credential: signs in as the chosen principal.
        state_directory: where journals go: beside a kept world (`WORLD.state`), otherwise a temporary directory.
    """

    def __init__(self, world: World, *, principal: str = "", kept: Path | None = None) -> None:
        self.world = world
        self.clock = VirtualClock(world.clock)
        self.credential = SimulatedCredential(principal)
        self._kept = kept is not None
        if kept is None:
            self.state_directory = Path(tempfile.mkdtemp(prefix="flexsec-"))
            weakref.finalize(self, shutil.rmtree, self.state_directory, ignore_errors=True)
        else:
            self.state_directory = kept.with_name(kept.name + ".state")

    @property
    def transport(self) -> InProcessTransport:
        """A new transport into the world, for `FlexSec` or for any of the official clients."""
        from ..azure.in_process import InProcessTransport

        return InProcessTransport(self._answer)

    @property
    def subscription_id(self) -> str:
        """The world's subscription.

        Raises:
            UsageError: the world holds more than one, so it must be named.
        """
        subscriptions = [each.id for each in self.world.state.subscriptions.values()]
        if len(subscriptions) != 1:
            listed = ", ".join(sorted(subscriptions)) or "none"
            raise UsageError(f"name the subscription; the simulated world holds: {listed}")
        return subscriptions[0]

    def client(
        self,
        *,
        subscription_id: str = "",
        state_directory: Path | None = None,
        poll: Literal["header", "eager"] = "header",
        timeout: float = 3600.0,
        client_id: str = "",
    ) -> FlexSec:
        """A client of the simulated subscription.

        Args:
            subscription_id: needed when the world holds more than one.
            state_directory: where journals go, when not in `state_directory`.
            poll: as for `FlexSec`.
            timeout: seconds (of the simulated clock) that a run may take.
            client_id: signs in as this application or managed identity of the world (`sign_in` of a world file), with
                its rights and its object id; "" is who the simulation signs in.

        Raises:
            UnknownName: the world has no such application or managed identity; the message lists them.
        """
        from ..client import FlexSec

        return FlexSec(
            self._signed_in(client_id) if client_id else self.credential,
            subscription_id or self.subscription_id,
            transport=self.transport,
            clock=self.clock,
            state_directory=state_directory or self.state_directory,
            poll=poll,
            timeout=timeout,
        )

    def server(self, resource_group: str, name: str) -> ServerHandle:
        """A server of the simulated subscription."""
        return self.client().server(resource_group, name)

    def postgres(self, server: str = "", *, where: str | Path = "auto", password: str = "") -> Backing:
        """A real PostgreSQL behind a server of the world, for a `with` block; follows every write that takes effect.

        Args:
            server: its name or resource id; may be left out where the world has only one that is ready.
            where: the directory of PostgreSQL's programs, or "auto" for the best version on this machine.
            password: the administrator's first password; chosen when empty.

        Raises:
            UsageError: no such server, or no PostgreSQL on this machine; the message says how to install one.
        """
        return postgres_behind(self.world, server, where=where, password=password)

    def secret_store(self, vault: str, secret: str) -> KeyVaultStore:
        """A secret in a key vault of the world, where rotated passwords can be kept.

        Raises:
            InvalidValue: no such vault or secret can be.
            UsageError: the package for Key Vault is not installed.
        """
        from ..azure.key_vault import KeyVaultStore

        return KeyVaultStore(self.credential, vault, secret, clock=self.clock, transport=self.transport)

    def close(self) -> None:
        """Remove the temporary state directory; a kept world stays as it is."""
        if not self._kept:
            shutil.rmtree(self.state_directory, ignore_errors=True)

    def _signed_in(self, client_id: str) -> SimulatedCredential:
        world = self.world
        found = tokens.holder(world, client_id)
        if found is None:
            sign_in = world.state.sign_in
            known = ", ".join([*sign_in.applications, *sign_in.managed_identities]) or "none with a name"
            raise UnknownName(f"nobody signs in to the simulated world with client id {client_id!r}; it has: {known}")
        tenant = tokens.tenant_id(world)
        return SimulatedCredential(
            issue=lambda audience: tokens.issue(world, found, tenant, audience, self.clock.now())
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = answer(self.world, Request(method, url, headers, body), self.clock.now())
        if response.delay:
            self.clock.sleep(response.delay)
        return response.status, response.headers, response.body


class SimulatedCredential:
    """A credential whose token the simulator takes for a principal; worthless anywhere else.

    Args:
        principal: the bearer text that the world lists a principal under; "" for its default one.
        issue: makes a token of the world's own sign-in for an audience instead. It holds for an hour of the simulated
            clock, which may pass in a moment, so it is asked for anew before every request.
    """

    def __init__(self, principal: str = "", *, issue: Callable[[str], str] | None = None) -> None:
        token = principal or _unsigned_token()
        self._token = issue or (lambda _: token)
        self._expires = _NEVER if issue is None else 0

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        """The token. The signature is azure-core's; nothing in it matters here."""
        from azure.core.credentials import AccessToken

        return AccessToken(self._token(_audience(scopes)), self._expires)

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """The token in azure-core's newer form."""
        from azure.core.credentials import AccessTokenInfo

        return AccessTokenInfo(self._token(_audience(scopes)), self._expires)


def _audience(scopes: tuple[str, ...]) -> str:
    """Whom a token of these scopes is for; Resource Manager when nobody says."""
    return scopes[0].removesuffix("/.default") if scopes else tokens.MANAGEMENT[0]


def _unsigned_token() -> str:
    """A token in the usual form, so that the journal tells who ran it: the world's default principal."""
    parts = ({"alg": "none", "typ": "JWT"}, {"oid": "22222222-2222-2222-2222-222222222222", "name": "simulated"})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def open_world(
    world: str | Path | Mapping[str, Any] | World, faults: Faults | Path = (), *, kept: bool = True
) -> tuple[World, Path | None]:
    """The world that `simulated` is asked for, with the file it comes from if there is one.

    Args:
        world: as for `simulated`.
        faults: as for `simulated`.
        kept: whether what changes is written to that file.

    Raises:
        UnknownName: no such built-in world or file.
        UsageError: the world file or a fault is wrong; the message says where.
    """
    path = _path(world)
    try:
        found = _world(world, kept=kept)
        for fault in () if isinstance(faults, Path) else faults:
            found.faults.add(*([fault] if isinstance(fault, Fault) else FaultPlan.from_list([fault])))
    except (WorldError, ValueError) as error:
        raise UsageError(f"the world file {path} is wrong: {error}" if path else str(error)) from None
    if isinstance(faults, Path):
        _lay_over(found, faults)
    return found, path


def postgres_behind(world: World, server: str, *, where: str | Path, password: str) -> Backing:
    """A real PostgreSQL behind a server, not started yet; the arguments are those of `Simulation.postgres`.

    Raises:
        UsageError: no such server, or no PostgreSQL on this machine; the message says how to install one.
    """
    from ..simulator.postgres import Backing, PostgresError, choices

    try:
        (server_id,) = choices(world, [f"{server}=auto" if server else "auto"])
        return Backing(world, server_id, where=where, password=password)
    except PostgresError as error:
        raise UsageError(str(error)) from None


def _lay_over(world: World, faults: Path) -> None:
    try:
        world.impose(faults)
    except OSError as error:
        raise UsageError(f"the fault file {faults} cannot be read: {error.strerror or error}") from None
    except WorldError as error:
        raise UsageError(f"the fault file {faults} is wrong: {error}") from None


def _path(world: object) -> Path | None:
    if isinstance(world, str) and world not in World.builtin_names():
        return Path(world)
    return world if isinstance(world, Path) else None


def _world(world: str | Path | Mapping[str, Any] | World, *, kept: bool) -> World:
    if isinstance(world, World):
        return world
    if isinstance(world, Mapping):
        return World.from_dict(world)
    path = _path(world)
    if path is None:
        return World.builtin(str(world))
    if not path.exists():
        close = get_close_matches(str(world), World.builtin_names(), n=1)
        hint = f"did you mean {close[0]}?" if close else f"the built-in worlds are: {', '.join(World.builtin_names())}"
        raise UnknownName(f"there is no simulated world {str(world)!r}, neither built in nor as a file; {hint}")
    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a directory; a simulated world is kept in a file")
    try:
        found = World.load(path)
        if kept:
            found.attach(path)
    except OSError as error:
        raise UsageError(f"the world file {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the world file {path} cannot be read: it is not UTF-8 text") from None
    return found
