"""The demonstration: the first thing that a newcomer sees."""

from __future__ import annotations

import json


def test_demo_tells_the_whole_story_and_ends_with_0(flexsec):
    """Observed, judged, planned without and with leave, written, verified; the journal's place and what to try next."""
    answer = flexsec("demo")
    assert answer.code == 0, answer.err
    places = [
        answer.out.index(words)
        for words in (
            "nothing real is touched",
            "1/5",
            "Read 424 parameters.",
            "2/5",
            "20 failing",
            "3/5",
            "Held back",
            "--allow-restart",
            "4/5",
            "This time with leave",
            "5/5",
            "Controls before and after",
            "20 findings before, 3 after",
            "Planning once more: Nothing to write",
            "The journal was kept in",
            "Try next:",
        )
    ]
    assert places == sorted(places)
    assert "[16/16] done" in answer.err
    assert "\x1b" not in answer.out + answer.err


def test_every_command_that_the_demo_suggests_works(flexsec, tmp_path, monkeypatch):
    """What the demo says to try next works when it is typed, but for the one with placeholders."""
    monkeypatch.chdir(tmp_path)
    words = [line.split()[1:] for line in flexsec("demo").out.split("Try next:\n")[1].splitlines()]
    assert ["demo", "--simulate", "insecure:shop.json"] in words
    for line in words:
        if "ID" not in line:
            assert flexsec(*line).code in (0, 3), line
    kept = [line.split()[1:] for line in flexsec(*words[0]).out.split("Try next:\n")[1].splitlines()]
    for line in kept:
        answer = flexsec(*line, *(("--yes",) if line[0] == "rollback" else ()))
        assert answer.code in (0, 3), (line, answer.err)


def test_demo_writes_a_report_only_when_asked(flexsec, tmp_path, monkeypatch):
    """Nothing is left behind but the report that -o asks for; with --format the report alone is on standard output."""
    monkeypatch.chdir(tmp_path)
    flexsec("demo")
    assert list(tmp_path.iterdir()) == []
    answer = flexsec("demo", "-o", "report.json", "--format", "json")
    assert answer.data["schema"] == "flexsec.hardening/1"
    assert json.loads((tmp_path / "report.json").read_text()) == answer.data
    assert "5/5" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
