"""The page of a validated pair in a real browser: what is seen, what can be done, and that it asks for nothing."""

from __future__ import annotations

import shutil
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from giflab_core import DecodeError, decode, validate, write_page
from giflab_core.pages import write_candidates_page
from giflab_core.pages.difference import apart, heat
from giflab_core.pages.timeline import at, timeline
from tests.helpers.browser import Browser
from tests.helpers.gifs import moving_frames, write_clip
from tests.integration.pages.conftest import Page

SIDES = "original", "compressed"
PIXELS = """(() => {{
  const canvas = document.getElementById("{name}"), {{ width, height }} = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return [width, height, btoa(text)];
}})()"""
SEEK = """(() => {{ const time = document.getElementById("time"); time.value = {ms};
  time.dispatchEvent(new Event("input", {{ bubbles: true }})); }})()"""
CHOOSE = """(() => {{ const choice = document.getElementById("{name}"); choice.value = "{value}";
  choice.dispatchEvent(new Event("change")); }})()"""
NOW = "Number(document.getElementById('time').value)"
DRAWN = "document.documentElement.dataset.drawn === '{place}'"
FOCUSABLE = """[...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")]
  .filter((each) => !each.disabled && each.checkVisibility() && !(each.type === "radio" && !each.checked))"""


def canvas(browser: Browser, name: str) -> Any:
    """RGBA of what a canvas shows: uint8, shape (height, width, 4)."""
    width, height, data = browser.evaluate(PIXELS.format(name=name))
    return np.frombuffer(b64decode(data), np.uint8).reshape(height, width, 4)


def go_to(browser: Browser, page: Page, time_ms: int) -> tuple[int, int]:
    """Move the slider, and wait until both pictures are there; which frames these are."""
    pairs = timeline(page.report)
    pair = at(pairs, time_ms)
    browser.evaluate(SEEK.format(ms=time_ms))
    browser.wait(DRAWN.format(place=pairs.index(pair)))
    return pair.original, pair.compressed


def pictures(path: Path) -> list[Any]:
    """RGBA of every whole frame."""
    found: list[Any] = []
    with suppress(DecodeError):
        found.extend(frame.pixels for frame in decode(path))
    return found


