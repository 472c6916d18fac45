"""What pairs within the default limits take at most: `python -m tests.benchmarks.bounds` prints more of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.benchmarks.bounds import SIDE, measure

MOST_MIB = 512


def draw(path: Path, levels: tuple[int, ...]) -> Path:
    """Plain pictures of these levels, on the largest canvas there may be."""
    pictures = [Image.new("P", (SIDE, SIDE), level) for level in levels]
    for picture in pictures:
        picture.putpalette([value for level in range(256) for value in (level, level, level)])
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100, optimize=False)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_the_largest_canvas_takes_no_more_memory_than_is_promised(tmp_path: Path) -> None:
    pair = draw(tmp_path / "a.gif", (10,)), draw(tmp_path / "b.gif", (60,))
    assert measure(pair, ["--metrics", "default"]).mib < MOST_MIB
