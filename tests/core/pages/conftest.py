"""A pair of clips of which it is known by hand what is on screen when."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from giflab_core import ValidationReport, validate
from tests.helpers.gifs import write_clip

SIDE = 40
GREYS = 40, 80, 120, 160
# The original changes every 50 ms; the compressed clip has merged the second frame with the third.
DELAYS_CS = (5, 5, 5, 5), (5, 10, 5)


def grey(value: int, side: int = SIDE) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A grey picture with a darker quarter."""
    picture = np.full((side, side), value, np.uint8)
    picture[: side // 2, : side // 2] = value // 2
    return picture


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return (
        write_clip(tmp_path / "original.gif", [grey(value) for value in GREYS], DELAYS_CS[0]),
        write_clip(tmp_path / "compressed.gif", [grey(value) for value in (40, 83, 160)], DELAYS_CS[1]),
    )


@pytest.fixture
def report(paths: tuple[Path, Path]) -> ValidationReport:
    return validate(*paths)
