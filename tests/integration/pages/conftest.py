"""Pages that are looked at in a browser, which is started once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from giflab_core import ValidationReport, validate, write_demo, write_page
from tests.helpers.browser import Browser, chromium


@dataclass(frozen=True)
class Page:
    """A page on disk, and the report that it shows."""

    path: Path
    report: ValidationReport


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Of a clip that differs in its pictures, its time and its transparency."""
    folder = tmp_path_factory.mktemp("page")
    demo = write_demo(folder)
    report = validate(demo.original, demo.bad, metrics=["quality", "ssim", "psnr", "zncc"])
    write_page(report, folder / "page.html")
    return Page(folder / "page.html", report)
