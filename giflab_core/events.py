"""What happens while something is worked on, for whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from giflab_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened; each kind is a class of its own, and later versions may add some."""


@dataclass(frozen=True, slots=True)
class PairsScored(Event):
    """Of `total` pairs of frames, `done` are scored. `done` rises from event to event."""

    done: int
    total: int


class Observer(Protocol):
    """Is told of each event, in the thread of whoever asked for the work, which waits meanwhile.

    What it raises ends the work, and reaches whoever asked for it.
    """

    def __call__(self, event: Event, /) -> None: ...


Progress = Callable[[int, int], None]
"""Is called with how many pairs are scored, and how many there are."""


def ignore(event: Event, /) -> None:
    """The observer who does not want to know."""


@dataclass(frozen=True, slots=True)
class ProgressObserver:
    """Passes on how far it is; it pickles if `on_progress` does."""

    on_progress: Progress

    def __call__(self, event: Event, /) -> None:
        if isinstance(event, PairsScored):
            self.on_progress(event.done, event.total)


@dataclass(frozen=True, slots=True)
class Observers:
    """Tells all of these, in this order."""

    observers: tuple[Observer, ...]

    def __call__(self, event: Event, /) -> None:
        for each in self.observers:
            each(event)


def together(*observers: Observer | None) -> Observer:
    """The observer that tells all of these but None, in this order; it pickles if they do."""
    found = tuple(each for each in observers if each is not None)
    if not found:
        return ignore
    return found[0] if len(found) == 1 else Observers(found)
