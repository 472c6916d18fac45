"""What recompressions of one original keep of its time, and which of them lose more than others."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import pairwise

from giflab_core import ValidationReport

# Settings of gifsicle, from the smallest loss on.
LADDERS = (("lossy30", "lossy80", "lossy200"), ("colors64", "colors16"))


def keeps_duration(report: ValidationReport) -> bool:
    """Whether the compressed clip is shown as long as the original, within 2 %."""
    original_ms, compressed_ms = report.original.duration_ms, report.compressed.duration_ms
    return abs(original_ms - compressed_ms) <= 0.02 * original_ms


def is_comparable(report: ValidationReport) -> bool:
    """Whether both clips are shown as long, and as often."""
    return keeps_duration(report) and report.original.plays == report.compressed.plays


def steps(settings: Container[str]) -> Iterator[tuple[str, str]]:
    """Of these settings each pair of neighbours on a ladder, the smaller loss first."""
    for ladder in LADDERS:
        for less, more in pairwise(ladder):
            if less in settings and more in settings:
                yield less, more
