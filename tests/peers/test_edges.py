"""Edges and Laplacians against OpenCV's, on drawn planes and on frames of real clips."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core import decode
from giflab_core.kernels.canny import canny, canny_numpy, edge_counts_numpy
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.laplacian import laplacian_variance
from giflab_core.kernels.luma import luma
from tests.helpers.shared import CORPUS, files, pairs

cv2 = pytest.importorskip("cv2")
pytestmark = pytest.mark.peers

Plane: TypeAlias = npt.NDArray[np.uint8]

SHAPES = [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (7, 7), (11, 11), (63, 65), (64, 128), (256, 256), (301, 517)]
THRESHOLDS = [(50, 150), (20.5, 60.9), (100, 300), (0, 0), (-5, 700), (150, 50), (400, 900)]


def drawn(shape: tuple[int, int]) -> Iterator[Plane]:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, shape, np.uint8)
    yield noise
    yield np.where(noise < 100, 0, 255).astype(np.uint8)
    yield noise // 64 * 40
    yield np.full(shape, 77, np.uint8)
    yield np.ascontiguousarray(np.kron(noise, np.ones((5, 5), np.uint8))[: shape[0], : shape[1]])
    yield np.clip(cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 2) * 4 - 384, 0, 255).astype(np.uint8)
    yield (np.add.outer(np.arange(shape[0]) * 7, np.arange(shape[1]) * 3) % 256).astype(np.uint8)


def frames(path: str | Path, count: int = 3) -> list[Plane]:
    return [luma(frame.pixels) for frame in islice(decode(CORPUS / path), count)]


def check(plane: Plane, low: float, high: float) -> None:
    expected = cv2.Canny(plane, low, high) > 0
    np.testing.assert_array_equal(canny(plane, low, high), expected)


@pytest.mark.parametrize("thresholds", THRESHOLDS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_edges_of_drawn_planes(shape: tuple[int, int], thresholds: tuple[float, float]) -> None:
    for plane in drawn(shape):
        check(plane, *thresholds)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_edges_of_the_twin(shape: tuple[int, int]) -> None:
    for plane in drawn(shape):
        np.testing.assert_array_equal(canny_numpy(plane, 50, 150), cv2.Canny(plane, 50, 150) > 0)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_variances_of_drawn_planes(shape: tuple[int, int]) -> None:
    for plane in drawn(shape):
        expected = cv2.Laplacian(plane, cv2.CV_64F, ksize=1).var()
        assert laplacian_variance(plane) == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


@pytest.mark.corpus
@pytest.mark.parametrize("path", files("gifs/*.gif"), ids=lambda path: path.stem)
def test_edges_and_variances_of_real_frames(path: Path) -> None:
    for plane in frames(path):
        check(plane, 50, 150)
        check(plane, 30, 80)
        expected = cv2.Laplacian(plane, cv2.CV_64F, ksize=1).var()
        assert laplacian_variance(plane) == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


@pytest.mark.corpus
@pytest.mark.parametrize("row", [row for row in pairs() if row["kind"] == "lossy"][::4], ids=lambda row: row["file"])
def test_agreement_of_real_pairs(row: dict[str, str]) -> None:
    near = np.ones((3, 3), np.uint8)
    for x, y in zip(frames(row["original"]), frames(row["file"]), strict=False):
        one, other = cv2.Canny(x, 50, 150), cv2.Canny(y, 50, 150)
        found = one & cv2.dilate(other, near), other & cv2.dilate(one, near)
        counts = tuple(map(cv2.countNonZero, (one, other, *found)))
        assert edge_counts_numpy(x, y, 50, 150) == counts
        assert not NATIVE or NATIVE.edge_counts(x, y, 50, 150) == counts
