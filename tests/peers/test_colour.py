"""Metrics of colour against OpenCV, scikit-image and SciPy, on frames of real clips."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from scipy.spatial import cKDTree
from skimage.color import deltaE_ciede2000, rgb2lab

from giflab_core.decoding.reader import pictures
from giflab_core.kernels.ciede2000 import ColourDifferences, Spread
from giflab_core.kernels.histogram import bhattacharyya
from giflab_core.kernels.joint import Joint, joint_of_indices, joint_of_pixels
from giflab_core.kernels.lab import lab
from giflab_core.kernels.palette import JUST_NOTICEABLE, lost_share
from tests.helpers.shared import CORPUS, pairs

cv2 = pytest.importorskip("cv2")
pytestmark = [pytest.mark.peers, pytest.mark.corpus]

KINDS = ("lossy", "palette", "palette-dither", "lossy-temporal")
LARGEST = 300_000  # pixels, so that the references take no minutes


def sample() -> list[tuple[str, str]]:
    rows = [row for row in pairs() if row["kind"] in KINDS and row["frames"] == row["original_frames"]]
    return [(row["original"], row["file"]) for row in rows[::9]]


def frames(original: str, compressed: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Three early pairs of frames, RGBA."""
    both = zip(pictures(CORPUS / original), pictures(CORPUS / compressed), strict=True)
    for one, two in islice(both, 0, 5, 2):
        x, y = one.rgba(), two.rgba()
        if x.shape == y.shape and x.size <= 4 * LARGEST:
            yield x, y


def on(grey: int, pixels: np.ndarray) -> np.ndarray:
    """RGB of pixels on a background."""
    return np.where(pixels[..., 3:] == 0, np.uint8(grey), pixels[..., :3])


def interpolated(levels: np.ndarray) -> np.ndarray:
    """A histogram of 32 bins, shared out between the nearest centres by NumPy's interpolation."""
    centres = 3.5 + 8 * np.arange(32)
    position = np.interp(levels.ravel(), centres, np.arange(32))
    low = np.minimum(position.astype(int), 30)
    share = position - low
    return np.bincount(low, 1 - share, 32) + np.bincount(low + 1, share, 32)


@pytest.mark.parametrize(("original", "compressed"), sample())
def test_real_pairs(original: str, compressed: str) -> None:
    differences = ColourDifferences()
    for x, y in frames(original, compressed):
        joint = joint_of_pixels(x, y)
        for grey in (0, 255):
            one, two = on(grey, x), on(grey, y)
            check_differences(differences.spreads(joint, [grey])[0], one, two)
            check_histogram(bhattacharyya(joint.on(grey)), one, two)
        check_lost(lost_share(joint), x[x[..., 3] != 0][:, :3], y[y[..., 3] != 0][:, :3])


def check_differences(found: Spread, x: np.ndarray, y: np.ndarray) -> None:
    expected = deltaE_ciede2000(rgb2lab(x), rgb2lab(y))
    assert found.mean == pytest.approx(expected.mean(), abs=1e-9)
    assert found.p95 == pytest.approx(np.percentile(expected, 95, method="inverted_cdf"), abs=1e-9)


def check_histogram(found: float, x: np.ndarray, y: np.ndarray) -> None:
    distances = [
        cv2.compareHist(*(interpolated(side[..., channel]).astype(np.float32) for side in (x, y)), 3)
        for channel in range(3)
    ]
    assert cv2.HISTCMP_BHATTACHARYYA == 3
    assert found**2 == pytest.approx(np.square(distances).mean(), abs=1e-6)


def check_lost(found: float, x: np.ndarray, y: np.ndarray) -> None:
    if len(x):
        there = rgb2lab(np.unique(y, axis=0)) if len(y) else np.full((1, 3), 1e9)
        distances, _ = cKDTree(there).query(rgb2lab(x[np.newaxis])[0])
        assert found == pytest.approx(float((distances > JUST_NOTICEABLE).mean()), abs=1e-12)


@pytest.mark.parametrize(("original", "compressed"), sample())
def test_palettes_give_the_joint_histogram_of_pixels(original: str, compressed: str) -> None:
    both = zip(pictures(CORPUS / original), pictures(CORPUS / compressed), strict=True)
    for one, two in islice(both, 4):
        x, y = one.indexed(), two.indexed()
        if x and y and x.indices.shape == y.indices.shape:
            of_indices = joint_of_indices(x.indices, x.colours, y.indices, y.colours)
            assert entries(of_indices) == entries(joint_of_pixels(one.rgba(), two.rgba()))


def entries(joint: Joint) -> set[tuple[int, ...]]:
    rows = zip(joint.original.tolist(), joint.compressed.tolist(), joint.counts.tolist(), strict=True)
    found = {(*x, *y, count) for x, y, count in rows}
    assert len(found) == len(joint.counts)
    return found


def test_lab_equals_opencv() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (5000, 4), dtype=np.uint8)
    expected = cv2.cvtColor(colours[np.newaxis, :, :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    assert np.abs(lab(colours) - expected).max() < 0.5  # OpenCV looks cube roots up in a table
