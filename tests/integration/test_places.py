"""Small and short faults of real clips fail, by a check that names where and when they are."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core import decode, resolve, validate
from tests.helpers.shared import pair_of_case

pytestmark = pytest.mark.corpus

FAULTS = {
    "F03-terminal-result-line-missing": "does not show what the original shows there",
    "F06-chart-labels-missing": "does not show what the original shows there",
    "F07-mouse-pointer-trails": "does not show what the original shows there",
    "F08-photo-magenta-block-19pct": "has another colour",
    "F10-sticker-eyes-and-mouth-transparent": "became transparent",
    "F12-terminal-red-word-became-green": "has another colour",
    "F14-photo-hue-flicker": "has another colour",
    "F16-pointer-jumps-back-near-end": "does not show what the original shows there",
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_part_fails_where_the_pixels_differ(name: str) -> None:
    original, compressed = pair_of_case(f"gif/{name}")
    report = validate(original, compressed, config=resolve(metrics=["ssim"]))
    (check,) = [each for each in report.failed if each.name == "region"]
    assert FAULTS[name] in check.message
    assert check.region
    box = check.region
    part = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    frames = zip(decode(original), decode(compressed), strict=True)
    assert any(np.abs(a.pixels[part].astype(int) - b.pixels[part]).max() > 40 for a, b in frames)
