"""`banding`: a number where CAMBI sees the bands, and none where they are too coarse for it."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest

from giflab_core import validate
from giflab_core.cache import MemoryCache
from giflab_core.kernels.cambi import cambi
from giflab_core.metrics import METRICS, PairView
from tests.helpers.gifs import Indices, write_clip
from tests.helpers.shared import case_files

SKY = np.tile(np.linspace(130, 220, 160).astype(np.uint8), (120, 1))


def banded(step: int) -> Indices:
    result: Indices = (SKY // step * step + step // 2).astype(np.uint8)
    return result


def score(compressed: Indices) -> float:
    def pixels(plane: Indices) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.dstack([plane, plane, plane, np.full_like(plane, 255)])

    return METRICS["banding"].score(PairView.of(pixels(SKY), pixels(compressed)))


@pytest.mark.parametrize("step", [2, 4, 8])
def test_bands_of_up_to_8_levels_have_the_number_of_cambi(step: int) -> None:
    assert score(banded(step)) == max(0.0, cambi(banded(step), 32) - cambi(SKY, 32)) > 0


@pytest.mark.parametrize("step", [9, 12, 30])
def test_coarser_ones_have_none(step: int) -> None:
    assert cambi(banded(step), 32) < cambi(banded(8), 32)
    assert isnan(score(banded(step)))


def test_it_is_absent_with_the_reason_also_from_the_cache(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{name}.gif", [plane]) for name, plane in (("a", SKY), ("b", banded(12)))]
    cache = MemoryCache(1 << 20)
    first, again = (validate(*paths, metrics=["banding", "ssim"], cache=cache) for _ in range(2))
    reason = "many bands are more than 8 grey levels apart, which CAMBI does not see"
    assert dict(first.absent) == dict(again.absent) == {"banding": reason}
    assert set(first.metrics) == set(again.metrics) == {"ssim"}


@pytest.mark.corpus
@pytest.mark.parametrize("original", case_files("gif/F23-*.original.gif"), ids=lambda path: path.stem)
def test_a_sky_of_8_bands_is_not_said_to_have_none(original: Path) -> None:
    compressed = original.with_name(original.name.replace("original", "compressed"))
    assert "banding" in validate(original, compressed, metrics=["banding"]).absent
