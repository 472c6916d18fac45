"""A compressed file that is larger than the original, or holds more that shows nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core.checks import check_size
from giflab_core.model import Clip, Extra


def clip(size_bytes: int, *extras: Extra) -> Clip:
    return Clip(Path("a.gif"), "", 4, 4, (100,), None, size_bytes=size_bytes, extras=extras)


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


def test_both_sizes_are_named() -> None:
    assert (
        check_size(clip(10_000), clip(25_000)).message == "10000 bytes, then 25000: 2.5 times as large as the original"
    )


@pytest.mark.parametrize(
    ("kind", "before", "after", "status"),
    [
        ("application extension 'XMP'", 0, 1024, "warning"),
        ("application extension 'XMP'", 5000, 5000, "pass"),
        ("application extension 'XMP'", 5000, 6023, "pass"),
        ("application extension 'XMP'", 5000, 6024, "warning"),
        ("after the trailer", 0, 1, "warning"),
        ("after the trailer", 3, 3, "pass"),
    ],
)
def test_what_shows_nothing_is_warned_of_where_it_is_new(kind: str, before: int, after: int, status: str) -> None:
    extras = [Extra(kind, size_bytes, f"{size_bytes} bytes") for size_bytes in (before, after)]
    found = check_size(clip(90_000, *extras[:1] * bool(before)), clip(80_000, extras[1]))
    assert (found.status, found.message) == (status, f"{after} bytes" if status == "warning" else "")


def test_another_case_of_a_name_is_the_same_application() -> None:
    one, other = (Extra(f"application extension '{name}'", 5000, "") for name in ("XMP DataXMP", "xmp dataxmp"))
    assert check_size(clip(90_000, one), clip(80_000, other)).status == "pass"


def test_a_kind_that_comes_twice_counts_with_all_its_bytes() -> None:
    twice = Extra("comment", 3000, "one comment"), Extra("comment", 1500, "another comment")
    assert check_size(clip(9000, *twice), clip(9000, *twice)).status == "pass"
    assert check_size(clip(9000, twice[0]), clip(9000, *twice)).status == "warning"
