"""What is kept of a pair that was computed once, and from pair to pair."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from giflab_core.frozen import dataclass, field

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box

T = TypeVar("T")
Followed = TypeVar("Followed", contravariant=True)
NEVER = -2


class Once(Generic[T]):
    """An attribute that is computed when it is first asked for, and may be set.

    As `functools.cached_property` without its lock, which costs more than most of what is kept so.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__

    def __get__(self, owner: Any, kind: type) -> T:
        value: T = self._compute(owner)
        vars(owner)[self._name] = value
        return value


class Follower(Protocol[Followed]):
    """A number of two planes, or two pictures, that is kept up to date where they change."""

    def update(self, x: Followed, y: Followed, box: Box | None) -> float: ...


@dataclass(slots=True, frozen=True)
class Memory:
    """What metrics keep from a pair to the next of one validation, by keys that only the metric that owns it knows."""

    kept: dict[Hashable, Any] = field(default_factory=dict)


class Held(Generic[T]):
    """What was made of a pair of planes, or of one, and the number of the pair at which it was."""

    __slots__ = ("serial", "value")

    def __init__(self, value: T) -> None:
        self.value = value
        self.serial = NEVER
