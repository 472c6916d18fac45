"""Clips as fingerprints, and comparisons of them, without files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from giflab_core.decoding.picture import Still
from giflab_core.sequence import Fingerprint, Fingerprinter, Matching, Runs
from tests.helpers.gifs import Indices


def fingerprints(frames: Sequence[Indices]) -> list[Fingerprint]:
    """Of grey opaque frames, uint8 (height, width), each taken by itself; one object for frames that are one object."""
    taken: dict[int, Fingerprint] = {}
    for frame in frames:
        if id(frame) not in taken:
            pixels = np.dstack([frame] * 3 + [np.full_like(frame, 255)])
            taken[id(frame)] = Fingerprinter(frame.shape[1], frame.shape[0]).take(Still(pixels))
    return [taken[id(frame)] for frame in frames]


def compare(
    original: Sequence[Indices],
    compressed: Sequence[Indices],
    original_ms: Sequence[int] | int = 100,
    compressed_ms: Sequence[int] | int = 100,
) -> Matching:
    """Two clips of grey frames; a duration by itself is that of each frame."""
    height, width = original[0].shape
    return Matching(_runs(original, original_ms), _runs(compressed, compressed_ms), (width, height))


def _runs(frames: Sequence[Indices], shown_ms: Sequence[int] | int) -> Runs:
    durations = [shown_ms] * len(frames) if isinstance(shown_ms, int) else shown_ms
    return Runs.of(fingerprints(frames), durations)
