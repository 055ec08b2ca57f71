"""Clients whose requests pass through a function of the test before they reach the simulated service."""

from flexsec import FlexSec
from flexsec.azure.in_process import InProcessTransport
from tests.acceptance.scene import GROUP, NAME, SUBSCRIPTION


def client_through(simulation, handler, **options):
    """A client of the simulation whose every request goes to `handler(method, url, headers, body, service)`.

    `service` carries the request to the simulated service and returns (status, headers, body).
    """

    def handle(method, url, headers, body):
        return handler(method, url, headers, body, lambda: simulation._answer(method, url, headers, body))

    return FlexSec(
        simulation.credential,
        SUBSCRIPTION,
        transport=InProcessTransport(handle),
        clock=simulation.clock,
        state_directory=simulation.state_directory,
        **options,
    )


def shop_through(simulation, handler, **options):
    """The server of a client as of `client_through`."""
    return client_through(simulation, handler, **options).server(GROUP, NAME)
