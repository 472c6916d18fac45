"""The real Chromium, driven by Playwright for Node: pages are opened, used and looked at."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.helpers.tools import require_any, require_node_module, require_tool

DRIVER = Path(__file__).with_name("driver.mjs")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """One Chromium, with one page at a time. It has no network."""

    def __init__(self, driver: subprocess.Popen[str]) -> None:
        self._driver = driver

    def _do(self, name: str, **given: Any) -> Any:
        assert self._driver.stdin
        assert self._driver.stdout
        self._driver.stdin.write(json.dumps({"does": name, **given}) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline() or '{"error": "the driver has ended"}')
        assert "error" not in answer, answer["error"]
        return answer["found"]

    def open(
        self,
        path: Path,
        width: int = 1400,
        height: int = 1000,
        *,
        scheme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "no-preference",
        script: bool = True,
        before: str = "",
    ) -> None:
        """Open a page from disk; `before` is run first, `script` says whether those of the page are."""
        size = {"width": width, "height": height}
        self._do("open", url=path.as_uri(), **size, scheme=scheme, motion=motion, script=script, before=before)

    def evaluate(self, code: str) -> Any:
        """What an expression is."""
        return self._do("evaluate", code=code)

    def wait(self, code: str) -> None:
        """Until an expression is true."""
        self._do("wait", code=code)

    def press(self, key: str) -> None:
        self._do("press", key=key)

    def click(self, selector: str, position: tuple[float, float] | None = None) -> None:
        """Click in the middle of an element, or at a place in it."""
        self._do("click", selector=selector, position=position and dict(zip("xy", position, strict=True)))

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Draw what is in the window, or the whole page, as PNG."""
        self._do("picture", path=str(path), whole=whole)

    def problems(self) -> list[str]:
        """What the page has said to the console, has not caught, or has asked of a network."""
        found: list[str] = self._do("problems")
        return found

    def axe(self) -> list[str]:
        """What axe-core finds wrong: how bad, which rule, where."""
        found: list[str] = self._do("axe")
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser until the end; the test is skipped, or fails, where one of its parts is absent."""
    modules = require_node_module("playwright-core").parent
    require_node_module("axe-core")
    command = [require_tool("node"), str(DRIVER), str(modules), require_any(CHROMIUM)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        try:
            yield Browser(driver)
        finally:
            driver.communicate(timeout=30)
