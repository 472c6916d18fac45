"""MDSI, HaarPSI and FSIM against piq: any shape, noise, flat pictures, frames of real GIFs and of lossy copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core import decode
from giflab_core.kernels.fsim import fsim
from giflab_core.kernels.haarpsi import WINDOW, haarpsi
from giflab_core.kernels.luma import luma
from giflab_core.kernels.mdsi import mdsi
from tests.helpers.shared import CORPUS, pairs

piq = pytest.importorskip("piq")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.peers
torch.set_num_threads(1)

Pixels = npt.NDArray[np.uint8]
Pictures = tuple[Pixels, Pixels]

SHAPES = [(1, 1), (1, 7), (2, 2), (3, 3), (7, 7), (11, 11), (16, 17), (61, 41), (163, 220), (256, 256), (400, 391)]
# Original and compressed file, which lost no frame.
FILES = [
    (CORPUS / row["original"], CORPUS / row["file"])
    for row in pairs()
    if row["kind"] in ("lossy", "palette", "palette-dither") and row["frames"] == row["original_frames"]
][3::9]


def synthetic(shape: tuple[int, int]) -> Iterator[Pictures]:
    rng = np.random.default_rng(shape)
    x = rng.integers(0, 256, (*shape, 4), dtype=np.uint8)
    y, columns = np.mgrid[: shape[0], : shape[1]]
    slopes = (np.stack([2 * columns + y, columns * y // 16, 255 - columns - y, columns], -1) % 256).astype(np.uint8)
    for other in (x, 255 - x, np.roll(x, 1), *(_noisy(rng, x, spread) for spread in (1, 20))):
        yield x, other
    yield slopes, _noisy(rng, slopes, 5)
    yield slopes, x


def _noisy(rng: np.random.Generator, x: Pixels, spread: int) -> Pixels:
    noisy: Pixels = np.clip(x + rng.integers(-spread, spread + 1, x.shape), 0, 255).astype(np.uint8)
    return noisy


def flat(shape: tuple[int, int]) -> Iterator[Pictures]:
    for one, other in [(255, 255), (0, 255), (250, 249)]:
        yield np.full((*shape, 4), one, np.uint8), np.full((*shape, 4), other, np.uint8)


def real(paths: tuple[Path, Path]) -> Pictures:
    """The fifth frame of both, or the last one before."""
    found = [list(islice(decode(path), 5))[-1] for path in paths]
    return found[0].pixels, found[1].pixels


def both(smallest: int) -> pytest.MarkDecorator:
    """Parametrises over synthetic pictures from this size on, and files."""
    cases = [
        pytest.param(lambda each=each: synthetic(each), id="x".join(map(str, each)))
        for each in SHAPES
        if min(each) >= smallest
    ]
    corpus = [pytest.param(lambda each=each: [real(each)], id=each[1].stem, marks=pytest.mark.corpus) for each in FILES]
    return pytest.mark.parametrize("pictures", [*cases, *corpus])


def colours(x: Pixels) -> Any:
    return torch.tensor(x[..., :3].transpose(2, 0, 1)[None], dtype=torch.float64)


def plane(x: Pixels) -> Any:
    return torch.tensor(x[None, None], dtype=torch.float64)


@both(1)
def test_mdsi_equals_piq(pictures: Callable[[], Iterable[Pictures]]) -> None:
    for x, y in pictures():
        # Of float64: the fourth root of what is left of equal pictures in float32 may be 0.01.
        assert mdsi(x, y) == pytest.approx(float(piq.mdsi(colours(x), colours(y), data_range=255)), abs=1e-5)


@both(WINDOW)
def test_haarpsi_equals_piq(pictures: Callable[[], Iterable[Pictures]]) -> None:
    for x, y in pictures():
        if min(x.shape[:2]) < WINDOW:
            continue
        assert haarpsi(x, y) == pytest.approx(float(piq.haarpsi(colours(x), colours(y), data_range=255)), abs=1e-5)


@both(2)
def test_fsim_equals_piq(pictures: Callable[[], Iterable[Pictures]]) -> None:
    for x, y in pictures():
        one, other = luma(x), luma(y)
        # Where most is flat, what piq adds to amplitudes counts, of which float64 has less than float32.
        expected = float(piq.fsim(plane(one), plane(other), data_range=255, chromatic=False))
        assert fsim(one, other) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if min(shape) >= WINDOW])
def test_flat_pictures_score_as_in_piq(shape: tuple[int, int]) -> None:
    for x, y in flat(shape):
        assert mdsi(x, y) == pytest.approx(float(piq.mdsi(colours(x), colours(y), data_range=255)), abs=1e-5)
        assert haarpsi(x, y) == pytest.approx(float(piq.haarpsi(colours(x), colours(y), data_range=255)), abs=1e-5)


@pytest.mark.parametrize(
    "shape", [(2, 2), (7, 7), (8, 8), (11, 11), (16, 32), (33, 33), (64, 64), (100, 100), (96, 256)]
)
@pytest.mark.parametrize(("one", "other"), [(255, 255), (0, 255), (10, 200), (250, 249)])
def test_flat_planes_have_the_fsim_of_piq_wherever_it_agrees_with_itself(
    shape: tuple[int, int], one: int, other: int
) -> None:
    """Where its transform of a flat plane is not exact, its number is made of what is left by rounding, and is another
    one in double precision."""
    x, y = np.full(shape, one, np.uint8), np.full(shape, other, np.uint8)
    planes = plane(x), plane(y)
    single, double = (
        float(piq.fsim(*(each.to(kind) for each in planes), data_range=255, chromatic=False))
        for kind in (torch.float32, torch.float64)
    )
    # Sides that are powers of two are what every transform is exact for.
    is_certain = all(length & (length - 1) == 0 for length in shape)
    assert abs(single - double) <= 1e-3 or not is_certain
    if abs(single - double) <= 1e-3:
        assert fsim(x, y) == pytest.approx(double, abs=1e-6)


def test_pictures_smaller_than_the_window_are_refused_by_piq() -> None:
    small = colours(np.zeros((WINDOW - 1, WINDOW, 4), np.uint8))
    with pytest.raises(ValueError, match="Kernel size"):
        piq.haarpsi(small, small, data_range=255)
