"""Writes the figures of docs/comparison.md: what flexsec and other tools say of the same servers, counted.

    python scripts/compare_peers.py [--check]

The states, the verdicts that are expected of them, and the other tools' tests are in tests/controls/truth.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.controls.truth import compare  # noqa: E402 - the tests are no package that is installed
from tests.controls.truth.compare import FALSE_ALARM, MISS, RIGHT, SILENT, Case  # noqa: E402
from tests.controls.truth.peers.all import PEERS, Peer  # noqa: E402
from tests.controls.truth.written import states  # noqa: E402

PAGE = ROOT / "docs" / "comparison.md"
BEGIN, END = "<!-- figures: {} (written by scripts/compare_peers.py) -->", "<!-- end of figures -->"
SHOWN_STATES = 3


def sections() -> dict[str, str]:
    """The generated parts of the page by name."""
    return {"size": _size(), "rates": _rates(), "mistakes": _mistakes(), "own": _own()}


def written(page: str) -> str:
    """The page with its generated parts made anew.

    Raises:
        ValueError: a part's marks are missing.
    """
    for name, text in sections().items():
        begin = BEGIN.format(name)
        head, mark, rest = page.partition(begin)
        _, closed, tail = rest.partition(END)
        if not mark or not closed:
            raise ValueError(f"{PAGE.name} has no part {begin} ... {END}")
        page = f"{head}{begin}\n{text}\n{END}{tail}"
    return page


def _size() -> str:
    counted, found = compare.counted_states(), compare.own_cases()
    controls, by_hand = len(counted[0].verdicts), sum(len(each.own) for each in states().values())
    return (
        f"{len(states())} states, {controls} controls, {len(states()) * controls:,} expected verdicts: {by_hand:,} "
        f"were written by hand, and the rest are inherited (`like`) from a state that differs only in what is written. "
        f"flexsec gives every one of them. Compared are the {len(counted)} states in which the one who looks has every "
        f"right: {found.total():,} verdicts whose truth is known. There flexsec is right {found[RIGHT]:,} times, gives "
        f"no answer {found[SILENT]:,} times (what the service does not tell while a server is stopped, for one), "
        f"misses {found[MISS]:,} times, and raises a false alarm {found[FALSE_ALARM]:,} times."
    )


def _rates() -> str:
    titles = (
        "tool", "version read", "checks", "of them wrong somewhere", "cases", "false alarms", "misses", "no answer",
        "flexsec on the same cases: false alarms", "misses", "no answer",
    )  # fmt: skip
    rule = ["---"] * 2 + ["--:"] * (len(titles) - 2)
    rows = [f"| {' | '.join(titles)} |", f"| {' | '.join(rule)} |"]
    return "\n".join([*rows, *(_rate(peer) for peer in PEERS)])


def _rate(peer: Peer) -> str:
    mine = [case for case in compare.cases() if case.peer == peer.key]
    theirs, ours = (
        Counter(outcomes) for outcomes in zip(*((c.peer_outcome, c.own_outcome) for c in mine), strict=True)
    )
    wrong = {case.check for case in mine if case.peer_outcome in (FALSE_ALARM, MISS)}
    figures = [_share(found[kind], len(mine)) for found in (theirs, ours) for kind in (FALSE_ALARM, MISS, SILENT)]
    return (
        f"| {peer.name} | {peer.version} | {len(peer.checks)} | {len(wrong)} | {len(mine):,} | {' | '.join(figures)} |"
    )


def _share(number: int, total: int) -> str:
    return f"{number} ({100 * number / total:.1f} %)" if number else "0"


def _mistakes() -> str:
    rows = ["| tool | check | what | states | such as |", "| --- | --- | --- | --: | --- |"]
    names = {peer.key: peer.name for peer in PEERS}
    found: dict[tuple[str, str, str], list[str]] = {}
    for case in _in_order():
        if case.peer_outcome in (FALSE_ALARM, MISS):
            found.setdefault((case.peer, case.check, case.peer_outcome), []).append(case.state)
    rows += [
        f"| {names[peer]} | `{check}` | {what} | {len(where)} | {', '.join(where[:SHOWN_STATES])} |"
        for (peer, check, what), where in found.items()
    ]
    return "\n".join(rows)


def _in_order() -> list[Case]:
    peers = [peer.key for peer in PEERS]
    return sorted(compare.cases(), key=lambda case: (peers.index(case.peer), case.check, case.peer_outcome))


def _own() -> str:
    rows = ["| control | state | flexsec says | what is true |", "| --- | --- | --- | --- |"]
    return "\n".join(
        [
            *rows,
            *(
                f"| `{control}` | {state} | {said} | {truth} |"
                for control, state, said, truth in compare.known_faults()
            ),
        ]
    )


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is up to date."""
    before = PAGE.read_text("utf-8")
    now = written(before)
    if arguments == ["--check"]:
        print("up to date" if now == before else f"{PAGE.name} is not up to date: run python scripts/compare_peers.py")
        return int(now != before)
    PAGE.write_text(now, "utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
