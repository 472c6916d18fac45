"""What each pair of frames scored: the numbers as they were found, and the means that follow from them."""

from __future__ import annotations

from math import inf, log10
from pathlib import Path

import numpy as np
import pytest

from giflab_core import FramePair, PairScore, Series, ValidationReport, validate
from giflab_core.cache import MemoryCache
from giflab_core.series import pack_pairs, pack_values
from tests.helpers.gifs import write_clip

PAIRS = (FramePair(0, 0, 0, 40), FramePair(1, 0, 40, 30), FramePair(2, 1, 6_000_000_000, 4_000_000))
SERIES = Series(pack_pairs(PAIRS), pack_values([0.1, inf, -1e-320]))
GREYS = 100, 120, 140, 160


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Grey pictures, of which the second is 10 levels off and the third 20, shown for 50, 100, 30 and 20 ms."""
    folder = tmp_path_factory.mktemp("series")
    pictures = [np.full((16, 16), grey, np.uint8) for grey in GREYS]
    others = [picture + off for picture, off in zip(pictures, (0, 10, 20, 0), strict=True)]
    delays_cs = 5, 10, 3, 2
    return (
        write_clip(folder / "a.gif", pictures, delays_cs),
        write_clip(folder / "b.gif", [each.astype(np.uint8) for each in others], delays_cs),
    )


@pytest.fixture(scope="module")
def report(paths: tuple[Path, Path]) -> ValidationReport:
    return validate(*paths, metrics=["mse", "psnr"])


def test_it_is_a_sequence_of_what_each_pair_scored() -> None:
    assert list(SERIES) == [PairScore(0, 40, 0.1), PairScore(40, 30, inf), PairScore(6_000_000_000, 4_000_000, -1e-320)]
    assert SERIES[-1] == SERIES[2]
    assert SERIES[1:] == (SERIES[1], SERIES[2])
    assert len(SERIES) == 3


@pytest.mark.parametrize("place", [3, -4])
def test_there_is_no_pair_beyond_the_last(place: int) -> None:
    with pytest.raises(IndexError, match="of 3"):
        SERIES[place]


def test_it_is_the_same_column_by_column() -> None:
    assert SERIES.start_ms == (0, 40, 6_000_000_000)
    assert SERIES.duration_ms == (40, 30, 4_000_000)
    assert SERIES.value == (0.1, inf, -1e-320)
    assert SERIES.frame_pairs == PAIRS


@pytest.mark.parametrize(("pairs", "values"), [(b"1" * 19, b""), (b"1" * 20, b""), (b"", b"1" * 8), (b"1" * 20, b"1")])
def test_bytes_that_do_not_fit_each_other_are_refused(pairs: bytes, values: bytes) -> None:
    with pytest.raises(ValueError, match="bytes of pairs with"):
        Series(pairs, values)


def test_a_report_has_what_each_pair_scored(report: ValidationReport) -> None:
    assert [(each.start_ms, each.duration_ms) for each in report.series["mse"]] == [
        *((0, 50), (50, 100)),
        *((150, 30), (180, 20)),
    ]
    assert report.series["mse"].value == (0, 100, 400, 0)


def test_it_has_the_numbers_that_are_reported_and_not_those_that_are_pooled(report: ValidationReport) -> None:
    assert report.series["psnr"].value == (inf, 20 * log10(25.5), 20 * log10(12.75), inf)


def test_what_comes_from_the_cache_has_the_same(paths: tuple[Path, Path], report: ValidationReport) -> None:
    cache = MemoryCache(1 << 20)
    validate(*paths, metrics=["psnr"], cache=cache)
    for _ in range(2):  # the first time `mse` is measured, and joins what is known
        assert validate(*paths, metrics=["mse", "psnr"], cache=cache).series == report.series


def test_a_clip_that_nothing_is_compared_of_has_none(paths: tuple[Path, Path], tmp_path: Path) -> None:
    small = write_clip(tmp_path / "small.gif", [np.zeros((8, 8), np.uint8)])
    assert validate(paths[0], small).series == {}
