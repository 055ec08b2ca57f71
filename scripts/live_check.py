"""Check what is believed of the service, one behaviour after the other, on a disposable server; write dated evidence.

The simulator stands on these behaviours, and no recording shows most of them. With --live a resource group of its own
is made in your subscription, with the smallest server there is; it takes some hours, costs a few cents, and everything
is deleted at the end. With --endpoint the same is done to a served simulator, whose clock is moved instead of waiting.
The evidence is scrubbed: no identifiers, no secrets.

    python scripts/live_check.py --live --subscription ID [--location westeurope] [-o FILE] [BEHAVIOUR ...]
    python scripts/live_check.py --endpoint READY.json [-o FILE] [BEHAVIOUR ...]
    python scripts/live_check.py --list

Exit codes: 0 everything is as believed, 1 something is not or could not be shown, 2 it could not begin.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from azure.core.exceptions import ClientAuthenticationError
from live_checks.conversation import VERSION, Conversation, NotShown
from live_checks.firewall import FIREWALL
from live_checks.identities import IDENTITIES
from live_checks.parameters import PARAMETERS
from live_checks.power import POWER
from live_checks.protocol import CREATION, DROP, PROTOCOL
from live_checks.scene import GROUPS_VERSION, Behaviour, Scene

from flexsec import FlexSecError
from flexsec.azure.clouds import PUBLIC
from flexsec.azure.endpoint import Endpoint, read_endpoint
from flexsec.testing import Exchange
from flexsec.testing.scrubbing import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

BEHAVIOURS = (CREATION, *PROTOCOL, *PARAMETERS, *FIREWALL, *IDENTITIES, *POWER, DROP)
HOLDS, DIFFERS, NOT_SHOWN = "holds", "differs", "not shown"
_SETTLING = 5.0  # seconds in which a server may still be busy after a write has succeeded
_AFTERMATH = 120.0  # the same after something that went another way than expected


class CannotBegin(Exception):
    """There is no server to check; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one behaviour."""

    behaviour: Behaviour
    outcome: str
    told: str
    exchanges: tuple[Exchange, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and write the evidence; returns the exit code."""
    given = _parser().parse_args(arguments)
    if given.list:
        print("\n".join(f"{each.name}: {each.claim} ({each.known})" for each in BEHAVIOURS))
        return 0
    try:
        chosen = _chosen(given.behaviours)
        scene = _live_scene(given) if given.live else _simulated_scene(given)
        results = check(scene, chosen)
    except (CannotBegin, FlexSecError, ClientAuthenticationError, requests.RequestException) as error:
        print(f"live_check.py: error: {error}", file=sys.stderr)
        return 2
    today = datetime.now(UTC).date().isoformat()
    path = given.output or Path(f"evidence-{today}.json")
    source = "live" if given.live else "simulator"
    path.write_text(json.dumps(_evidence(results, scene, source, today), indent=1) + "\n", encoding="utf-8")
    count = {word: sum(each.outcome == word for each in results) for word in (HOLDS, DIFFERS, NOT_SHOWN)}
    print(", ".join(f"{number} {word}" for word, number in count.items()) + f"; the evidence is in {path}")
    return 0 if count[HOLDS] == len(results) == len(chosen) else 1


def check(scene: Scene, behaviours: Iterable[Behaviour]) -> list[Result]:
    """Makes a server, shows each behaviour on it, and removes it whatever happens.

    Raises:
        CannotBegin: the resource group is somebody's, or the server does not come into being.
    """
    _make_group(scene)
    results: list[Result] = []
    try:
        for behaviour in behaviours:
            results.append(_shown(scene, behaviour))
            print(f"{results[-1].outcome:<10} {behaviour.name}: {results[-1].told}", flush=True)
            if behaviour is CREATION:
                scene.ready()  # whatever was seen: nothing else can be shown before
    except NotShown as error:
        raise CannotBegin(f"there is no server: {error}; creating it: {results[-1].told}") from None
    except KeyboardInterrupt:
        print("interrupted; what was made is removed", file=sys.stderr)
    finally:
        _dispose(scene)
    return results


def _shown(scene: Scene, behaviour: Behaviour) -> Result:
    before = len(scene.azure.exchanges)
    scene.azure.wait(_SETTLING)
    try:
        seen = behaviour.show(scene)
        outcome, told = (HOLDS if seen.holds else DIFFERS), seen.told
    except (NotShown, requests.RequestException) as error:
        outcome, told = NOT_SHOWN, str(error)
    except (KeyError, TypeError, ValueError) as error:  # an answer of a form that nobody expected
        outcome, told = NOT_SHOWN, f"an answer could not be understood: {type(error).__name__} {error}"
    if outcome == NOT_SHOWN:
        scene.azure.wait(_AFTERMATH)
    return Result(behaviour, outcome, told, tuple(scene.azure.exchanges[before:]))


def _make_group(scene: Scene) -> None:
    found = scene.azure.ask("GET", scene.group_path, version=GROUPS_VERSION)
    if found.status != 404:
        raise CannotBegin(f"resource group {scene.group}: a new one was expected, and the answer was {found}")
    made = scene.azure.ask("PUT", scene.group_path, {"location": scene.location}, version=GROUPS_VERSION)
    if made.status not in {200, 201}:
        raise CannotBegin(f"resource group {scene.group} cannot be made: {made}")


