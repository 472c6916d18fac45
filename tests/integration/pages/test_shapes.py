"""Pages of very tall and very wide clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from giflab_core import validate, write_page
from tests.helpers.browser import Browser
from tests.helpers.gifs import write_clip

BOXES = """[...document.querySelectorAll("{selector}")].map((each) => each.getBoundingClientRect())
  .map(({{ width, height }}) => [width, height])"""
HEIGHT = 1000


def boxes(browser: Browser, selector: str) -> list[tuple[float, float]]:
    return [(width, height) for width, height in browser.evaluate(BOXES.format(selector=selector))]


@pytest.mark.parametrize("size", [(100, 1500), (2, 22000), (22000, 2)])
@pytest.mark.parametrize("script", ["player", "no decoder", "none"])
def test_they_fit_and_can_be_seen(browser: Browser, tmp_path: Path, size: tuple[int, int], script: str) -> None:
    width, height = size
    rows = np.linspace(40, 200, width * height).astype(np.uint8).reshape(height, width)
    path = write_clip(tmp_path / "a.gif", [rows, 255 - rows])
    write_page(validate(path, path, metrics=["mse"]), tmp_path / "page.html")
    before = "delete window.ImageDecoder" if script == "no decoder" else ""
    browser.open(tmp_path / "page.html", 1400, HEIGHT, script=script != "none", before=before)
    shown = {"player": ".sheet canvas", "no decoder": "#plain-clips img", "none": "#clips img"}[script]
    browser.wait("[...document.images].every((each) => each.complete)")
    found = boxes(browser, shown)
    assert len(found) == (3 if script == "player" else 2)
    for box in (*found, *boxes(browser, ".triple img")):
        assert min(box) >= 1
        assert box[1] <= 0.78 * HEIGHT
    assert browser.evaluate("document.documentElement.scrollHeight") < 5 * HEIGHT
    assert browser.evaluate("document.documentElement.scrollWidth") == 1400
