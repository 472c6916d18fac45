"""The badge: an SVG that says the verdict and loads nothing."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from pytest_giflab.model import Comparison
from pytest_giflab.report.badge import to_badge
from tests.helpers.measurements import comparison, report

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = ["ok", "improved", "inconclusive", "warning", "critical"]
SLOWER = (comparison("critical"), comparison("warning"), comparison("ok"))


def drawn(verdict: str, *rows: Comparison) -> ET.Element:
    return ET.fromstring(to_badge(report(*rows, verdict=verdict)))  # noqa: S314 - it is ours


def words(badge: ET.Element) -> list[str | None]:
    return [each.text for each in badge.iter(f"{SVG}text")]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_badge_is_well_formed_svg(verdict: str) -> None:
    assert drawn(verdict, *SLOWER).tag == f"{SVG}svg"


@pytest.mark.parametrize("verdict", ["ok", "improved", "inconclusive"])
def test_a_badge_says_the_verdict(verdict: str) -> None:
    assert words(drawn(verdict, comparison("ok"))) == ["performance", verdict]


@pytest.mark.parametrize(
    ("verdict", "rows", "word"),
    [
        ("critical", SLOWER, "2 benchmarks slower"),
        ("warning", (comparison("warning"), comparison("ok")), "1 benchmark slower"),
        ("warning", (comparison("warning"), comparison("critical", advisory=True)), "1 benchmark slower"),
        ("critical", (), "critical"),
        ("inconclusive", (comparison("ok"), comparison(None, status="error")), "1 benchmark failed"),
        ("ok", (comparison("ok"), comparison(None, status="skipped")), "1 skipped"),
        ("improved", (comparison("improved"), comparison("critical", advisory=True)), "1 may be slower"),
    ],
)
def test_a_badge_counts_the_benchmarks_that_are_slower_or_failed_or_left_out(
    verdict: str, rows: tuple[Comparison, ...], word: str
) -> None:
    assert words(drawn(verdict, *rows)) == ["performance", word]


def test_a_badge_of_a_report_that_says_ok_of_slower_benchmarks_is_not_green() -> None:
    assert words(drawn("ok", comparison("critical"))) == ["performance", "1 benchmark slower"]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_badge_is_read_aloud_as_it_is_shown(verdict: str) -> None:
    badge = drawn(verdict, *SLOWER)
    text = ": ".join(str(word) for word in words(badge))
    assert badge.get("aria-label") == text
    assert badge.findtext(f"{SVG}title") == text


def colour(verdict: str) -> str:
    fills = [str(each.get("fill")) for each in drawn(verdict, comparison(verdict)).iter(f"{SVG}rect")]
    return fills[-1]


def channels(verdict: str) -> list[int]:
    return list(bytes.fromhex(colour(verdict).removeprefix("#")))


@pytest.mark.parametrize("verdict", ["ok", "improved"])
def test_what_is_well_is_green(verdict: str) -> None:
    red, green, blue = channels(verdict)
    assert green > max(red, blue)


@pytest.mark.parametrize("verdict", ["warning", "critical"])
def test_what_is_slower_is_red_or_orange(verdict: str) -> None:
    red, green, blue = channels(verdict)
    assert red > green > 0
    assert red > blue


def test_what_is_inconclusive_is_grey() -> None:
    assert len(set(channels("inconclusive"))) == 1


@pytest.mark.parametrize("verdict", VERDICTS)
def test_white_letters_can_be_read_on_the_colour(verdict: str) -> None:
    # WCAG 2.1: relative luminance, and a contrast of at least 4.5 for text.
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (each / 255 for each in channels(verdict))
    ]
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_badge_loads_nothing(verdict: str) -> None:
    text = to_badge(report(*SLOWER, verdict=verdict))
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|src=|<script|<image|<style|@import|<!", text)
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#round"}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_parts_fill_the_whole_badge(verdict: str) -> None:
    badge = drawn(verdict, *SLOWER)
    whole, left, right = (int(str(each.get("width"))) for each in badge.iter(f"{SVG}rect"))
    assert int(str(badge.get("width"))) == whole == left + right
