"""Show how far a gate is: a bar if somebody is looking, else a line now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from giflab_core.text import printable
from pytest_giflab.decision import FIRST_LOOK
from pytest_giflab.report.progress import DuetProgress, ProgressView
from pytest_giflab.workspace import elapsed_s

COLUMNS = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[state]}"))
# Continuous integration ends what is silent for long.
QUIET_S = 45.0


@contextmanager
def showing_progress(write_line: Callable[[str], None]) -> Iterator[ProgressView]:
    """Yield what a gate tells; bars go to standard error and are gone at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        with _Lines(write_line) as lines:
            yield ProgressView(lines.record, lines.play, lines.line)
        return
    with Progress(*COLUMNS, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def update(name: str, done: int, total: int, state: str) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, state="")
            bar.update(tasks[name], completed=done, total=total, state=state)

        def record(done: int, total: int) -> None:
            update("measuring", done, total, f"{done} of {total} benchmarks x processes")

        def play(progress: DuetProgress) -> None:
            state = f"{_state(progress)} · {printable(progress.running.rpartition('::')[2])}"
            update("side by side", progress.decided, progress.benchmarks, state)

        yield ProgressView(record, play, write_line)


class _Lines:
    """A line after the first pair, after each from the first look on, and wherever nothing was said for a while."""

    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._state = "getting ready"
        self._pairs = 0
        self._last = elapsed_s()
        self._is_over = threading.Event()
        self._talker = threading.Thread(target=self._talk, daemon=True)

    def __enter__(self) -> Self:
        self._talker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._talker.join()

    def _talk(self) -> None:
        while not self._is_over.wait(max(0.1, self._last + QUIET_S - elapsed_s())):
            if elapsed_s() >= self._last + QUIET_S:
                self.line(self._state)

    def line(self, text: str) -> None:
        self._last = elapsed_s()
        self._write_line(text)

    def record(self, done: int, total: int) -> None:
        self._state = f"{done} of {total} benchmarks x processes"

    def play(self, progress: DuetProgress) -> None:
        self._state = _state(progress)
        if progress.pairs > self._pairs:
            if self._pairs == 0 or progress.pairs >= FIRST_LOOK:
                self.line(self._state)
            self._pairs = progress.pairs


def _state(progress: DuetProgress) -> str:
    left = f" · about {progress.left_s:.0f} s to the next look" if progress.left_s >= 1 else ""
    return f"pair {progress.pairs + 1} · {progress.decided} of {progress.benchmarks} decided{left}"
