"""Two threads: this one, and a helper where one is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
Task = Callable[[], object]


class Team:
    """One helper beside this thread, or none."""

    def __init__(self, helper: Executor | None) -> None:
        self._helper = helper

    def both(self, mine: Callable[[], T], other: Callable[[], T], *, at_once: bool) -> tuple[T, T]:
        """Call two functions that do not share what they change, at once where that pays and there is a helper."""
        if not (self._helper and at_once):
            return mine(), other()
        waiting = self._helper.submit(other)
        try:
            own = mine()
        finally:
            theirs = waiting.result()
        return own, theirs

    def share(self, tasks: Sequence[Task], *, at_once: bool) -> None:
        """Call functions that do not share what they change, the dearest of which come first."""
        left = iter(tasks)  # of a sequence: taking the next is one step, whoever takes it

        def work() -> None:
            for task in left:
                task()

        self.both(work, work, at_once=at_once and len(tasks) > 1)


@contextmanager
def team(threads: int) -> Iterator[Team]:
    """So many threads, 1 or 2."""
    if threads < 2:
        yield Team(None)
        return
    with ThreadPoolExecutor(1, "giflab") as helper:
        yield Team(helper)
