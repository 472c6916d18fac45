"""What a browser shows of real clips at a moment is what our decoder shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import validate, write_page
from giflab_core.pages.footage import Footage
from giflab_core.pages.timeline import timeline
from tests.helpers.browser import Browser
from tests.helpers.shared import CORPUS, pairs
from tests.integration.pages.conftest import Page
from tests.integration.pages.test_page import SIDES, canvas, go_to

# 32 pairs of 377.
EVERY = 12


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.parametrize("row", pairs()[::EVERY], ids=lambda row: Path(row["file"]).stem)
def test_the_slider_shows_what_we_decode(browser: Browser, tmp_path: Path, row: dict[str, str]) -> None:
    report = validate(CORPUS / row["original"], CORPUS / row["file"], metrics=["mse"])
    page = Page(tmp_path / "page.html", report)
    write_page(report, page.path)
    browser.open(page.path)
    shown = timeline(report)
    chosen = [shown[place] for place in sorted({0, len(shown) // 3, len(shown) // 2, len(shown) - 1})]
    shots = {shot.pair: (shot.original.copy(), shot.compressed.copy()) for shot in Footage(report).shots(chosen)}
    for pair in (*reversed(chosen), chosen[0]):
        go_to(browser, page, pair.start_ms)
        for side in (0, 1):
            assert (canvas(browser, SIDES[side]) == shots[pair][side]).all()
    assert browser.problems() == []
