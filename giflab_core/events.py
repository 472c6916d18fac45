"""What happens while something is worked on, for whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


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


def of_progress(on_progress: Progress) -> Observer:
    """The observer that passes on how far it is."""

    def tell(event: Event) -> None:
        if isinstance(event, PairsScored):
            on_progress(event.done, event.total)

    return tell


def together(*observers: Observer) -> Observer:
    """The observer that tells all of these, in this order."""

    def tell(event: Event) -> None:
        for each in observers:
            each(event)

    return tell
