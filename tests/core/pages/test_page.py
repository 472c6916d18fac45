"""The page as a file: what is in it, what is escaped, and how large it may be."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import replace
from html import unescape
from pathlib import Path

from giflab_core import Check, ValidationReport, validate, write_page
from giflab_core.cache import MemoryCache
from giflab_core.metrics import CATALOGUE
from giflab_core.pages import content
from tests.conftest import ROOT
from tests.core.pages.conftest import grey
from tests.helpers.gifs import write_clip

VENDOR = ROOT / "giflab_core" / "pages" / "vendor"
# Of uPlot 1.6.32 as npm has it.
DIGESTS = {
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "uPlot.LICENSE": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
}


def written(report: ValidationReport, tmp_path: Path) -> str:
    write_page(report, tmp_path / "page.html")
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def data_of(text: str) -> dict[str, object]:
    """What the script of a page is given."""
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    data: dict[str, object] = json.loads(found)
    return data


def test_what_is_vendored_is_what_was_published() -> None:
    assert {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in VENDOR.iterdir()} == DIGESTS


def test_every_metric_is_said_what_it_is_of() -> None:
    assert set(content.WHAT) == set(CATALOGUE)


def test_a_page_asks_for_nothing_else(report: ValidationReport, tmp_path: Path) -> None:
    text = written(report, tmp_path)
    assert "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:" in text
    found = set(re.findall(r'\b(?:src|href)="([^",]*)', text))
    assert found == {"#player", "data:image/png;base64", "data:image/gif;base64"}
    assert "url(" not in text


def test_both_clips_are_in_it_once(report: ValidationReport, tmp_path: Path) -> None:
    clips = re.findall(r'src="data:image/gif;base64,([^"]*)', written(report, tmp_path))
    assert list(map(b64decode, clips)) == [each.path.read_bytes() for each in (report.original, report.compressed)]


def test_the_script_knows_what_is_on_screen_when(report: ValidationReport, tmp_path: Path) -> None:
    data = data_of(written(report, tmp_path))
    assert (data["starts"], data["end"]) == ([0, 50, 100, 150], 200)
    assert (data["original"], data["compressed"]) == ([0, 1, 2, 3], [0, 1, 1, 2])
    metrics = data["metrics"]
    assert isinstance(metrics, dict)
    assert metrics["psnr"]["values"][0] is None  # infinite: the pictures are equal
    assert metrics["mse"]["times"] == [0, 50, 100, 150, 200]
    assert len(metrics["mse"]["values"]) == 4


def test_texts_are_escaped(report: ValidationReport, tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    checks = Check(hostile, "fail", hostile, time_ms=50), Check("b", "fail", because_of=hostile)
    changed = replace(report, status="fail", checks=checks, absent={hostile: hostile})
    text = written(changed, tmp_path)
    assert hostile not in text
    assert unescape(text).count(hostile) >= 5


def test_numbers_for_the_script_end_no_script() -> None:
    found = content.as_script({"</script>": "<!--&"})
    assert not set(found) & set("<>&")
    assert json.loads(found) == {"</script>": "<!--&"}


def test_clips_that_are_too_large_are_left_out(report: ValidationReport, tmp_path: Path) -> None:
    whole, size = written(report, tmp_path), (tmp_path / "page.html").stat().st_size
    write_page(report, tmp_path / "less.html", most_bytes=size - 1)
    text = (tmp_path / "less.html").read_text(encoding="utf-8")
    assert 'src="data:image/gif' not in text
    assert "would make this page larger than" in text
    assert 'src="data:image/png' in text
    write_page(report, tmp_path / "same.html", most_bytes=size)
    assert (tmp_path / "same.html").read_text(encoding="utf-8") == whole


def test_a_page_of_what_is_cached_is_the_same(paths: tuple[Path, Path], tmp_path: Path) -> None:
    cache = MemoryCache(1 << 20)
    first, second = (written(validate(*paths, cache=cache), tmp_path) for _ in range(2))
    assert first == second == written(validate(*paths), tmp_path)


def test_a_reader_without_a_script_sees_each_metric(report: ValidationReport, tmp_path: Path) -> None:
    text = written(report, tmp_path)
    assert text.count('<path class="series"') == len(report.metrics)
    assert text.count("<noscript") == 1


def test_what_was_absent_is_said_with_the_reason(tmp_path: Path) -> None:
    tiny = write_clip(tmp_path / "tiny.gif", [grey(100, 5)])
    assert "canvas 5x5 is smaller than 7 pixels" in written(validate(tiny, tiny), tmp_path)


def test_a_notebook_shows_the_verdict_and_each_metric(report: ValidationReport) -> None:
    hostile = "<script>alert(1)</script>"
    checks = Check("stall", "fail", hostile), Check("size", "warning", "larger")
    found = replace(report, status="fail", checks=checks)._repr_html_()
    assert "FAIL" in found
    assert hostile not in found
    assert hostile in unescape(found)
    assert found.count("<svg") == len(report.metrics)
    assert "<script" not in found
