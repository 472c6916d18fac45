"""A bar is for who looks, and waits."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from giflab_core.report import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass, in seconds."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def let(seconds: float) -> None:
        now[0] += seconds

    return let


def looked_at(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error from here on: pytest replaces what a fixture puts there."""
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    return found


def test_what_is_done_soon_shows_no_bar(monkeypatch: pytest.MonkeyPatch, passes: Callable[[float], None]) -> None:
    terminal = looked_at(monkeypatch)
    with progress_bar("comparing", "pairs") as on_progress:
        assert on_progress
        for done in range(5):
            on_progress(done, 5)
            passes(0.09)
    assert terminal.getvalue() == ""


def test_what_takes_longer_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, passes: Callable[[float], None]
) -> None:
    terminal = looked_at(monkeypatch)
    with progress_bar("comparing", "pairs") as on_progress:
        assert on_progress
        on_progress(1, 7)
        passes(0.6)
        on_progress(3, 7)
    assert "comparing" in terminal.getvalue()
    assert "3/7" in terminal.getvalue()
    assert "1/7" not in terminal.getvalue()


def test_where_nobody_looks_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar("comparing", "pairs") as on_progress:
        assert on_progress is None


def test_a_bar_that_is_not_shown_loads_nothing() -> None:
    code = """
import sys
from giflab_core.report import progress_bar
sys.stderr.isatty = lambda: True
with progress_bar("comparing", "pairs") as on_progress:
    on_progress(1, 1)
print("rich" in sys.modules)
"""
    # Standard error is replaced, as the attributes of the real one cannot be.
    code = "import io, sys; sys.stderr = type('Stream', (io.StringIO,), {})()" + code
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
