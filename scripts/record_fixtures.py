"""Make the recorded HTTP fixtures under tests/recordings.

Without options every case is recorded from the simulator; the files are the same each time. With --live the cases that
can be are recorded from a real server that you name: it is read, one parameter and one firewall rule are written and
put back. Either way the files are scrubbed, and each says where it comes from.

    python scripts/record_fixtures.py [--check] [STEM[/CASE] ...]
    python scripts/record_fixtures.py --live --subscription ID -g GROUP -n SERVER [STEM[/CASE] ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fixture_cases import CASES, Case

from flexsec import FlexSec, FlexSecError, ServerId
from flexsec.azure.connection import Connection
from flexsec.model.acceptance import Ending
from flexsec.model.clock import Clock, Deadline, SystemClock
from flexsec.testing import Recording, RecordingTransport, simulated, write_recording

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "recordings"
_TIME_FOR_A_CASE = 900.0


class NotAsExpected(Exception):
    """A case that did not end as it must; nothing was written for it."""


def main() -> int:
    """Record or check; returns the exit code."""
    given = _parser().parse_args()
    cases = [case for case in CASES if _chosen(case, given.cases)]
    if not cases:
        print(f"no case is called {', '.join(given.cases)}", file=sys.stderr)
        return 2
    try:
        if given.live:
            target = ServerId(given.subscription, given.resource_group, given.name)
            _live(target, [case for case in cases if case.live])
        elif given.check:
            return _check(cases)
        else:
            record_simulated(cases, FOLDER)
    except (FlexSecError, NotAsExpected) as error:
        print(f"record_fixtures.py: error: {error}", file=sys.stderr)
        return error.exit_code if isinstance(error, FlexSecError) else 1
    return 0


def record_simulated(cases: Iterable[Case], folder: Path) -> None:
    """Record cases from the simulator, each in a world of its own."""
    for case in cases:
        with simulated("insecure", faults=case.faults) as simulation:
            target = ServerId(simulation.subscription_id, "rg-shop", "shop-db")
            recording = _record(case, target, simulation.credential, simulation.transport, simulation.clock)
        _write(replace(recording, source="simulator"), case, folder)


def record_live(
    target: ServerId,
    cases: Iterable[Case],
    folder: Path,
    *,
    client: FlexSec,
    credential: TokenCredential,
    sender: Callable[[], HttpTransport[Any, Any]],
    clock: Clock,
) -> None:
    """Record cases from a real server, putting back what they change.

    Args:
        client: prepares the server and puts it back; that is not recorded.
        credential, sender, clock: who signs in, what sends the recorded requests, and what waits.
    """
    for case in cases:
        with case.around(client.server(target.resource_group, target.name)):
            recording = _record(case, target, credential, sender(), clock)
        _write(replace(recording, source="live"), case, folder)


def _live(target: ServerId, cases: list[Case]) -> None:
    from azure.core.pipeline.transport import RequestsTransport
    from azure.identity import DefaultAzureCredential

    credential = DefaultAzureCredential()
    client = FlexSec(credential, target.subscription_id)
    record_live(
        target, cases, FOLDER, client=client, credential=credential, sender=RequestsTransport, clock=SystemClock()
    )


def _record(
    case: Case, target: ServerId, credential: TokenCredential, sender: HttpTransport[Any, Any], clock: Clock
) -> Recording:
    transport = RecordingTransport(sender)
    connection = Connection(credential, target.subscription_id, clock=clock, transport=transport)
    ended, why = _ending(case, connection, target, Deadline(clock, _TIME_FOR_A_CASE))
    if ended not in case.ends.split(" or "):
        raise NotAsExpected(
            f"{case.stem}/{case.name} ended as {ended!r}, expected {case.ends!r}; it was not written. {why}"
        )
    recording = transport.recording(about=case.about, source="live", recorded=clock.now().date())
    return _cut(recording, case.keep)


def _ending(case: Case, connection: Connection, target: ServerId, deadline: Deadline) -> tuple[str, str]:
    """How the case ended, in the words of `Case.ends`, and the reason that was given."""
    try:
        result = case.run(connection, target, deadline)
    except FlexSecError as error:
        return f"raises {type(error).__name__}", error.message
    if not isinstance(result, Ending):
        return "read", ""
    told = result.error and result.kind in ("failed", "canceled")
    return f"{result.kind} {type(result.error).__name__}" if told else str(result.kind), result.reason


def _cut(recording: Recording, keep: tuple[str, ...]) -> Recording:
    """The recording with parameter lists cut to the parameters that the case is about."""

    def short(answer: Any) -> Any:
        return answer | {"value": [entry for entry in answer["value"] if entry["name"] in keep]}

    exchanges = tuple(
        replace(exchange, answer=short(exchange.answer))
        if _is_parameter_list(exchange.url, exchange.answer)
        else exchange
        for exchange in recording.exchanges
    )
    return replace(recording, exchanges=exchanges)


def _is_parameter_list(url: str, answer: object) -> bool:
    return url.partition("?")[0].endswith("/configurations") and isinstance(answer, Mapping) and "value" in answer


def _check(cases: list[Case]) -> int:
    """Whether the files on disk are what the simulator gives now; those recorded live are left alone."""
    with TemporaryDirectory() as fresh:
        record_simulated(cases, Path(fresh))
        behind = [case for case in cases if _differs(case, Path(fresh))]
    for case in behind:
        print(f"{case.stem}/{case.name}.json is not what the simulator gives now", file=sys.stderr)
    if behind:
        print("renew them: python scripts/record_fixtures.py", file=sys.stderr)
    return 1 if behind else 0


def _differs(case: Case, fresh: Path) -> bool:
    on_disk = _file(case, FOLDER)
    if not on_disk.exists():
        return True
    text = on_disk.read_text(encoding="utf-8")
    return '"source": "simulator"' in text and text != _file(case, fresh).read_text(encoding="utf-8")


def _write(recording: Recording, case: Case, folder: Path) -> None:
    write_recording(recording, _file(case, folder))
    if folder == FOLDER:
        print(
            f"{case.stem}/{case.name}: {len(recording.exchanges)} exchanges from the {recording.source}",
            file=sys.stderr,
        )


def _file(case: Case, folder: Path) -> Path:
    return folder / case.stem / f"{case.name}.json"


def _chosen(case: Case, names: list[str]) -> bool:
    return not names or case.stem in names or f"{case.stem}/{case.name}" in names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Make the recorded HTTP fixtures under tests/recordings.")
    parser.add_argument("cases", nargs="*", metavar="STEM[/CASE]", help="which cases (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a fixture is not up to date")
    parser.add_argument("--live", action="store_true", help="record from a real server")
    parser.add_argument("--subscription", default="", help="the real server's subscription id")
    parser.add_argument("-g", "--resource-group", default="", help="its resource group")
    parser.add_argument("-n", "--name", default="", help="its name")
    return parser


if __name__ == "__main__":
    sys.exit(main())
