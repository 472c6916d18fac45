"""Pictures as a GIF: what is shown, by our decoder, at the end of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core import decode
from giflab_core.pages.encoder import Encoder

Rgb = npt.NDArray[np.uint8]
SIDE = 32


def shown(pictures: Sequence[Rgb], delays_cs: Sequence[int], path: Path) -> list[npt.NDArray[np.int64]]:
    """What the animation of these pictures shows at the end of each."""
    height, width, _ = pictures[0].shape
    with path.open("wb") as stream:
        encoder = Encoder(stream, (width, height))
        for picture, delay_cs in zip(pictures, delays_cs, strict=True):
            encoder.add(picture, delay_cs)
        encoder.finish()
    ends_cs, time_ms = np.cumsum(delays_cs).tolist(), 0
    found: list[npt.NDArray[np.int64]] = []
    for frame in decode(path):
        time_ms += frame.duration_ms
        if time_ms == 10 * ends_cs[len(found)]:
            found.append(frame.pixels[..., :3].astype(np.int64))
    return found


def colourful() -> Rgb:
    """1024 pixels of about as many colours: far more than an image has."""
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def with_a_dot(picture: Rgb, number: int) -> Rgb:
    found = picture.copy()
    found[0, 0] = number
    return found


@pytest.mark.parametrize("delays_cs", [(2, 100), (2, 6, 6), (2,) * 6], ids=str)
def test_colours_that_there_was_no_time_for_are_drawn_as_soon_as_there_is(
    delays_cs: tuple[int, ...], tmp_path: Path
) -> None:
    """Of the first picture only 256 colours are shown, and of each one after it a single pixel is new."""
    pictures = [with_a_dot(colourful(), number) for number in range(len(delays_cs))]
    found = shown(pictures, delays_cs, tmp_path / "out.gif")
    assert np.abs(found[0] - pictures[0]).max() > 2
    assert np.abs(found[-1] - pictures[-1]).max() <= 2


def test_what_is_right_already_stays_so_while_much_else_changes(tmp_path: Path) -> None:
    """The left half is drawn with time enough, the right half changes at once to 512 other colours."""
    before, after = colourful(), colourful()
    after[:, SIDE // 2 :] = 255 - after[:, SIDE // 2 :]
    found = shown([before, after], (10, 2), tmp_path / "out.gif")
    assert np.abs(found[0] - before).max() <= 2
    assert np.abs(found[1] - after)[:, : SIDE // 2].max() <= 2


def test_few_colours_are_shown_as_they_are(tmp_path: Path) -> None:
    pictures = [np.full((5, 7, 3), number, np.uint8) for number in (10, 11, 11, 12)]
    for found, picture in zip(shown(pictures, (2, 2, 2, 2), tmp_path / "out.gif"), pictures, strict=True):
        assert (found == picture).all()


def test_a_small_picture_costs_little(tmp_path: Path) -> None:
    """About as much as to look once through a flag for each colour that there may be, or less."""
    pictures = [np.full((8, 8, 3), number, np.uint8) for number in range(200)]
    flags = np.zeros(1 << 24, np.bool_)
    with (tmp_path / "out.gif").open("wb") as stream:
        encoder = Encoder(stream, (8, 8))
        start = process_time()
        for picture in pictures:
            encoder.add(picture, 2)
        took = process_time() - start
    start = process_time()
    for _ in range(20):
        np.flatnonzero(flags)
    assert took / len(pictures) < 1.5 * (process_time() - start) / 20
