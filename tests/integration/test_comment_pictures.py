"""Comments as a browser lays them out, as wide as GitHub shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_giflab.github.comment import compose
from tests.helpers.comments import CHROMIUM, browse, examples, page
from tests.helpers.tools import require_any

# Counts, for each comment, what is wider than its place: it would have to be scrolled sideways.
MEASURE = """<script>for (const main of document.querySelectorAll("main")) {
  const parts = [main, ...main.querySelectorAll("h2, p, table, details")];
  main.dataset.wide = parts.filter(part => part.scrollWidth > part.clientWidth + 1).length;
  main.dataset.columns = Math.max(0, ...[...main.querySelectorAll("tr")].map(row => row.cells.length));
}</script>"""
TOO_WIDE = f"| benchmark |\n|---|\n| <code>{'x' * 200}</code> |\n"


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    """By name of the comment: how many of its parts are too wide, and its largest number of columns."""
    browser = require_any(CHROMIUM)
    file: Path = tmp_path_factory.mktemp("comments") / "all.html"
    bodies = {**{name: compose(notice) for name, notice in examples().items()}, "too wide": TOO_WIDE}
    file.write_text(page(*bodies.values(), unfolded=True) + MEASURE, encoding="utf-8")
    printed = browse(browser, "--window-size=1280,900", "--dump-dom", file.as_uri())
    found = re.findall(r'<main data-wide="(\d+)" data-columns="(\d+)"', printed)
    return {name: (int(wide), int(columns)) for name, (wide, columns) in zip(bodies, found, strict=True)}


def test_what_is_too_wide_would_be_noticed(laid_out: dict[str, tuple[int, int]]) -> None:
    assert laid_out["too wide"][0] > 0


@pytest.mark.parametrize("name", examples())
def test_nothing_of_a_comment_is_wider_than_github_shows_it(laid_out: dict[str, tuple[int, int]], name: str) -> None:
    wide, columns = laid_out[name]
    assert wide == 0
    assert columns <= 3
