"""The keys of the page, whatever has the focus."""

from __future__ import annotations

import pytest

from giflab_core.pages.timeline import timeline
from tests.helpers.browser import Browser
from tests.integration.pages.conftest import Page
from tests.integration.pages.test_page import CHOOSE, NOW, SEEK

IS_PLAYING = "document.getElementById('play').getAttribute('aria-pressed') === 'true'"
FOCUS = "document.getElementById('{}').focus()"


def starts(page: Page) -> list[int]:
    return [pair.start_ms for pair in timeline(page.report)]


@pytest.mark.parametrize("control", ["#on", "#worst", ".moment", "#box", ".skip", "#wipe", "#original"])
def test_they_work_after_a_click_on_a_control(browser: Browser, failed: Page, control: str) -> None:
    browser.open(failed.path)
    if control == "#wipe":
        browser.click(".choice label:nth-child(2)")
        browser.evaluate(SEEK.format(ms=0))
        browser.click("#wipe")
    elif control == ".skip":
        browser.evaluate("document.querySelector('.skip').focus()")
    else:
        browser.click(control)
    if control != "#wipe":
        browser.evaluate(SEEK.format(ms=starts(failed)[3]))
        browser.press("ArrowRight")
        assert browser.evaluate(NOW) == starts(failed)[4]
    browser.press("w")
    assert browser.evaluate(NOW) == failed.report.metrics["quality"].worst.time_ms
    browser.press(" ")
    assert browser.evaluate(IS_PLAYING)


def test_a_button_that_was_reached_by_keys_keeps_its_own(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.evaluate(SEEK.format(ms=0))
    browser.evaluate(FOCUS.format("on"))
    for key, place in ((" ", 1), ("Enter", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        browser.press(key)
        assert browser.evaluate(NOW) == starts(failed)[place]
    assert not browser.evaluate(IS_PLAYING)
    browser.evaluate(FOCUS.format("play"))
    browser.press(" ")
    assert browser.evaluate(IS_PLAYING)


def test_a_choice_keeps_its_keys(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    before = browser.evaluate(NOW)
    browser.evaluate(FOCUS.format("speed"))
    browser.press("ArrowLeft")
    assert browser.evaluate("document.getElementById('speed').value") == "0.5"
    assert browser.evaluate(NOW) == before


def test_a_picture_that_is_larger_than_its_place_is_scrolled(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    before = browser.evaluate(NOW)
    browser.evaluate(CHOOSE.format(name="zoom", value="8"))
    browser.evaluate("document.querySelector('#pane-original .view').focus()")
    browser.press("ArrowRight")
    browser.wait("document.querySelector('#pane-original .view').scrollLeft > 0")
    assert browser.evaluate(NOW) == before


@pytest.mark.parametrize(("key", "by"), [("ArrowRight", 1), ("ArrowUp", 1), ("ArrowLeft", -1), ("ArrowDown", -1)])
def test_on_the_slider_arrows_step_by_frames(browser: Browser, failed: Page, key: str, by: int) -> None:
    browser.open(failed.path)
    browser.evaluate(SEEK.format(ms=starts(failed)[5]))
    browser.evaluate(FOCUS.format("time"))
    browser.press(key)
    assert browser.evaluate(NOW) == starts(failed)[5 + by]


def test_a_step_at_the_end_stays_there(browser: Browser, failed: Page) -> None:
    browser.open(failed.path)
    browser.evaluate(SEEK.format(ms=10**6))
    end = browser.evaluate(NOW)
    assert end > starts(failed)[-1]
    browser.click("#on")
    assert browser.evaluate(NOW) == end
