"""Charts for those who do not see them, or have no pointer."""

from __future__ import annotations

from giflab_core.pages.timeline import timeline
from tests.helpers.browser import Browser
from tests.integration.pages.conftest import Page
from tests.integration.pages.test_page import NOW, SEEK

OVER = "document.querySelector('[data-metric=psnr] .u-over')"


def test_a_chart_is_named_as_the_drawing_that_it_replaces(browser: Browser, failed: Page) -> None:
    names = "[...document.querySelectorAll('.chart {}[role=img]')].map((each) => each.getAttribute('aria-label'))"
    browser.open(failed.path, script=False)
    drawn = browser.evaluate(names.format("svg"))
    browser.open(failed.path)
    assert browser.evaluate(names.format("canvas")) == drawn
    assert len(drawn) == len(failed.report.metrics)
    assert all("over time, mean" in name for name in drawn)


def test_a_chart_with_the_focus_steps_and_goes_to_its_worst_moment(browser: Browser, failed: Page) -> None:
    starts = [pair.start_ms for pair in timeline(failed.report)]
    worst_ms = failed.report.metrics["psnr"].worst.time_ms
    browser.open(failed.path)
    browser.evaluate(SEEK.format(ms=starts[4]))
    browser.evaluate(f"{OVER}.focus()")
    for key, expected in (("ArrowRight", starts[5]), ("ArrowLeft", starts[4]), ("Home", 0), ("Enter", worst_ms)):
        browser.press(key)
        assert browser.evaluate(NOW) == expected
    value, text = browser.evaluate(f"[{OVER}.ariaValueNow, {OVER}.ariaValueText]")
    assert float(value) == worst_ms / 1000
    assert text.startswith(f"{worst_ms / 1000:.2f} s: ")
    assert "dB at" in text
