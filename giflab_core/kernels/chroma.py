"""How much of a picture's colourfulness another one keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.lab import lab

if TYPE_CHECKING:
    from giflab_core.kernels.joint import Joint

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
        original, compressed = joint.original[part], joint.compressed[part]
        visible = joint.counts[part] * ((original[:, 3] != 0) & (compressed[:, 3] != 0))
        (_, a1, b1), (_, a2, b2) = lab(original).T, lab(compressed).T
        # Sums, not inner products: NumPy would hand those to threads that wait for more, and cost more than they save.
        kept += float((np.maximum(a1 * a2 + b1 * b2, 0) * visible).sum())
        energy += float(((a1 * a1 + b1 * b1) * visible).sum())
    return kept, energy
