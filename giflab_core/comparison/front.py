"""Say which candidates are worth their bytes: the Pareto front of bytes against quality. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from giflab_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """What a candidate costs and gives: `quality`, of which more is better, and whether its verdict is no fail."""

    size_bytes: int
    quality: float
    passes: bool

    def is_outdone_by(self, other: Offer) -> bool:
        """Whether another one is at least as good in all, and better in something.

        What fails outdoes nothing that passes: a clip that has lost half of its frames is small, and may be sharp.
        """
        mine, its = (-self.size_bytes, self.quality, self.passes), (-other.size_bytes, other.quality, other.passes)
        return mine != its and all(one <= another for one, another in zip(mine, its, strict=True))


def on_front(offers: Sequence[Offer | None]) -> tuple[bool, ...]:
    """Of each offer whether none outdoes it; False for one without numbers."""
    known = [each for each in offers if each]
    return tuple(each is not None and not any(map(each.is_outdone_by, known)) for each in offers)
