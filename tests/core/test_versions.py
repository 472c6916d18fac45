"""What caches and baselines keep is found under the versions of what computed it: who changes one raises the other.

What stands here came out once. Where a change makes something else of it, raise the metric's version in the catalogue,
`decoding.VERSION`, or that of pairing, scoring or checks in results/records.py, and write down what comes out now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from giflab_core import ValidationReport, resolve, validate
from giflab_core.checks import assessment, content_type, explained, motion, region, requantised, tonality
from giflab_core.checks import content as lost
from giflab_core.kernels import specks
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.results.records import VERSIONS
from giflab_core.sequence import fingerprint, local_motion, matching, order, runs, tempo, unseen, verdicts
from tests.helpers.gifs import Indices, Picture, gif

COLOURS = bytes(value for i in range(256) for value in (i * 7 % 256, i, 255 - i * 3 % 256))
GREYS = bytes(value for i in range(256) for value in (i, i, i))

# Metric: version, then mean, lower and upper bound, worst 1 %, worst moment and its time, of the first pair below.
NUMBERS: dict[str, tuple[Any, ...]] = {
    "quality": ("3", 0.54401229, 0.54401229, 0.54401229, 0.479408455, 0.479408455, 130),
    "ssim": ("1", 0.575981845, 0.575981845, 0.575981845, 0.537709022, 0.537709022, 130),
    "ms_ssim": ("1", 0.689542045, 0.689542045, 0.689542045, 0.66879601, 0.66879601, 130),
    "gmsd": ("1", 0.23402194, 0.23402194, 0.23402194, 0.254152469, 0.254152469, 130),
    "fsim": ("1", 0.687592463, 0.687592463, 0.687592463, 0.684486176, 0.684486176, 430),
    "mdsi": ("1", 0.542395273, 0.542395273, 0.542395273, 0.552304839, 0.552304839, 430),
    "haarpsi": ("1", 0.428223945, 0.428223945, 0.428223945, 0.373617114, 0.373617114, 130),
    "edge": ("1", 0.221304272, 0.221304272, 0.221304272, 0.174908486, 0.174908486, 530),
    "sharpness": ("1", 0.902328204, 0.902328204, 0.902328204, 0.808738278, 0.808738278, 130),
    "mse": ("1", 582.076189, 582.076189, 582.076189, 627.293195, 627.293195, 130),
    "psnr": ("1", 20.4810053, 20.4810053, 20.4810053, 20.1560978, 20.1560978, 130),
    "zncc": ("2", 0.818362733, 0.818362733, 0.818362733, 0.81514698, 0.81514698, 130),
    "ciede2000": ("2", 10.6358326, 10.6358326, 10.6358326, 13.3051888, 13.3051888, 130),
    "ciede2000_p95": ("2", 60.3003795, 60.3003795, 60.3003795, 62.8486697, 62.8486697, 430),
    "histogram": ("1", 0.258736856, 0.258736856, 0.258736856, 0.360103607, 0.360103607, 130),
    "palette": ("1", 0.760158661, 0.760158661, 0.760158661, 0.901014066, 0.901014066, 130),
    "banding": ("2", "many bands are more than 8 grey levels apart, which CAMBI does not see"),
    "alpha": ("2", 0.000480865671, 0.000480865671, 0.000480865671, 0.000653216471, 0.000653216471, 530),
    "temporal": ("1", 0.617085023, 0.617085023, 0.617085023, 0.293866775, 0.293866775, 130),
    "flicker": ("3", 9.55244806, 9.55244806, 9.55244806, 26.7468546, 26.7468546, 230),
    "ghost": ("1", 0.0062807842, 0.0062807842, 0.0062807842, 0.00884555785, 0.00884555785, 530),
}
# Versions of what all rests on, and what it finds in each pair: content, coverage, checks that have something to say.
FOUNDATIONS = {"format": 4, "decoding": 2, "pairing": 3, "scoring": 1, "checks": 11}
BY_FRAMES = [
    "readable",
    "canvas",
    "animation",
    "duration",
    "loop",
    "order",
    "frames",
    "stall",
    "timing",
    "content",
    "colour",
    "transparency",
]
FOUND = {
    "fewer colours": (
        "photo",
        1.0,
        {
            "timing": ("pass", "pictures come on time"),
            "transparency": (
                "fail",
                "13% of the transparent area is opaque now, 19% in the worst 1 % of the time; "
                "worst in frame 0, at 0 ms",
            ),
        },
    ),
    "reversed, and one frame less": (
        "pixel-art",
        0.946429,
        {
            "duration": ("pass", "560 ms, then 530 ms; compared over 94.6% of the original, up to its frame 4"),
            "order": ("fail", "80% of the clip is most like pictures of another moment; first frame 0, at 0 ms"),
            "frames": ("pass", "not judged: see order"),
            "stall": ("pass", "not judged: see order"),
            "timing": ("pass", "not judged: see order"),
            "transparency": (
                "fail",
                "20% of the transparent area is opaque now, 68% in the worst 1 % of the time; "
                "worst in frame 4, at 430 ms",
            ),
        },
    ),
    "grey and still": (
        "pixel-art",
        1.0,
        {
            "animation": ("fail", "the picture no longer changes (6 frames, then 6)"),
            "duration": ("pass", "560 ms, then 600 ms"),
            "loop": ("fail", "loops forever, then plays once"),
            "frames": ("pass", "the picture does not change"),
            "stall": ("pass", "the picture does not change"),
            "timing": ("pass", "the picture does not change"),
            "content": (
                "fail",
                "6 of 6 frames have lost the original's picture or a quarter of it; first frame 0, at 0 ms",
            ),
            "colour": ("fail", "0% of the colour is kept"),
            "transparency": (
                "fail",
                "48% of the transparent area is opaque now, 74% in the worst 1 % of the time; "
                "worst in frame 5, at 530 ms",
            ),
        },
    ),
    "blank": (
        "pixel-art",
        1.0,
        {
            "timing": ("pass", "pictures come on time"),
            "content": (
                "fail",
                "2 of 6 frames have lost the original's picture or a quarter of it; first frame 0, at 0 ms",
            ),
        },
    ),
    "another size": (
        None,
        0.0,
        {
            "canvas": ("fail", "64x64, then 32x32: nothing was compared; --allow-resize scales the compressed clip"),
            "duration": ("fail", "560 ms, then 130 ms: more than 100 ms apart"),
        },
    ),
}
CONSTANTS = {
    "assessment": {
        "DURATION_TOLERANCE": 0.02,
        "FRAME_TOLERANCE_CAP": 0.4,
        "ROUNDING_PIXELS": 1,
        "LARGEST_RATIO": 32,
        "ROUNDED_UP_MS": 100,
        "TEMPO_SHARE": 0.75,
        "TEMPO_TOLERANCE": 0.2,
        "LEAST_CHROMA_KEPT": ((100.0, 0.45), (20.0, 0.25), (1.0, 0.05)),
        "LEAST_CHROMA_KEPT_OF_FRAME": ((100.0, 0.3), (50.0, 0.2), (10.0, 0.05)),
        "LOST_ALPHA_TOLERANCE": 0.1,
        "LOST_ALPHA_TOLERANCE_P01": 0.5,
        "LARGER": 1.1,
        "LEAST_BYTES": 1024,
    },
    "content_type": {
        "FRAMES": 4,
        "PIXELS": 16384,
        "DOMINANT": 0.3,
        "MANY_COLOURS": 100,
        "BUSY": 0.3,
        "DITHERED_COLOURS": 10,
        "SMALL_STEP": 24,
        "HARD_EDGES": 0.1,
        "NO_DETAIL": 0.003,
        "TINY": 64,
        "FEW_COLOURS": 32,
        "LARGEST_SCALE": 16,
        "ON_GRID": 0.9,
        "GROUND": 0.6,
    },
    "content": {
        "BLANK": 4.0,
        "NEGLIGIBLE_MSE": 6.5,
        "BLANK_MSE": 65.0,
        "UNRELATED": 0.2,
        "ALIKE": 0.5,
        "LARGE_MSE": 410.0,
        "RUINED_MSE": 1000.0,
        "SMALLEST": 32,
    },
    "motion": {
        "MATTE": 128,
        "MOVING_VARIANCE": 16.0,
        "CELL": 3,
        "LEAST_SIDE": 64,
        "MOST_PIXELS": 524288,
        "LONGEST_MS": 65535,
        "BAND_PIXELS": 32768,
    },
    "fingerprint": {"SIDE": 32, "PARTS": 256, "OPAQUE": 255.0},
    "local_motion": {
        "MOVES": 2.0,
        "STILL_MOVES": 1.0,
        "LEAST_CORRELATION": 0.2,
        "LEAST_CELLS": 3,
        "LEAST_PICTURES": 4,
    },
    "matching": {
        "DIFFERS": 3.0,
        "NOISE": 48.0,
        "VISIBLE": 2.0,
        "ACTIVE": 0.5,
        "PARTS": 256,
        "MUCH_CLOSER": 0.15,
        "CLOSER": 0.25,
        "FLAT": 1.0,
        "EQUAL_SHARE": 1.05,
        "EQUAL": 0.05,
        "ROWS_AT_ONCE": 250,
        "PRODUCTS": 50_000_000,
        "MOST_PRODUCTS": 2_000_000_000,
        "FEWEST_CELLS": 64,
        "TICKS_MS": 20,
    },
    "order": {
        "MUCH_CLOSER": 0.15,
        "NEAR_OVERLAP": 0.25,
        "NEAR_DRIFT": 0.02,
        "PLAIN": 3.0,
        "FAR_MS": 200,
        "SEEN_MS": 20,
    },
    "runs": {"TICKS_MS": 20},
    "tempo": {"MUCH_BETTER": 0.5, "MOST_MISPLACED": 0.05},
    "unseen": {
        "VISIBLE": 2.0,
        "PARTS": 256,
        "NEAR_DRIFT": 0.02,
        "TICKS_MS": 20,
        "JITTER_MS": 40,
        "EXPLAINED": ((100, 3), (200, 1)),
        "RATES": (1.05, 1.7),
        "PASSED_MS": 70,
        "FLASH": 2.0,
        "STALL_CHANGES": 3,
        "STALL_MS": 200,
    },
    "verdicts": {
        "STALL_CHANGES": 3,
        "NEAR_DRIFT": 0.02,
        "MISPLACED_TOLERANCE": 0.1,
        "STALL_TOLERANCE": 0.06,
        "MEAN_SHIFT_MS": 50.0,
        "LARGEST_SHIFT_MS": 250.0,
        "LEAST_MOTION_CORRELATION": 0.2,
        "MOST_COMPARED": 5_000,
    },
    "tonality": {
        "LEVELS": 256,
        "NAMES": ("n", "y1", "y2", "y11", "y22", "y12", "u1", "v1", "u2", "v2", "c11", "c22", "c12", "turn"),
        "SIZE": 526,
        "MOMENTS": 12,
        "LEAST_MOMENTS": 3,
        "LEAST_VARIANCE": 25.0,
        "LEAST_CHROMA": 64.0,
        "LEAST_STEPS": 0.25,
        "CHANNELS": 3,
        "FEWER": 3,
        "LEAST_BANDS": 12.0,
        "LEVEL_SIZE": 3074,
        "COLOURS": 1.5,
        "MIXED": 0.6,
        "MIXED_OF_GREYS": 0.003,
        "MIXED_LUMA": 0.1,
        "SAW": 0.7,
        "PLANES": 4,
        "RARE": 0.0001,
        "TINY": 1e-12,
        "ROUNDING": 0.001,
        "LEAST_SHIFTED": 0.4,
        "LEAST_SATURATION": 0.3,
        "PLACES": 6,
        "LEAST_DRAWN": 1 / 6,
        "BETTER": 0.7,
        "LEAST_RELATED": 0.6,
    },
    "explained": {
        "NOTHING": (0, 0, 0, 0),
        "SIDE": 8,
        "MEASURES": 8,
        "BY_SUMS": 6,
        "STRUCTURE": 0,
        "DETAIL": 1,
        "ERROR": 2,
        "COLOUR": 3,
        "LOST": 4,
        "GAINED": 5,
        "SPECK": 6,
        "TINT": 7,
        "UNEXPLAINED": 12.0,
        "FEW_COLOURS": 8,
        "ERASED": 40.0,
        "MANY_COLOURS": 64,
        "NEAR": 8.0,
        "FLAT": 2.0,
        "OWN": ((2, 2.0), (3, 0.0), (1, 12.0)),
    },
    "requantised": {
        "HIDDEN": 0,
        "MIXED": 4,
        "OF_NEAREST": 64.0,
        "DITHERED": 12,
        "UNEVEN": 1.3,
        "MOST_COLOURS": 512,
        "MOST_DISTANCES": 2097152,
        "SPARED": 0.2,
        "SEVERAL": 96,
        "AS_MANY": 0.8,
        "AT_LEAST": 16,
        "LEFT_APART": 0.06,
        "ALL": 0.9,
        "EXACT": 0.3,
        "ROOM": 30000.0,
        "CHEAPEST": 4,
        "LEAST_LOST": 144.0,
        "FOREIGN": 40.0,
        "FOREIGN_OF_FEW": 90.0,
        "FEW": 0.5,
        "MANY": 64,
        "REACH": 2,
    },
    "region": {
        "COLOUR": 3,
        "DETAIL": 1,
        "ERROR": 2,
        "GAINED": 5,
        "LOST": 4,
        "MEASURES": 8,
        "SPECK": 6,
        "STRUCTURE": 0,
        "TINT": 7,
        "SIDE": 8,
        "SEEN_MS": 25,
        "SEEN_SHARE": 0.2,
        "LATE_MS": 150,
        "SINGLE": 1.25,
        "FEW": 4,
        "BRIEF_MS": 100,
        "MOST": 0.5,
        "PRIORITY": (4, 5, 0, 3, 1, 2, 6, 7),
        "WHAT": (
            "does not show what the original shows there",
            "lost its detail",
            "differs by {:.0f} levels (root mean square)",
            "has another colour (CIEDE2000 {:.0f})",
            "became transparent",
            "became opaque",
            "lost a small mark, has one more, or one of another colour",
            "has another colour (CIEDE2000 {:.0f})",
        ),
    },
    "specks": {
        "SIDE": 8,
        "NUMBERS": 4,
        "LOST": 1,
        "ADDED": 2,
        "RECOLOURED": 3,
        "NEAR": 24,
        "FAR": 80,
        "FLAT": 16,
        "SHARE": 75,
        "MOST": 9,
        "WEIGHTS": (77, 150, 29),
        "APART": 2147483647,
    },
}


def frames(side: int, *steps: int, hidden: int = 20) -> Iterator[Picture]:
    """Slopes of colours under a disc that moves and a corner that is transparent; indices are rounded to a step."""
    y, x = np.mgrid[:side, :side]
    for number, step in enumerate(steps):
        picture: Indices = ((x // 2 + y * 3 // 4 + x * y // 997) % 255 + 1).astype(np.uint8)
        picture[(x - 30 - 15 * number) ** 2 + (y - side // 2) ** 2 < (side // 6) ** 2] = 30
        picture = np.maximum(picture // step * step, 1).astype(np.uint8)
        picture[(x + y) < hidden + 4 * number] = 0
        yield Picture(picture, delay_cs=(10, 3, 0, 20)[number % 4], disposal=2, transparent=0)


def compared(folder: Path, first: dict[str, Any], other: dict[str, Any]) -> ValidationReport:
    paths = folder / "first.gif", folder / "other.gif"
    for path, clip in zip(paths, (first, other), strict=True):
        path.write_bytes(gif(**clip))
    return validate(*paths, config=resolve(metrics=("all",)))


def clip(side: int, pictures: list[Picture], palette: bytes = COLOURS, loop: int | None = 0) -> dict[str, Any]:
    return {"pictures": pictures, "size": (side, side), "palette": palette, "loop": loop}


LARGE, SMALL = [*frames(176, 1, 1, 1, 1, 1, 1)], [*frames(64, 1, 1, 1, 1, 1, 1)]
PAIRS = {
    "fewer colours": (clip(176, LARGE), clip(176, [*frames(176, 6, 6, 11, 6, 6, 6, hidden=18)])),
    "reversed, and one frame less": (clip(64, SMALL), clip(64, SMALL[4::-1])),
    "grey and still": (clip(64, SMALL), clip(64, [SMALL[0]] * 6, palette=GREYS, loop=None)),
    "blank": (clip(64, SMALL), clip(64, [*frames(64, 255, 255, 1, 1, 1, 1)])),
    "another size": (clip(64, SMALL), clip(32, [*frames(32, 1, 1)])),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ValidationReport]:
    return {name: compared(tmp_path_factory.mktemp("gifs"), *pair) for name, pair in PAIRS.items()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_metric_whose_numbers_change_has_a_new_version(reports: dict[str, ValidationReport], name: str) -> None:
    report = reports["fewer colours"]
    if name in report.absent:
        assert NUMBERS[name] == (CATALOGUE[name].version, report.absent[name])
        return
    result = report.metrics[name]
    found = result.mean, result.low, result.high, result.p01, result.worst.value, result.worst.time_ms
    version, *expected = NUMBERS[name]
    assert CATALOGUE[name].version == version
    assert found == pytest.approx(expected, rel=2e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_checks_that_find_something_else_have_a_new_version(reports: dict[str, ValidationReport], name: str) -> None:
    report = reports[name]
    checks = {each.name: (each.status, each.message) for each in report.checks if each.name in BY_FRAMES}
    found = report.content, round(report.coverage, 6), {name: each for name, each in checks.items() if each[1]}
    assert VERSIONS == FOUNDATIONS
    assert found == FOUND[name]


def test_what_checks_rest_on_has_a_new_version_where_it_changes() -> None:
    """Numbers that another clip would have to be made for."""
    modules = (
        assessment,
        content_type,
        lost,
        motion,
        fingerprint,
        local_motion,
        matching,
        order,
        runs,
        tempo,
        unseen,
        verdicts,
        tonality,
        explained,
        requantised,
        region,
        specks,
    )
    found = {
        module.__name__.rpartition(".")[2]: {
            name: value for name, value in vars(module).items() if name.isupper() and type(value) in (int, float, tuple)
        }
        for module in modules
    }
    assert (VERSIONS, found) == (FOUNDATIONS, CONSTANTS)
