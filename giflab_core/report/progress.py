"""A progress bar on standard error, where somebody is looking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from giflab_core import lazy


@contextmanager
def progress_bar(description: str, unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a callback for (done, in all), or None where standard error is not a terminal. The bar goes at the end."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield None  # without loading rich, which takes longer than a small pair
        return
    with lazy.load("giflab_core.report.bar", "bar")(description, unit) as on_progress:
        yield on_progress
