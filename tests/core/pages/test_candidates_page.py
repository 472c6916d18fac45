"""The page of several candidates: their order, what is drawn, what is escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from giflab_core import Check, UsageError, ValidationReport, validate
from giflab_core.pages import write_candidates_page
from giflab_core.pages.scatter import HEIGHT, RADIUS, Dot, scatter_svg
from tests.core.pages.conftest import grey
from tests.helpers.gifs import write_clip

DOTS = [Dot(1, "a.gif", 100, 0.5, "pass", is_best=True), Dot(2, "b.gif", 300, 0.9, "fail", is_best=False)]


@pytest.fixture
def reports(report: ValidationReport, tmp_path: Path) -> list[ValidationReport]:
    small = write_clip(tmp_path / "small.gif", [grey(100, 16)])
    return [report, validate(report.original.path, report.original.path), validate(report.original.path, small)]


def test_each_candidate_is_there_with_its_numbers_and_its_worst_moment(
    reports: list[ValidationReport], tmp_path: Path
) -> None:
    write_candidates_page(reports, tmp_path / "page.html", best=[1], unreadable={"broken.gif": "not a GIF"})
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    rows = re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]*)', text)
    assert rows == ["compressed.gif", "original.gif", "small.gif", "broken.gif"]
    assert text.count("worth its bytes") == 1
    assert text.count("<article") == 3
    assert text.count('src="data:image/png') == 9
    assert text.count('<g class="dot') == 2  # of another size there is no number
    assert "Not drawn, as there is no quality of them: 3. small.gif</p>" in text
    assert "<script" not in text


def test_a_candidate_without_a_fault_is_drawn_at_the_top(report: ValidationReport, tmp_path: Path) -> None:
    """Its signal to noise is infinite."""
    paths = (report.compressed.path, report.original.path)
    found = [validate(report.original.path, each, metrics=["psnr"]) for each in paths]
    write_candidates_page(found, tmp_path / "page.html", ranked_by="psnr", best=[0, 1])
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    worse, same = (float(each) for each in re.findall(r'cy="([\d.]+)"', text))
    assert same < worse
    assert re.search(r'text-anchor="end">infinite</text>', text)
    assert re.search(r"<title>original.gif: [\d,]+ bytes, infinite, pass</title>", text)
    assert "Not drawn" not in text


def test_candidates_of_one_name_can_be_told_apart(report: ValidationReport, tmp_path: Path) -> None:
    found = []
    for folder in ("q80", "q90"):
        (tmp_path / folder).mkdir()
        path = write_clip(tmp_path / folder / "clip.gif", [grey(100)])
        found.append(validate(report.original.path, path))
    write_candidates_page(found, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"<h3[^>]*>([^<]*) <span", text) == ["1. q80/clip.gif", "2. q90/clip.gif"]
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)', text) == ["q80/clip.gif", "q90/clip.gif"]
    assert re.findall(r"<title>(q.*?):", text) == ["q80/clip.gif", "q90/clip.gif"]


def test_texts_of_candidates_are_escaped(report: ValidationReport, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    changed = replace(report, status="fail", checks=(Check(hostile, "fail", hostile),))
    write_candidates_page([changed], tmp_path / "page.html", unreadable={hostile: hostile})
    assert hostile not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_page_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no report"):
        write_candidates_page([], tmp_path / "page.html")


def test_no_candidate_is_written_over(reports: list[ValidationReport]) -> None:
    with pytest.raises(UsageError, match="is compared"):
        write_candidates_page(reports, reports[2].compressed.path)


def test_what_cannot_be_read_is_not_written_over_either(report: ValidationReport, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gif"
    broken.write_bytes(b"no GIF")
    with pytest.raises(UsageError, match="is compared"):
        write_candidates_page([report], broken, unreadable={str(broken): "not a GIF"})
    assert broken.read_bytes() == b"no GIF"


def test_files_of_candidates_may_lie_elsewhere(report: ValidationReport, tmp_path: Path) -> None:
    moved = report.compressed.path.rename(tmp_path / "moved.gif")
    write_candidates_page([report], tmp_path / "page.html", files=[(report.original.path, moved)])
    assert (tmp_path / "page.html").stat().st_size


@pytest.mark.parametrize(("better", "is_above"), [("higher", True), ("lower", False)])
def test_what_is_better_is_drawn_further_up_and_what_is_smaller_further_left(better: str, *, is_above: bool) -> None:
    found = scatter_svg(DOTS, "ssim", better)  # type: ignore[arg-type]
    circles = [tuple(map(float, each)) for each in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', found)]
    assert circles[0][0] < circles[1][0]
    assert (circles[1][1] < circles[0][1]) is is_above


@pytest.mark.parametrize("values", [(inf, inf), (inf, 0.5), (0.1, inf)], ids=str)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_what_is_infinite_is_drawn_apart_within_the_picture(values: tuple[float, float], better: str) -> None:
    found = scatter_svg([replace(dot, value=value) for dot, value in zip(DOTS, values, strict=True)], "psnr", better)  # type: ignore[arg-type]
    places = [float(each) for each in re.findall(r'cy="([\d.]+)"', found)]
    assert all(RADIUS <= place <= HEIGHT - RADIUS for place in places)
    assert (abs(places[0] - places[1]) > 2 * RADIUS) is (values[0] != values[1])
    assert found.count(">infinite</text>") == 1
    assert "inf," not in found


def test_dots_that_cannot_be_parted_are_drawn_all_the_same() -> None:
    assert scatter_svg([DOTS[0], DOTS[0]], "ssim", "higher").count("<circle") == 2
    assert scatter_svg([], "ssim", "higher") == ""
