"""What both codecs must do: the public conformance suite, agreement with other decoders and with each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageSequence

from giflab_core import DecodeError, Frame, decode, open_clip
from tests.helpers.codecs import use_codec
from tests.helpers.shared import CONFORMANCE, CORPUS, conformance_tests, expectation, files, largest_slow, marks, pairs

pytestmark = pytest.mark.corpus


@pytest.fixture(params=["native", "pillow"])
def codec(request: pytest.FixtureRequest) -> Iterator[None]:
    with use_codec(request.param):
        yield


# The expectation of these names no delay: browsers show such an image for 100 ms.
BROWSER_DELAY_MS = 100


def same_pixels(frame: Frame, expected: np.ndarray) -> bool:
    if np.array_equal(frame.pixels, expected):
        return True  # soon found, and nearly always so
    both_clear = (frame.pixels[..., 3] == 0) & (expected[..., 3] == 0)
    return bool((both_clear | (frame.pixels == expected).all(axis=-1)).all())


@pytest.mark.usefixtures("codec")
@pytest.mark.parametrize("name", conformance_tests())
def test_conformance(name: str) -> None:
    config, expected = expectation(name)
    path = CONFORMANCE / config["input"]
    forced = config.getboolean("force-animation")
    if not expected:
        with pytest.raises(DecodeError):
            list(decode(path, zero_delay="merge"))
        return
    # One at a time: the memory of a frame that is let go is used again.
    frames = decode(path, zero_delay="browser" if forced else "merge")
    size = (int(config["height"]), int(config["width"]), 4)
    for frame, section in zip(frames, expected, strict=True):
        assert same_pixels(frame, np.fromfile(CONFORMANCE / section["pixels"], np.uint8).reshape(size))
        assert frame.duration_ms == (BROWSER_DELAY_MS if forced else 10 * section.getint("delay", 0))


REAL = files("gifs/*.gif")
# The clip of the most frames, and a terminal's, of few colours and small changes.
FULL = ("MarkovJunior__Wilson", "thefuck__example")
# The others are decoded by both codecs too, where their recompressions are.
SMALL = [path for path in REAL if path.stat().st_size < 300_000]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param(name, path, id=f"{name}-{path.stem}", marks=marks(path.stem, FULL))
        for name, paths in {"native": REAL, "pillow": SMALL}.items()
        for path in paths
    ],
)
def test_real_files_decode_as_pillow_does(name: str, path: Path) -> None:
    with use_codec(name), Image.open(path) as image:
        for frame, theirs in zip(decode(path), ImageSequence.Iterator(image), strict=True):
            assert same_pixels(frame, np.asarray(theirs.convert("RGBA")))


@pytest.mark.parametrize("path", largest_slow(REAL, FULL))
def test_clips_of_real_files_tell_what_decoding_finds(path: Path) -> None:
    clip = open_clip(path)
    frames = [(frame.duration_ms, frame.pixels.shape) for frame in decode(path)]
    assert clip.durations_ms == tuple(duration_ms for duration_ms, _ in frames)
    assert {shape for _, shape in frames} == {(clip.height, clip.width, 4)}
    assert clip.damage is None


@pytest.mark.parametrize("path", largest_slow(REAL, FULL))
def test_real_files_decode_as_libvips_does(path: Path) -> None:
    for frame, theirs in zip(decode(path), frames_of_libvips(path), strict=True):
        assert same_pixels(frame, theirs)


def frames_of_libvips(path: Path) -> Iterator[np.ndarray]:
    """RGBA of each frame, uint8, shape (height, width, 4)."""
    image = pyvips.Image.new_from_file(str(path), n=-1).colourspace("srgb")
    if not image.hasalpha():
        image = image.addalpha()
    pixels = image.numpy()
    height = image.get("page-height") if "page-height" in image.get_fields() else image.height
    yield from pixels.reshape(-1, height, image.width, 4)


def shown(path: Path) -> list[tuple[str, int]]:
    """Digest and duration of each frame, and the error that ends them."""
    found = []
    try:
        for frame in decode(path):
            found.append((hashlib.sha256(frame.pixels.tobytes()).hexdigest(), frame.duration_ms))
    except DecodeError as error:
        found.append((str(error), 0))
    return found


RECOMPRESSED = ("image-gif__sample_big__gifsicle-long-colors24", "thefuck__example__gifsicle-long-colors24")
ALL_FILES = [*(CORPUS / row["file"] for row in pairs()), *files("hostile/*.gif")]


@pytest.mark.parametrize("path", largest_slow(ALL_FILES, RECOMPRESSED))
def test_both_codecs_show_the_same(path: Path) -> None:
    with use_codec("native"):
        native = shown(path)
    with use_codec("pillow"):
        assert shown(path) == native
