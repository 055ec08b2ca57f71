"""The library, set up as the command line says: against Azure, or against a simulated world."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

from ..errors import UnknownName, UsageError
from ..model.resource import ServerId, check_subscription_id, parse_target
from . import logs, targets
from .given import Settings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from ..azure.clouds import Cloud
    from ..azure.endpoint import Endpoint
    from ..client import FlexSec, ServerHandle
    from ..model.change_record import ChangeRecord
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.login import Login
    from ..model.run import Run
    from ..model.secret_store import SecretStore
    from ..testing.simulation import Simulation
    from .given import Given, LeaveGiven, RecordGiven

_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


class Session:
    """Clients and servers for one command; closing it throws a built-in world away."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._stack = ExitStack()
        self._simulation: Simulation | None = None
        self._endpoint: Endpoint | None = None

    def __enter__(self) -> Self:
        logs.configure(self._given.settings.verbosity)
        if self._given.settings.endpoint:
            self._endpoint = _endpoint(self._given.settings)
        elif self._given.settings.simulate:
            self._simulation = self._stack.enter_context(simulation(self._given.settings.simulate))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def target(self) -> ServerId:
        """The server that the command line names.

        Raises:
            UsageError: it names none.
        """
        return targets.resolve(self._given.target, simulated=self._servers())

    def server(self) -> tuple[FlexSec, ServerHandle]:
        """A client, and the server that the command line names."""
        return self.server_of(self.target())

    def server_of(self, server: ServerId) -> tuple[FlexSec, ServerHandle]:
        """A client, and this server."""
        client = self.client(server.subscription_id)
        return client, client.server(server.resource_group, server.name)

    def subscription(self) -> FlexSec:
        """A client of the subscription that the command line names.

        Raises:
            UsageError: it names none.
        """
        found = self._servers()
        simulated = None if found is None else [each.id.subscription_id for each in found]
        if self._simulation is not None:
            simulated = [each.id for each in self._simulation.world.state.subscriptions.values()]
        return self.client(targets.resolve_subscription(self._given.target, simulated=simulated))

    def client(self, subscription_id: str) -> FlexSec:
        """A client of a subscription.

        Raises:
            UsageError: nothing answers any more where the ready file says.
        """
        settings = self._given.settings
        check_subscription_id(subscription_id)
        poll = cast("Literal['header', 'eager']", settings.poll)
        if self._simulation is not None:
            return self._simulation.client(
                subscription_id=subscription_id,
                state_directory=self.state_directory,
                poll=poll,
                timeout=settings.timeout,
                client_id=settings.client_id,
            )
        from ..azure.endpoint import check_answering
        from ..client import FlexSec

        if self._endpoint and settings.endpoint:
            check_answering(self._endpoint, settings.endpoint)
        where = self._cloud()
        return FlexSec(
            self._credential(where),
            subscription_id,
            cloud=where,
            state_directory=self.state_directory,
            poll=poll,
            timeout=settings.timeout,
        )

    def vault(self, vault: str, secret: str) -> SecretStore:
        """A secret in a key vault, signed in to as the command line says.

        Raises:
            UsageError: the package for Key Vault is not installed; or no such vault or secret can be.
        """
        if self._simulation is not None:
            return self._simulation.secret_store(vault, secret)
        from ..azure.key_vault import KeyVaultStore

        where = self._cloud()
        return KeyVaultStore(self._credential(where), vault, secret, cloud=where)

    def _cloud(self) -> Cloud:
        from ..azure.clouds import cloud

        return self._endpoint.cloud if self._endpoint else cloud(self._given.settings.cloud)

    def _credential(self, where: Cloud) -> TokenCredential:
        if self._endpoint:
            return self._endpoint.credential()
        from ..azure.credentials import credential

        settings = self._given.settings
        return credential(
            settings.credential,
            cloud=where,
            tenant_id=settings.tenant_id or None,
            client_id=settings.client_id or None,
        )

    def now(self) -> datetime:
        """The time, as the chosen Azure has it."""
        return self._simulation.clock.now() if self._simulation else datetime.now(UTC)

    def simulated_login(self, server: ServerId) -> Login | None:
        """What tries passwords on a simulated world; None elsewhere."""
        if self._simulation is None:
            return None
        from ..testing.simulated_login import SimulatedLogin

        return SimulatedLogin(self._simulation.world, server.arm_id)

    def recorder(self) -> FlexSec:
        """A client for what is recorded on this machine: it signs in nowhere and is about no subscription."""
        from ..client import FlexSec

        nobody = cast("TokenCredential", None)  # reading journals makes no connection
        return FlexSec(nobody, _NO_SUBSCRIPTION, state_directory=self.state_directory)

    def client_of(self, run: Run) -> FlexSec:
        """A client of the subscription that a run was on."""
        return self.client(parse_target(run.server_id).subscription_id)

    @property
    def state_directory(self) -> Path | None:
        """Where journals are kept; None stands for the user's own state directory."""
        settings = self._given.settings
        if settings.state_directory or self._simulation:
            return settings.state_directory or (self._simulation.state_directory if self._simulation else None)
        if self._endpoint is None or settings.endpoint is None:
            return None
        return Path(f"{settings.endpoint}.state", self._endpoint.serving)

    def servers(self) -> tuple[ServerId, ...] | None:
        """All servers of a simulated or served Azure; None for the real one, where they have to be named."""
        found = self._servers()
        return None if found is None else tuple(each.id for each in found)

    def _servers(self) -> tuple[targets.Simulated, ...] | None:
        if self._endpoint is not None:
            return tuple(targets.Simulated(server, ready=True) for server in self._endpoint.servers)
        return targets.of_world(self._simulation.world) if self._simulation else None


