"""Show how far a gate is: a bar if somebody is looking, else a line now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from giflab_core.text import printable
from pytest_giflab.decision import FIRST_LOOK
from pytest_giflab.report.progress import DuetProgress, ProgressView

COLUMNS = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[state]}"))


@contextmanager
def showing_progress(write_line: Callable[[str], None]) -> Iterator[ProgressView]:
    """Yield what a gate tells; bars go to standard error and are gone at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield ProgressView(lambda _done, _total: None, _lines(write_line), write_line)
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


def _lines(write_line: Callable[[str], None]) -> Callable[[DuetProgress], None]:
    told = 0

    def tell(progress: DuetProgress) -> None:
        nonlocal told
        if progress.pairs >= FIRST_LOOK and progress.pairs > told:
            told = progress.pairs
            write_line(_state(progress))

    return tell


def _state(progress: DuetProgress) -> str:
    left = f" · about {progress.left_s:.0f} s to the next look" if progress.left_s >= 1 else ""
    return f"pair {progress.pairs + 1} · {progress.decided} of {progress.benchmarks} decided{left}"