def _dispose(scene: Scene) -> None:
    """Removes the server and its group; says what to do where that fails."""
    try:
        server = scene.ask("DELETE")
        if server.status == 202:
            scene.end(server)
        group = scene.azure.ask("DELETE", scene.group_path, version=GROUPS_VERSION)
        if group.status in {200, 202, 404}:
            return
        problem = str(group)
    except (NotShown, requests.RequestException, ClientAuthenticationError) as error:
        problem = str(error)
    print(f"not removed ({problem}); remove it: az group delete --name {scene.group}", file=sys.stderr)


def _evidence(results: Sequence[Result], scene: Scene, source: str, today: str) -> dict[str, Any]:
    """The evidence as plain data, scrubbed as one, so that what was equal stays equal."""
    spoken = [Exchange(method="", url="", body=None, status=0, headers={}, answer=each.told) for each in results]
    exchanges = [exchange for each in results for exchange in each.exchanges]
    clean = iter(scrub([*spoken, *exchanges], secrets={*scene.azure.tokens, scene.password}))
    sentences = [next(clean).answer for _ in results]
    behaviours = [
        {
            "name": each.behaviour.name,
            "claim": each.behaviour.claim,
            "known": each.behaviour.known,
            "outcome": each.outcome,
            "seen": sentence,
            "exchanges": [_exchange(next(clean)) for _ in each.exchanges],
        }
        for each, sentence in zip(results, sentences, strict=True)
    ]
    about = {"date": today, "source": source, "api_version": VERSION}
    place = {"postgresql": scene.version, "location": scene.location}
    return {"format": 1, **about, **place, "behaviours": behaviours}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "request": {"method": exchange.method, "url": exchange.url, "body": exchange.body},
        "response": {"status": exchange.status, "headers": exchange.headers, "body": exchange.answer},
    }


def _live_scene(given: argparse.Namespace) -> Scene:
    """A scene in a real subscription, where waiting takes its time."""
    from azure.identity import DefaultAzureCredential

    if not given.subscription:
        raise CannotBegin("--live needs --subscription: where the disposable server is made")
    azure = Conversation(
        PUBLIC.arm_endpoint, PUBLIC.scope, DefaultAzureCredential, session=requests.Session(), wait=time.sleep
    )
    scene = _scene(azure, given.subscription, given.location)
    print(f"makes resource group {scene.group} with server {scene.name} in {scene.location}", file=sys.stderr)
    return scene


def _simulated_scene(given: argparse.Namespace) -> Scene:
    """A scene in a served simulator, where waiting moves the clock."""
    if given.endpoint is None:
        raise CannotBegin("expected --live, or --endpoint with the ready file of `flexsec simulate serve`")
    endpoint = read_endpoint(given.endpoint)
    subscriptions = [each.subscription_id for each in endpoint.servers]
    if not (given.subscription or subscriptions):
        raise CannotBegin(f"{given.endpoint} names no server, so say --subscription")
    session = requests.Session()
    session.verify, session.trust_env = endpoint.cloud.ca_file, False
    azure = Conversation(
        endpoint.cloud.arm_endpoint,
        endpoint.cloud.scope,
        endpoint.credential,
        session=session,
        wait=_clock_of(endpoint, session),
    )
    return _scene(azure, given.subscription or subscriptions[0], given.location)


def _clock_of(endpoint: Endpoint, session: requests.Session) -> Callable[[float], None]:
    def advance(seconds: float) -> None:
        url = f"{endpoint.cloud.arm_endpoint}/_simulator/clock"
        session.post(url, json={"advance_seconds": seconds}, timeout=60).raise_for_status()

    return advance


def _scene(azure: Conversation, subscription_id: str, location: str) -> Scene:
    mark = secrets.token_hex(4)
    return Scene(azure, subscription_id, location, f"flexsec-live-check-{mark}", f"flexsec-check-{mark}")


def _chosen(names: Sequence[str]) -> list[Behaviour]:
    """The behaviours of these names, all without any; making and removing the server belong to every choice."""
    known = {each.name: each for each in BEHAVIOURS}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise CannotBegin(f"no behaviour is called {name!r}{hint} (--list names them)")
    wanted = {CREATION.name, DROP.name, *names} if names else set(known)
    return [each for each in BEHAVIOURS if each.name in wanted]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check what is believed of the service on a disposable server.")
    parser.add_argument("behaviours", nargs="*", metavar="BEHAVIOUR", help="which ones (default: all)")
    parser.add_argument("--list", action="store_true", help="list the behaviours and end")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--live", action="store_true", help="in a real subscription: it costs a little, and takes hours")
    where.add_argument("--endpoint", type=Path, metavar="FILE", help="on the simulator that wrote this ready file")
    parser.add_argument("--subscription", default="", metavar="ID", help="where the server is made")
    parser.add_argument("--location", default="westeurope", help="the Azure region (default: westeurope)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: evidence-DATE.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
