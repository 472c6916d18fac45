"""Without a terminal, lines say how far a gate is: a few, and never nothing for long."""

from __future__ import annotations

import time

import pytest

from pytest_giflab.report import DuetProgress, bars, showing_progress


def told(pairs: int) -> DuetProgress:
    return DuetProgress(pairs, decided=3, benchmarks=30, running="test_a.py::test_x", left_s=44.4)


def test_pairs_are_told_after_the_first_and_from_the_first_look_on() -> None:
    lines: list[str] = []
    with showing_progress(lines.append) as view:
        for pairs in (0, 1, 1, 2, 3, 4, 5, 5, 6):
            view.duet(told(pairs))
    assert [line.partition(" ·")[0] for line in lines] == ["pair 2", "pair 4", "pair 5", "pair 6", "pair 7"]
    assert lines[0] == "pair 2 · 3 of 30 decided · about 44 s to the next look"


def test_it_is_never_silent_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "QUIET_S", 0.2)
    lines: list[str] = []
    with showing_progress(lines.append) as view:
        view.duet(told(0))
        until = time.monotonic() + 30
        while len(lines) < 3 and time.monotonic() < until:
            time.sleep(0.05)
    assert lines[:3] == ["pair 1 · 3 of 30 decided · about 44 s to the next look"] * 3
    count = len(lines)
    time.sleep(0.5)
    assert len(lines) == count, "nothing is said after the end"
