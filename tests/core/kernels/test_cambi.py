from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from giflab_core.kernels.cambi import BRIGHTEST, SMALLEST, cambi, cambi_numpy
from tests.helpers.kernels import needs_native

if TYPE_CHECKING:
    from giflab_core.model import Plane


def gradient(width: int, height: int, light: int = 200, dark: int = 20, levels: int = 256) -> Plane:
    """A slope over both directions, in integers, rounded down to so many levels."""
    y, x = np.mgrid[:height, :width]
    slope = dark + (light - dark) * (x * height + y * width) // (2 * width * height)
    plane: Plane = (slope // (256 // levels) * (256 // levels)).astype(np.uint8)
    return plane


def patches(width: int, height: int, size: int, levels: int, seed: int = 0) -> Plane:
    small = np.random.default_rng(seed).integers(0, levels, (height // size + 1, width // size + 1), np.uint8)
    return (40 + small).repeat(size, axis=0).repeat(size, axis=1)[:height, :width].copy()


def noise(width: int, height: int) -> Plane:
    return np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)


PICTURES: dict[str, Callable[[int, int], Plane]] = {
    "gradient": gradient,
    "dark gradient": lambda width, height: gradient(width, height, 40, 0),
    "faint gradient": lambda width, height: gradient(width, height, 60, 40),
    "32 levels": lambda width, height: gradient(width, height, levels=32),
    "patches": lambda width, height: patches(width, height, 5, 2),
    "more patches": lambda width, height: patches(width, height, 9, 12),
    "noise": noise,
    "flat": lambda width, height: np.full((height, width), 77, np.uint8),
}


# What cambi of libvmaf 86da14d gives, the filter of FFmpeg 9.0.2 in imageio-ffmpeg 0.8.1, on yuv420p with
# max_log_contrast 2 and 5; to six decimals.
LIBVMAF = [
    ("gradient", 320, 240, 0.0, 0.0),
    ("dark gradient", 320, 240, 22.385349, 22.763195),
    ("32 levels", 320, 240, 0.0, 40.973322),
    ("patches", 320, 240, 26.78536, 26.78536),
    ("more patches", 320, 240, 9.456779, 39.057123),
    ("dark gradient", 93, 217, 22.745145, 24.415393),
    ("faint gradient", 93, 217, 16.765518, 17.408448),
    ("patches", 93, 217, 19.671386, 19.671386),
    ("gradient", 801, 601, 16.384378, 18.566965),
    ("dark gradient", 801, 601, 21.669237, 21.997983),
    ("32 levels", 801, 601, 0.0, 38.225818),
    ("more patches", 801, 601, 10.978701, 31.049036),
    ("noise", 801, 601, 0.0, 0.0),
]


@pytest.mark.parametrize(("name", "width", "height", "few", "many"), LIBVMAF)
def test_agrees_with_libvmaf(name: str, width: int, height: int, few: float, many: float) -> None:
    plane = PICTURES[name](width, height)
    assert cambi(plane) == pytest.approx(few, abs=2e-6)
    assert cambi(plane, 32) == pytest.approx(many, abs=2e-6)


def literal(plane: Plane, contrasts: int) -> float:
    """The index as it is defined, pixel by pixel."""
    height, width = plane.shape
    side = 65 * (width + height) // 375 // 16
    reach = side // 2
    weights = [1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8] + [9] * 10

    def at(y: int, x: int) -> int:
        return 4 * int(plane[min(y, height - 1), min(x, width - 1)])

    image = [
        [(at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1)) // 4 for x in range(width)] for y in range(height)
    ]

    def flat(y: int, x: int) -> bool:
        return bool(image[y][x] == image[y][min(x + 1, width - 1)] == image[min(y + 1, height - 1)][x])

    flats = [[flat(y, x) for x in range(width)] for y in range(height)]
    # ceil(log2) of the number of whole blocks of 64 x 64 pixels.
    bits = next(bits for bits in range(99) if 2**bits >= (width // 64) * (height // 64))
    least = (49 + 3 * (bits - 11) - 1) // 2
    mask = [
        [
            sum(map(sum, (row[max(x - 3, 0) : x + 4] for row in flats[max(y - 3, 0) : y + 4]))) > least
            for x in range(width)
        ]
        for y in range(height)
    ]
    score = 0.0
    for weight in (16, 8, 4, 2, 1):
        image = modes(image)
        values = sorted(c_values(image, mask, reach, weights[:contrasts]), reverse=True)
        best = values[: max(1, len(values) * 3 // 5)]
        score += weight * sum(best) / len(best) / (2 * reach + 1) ** 2
        image, mask = [row[::2] for row in image[::2]], [row[::2] for row in mask[::2]]
    return score


def modes(image: list[list[int]]) -> list[list[int]]:
    def mode(three: list[int]) -> int:
        return min(three, key=lambda level: (-three.count(level), level))

    rows = [[row[0], *(mode(row[x - 1 : x + 2]) for x in range(1, len(row) - 1)), *row[1:][-1:]] for row in image]
    inner = [[mode(list(three)) for three in zip(*rows[y - 1 : y + 2], strict=True)] for y in range(1, len(rows) - 1)]
    return [image[0], *inner, *image[1:][-1:]]


def c_values(image: list[list[int]], mask: list[list[bool]], reach: int, weights: list[int]) -> Iterator[float]:
    for y, row in enumerate(image):
        for x, level in enumerate(row):
            counts = Counter(
                image[v][u]
                for v in range(max(y - reach, 0), min(y + reach + 1, len(image)))
                for u in range(max(x - reach, 0), min(x + reach + 1, len(row)))
                if mask[v][u]
            )
            own = counts[level]
            yield max(
                weight * own * counts[other] / (own + counts[other]) if mask[y][x] and visible(level, contrast) else 0.0
                for contrast, weight in enumerate(weights, 1)
                for other in (level - contrast, level + contrast)
            )


def luminance(level: int) -> float:
    """ITU-R BT.1886 for a screen of 0.01 to 300 cd/m2, of a level of 10 bits and limited range."""
    bright, dark = 300 ** (1 / 2.4), 0.01 ** (1 / 2.4)
    signal = (min(max(level, 64), 940) - 64) / 876
    return float((bright - dark) ** 2.4 * (signal + dark / (bright - dark)) ** 2.4)


def visible(level: int, contrast: int) -> bool:
    # A contrast that is visible at the brightest level with room above it counts as visible everywhere.
    level = min(max(level, 64), 940 - contrast)
    return luminance(level + contrast) - luminance(level) > 0.019 * luminance(level)


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("faint gradient", 93, 93),
        ("patches", 98, 127),
        ("patches", 191, 181),  # the least whose windows reach two pixels
    ],
)
def test_is_what_its_definition_says(name: str, width: int, height: int) -> None:
    plane = PICTURES[name](width, height)
    assert cambi(plane) == pytest.approx(literal(plane, 4), abs=1e-6)


def test_counts_more_contrasts_if_asked() -> None:
    plane = patches(100, 95, 9, 12)
    assert cambi(plane, 32) == pytest.approx(literal(plane, 32), abs=1e-6)
    assert cambi(plane, 32) > cambi(plane)


@pytest.mark.parametrize("contrast", range(1, 33))
def test_steps_are_visible_where_bt_1886_says(contrast: int) -> None:
    levels = [level for level in range(1024) if visible(level, contrast)]
    assert max(levels) == BRIGHTEST[contrast - 1]
    assert len(levels) == max(levels) + 1


def test_nothing_flat_and_nothing_noisy_is_banded() -> None:
    assert cambi(np.full((300, 400), 128, np.uint8)) == 0.0
    assert cambi(noise(400, 300)) == 0.0


def test_steps_of_many_levels_are_edges_unless_asked_for() -> None:
    banded = gradient(320, 240, levels=32)
    assert cambi(banded) < 0.01
    assert cambi(banded, 32) > 20


@pytest.mark.parametrize("way", ["turned", "mirrored"])
def test_hardly_depends_on_the_direction(way: str) -> None:
    plane = gradient(301, 257, 60, 40)
    other = plane.T if way == "turned" else plane[:, ::-1]
    assert cambi(np.ascontiguousarray(other)) == pytest.approx(cambi(plane), rel=0.1)


def test_is_zero_where_a_window_is_a_pixel() -> None:
    assert cambi(patches(SMALLEST - 1, SMALLEST - 1, 5, 2)) == 0.0
    assert cambi(patches(SMALLEST, SMALLEST, 5, 2)) > 1.0


def test_stays_below_its_largest_value() -> None:
    assert 20 < cambi(patches(640, 480, 4, 2)) < 31


SHAPES = [(1, 1), (1, 300), (300, 1), (2, 400), (7, 7), (93, 93), (97, 211), (192, 193), (1100, 20)]


@needs_native
@pytest.mark.parametrize("contrasts", [4, 32])
@pytest.mark.parametrize(("width", "height"), SHAPES)
@pytest.mark.parametrize("name", PICTURES)
def test_native_equals_numpy(name: str, width: int, height: int, contrasts: int) -> None:
    plane = PICTURES[name](width, height)
    plane.flags.writeable = False
    assert cambi(plane, contrasts) == cambi_numpy(plane, contrasts)


@needs_native
def test_native_equals_numpy_where_more_than_the_pooled_part_is_banded() -> None:
    plane = patches(2200, 64, 4, 2)
    assert cambi(plane) == cambi_numpy(plane)


@needs_native
@pytest.mark.parametrize(
    ("plane", "contrasts", "error"),
    [
        (np.zeros((4, 4), np.uint16), 4, TypeError),
        (np.zeros((4, 4, 1), np.uint8), 4, TypeError),
        (np.zeros((0, 4), np.uint8), 4, ValueError),
        (np.zeros((65536, 1), np.uint8), 4, ValueError),
        (np.zeros((4, 4), np.uint8), 0, ValueError),
        (np.zeros((4, 4), np.uint8), 33, ValueError),
    ],
)
def test_native_refuses(plane: Plane, contrasts: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        cambi(plane, contrasts)
