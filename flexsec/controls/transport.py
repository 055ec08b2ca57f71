"""Encryption between clients and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.parameter import Parameter, refusal
from .control import Argument, Arguments, Control
from .outcome import unknown
from .parameter_check import judge_parameter, shown, switched_on
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check

_TLS = "require_secure_transport"
_MINIMUM = "ssl_min_protocol_version"
_MAXIMUM = "ssl_max_protocol_version"
_VERSIONS = {"tlsv1": 0, "tlsv1.1": 1, "tlsv1.2": 2, "tlsv1.3": 3}


def require_secure_transport(state: ServerState, arguments: Arguments) -> Check:
    """The server refuses connections that are not encrypted.

    What it checks: require_secure_transport is on, in whatever spelling the service returns it.

    Why: without it a client that does not ask for TLS sends its password, or the proof of it, and all data in the
    clear, and nobody notices.

    Remedy: flexsec sets require_secure_transport to on. It takes effect at once for new connections, without a restart.
    Clients that connect with sslmode=disable are refused from then on.

    What it does not check: whether clients verify the server's certificate (sslmode=verify-full); only the client's own
    configuration tells.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    return switched_on(state, _TLS, "connections without TLS are accepted")


def minimum_version(state: ServerState, arguments: Arguments) -> Check:
    """The lowest TLS version that the server accepts is new enough.

    What it checks: ssl_min_protocol_version is at least the argument `minimum`. A newer value passes and is never
    lowered; a version that flexsec does not know is reported as unknown.

    Why: TLS 1.0 and 1.1 have known attacks and are forbidden by most standards. TLS 1.3 drops the weak parts of 1.2.

    Remedy: flexsec sets ssl_min_protocol_version. Raising it to TLSv1.3 refuses older clients and therefore needs leave
    for the closing class tls-minimum; TLSv1.2 refuses nobody whom the service still lets in.

    What it does not check: the cipher suites (ssl_ciphers is set by the platform), and what clients really negotiate.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    minimum = str(arguments["minimum"])
    parameter = state.parameter(_MINIMUM)
    if isinstance(parameter, Parameter) and _rank(parameter.value) is None:
        return unknown(f"{_MINIMUM} is {shown(parameter.value)}, a version that flexsec does not know")
    return judge_parameter(
        state,
        _MINIMUM,
        holds=lambda found: (_rank(found.value) or 0) >= _VERSIONS[minimum.casefold()],
        wanted=lambda found: minimum,
        consequence=f"versions below {minimum} are accepted",
        closing="tls-minimum" if minimum == "TLSv1.3" else "",
    )


def maximum_version(state: ServerState, arguments: Arguments) -> Check:
    """No cap keeps clients from the newest TLS version.

    What it checks: ssl_max_protocol_version is empty (no cap) or TLSv1.3, and so never below the minimum.

    Why: a maximum of TLSv1.2 switches TLS 1.3 off. A maximum below ssl_min_protocol_version makes the server refuse
    everyone. Guides that raise the "TLS version" through this parameter achieve the opposite of what they promise.

    Remedy: flexsec empties ssl_max_protocol_version, or sets TLSv1.3 where the empty value is not allowed.

    What it does not check: what clients really negotiate.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    parameter = state.parameter(_MAXIMUM)
    known = not isinstance(parameter, Parameter) or not parameter.value.strip() or _rank(parameter.value) is not None
    if isinstance(parameter, Parameter) and not known:
        return unknown(f"{_MAXIMUM} is {shown(parameter.value)}, a version that flexsec does not know")
    return judge_parameter(
        state,
        _MAXIMUM,
        holds=lambda found: not found.value.strip() or _rank(found.value) == _VERSIONS["tlsv1.3"],
        wanted=lambda found: "" if refusal(found, "") is None else "TLSv1.3",
        consequence=_cap_consequence(state),
    )


def _cap_consequence(state: ServerState) -> str:
    lowest, highest = state.parameter(_MINIMUM), state.parameter(_MAXIMUM)
    if isinstance(lowest, Parameter) and isinstance(highest, Parameter):
        bottom, top = _rank(lowest.value), _rank(highest.value)
        if bottom is not None and top is not None and top < bottom:
            return f"it lies below {_MINIMUM} ({lowest.value}), so the server refuses every TLS client"
    return "clients cannot use TLS 1.3"


def _rank(version: str) -> int | None:
    return _VERSIONS.get(version.strip().casefold())


CONTROLS = (
    Control(
        id="tls-require-secure-transport",
        title="TLS is required",
        family="transport",
        rating=RATINGS["tls-require-secure-transport"],
        check=require_secure_transport,
        reads=("parameters",),
        parameters=(_TLS,),
        references=REFERENCES["tls-require-secure-transport"],
    ),
    Control(
        id="tls-min-version",
        title="The minimum TLS version is new enough",
        family="transport",
        rating=RATINGS["tls-min-version"],
        check=minimum_version,
        reads=("parameters",),
        parameters=(_MINIMUM,),
        arguments=(
            Argument(
                name="minimum",
                kind="text",
                default=THRESHOLDS["tls-min-version.minimum"].value,
                description="The lowest TLS version that clients may use.",
                allowed=("TLSv1.2", "TLSv1.3"),
            ),
        ),
        references=REFERENCES["tls-min-version"],
    ),
    Control(
        id="tls-max-version-not-capped",
        title="The maximum TLS version is not capped below 1.3",
        family="transport",
        rating=RATINGS["tls-max-version-not-capped"],
        check=maximum_version,
        reads=("parameters",),
        parameters=(_MAXIMUM, _MINIMUM),
        references=REFERENCES["tls-max-version-not-capped"],
    ),
)
