"""Which colours two pictures have, and what most pixels of each colour of the one are in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER, packed

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.joint import Counts, Joint

    Keys = npt.NDArray[np.uint32]
    Whole = npt.NDArray[np.int64]

HIDDEN = 0


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The colours of two pictures, 4 bytes as one number each, sorted, none twice.

    `known`: those of the original, transparent among them; `others`: those of the compressed picture that are not;
    `usual`: int64, for each that is known the place among the others that most of its pixels have (of as many the
    first), of those that are not transparent there; -1 if all are.
    """

    known: Keys
    others: Keys
    usual: Whole


def matches(joint: Joint) -> Matches:
    """Those of a joint histogram."""
    mine, theirs = packed(joint.original), packed(joint.compressed)
    if not NATIVE:
        return matches_numpy(mine, theirs, joint.counts)
    known, others, usual = NATIVE.matches(mine, theirs, joint.counts, MULTIPLIER & 0xFFFFFFFF | 1)
    return Matches(np.frombuffer(known, np.uint32), np.frombuffer(others, np.uint32), np.frombuffer(usual, np.int64))


def matches_numpy(mine: Keys, theirs: Keys, counts: Counts) -> Matches:
    """The twin of the native function."""
    visible = theirs != HIDDEN
    known, (others, there) = np.unique(mine), np.unique(theirs[visible], return_inverse=True)
    usual = np.full(len(known), -1, np.int64)
    if len(others):
        pairs, place = np.unique(np.searchsorted(known, mine[visible]) * len(others) + there, return_inverse=True)
        totals = np.bincount(place, counts[visible])
        order = np.lexsort((-pairs, totals))  # the last of each is the most frequent one, the first of as many
        rows, columns = np.divmod(pairs[order], len(others))
        usual[rows] = columns
    return Matches(known, others, usual)