def leave_of(given: LeaveGiven) -> Leave:
    """What the command line allows.

    Raises:
        InvalidValue: a restart window that is none.
    """
    from ..model.leave import DailyWindow, Leave

    return Leave(
        restart=given.restart,
        restart_window=DailyWindow.parse(given.window) if given.window else None,
        closing=tuple(dict.fromkeys(given.closing)),
        without_evidence=given.without_evidence,
        lower_security=given.lowering,
        subscription_cost=given.subscription_cost,
        lockout=tuple(dict.fromkeys(given.lockout)),
    )


def record_of(given: RecordGiven) -> ChangeRecord:
    """Why the change is made, as the command line says.

    Raises:
        InvalidValue: a text that is too long, is more than one line, or cannot be shown.
    """
    from ..model.change_record import ChangeRecord

    return ChangeRecord(reference=given.reference, reason=given.reason, ticket=given.ticket)


def evidence_of(given: LeaveGiven) -> Evidence:
    """What the command line tells about clients.

    Raises:
        UsageError: the file of connections or of role hashes cannot be used; an address that is none.
    """
    import ipaddress

    from ..engine import evidence_file, role_hash_file
    from ..model.connections import Evidence

    if given.caller_address:
        try:
            ipaddress.IPv4Address(given.caller_address)
        except ValueError:
            raise UsageError(f"--caller-address {given.caller_address!r} is not an IPv4 address") from None
    return Evidence(
        connections=evidence_file.read(given.connections) if given.connections else None,
        source=f"file {given.connections.name}" if given.connections else "",
        caller_address=given.caller_address,
        role_hashes=role_hash_file.read(given.role_hashes) if given.role_hashes else None,
    )


def _endpoint(settings: Settings) -> Endpoint:
    """What the ready file says; it says where and how to sign in, so nothing else may.

    Raises:
        UsageError: it is no ready file, or something else is said too.
    """
    from ..azure.endpoint import read_endpoint

    usual = Settings()
    for name in ("simulate", "credential", "tenant_id", "client_id", "cloud"):
        if getattr(settings, name) != getattr(usual, name):
            raise UsageError(f"--endpoint says which Azure and how to sign in; leave --{name.replace('_', '-')} out")
    assert settings.endpoint is not None  # noqa: S101 - asked before this is called
    return read_endpoint(settings.endpoint)


def simulation(text: str, *, option: str = "--simulate") -> Simulation:
    """A world by built-in name or path; NAME:PATH begins a kept world as a copy of a built-in one.

    Raises:
        UnknownName, UsageError: there is no such world, or it cannot be kept; `option` is named in the message.
    """
    from ..simulator import World
    from ..testing.simulation import simulated

    name, colon, rest = text.partition(":")
    if colon and name in World.builtin_names():
        path = Path(rest)
        if not rest or not path.parent.is_dir():
            raise UnknownName(f"{option} {text!r}: there is no directory {str(path.parent)!r} to keep the world in")
        if not path.exists():
            try:
                World.builtin(name).save(path)
            except OSError as error:
                raise UsageError(f"cannot keep a simulated world in {path}: {error.strerror or error}") from None
        return simulated(path)
    return simulated(text)
