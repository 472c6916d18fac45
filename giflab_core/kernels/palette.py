"""Which colours of a picture another one does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER, packed
from giflab_core.kernels.lab import LINEAR, lab_numpy

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.joint import Colours, Joint
    from giflab_core.kernels.lab import Doubles
    from giflab_core.model import Mask

# Of CIELAB, as a Euclidean distance: Mahy, Van Eycken and Oosterlinck 1994, "Evaluation of uniform color spaces
# developed after the adoption of CIELAB and CIELUV".
JUST_NOTICEABLE = 2.3
HIDDEN = 0  # the transparent pixel, all of its bytes
# Cells are a little larger than the tolerance, so that no rounding puts what is within it two cells away.
MARGIN = 1.0625
# The neighbours of a cell in L* and a*, itself first.
COLUMNS = [(l << 42) + (a << 21) for l in (0, -1, 1) for a in (0, -1, 1)]  # noqa: E741


def lost_share(joint: Joint) -> float:
    """The share of the original's visible pixels whose colour the compressed picture shows nowhere: 0 to 1.

    A colour is there if one within `JUST_NOTICEABLE` in CIELAB (CIE76) is, wherever and however often. An original
    without a visible pixel loses nothing.
    """
    colours, others = (packed(side) for side in (joint.original, joint.compressed))
    visible = colours != HIDDEN
    colours, counts = colours[visible], joint.counts[visible]
    known, there = _distinct(colours), _distinct(others[others != HIDDEN])
    lost = ~counterparts(_unpacked(known), _unpacked(there), JUST_NOTICEABLE)
    total = int(counts.sum())
    return int(counts[lost[np.searchsorted(known, colours)]].sum()) / total if total else 0.0


def counterparts(colours: Colours, others: Colours, tolerance: float) -> Mask:
    """Which colours have one among the others at a distance in CIELAB of at most `tolerance` (0.01 to 100): bool, (n,).

    `colours`, `others`: uint8, shapes (n, 4) and (m, 4), sRGB, the others all different. Exact, and not quadratic.
    """
    if NATIVE:
        found = np.empty(len(colours), np.bool_)
        NATIVE.counterparts(colours, others, LINEAR, tolerance, MULTIPLIER, found)
        return found
    return counterparts_numpy(colours, others, tolerance)


def counterparts_numpy(colours: Colours, others: Colours, tolerance: float) -> Mask:
    """The twin of the native function: both look into the neighbouring cells of a grid."""
    if not len(others):
        return np.zeros(len(colours), np.bool_)
    there = lab_numpy(others)
    keys = _cell(there, tolerance)
    order = np.argsort(keys)
    keys, there = keys[order], there[order]
    wanted = lab_numpy(colours)
    found = np.zeros(len(colours), np.bool_)
    for column in COLUMNS:
        missing = np.flatnonzero(~found)
        cell = _cell(wanted[missing], tolerance) + column
        at, end = np.searchsorted(keys, cell - 1, "left"), np.searchsorted(keys, cell + 1, "right")
        while missing.size:  # one of the colours in the three cells of the column at a time
            going = at < end
            missing, at, end = missing[going], at[going], end[going]
            l, a, b = (wanted[missing] - there[at]).T  # noqa: E741
            near = l * l + a * a + b * b <= tolerance * tolerance
            found[missing[near]] = True
            missing, at, end = missing[~near], at[~near] + 1, end[~near]
    return found


def _cell(coordinates: Doubles, tolerance: float) -> npt.NDArray[np.int64]:
    """The cell of a grid in CIELAB as one number, in which the neighbours in b* are next to each other."""
    l, a, b = ((coordinates + 256) / (tolerance * MARGIN)).astype(np.int64).T  # noqa: E741
    cells: npt.NDArray[np.int64] = l << 42 | a << 21 | b
    return cells


def _distinct(numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """In ascending order; faster than np.unique."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _unpacked(colours: npt.NDArray[np.uint32]) -> Colours:
    return colours.view(np.uint8).reshape(-1, 4)
