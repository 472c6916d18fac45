"""Parts of a picture, as rows and columns."""

from __future__ import annotations

from typing import TypeAlias

Box: TypeAlias = tuple[int, int, int, int]
"""Rows from the first up to the second, columns from the third up to the fourth."""
NOTHING: Box = (0, 0, 0, 0)
LARGE_PIXELS = 1 << 22
"""A picture of more pixels is large: what is kept of it, to save time later, must not take much memory for each."""


def enclosing(one: Box, other: Box) -> Box:
    """The smallest box that both are in."""
    top, bottom, left, right = one
    if top >= bottom or left >= right:
        return other
    above, below, before, behind = other
    if above >= below or before >= behind:
        return one
    return min(top, above), max(bottom, below), min(left, before), max(right, behind)


def pixels_in(box: Box) -> int:
    """How many pixels are in it."""
    return max(0, box[1] - box[0]) * max(0, box[3] - box[2])


def slices(box: Box) -> tuple[slice, slice]:
    """The box as an index of an array."""
    return slice(box[0], box[1]), slice(box[2], box[3])
