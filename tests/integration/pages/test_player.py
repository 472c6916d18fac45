"""The player shows what was scored, whatever the browser makes of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from giflab_core import Config, validate, write_page
from giflab_core.pages.footage import Footage
from giflab_core.pages.timeline import timeline
from tests.helpers.browser import Browser
from tests.helpers.gifs import Picture, gif, moving_frames, write_clip
from tests.helpers.shared import CONFORMANCE, CORPUS
from tests.integration.pages.conftest import Page
from tests.integration.pages.test_page import SIDES, canvas, go_to


def differing(browser: Browser, page: Page) -> list[tuple[int, str]]:
    """The moments and canvases that are not what our decoder shows."""
    browser.open(page.path)
    found = []
    for shot in Footage(page.report).shots(timeline(page.report)):
        go_to(browser, page, shot.pair.start_ms)
        for name, expected in zip(SIDES, (shot.original, shot.compressed), strict=True):
            shown = canvas(browser, name)
            if shown.shape != expected.shape or (shown != expected).any():
                found.append((shot.pair.start_ms, name))
    assert browser.problems() == []
    return found


def written(original: Path, compressed: Path, tmp_path: Path, config: Config | None = None) -> Page:
    report = validate(original, compressed, metrics=["mse"], config=config)
    write_page(report, tmp_path / "page.html")
    return Page(tmp_path / "page.html", report)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (5, 3)])
def test_a_first_image_beyond_the_canvas_is_cut(browser: Browser, tmp_path: Path, left: int, top: int) -> None:
    """Browsers enlarge the canvas of such a clip."""
    first, *others = (Picture(frame, left, top) for frame in moving_frames(3, side=48))
    size = 40, 24
    paths = tmp_path / "a.gif", tmp_path / "b.gif"
    paths[0].write_bytes(gif([first, *others], size=size))
    paths[1].write_bytes(gif([first, others[1], others[0]], size=size))
    assert differing(browser, written(*paths, tmp_path)) == []


@pytest.mark.corpus
@pytest.mark.parametrize(
    "path",
    [
        *(CORPUS / "hostile" / f"image__{name}.gif" for name in ("issue_1455_oversized", "oob")),
        *(CONFORMANCE / f"image-{name}-bg.gif" for name in ("outside", "overlap")),
    ],
    ids=lambda path: path.stem,
)
def test_hostile_first_images_are_cut(browser: Browser, tmp_path: Path, path: Path) -> None:
    assert differing(browser, written(path, path, tmp_path)) == []


@pytest.mark.parametrize("side", [20, 47, 71])
def test_a_scaled_clip_is_shown_as_it_was_scored(browser: Browser, tmp_path: Path, side: int) -> None:
    """Also where it is transparent: a pixel is so or is not, as in what was scored."""
    original = write_clip(tmp_path / "a.gif", moving_frames(2, side=32))
    frames = [np.where(frame > 110, 0, frame) for frame in moving_frames(2, side=side)]
    colours = np.random.default_rng(3).integers(0, 256, (256, 3), np.uint8).tobytes()
    compressed = write_clip(tmp_path / "b.gif", [frame[:-5] for frame in frames], transparent=0, palette=colours)
    page = written(original, compressed, tmp_path, Config(allow_resize=True))
    assert differing(browser, page) == []
    (shot,) = Footage(page.report).shots(timeline(page.report)[-1:])
    go_to(browser, page, shot.pair.start_ms)
    assert 0 < (shot.compressed[..., 3] == 0).mean() < 1
    assert shot.difference is not None
    assert (canvas(browser, "difference")[..., :3] == shot.difference).all()
