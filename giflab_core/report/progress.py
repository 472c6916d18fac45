"""A progress bar on standard error, if somebody looks there for long enough."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from giflab_core import lazy

PATIENT_S = 0.5
"""What is done by then needs no bar: to load rich takes longer than a small pair."""


@contextmanager
def progress_bar(description: str, unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a callback for (done, in all), or None where standard error is not a terminal. The bar goes at the end."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield None
        return
    with ExitStack() as stack:
        bar = cache(lambda: stack.enter_context(lazy.load("giflab_core.report.bar", "bar")(description, unit)))
        begun_s = time.monotonic()

        def on_progress(done: int, total: int) -> None:
            if time.monotonic() - begun_s >= PATIENT_S and (show := bar()):
                show(done, total)

        yield on_progress
