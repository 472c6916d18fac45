"""Every picture becomes another one, or those of a part of the time. `strength`: 1 for plain, 0.5 for milder."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.scenes import Footage, Pixels


def each(footage: Footage, change: Callable[[Pixels], Pixels]) -> Footage:
    """Every picture changed alike; pictures that are the same object stay one."""
    known: dict[int, Pixels] = {}
    for frame in footage.frames:
        if id(frame) not in known:
            known[id(frame)] = whole(change(frame))
    return replace(footage, frames=tuple(known[id(frame)] for frame in footage.frames))


def whole(frame: Pixels) -> Pixels:
    """What is transparent has no colour."""
    return np.ascontiguousarray(np.where(frame[..., 3:] > 0, frame, 0).astype(np.uint8))


def part(footage: Footage, first: float, last: float) -> range:
    """The numbers of the frames on screen between two shares of the time: at least one."""
    ends = np.cumsum(footage.durations_ms)
    starts = ends - np.asarray(footage.durations_ms)
    inside = np.flatnonzero((starts >= first * ends[-1]) & (starts < last * ends[-1]))
    return range(int(inside[0]), int(inside[-1]) + 1) if len(inside) else range(len(ends) - 1, len(ends))


def instead(footage: Footage, numbers: range, change: Callable[[int], Pixels]) -> Footage:
    """Some pictures become what `change` makes of their number."""
    frames = list(footage.frames)
    for number in numbers:
        frames[number] = whole(change(number))
    return replace(footage, frames=tuple(frames))


def rows_off(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """From the middle on each row begins some pixels later, as if a row were read with a wrong width."""
    off = round(6 * strength)

    def change(frame: Pixels) -> Pixels:
        half = len(frame) // 2
        return np.concatenate([frame[:half], np.roll(frame[half:], off, axis=1)])

    return each(footage, change)


def half_frames_a_row_down(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Every second frame is some rows lower."""
    off = round(2 * strength)
    return instead(footage, range(len(footage.frames)), lambda n: np.roll(footage.frames[n], off * (n % 2), axis=0))


def first_passes(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Only the first passes of an interlaced image came: every fourth row, or every second one, stands for all."""
    every = round(4 * strength)
    return each(footage, lambda frame: np.repeat(frame[::every], every, axis=0)[: len(frame)])


def interlaced_order(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The rows of interlaced images one below the other; if mild, for a tenth of the time."""
    rows = len(footage.frames[0])
    order = np.concatenate([np.arange(first, rows, step) for first, step in ((0, 8), (4, 8), (2, 4), (1, 2))])
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.5, 0.6)
    return instead(footage, numbers, lambda n: footage.frames[n][order])


def last_rows_black(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The data of a part of the pictures ended early."""
    cut = max(2, round(0.12 * strength * len(footage.frames[0])))

    def change(frame: Pixels) -> Pixels:
        result = frame.copy()
        result[-cut:] = (0, 0, 0, 255)
        return result

    numbers = part(footage, 0.3, 0.6)
    return instead(footage, numbers, lambda n: change(footage.frames[n]))


def cropped_and_stretched(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    return each(footage, lambda frame: _resampled(frame, 1 - 0.1 * strength, 1 - 0.1 * strength))


def wider(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Another aspect: by 10 %, or 5 %."""
    return each(footage, lambda frame: _resampled(frame, 1, 1 - 0.1 * strength))


def _resampled(frame: Pixels, down: float, across: float) -> Pixels:
    """The middle part, of these shares of the sides, enlarged to the whole: the nearest pixels."""
    height, width = frame.shape[:2]
    rows = ((np.arange(height) + 0.5) * down + (1 - down) / 2 * height).astype(int)
    columns = ((np.arange(width) + 0.5) * across + (1 - across) / 2 * width).astype(int)
    found: Pixels = frame[rows][:, columns]
    return found


def mirrored_part(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    numbers = part(footage, 0.4, 0.4 + 0.3 * strength)
    return instead(footage, numbers, lambda n: footage.frames[n][:, ::-1])


def halos(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    return each(footage, lambda f: _filtered(f, ImageFilter.UnsharpMask(3, round(300 * strength), 0)))


def outlines_gone(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What is thin and dark is gone; if mild, for a fifth of the time."""
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.4, 0.6)
    return instead(footage, numbers, lambda n: _filtered(footage.frames[n], ImageFilter.MaxFilter(3)))


def coarse_pixels(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    side = round(1 + 2 * strength)
    return each(footage, lambda f: np.repeat(np.repeat(f[::side, ::side], side, 0), side, 1)[: len(f), : f.shape[1]])


def half_size_and_back(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    share = 0.4 if strength >= 1 else 0.6

    def change(frame: Pixels) -> Pixels:
        height, width = frame.shape[:2]
        small = Image.fromarray(np.ascontiguousarray(frame[..., :3])).resize(
            (max(1, round(width * share)), max(1, round(height * share))), Image.Resampling.BILINEAR
        )
        return recoloured(frame, np.asarray(small.resize((width, height), Image.Resampling.BILINEAR)).astype(float))

    return each(footage, change)


def jpeg(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    quality = 6 if strength >= 1 else 15

    def change(frame: Pixels) -> Pixels:
        data = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(frame[..., :3])).save(data, "JPEG", quality=quality)
        return recoloured(frame, np.asarray(Image.open(data).convert("RGB")).astype(float))

    return each(footage, change)


def rolled(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The picture is a quarter lower, and what left it below is above; for a tenth of the time, or a twentieth."""
    numbers = part(footage, 0.5, 0.5 + 0.1 * strength)
    return instead(footage, numbers, lambda n: np.roll(footage.frames[n], len(footage.frames[n]) // 4, axis=0))


def torn(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The lower half is two frames late, or one."""
    late, frames = round(2 * strength), footage.frames
    half = len(frames[0]) // 2
    numbers = range(late, len(frames))
    return instead(footage, numbers, lambda n: np.concatenate([frames[n][:half], frames[n - late][half:]]))


def bar_below(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """A bar of some rows that grows with the time, as players draw one."""
    high, count = round(4 * strength), len(footage.frames)

    def change(number: int) -> Pixels:
        result = footage.frames[number].copy()
        result[-high:, : max(1, result.shape[1] * (number + 1) // count)] = (255, 0, 0, 255)
        return result

    return instead(footage, range(count), change)


def stamped(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """An opaque sign in a corner, of a fifth or a tenth of the shorter side."""

    def change(frame: Pixels) -> Pixels:
        result, side = frame.copy(), max(6, round(0.2 * strength * min(frame.shape[:2])))
        result[2 : 2 + side, -2 - side : -2] = (255, 255, 255, 255)
        result[2 + side // 3 : 2 + 2 * side // 3, -2 - side : -2] = (200, 0, 0, 255)
        return result

    return each(footage, change)


def _filtered(frame: Pixels, by: ImageFilter.Filter) -> Pixels:
    rgb = Image.fromarray(np.ascontiguousarray(frame[..., :3])).filter(by)
    return recoloured(frame, np.asarray(rgb).astype(float))
