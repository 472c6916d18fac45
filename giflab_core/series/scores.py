"""The numbers of one metric, pair by pair, as bytes: a verdict from the cache carries them, and reads none of them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import overload

from giflab_core.frozen import dataclass, field
from giflab_core.model import FramePair

PAIR, VALUE = struct.Struct("<2IQI"), struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class PairScore:
    """What a pair of frames scored that is on screen from `start_ms` on for `duration_ms`; `value` may be infinite."""

    start_ms: int
    duration_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class Series(Sequence[PairScore]):
    """What each pair of frames scored by one metric, in the order of the clip: a sequence of `PairScore`.

    `start_ms`, `duration_ms` and `value` are the same, column by column. `pairs` and `values` are what it is kept as:
    see `pack_pairs()` and `pack_values()`. Raises ValueError if these do not fit each other.
    """

    pairs: bytes = field(repr=False)
    values: bytes = field(repr=False)

    def __post_init__(self) -> None:
        count, rest = divmod(len(self.pairs), PAIR.size)
        if rest or len(self.values) != count * VALUE.size:
            raise ValueError(f"{len(self.pairs)} bytes of pairs with {len(self.values)} bytes of values")

    def __len__(self) -> int:
        return len(self.pairs) // PAIR.size

    @overload
    def __getitem__(self, place: int) -> PairScore: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PairScore, ...]: ...
    def __getitem__(self, place: int | slice) -> PairScore | tuple[PairScore, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(f"pair {place} of {len(self)}")
        place %= len(self)
        _, _, start_ms, duration_ms = PAIR.unpack_from(self.pairs, place * PAIR.size)
        return PairScore(start_ms, duration_ms, *VALUE.unpack_from(self.values, place * VALUE.size))

    @property
    def start_ms(self) -> tuple[int, ...]:
        return tuple(each.start_ms for each in self.frame_pairs)

    @property
    def duration_ms(self) -> tuple[int, ...]:
        return tuple(each.duration_ms for each in self.frame_pairs)

    @property
    def value(self) -> tuple[float, ...]:
        return tuple(number for (number,) in VALUE.iter_unpack(self.values))

    @property
    def frame_pairs(self) -> tuple[FramePair, ...]:
        """The pairs, with the frames that are on screen together."""
        return tuple(FramePair(*numbers) for numbers in PAIR.iter_unpack(self.pairs))


def pack_pairs(pairs: Iterable[FramePair]) -> bytes:
    """Both frames, start and duration in ms of each: unsigned, little-endian, of 32, 32, 64 and 32 bits."""
    return b"".join(PAIR.pack(each.original, each.compressed, each.start_ms, each.duration_ms) for each in pairs)


def pack_values(values: Iterable[float]) -> bytes:
    """A float of 64 bits each, little-endian."""
    return b"".join(map(VALUE.pack, values))
