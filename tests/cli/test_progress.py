"""Progress says what is being written, how long that usually takes, and how many are left."""

from __future__ import annotations

import pytest

from flexsec.cli.progress import PlainProgress, line
from flexsec.model.event import Event

SENTENCE = "Set log_checkpoints to on (now off)."


def event(stage: str, number: int = 2, *, elapsed: float = 0.0, message: str = SENTENCE) -> Event:
    """An event of one of nine changes."""
    return Event(stage=stage, message=message, number=number, total=9, typical_seconds=12, elapsed_seconds=elapsed)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event("writing"), f"[2/9] {SENTENCE} (usually about 12 s; 7 left after this)"),
        (event("writing", 9), f"[9/9] {SENTENCE} (usually about 12 s; the last one)"),
        (
            event("waiting", elapsed=65),
            f"[2/9] still waiting: {SENTENCE} (1 min 5 s so far; usually about 12 s; 7 left after this)",
        ),
        (event("verifying"), f"[2/9] reading back: {SENTENCE} (7 left after this)"),
        (event("done", elapsed=61), "[2/9] done (took 1 min 1 s)"),
        (event("failed", elapsed=3, message="refused\x1b[2J"), "[2/9] failed: refused\\x1b[2J (took 3 s)"),
        (event("retrying", message="busy; again in 10 s"), "[2/9] retrying: busy; again in 10 s"),
        (Event(stage="finished", message="Run x: complete."), "Run x: complete."),
    ],
)
def test_a_step_is_one_line(told, expected):
    """Each stage of a change reads as one neutral line."""
    assert line(told) == expected


def test_a_long_wait_is_told_now_and_then(capsys):
    """Polls of a long operation do not flood a log: a line when half a minute has passed, and again after that."""
    with PlainProgress() as progress:
        progress.listen(event("writing"))
        for second in range(0, 100, 5):
            progress.listen(event("waiting", elapsed=second))
        progress.listen(event("verifying", elapsed=100))
        progress.listen(event("done", elapsed=100))
        progress.listen(event("writing", 3))
        progress.listen(event("waiting", 3, elapsed=30))
    lines = capsys.readouterr().err.splitlines()
    waits = [text.split("off). (")[1].split(" so far")[0] for text in lines if "still waiting" in text]
    assert waits == ["30 s", "1 min", "1 min 30 s", "30 s"]
    assert not any("reading back" in text for text in lines)
    assert lines[0].startswith("[2/9] Set")
