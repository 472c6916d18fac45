"""SSIM, MS-SSIM, GMSD and MSE against other libraries: any shape, noise, frames of real GIFs and of lossy copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from skimage.metrics import structural_similarity

from giflab_core import decode
from giflab_core.kernels.gmsd import gmsd
from giflab_core.kernels.luma import luma
from giflab_core.kernels.moments import moments
from giflab_core.kernels.ms_ssim import SIDE, ms_ssim
from giflab_core.kernels.ssim import WINDOW, ssim
from tests.helpers.shared import CORPUS, pairs

cv2 = pytest.importorskip("cv2")
fast_ssim = pytest.importorskip("fast_ssim")
piq = pytest.importorskip("piq")
pytorch_msssim = pytest.importorskip("pytorch_msssim")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.peers
torch.set_num_threads(1)  # more wait for each other on planes this small

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane]

SHAPES = [(1, 1), (2, 1), (3, 3), (7, 7), (11, 11), (11, 70), (61, 41), (161, 161), (175, 162), (256, 256), (301, 403)]
# Original and compressed file, which lost no frame.
FILES = [
    (CORPUS / row["original"], CORPUS / row["file"])
    for row in pairs()
    if row["kind"] in ("lossy", "palette", "palette-dither") and row["frames"] == row["original_frames"]
][::6]


def synthetic(shape: tuple[int, ...]) -> Iterator[Planes]:
    rng = np.random.default_rng(shape)
    x = rng.integers(0, 256, shape, dtype=np.uint8)
    ramp = np.clip(np.indices(shape)[:2].sum(axis=0), 0, 255).astype(np.uint8)
    for y in (x, 255 - x, np.full_like(x, 9), np.roll(x, 1), *(_noisy(rng, x, spread) for spread in (1, 20))):
        yield x, y
    yield ramp, _noisy(rng, ramp, 5)
    for one, other in [(0, 0), (255, 255), (0, 255), (250, 249)]:
        yield np.full(shape, one, np.uint8), np.full(shape, other, np.uint8)


def _noisy(rng: np.random.Generator, x: Plane, spread: int) -> Plane:
    noisy: Plane = np.clip(x + rng.integers(-spread, spread + 1, x.shape), 0, 255).astype(np.uint8)
    return noisy


def real(paths: tuple[Path, Path]) -> Planes:
    """Luma of the fifth frame of both, or of the last one before."""
    found = [list(islice(decode(path), 5))[-1] for path in paths]
    return luma(found[0].pixels), luma(found[1].pixels)


def both(shapes: list[tuple[int, int]]) -> pytest.MarkDecorator:
    """Parametrises over synthetic planes of these shapes, and files."""
    cases = [pytest.param(lambda each=each: synthetic(each), id="x".join(map(str, each))) for each in shapes]
    corpus = [pytest.param(lambda each=each: [real(each)], id=each[1].stem, marks=pytest.mark.corpus) for each in FILES]
    return pytest.mark.parametrize("planes", [*cases, *corpus])


def tensor(x: Plane, dtype: Any = None) -> Any:
    return torch.tensor(x, dtype=dtype or torch.float64)[None, None]


@both([shape for shape in SHAPES if min(shape) >= WINDOW])
def test_ssim_equals_scikit_image_and_fast_ssim(planes: Callable[[], Iterable[Planes]]) -> None:
    for x, y in planes():
        if min(x.shape) < WINDOW:
            continue
        assert ssim(x, y) == pytest.approx(structural_similarity(x, y, data_range=255), abs=1e-6)
        assert ssim(x, y) == pytest.approx(fast_ssim.ssim(x, y), abs=5e-5)


@both([shape for shape in SHAPES if min(shape) >= SIDE])
def test_ms_ssim_equals_pytorch_msssim(planes: Callable[[], Iterable[Planes]]) -> None:
    for x, y in planes():
        if min(x.shape) < SIDE:
            continue
        expected = pytorch_msssim.ms_ssim(tensor(x), tensor(y), data_range=255)
        assert ms_ssim(x, y) == pytest.approx(float(expected), abs=1e-4)
        # In its usual float32 the variances of bright and flat planes lose digits.
        expected = pytorch_msssim.ms_ssim(tensor(x, torch.float32), tensor(y, torch.float32), data_range=255)
        assert ms_ssim(x, y) == pytest.approx(float(expected), abs=3e-4)


@both(SHAPES)
def test_gmsd_equals_piq(planes: Callable[[], Iterable[Planes]]) -> None:
    for x, y in planes():
        assert gmsd(x, y) == pytest.approx(float(piq.gmsd(tensor(x), tensor(y), data_range=255)), abs=1e-6)


@both(SHAPES)
def test_mse_equals_opencv(planes: Callable[[], Iterable[Planes]]) -> None:
    for x, y in planes():
        assert moments(x, y).mse * x.size == pytest.approx(cv2.norm(x, y, cv2.NORM_L2SQR), rel=1e-12)


def test_ssim_of_colours_equals_fast_ssim() -> None:
    for x, y in synthetic((61, 83, 3)):
        assert ssim(x, y) == pytest.approx(fast_ssim.ssim(x, y), abs=5e-5)
