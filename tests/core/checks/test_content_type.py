"""What a clip shows, on pictures that are plainly one thing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from giflab_core.checks.content_type import ContentJudge
from giflab_core.decoding.picture import Still
from giflab_core.model import ContentType

Pixels = npt.NDArray[np.uint8]


def judged(*frames: Pixels) -> ContentType:
    judge = ContentJudge(len(frames))
    for number, frame in enumerate(frames):
        judge.see(number, Still(frame))
    return judge.content_type()


def photograph(levels: int = 255, grain: float = 6) -> Pixels:
    rows, columns = np.mgrid[0:120, 0:160]
    waves = [120 + 80 * np.sin(columns / (11 + 5 * k)) * np.cos(rows / (9 + 4 * k)) for k in range(3)]
    noise = np.random.default_rng(1).normal(0, grain, (120, 160, 3))
    colours = np.clip(np.dstack(waves) + noise, 0, 255) * levels // 255 * 255 // levels
    return with_alpha(colours.astype(np.uint8))


def with_alpha(colours: npt.NDArray[np.uint8]) -> Pixels:
    return np.dstack([colours, np.full(colours.shape[:2], 255, np.uint8)])


def drawn(ground: str, size: tuple[int, int] = (160, 120)) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, ground)
    return image, ImageDraw.Draw(image)


def interface() -> Pixels:
    image, draw = drawn("white")
    for row in range(8, 110, 12):
        draw.text((4, row), "the quick brown fox jumps", fill="black")
    return with_alpha(np.asarray(image))


def cartoon() -> Pixels:
    image, draw = drawn("#3399ff", (640, 480))
    draw.ellipse((80, 40, 560, 460), fill="#ffcc00", outline="black", width=4)
    draw.ellipse((240, 160, 340, 260), fill="white", outline="black", width=4)
    return with_alpha(np.asarray(image.resize((160, 120), Image.Resampling.LANCZOS)))


def pixel_art(scale: int) -> Pixels:
    sprite = np.random.default_rng(2).integers(0, 4, (24, 24))
    colours = np.array([[20, 20, 40], [200, 40, 40], [40, 180, 60], [240, 240, 200]], np.uint8)
    return with_alpha(np.kron(colours[sprite], np.ones((scale, scale, 1), np.uint8)))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (photograph(), "photo"),
        (photograph(levels=3, grain=40), "photo"),
        (interface(), "ui"),
        (cartoon(), "cartoon"),
        (pixel_art(1), "pixel-art"),
        (pixel_art(4), "pixel-art"),
    ],
    ids=["photograph", "dithered photograph", "text", "drawing", "sprite", "sprite scaled up"],
)
def test_a_picture_is_what_it_plainly_is(frame: Pixels, expected: ContentType) -> None:
    assert judged(frame) == expected


def test_most_frames_decide() -> None:
    assert judged(interface(), photograph(), photograph(), photograph()) == "photo"


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1)])
def test_the_smallest_pictures_are_something(shape: tuple[int, int]) -> None:
    assert judged(np.full((*shape, 4), 255, np.uint8)) in ("photo", "cartoon", "ui", "pixel-art")


def test_a_transparent_frame_is_something() -> None:
    assert judged(np.zeros((8, 8, 4), np.uint8)) == "pixel-art"
