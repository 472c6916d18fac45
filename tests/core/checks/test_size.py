"""A compressed file that is larger than the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core.checks import check_size
from giflab_core.model import Clip


def clip(size_bytes: int, extra_bytes: int = 0) -> Clip:
    return Clip(Path("a.gif"), "", 4, 4, (100,), None, size_bytes=size_bytes, extra_bytes=extra_bytes)


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (20_000, 10_000, "pass"),
        (20_000, 21_999, "pass"),
        (20_000, 22_000, "warning"),
        (1_000, 2_023, "pass"),
        (1_000, 2_024, "warning"),
    ],
)
def test_a_file_that_grew_by_a_tenth_and_a_kibibyte_is_warned_of(before: int, after: int, status: str) -> None:
    assert check_size(clip(before), clip(after)).status == status


def test_both_sizes_and_what_shows_nothing_are_named() -> None:
    message = check_size(clip(10_000, 1_000), clip(25_000, 9_000)).message
    assert message.startswith("10000 bytes, then 25000: 2.5 times as large")
    assert "9000 bytes of it are metadata" in message


def test_pictures_that_grew_are_not_blamed_on_metadata() -> None:
    assert "metadata" not in check_size(clip(10_000, 1_000), clip(25_000, 2_000)).message
