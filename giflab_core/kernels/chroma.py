"""How much of a picture's colourfulness another one keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab_numpy

if TYPE_CHECKING:
    from giflab_core.kernels.joint import Colours, Counts, Joint

# Pairs of colours worked on at once, so that a picture of many colours takes little memory.
CHUNK = 1 << 16


def kept_chroma(joint: Joint) -> tuple[float, float]:
    """How much of the original's colourfulness the compressed picture keeps, and how much there was.

    Sums over the pixels that are visible in both, in squared units of CIELAB. The second is of the original's squared
    chroma; the first of the product of its (a*, b*) and the compressed picture's, 0 where these point apart. So both
    are the same for equal pictures, and nothing is kept by a greyscale copy or by opposite hues; colours that are more
    vivid keep more than there was.
    """
    kept = energy = 0.0
    for start in range(0, len(joint.counts), CHUNK):
        part = slice(start, start + CHUNK)
        more = _sums(joint.original[part], joint.compressed[part], joint.counts[part])
        kept, energy = kept + more[0], energy + more[1]
    return kept, energy


def _sums(original: Colours, compressed: Colours, counts: Counts) -> tuple[float, float]:
    if NATIVE:
        return NATIVE.kept_chroma(original, compressed, counts, LINEAR)
    return kept_chroma_numpy(original, compressed, counts)


def kept_chroma_numpy(original: Colours, compressed: Colours, counts: Counts) -> tuple[float, float]:
    """The twin of the native function, which adds in the same order."""
    visible = counts * ((original[:, 3] != 0) & (compressed[:, 3] != 0))
    (_, a1, b1), (_, a2, b2) = lab_numpy(original).T, lab_numpy(compressed).T
    # Sums, not inner products: NumPy would hand those to threads that wait for more, and cost more than they save.
    kept = float((np.maximum(a1 * a2 + b1 * b2, 0) * visible).sum())
    return kept, float(((a1 * a1 + b1 * b1) * visible).sum())