def test_it_opens_without_a_complaint_and_asks_for_nothing(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.wait("document.documentElement.dataset.drawn")
    browser.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert browser.problems() == []


def test_the_verdict_and_its_reasons_come_first(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    shown = browser.evaluate("document.body.innerText")
    order = [shown.index(each) for each in ("FAIL", "bad.gif", failed.report.headlines[0].message, "SIDE BY SIDE")]
    assert order == sorted(order)


def test_the_slider_puts_both_pictures_on_the_same_instant(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    frames = [pictures(clip.path) for clip in (failed.report.original, failed.report.compressed)]
    for time_ms in (0, 720, 1270, 1280, 2950, 40, 610):  # forwards and backwards, and after the shorter one's end
        numbers = go_to(browser, failed, time_ms)
        expected = [frames[side][numbers[side]] for side in (0, 1)]
        for side in (0, 1):
            assert (canvas(browser, SIDES[side]) == expected[side]).all()
        assert (canvas(browser, "difference")[..., :3] == heat(apart(*expected))).all()


@pytest.mark.parametrize("is_damaged", [False, True])
def test_frames_of_all_kinds_are_those_that_our_decoder_shows(
    browser: Browser, tmp_path: Path, *, is_damaged: bool
) -> None:
    """Every disposal, a transparent colour, and delays that browsers do not honour; cut off in the last image."""
    frames = [np.where(frame > 100, 0, frame) for frame in moving_frames(7)]
    paths = [
        write_clip(tmp_path / f"{place}.gif", frames, [4, 0, 1, 9, 2, 3, 5], transparent=0, disposal=place + 1)
        for place in (0, 1)
    ]
    if is_damaged:
        data = paths[1].read_bytes()
        paths[1].write_bytes(data[: len(data) - 400])
    report = validate(*paths, metrics=["mse"])
    page = Page(tmp_path / "page.html", report)
    write_page(report, page.path)
    browser.open(page.path)
    shown = [pictures(path) for path in paths]
    for pair in timeline(report):
        numbers = go_to(browser, page, pair.start_ms)
        for side in (0, 1):
            assert (canvas(browser, SIDES[side]) == shown[side][numbers[side]]).all()
    assert browser.problems() == []


def test_it_begins_at_the_worst_moment_and_does_not_play_by_itself(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    worst_ms = failed.report.metrics["quality"].worst.time_ms
    assert browser.evaluate(NOW) == worst_ms
    browser.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert browser.evaluate(NOW) == worst_ms


def test_every_chart_is_drawn(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    inked = browser.evaluate(
        """[...document.querySelectorAll(".chart")].map((each) => {
          const canvas = each.querySelector("canvas"), { width, height } = canvas;
          const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
          const colours = new Set();
          for (let at = 0; at < data.length; at += 4) colours.add(`${data.slice(at, at + 4)}`);
          const has = ["59,98,224,255", "192,38,38,255"].map((colour) => colours.has(colour));
          return [each.dataset.metric, each.querySelectorAll("svg").length, ...has];
        })"""
    )
    # The colour of the series, and that of limits and of the worst moment.
    assert sorted(inked) == sorted([name, 0, True, True] for name in failed.report.metrics)


def test_a_click_on_a_chart_goes_to_that_moment(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    box = browser.evaluate(
        "(({ width, height }) => [width, height])(document.querySelector('.u-over').getBoundingClientRect())"
    )
    browser.click(".u-over", (box[0] / 2, box[1] / 2))
    assert browser.evaluate(NOW) == pytest.approx(2960 / 2, abs=20)


def test_a_moment_that_is_named_can_be_gone_to(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.click(".reasons [data-seek='760']")
    assert browser.evaluate(NOW) == 760


def test_the_keyboard_reaches_all_that_a_pointer_does(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    count = browser.evaluate(f"{FOCUSABLE}.length")
    browser.evaluate("window.reached = new Set()")
    for _ in range(count + 3):
        browser.press("Tab")
        browser.evaluate("(window.reached.add(document.activeElement), 0)")
    assert (
        browser.evaluate(f"{FOCUSABLE}.filter((each) => !window.reached.has(each)).map((each) => each.outerHTML)") == []
    )


def test_keys_step_play_and_pause(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    place = timeline(failed.report).index(at(timeline(failed.report), browser.evaluate(NOW)))
    starts = [each.start_ms for each in timeline(failed.report)]
    for key, expected in (("ArrowRight", place + 1), ("ArrowLeft", place), ("ArrowLeft", place - 1)):
        browser.press(key)
        assert browser.evaluate(NOW) == starts[expected]
    browser.press(" ")
    browser.wait(f"{NOW} > {starts[place]}")
    browser.press(" ")
    paused_ms = browser.evaluate(NOW)
    browser.evaluate("new Promise((done) => setTimeout(done, 150))")
    assert browser.evaluate(NOW) == paused_ms
    browser.press("w")
    assert browser.evaluate(NOW) == starts[place]


def test_pixels_are_enlarged_without_smoothing(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.evaluate(CHOOSE.format(name="zoom", value="4"))
    shown = browser.evaluate(
        "((style) => [style.width, style.imageRendering])(getComputedStyle(document.getElementById('original')))"
    )
    assert shown == ["960px", "pixelated"]


def test_a_wipe_lays_one_clip_over_the_other(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.click(".choice label:nth-child(2)")
    left = "document.getElementById('{}').getBoundingClientRect().left"
    assert browser.evaluate(left.format("original")) == browser.evaluate(left.format("compressed"))
    browser.click("#wipe")
    browser.press("Home")
    assert (
        browser.evaluate("getComputedStyle(document.querySelector('#pane-compressed .sheet')).clipPath")
        == "inset(0px 0px 0px 0%)"
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
def test_it_can_be_read_by_all(browser: Browser, failed: Page, scheme: Any, width: int) -> None:
    browser.open(failed.path, width, scheme=scheme)
    browser.wait("document.documentElement.dataset.drawn")
    assert browser.axe() == []
    assert browser.evaluate("document.documentElement.scrollWidth") == width


def test_a_page_of_candidates_can_be_read_by_all(browser: Browser, failed: Page, tmp_path: Path) -> None:
    clip = failed.report.original.path
    reports = [failed.report, validate(clip, clip, metrics=["quality"])]
    write_candidates_page(reports, tmp_path / "page.html", best=[0, 1], unreadable={"x.gif": "not a GIF"})
    browser.open(tmp_path / "page.html", 390)
    assert browser.axe() == []
    assert browser.evaluate("document.documentElement.scrollWidth") == 390
    assert browser.problems() == []


@pytest.mark.parametrize(("motion", "is_moving"), [("no-preference", True), ("reduce", False)])
def test_without_a_decoder_the_browser_plays_both_clips(
    browser: Browser, failed: Page, motion: Any, *, is_moving: bool
) -> None:
    browser.open(failed.path, motion=motion, before="delete window.ImageDecoder")
    loaded = "[...document.querySelectorAll('#plain-clips img')].map((each) => each.naturalWidth)"
    if not is_moving:
        assert browser.evaluate(loaded) == []
        browser.click("#plain-play")
    browser.wait(f"String({loaded}) === '240,240'")
    assert browser.problems() == []


@pytest.mark.parametrize(("motion", "kind"), [("no-preference", "gif"), ("reduce", "png")])
def test_without_scripts_there_are_both_clips_and_all_drawings(
    browser: Browser, failed: Page, motion: Any, kind: str
) -> None:
    """Clips that move only where the user has not asked for less."""
    browser.open(failed.path, script=False, motion=motion)
    images = "[...document.querySelectorAll('#clips img')]"
    browser.wait(f"String({images}.map((each) => each.naturalWidth)) === '240,240'")
    shown = browser.evaluate(f"{images}.map((each) => each.currentSrc.slice(0, 14))")
    assert shown == [f"data:image/{kind}"] * 2
    assert browser.evaluate("document.querySelector('.if-still').checkVisibility()") is (kind == "png")
    assert browser.evaluate("document.querySelectorAll('.chart svg .series').length") == len(failed.report.metrics)
    assert browser.evaluate("document.getElementById('room').checkVisibility()") is False


def test_hostile_names_and_texts_are_harmless(browser: Browser, failed: Page, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>&lt;script>'\"{{ 7*7 }}]]>.gif"
    text = b"</script><script>alert(2)</script><!-- "
    paths = tmp_path / name, tmp_path / "</title><script>alert(3)<|script>.gif".replace("/", "|")
    for path, clip in zip(paths, (failed.report.original, failed.report.compressed), strict=True):
        shutil.copy(clip.path, path)
        data = path.read_bytes()
        comment = b"\x21\xfe" + bytes([len(text)]) + text + b"\x00"
        path.write_bytes(data[:-1] + comment * 60 + b"\x3b" + text)
    write_page(validate(*paths), tmp_path / "page.html")
    browser.open(tmp_path / "page.html")
    assert name in browser.evaluate("document.body.textContent")
    assert browser.evaluate(
        "[document.title.includes('alert(3)'), document.querySelectorAll('img[src=x]').length]"
    ) == [True, 0]
    assert browser.problems() == []


@pytest.mark.parametrize("which", ["the same", "of another size", "a still"])
def test_pairs_of_which_little_can_be_said_have_pages_too(browser: Browser, tmp_path: Path, which: str) -> None:
    path = write_clip(tmp_path / "a.gif", moving_frames(3))
    others = {"the same": moving_frames(3), "of another size": moving_frames(3, side=16), "a still": moving_frames(1)}
    other = write_clip(tmp_path / "b.gif", others[which])
    for original in {"a still": (path, other)}.get(which, (path,)):
        write_page(validate(original, other, metrics=["ssim"]), tmp_path / "page.html")
        browser.open(tmp_path / "page.html")
        browser.wait("document.documentElement.dataset.drawn")
        assert browser.problems() == []
