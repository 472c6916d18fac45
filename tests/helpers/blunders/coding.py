"""What a wrong palette, delta, disposal or transparent index leaves on screen; `strength`: 1 plain, 0.5 milder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tests.helpers.blunders.colours import LUMA, some_colour
from tests.helpers.blunders.pictures import each, instead, part
from tests.helpers.local_faults.grounds import ground, keys, pixels_of
from tests.helpers.local_faults.scenes import Footage, Pixels

Mask = npt.NDArray[np.bool_]

BLACK = np.array([0, 0, 0, 255], np.uint8)
# How large a frame is as a delta, as a share of the pixels, for its loss to be seen.
LEAST_CHANGED = 0.003


def palette_in_another_order(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The colours of some frames change places: all of them; if mild, in one frame of 60 ms and more."""
    numbers = part(footage, 0.4, 0.6) if strength >= 1 else _one(footage, 60)
    return instead(footage, numbers, lambda n: _by_ranks(footage.frames[n], 1))


def stale_palette(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Drawn with the colours of a frame of long before, rank by rank; if mild, for a fifth of the time."""
    numbers = part(footage, 0.3, 1.0 if strength >= 1 else 0.5)
    before = np.unique(keys(footage.frames[0]))

    def change(number: int) -> Pixels:
        found, places = np.unique(keys(footage.frames[number]), return_inverse=True)
        table = pixels_of(_by_luma(before)[np.arange(len(found)) * len(before) // len(found)])
        own = pixels_of(found)
        ranks = np.argsort(np.argsort(own[:, :3] @ LUMA, kind="stable"), kind="stable")
        return table[ranks][places.reshape(footage.frames[number].shape[:2])]

    return instead(footage, numbers, change)


def colour_transparent(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """The index of a colour that is used became the transparent one; if mild, for a fifth of the time."""
    colour = some_colour(footage)
    if colour is None:
        return None
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.4, 0.6)
    return instead(footage, numbers, lambda n: _without(footage.frames[n], colour, np.zeros(4, np.uint8)))


def colour_kept_from_before(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """A used colour became the transparent index of deltas: where it is drawn, what was there stays."""
    colour = some_colour(footage)
    if colour is None:
        return None
    frames, last = [footage.frames[0]], footage.frames[0]
    for frame in footage.frames[1:]:
        last = np.where((frame == colour).all(-1)[..., None], last, frame).astype(np.uint8)
        frames.append(last)
    return replace(footage, frames=tuple(frames))


def cleared(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What the frame before changed is cleared to transparent; if mild, once, for 60 ms and more."""
    frames = footage.frames
    numbers = range(2, len(frames)) if strength >= 1 else _one(footage, 60)

    def change(number: int) -> Pixels:
        was = (frames[max(0, number - 1)] != frames[max(0, number - 2)]).any(-1)
        same = (frames[number] == frames[number - 1]).all(-1)
        return np.where((was & same)[..., None], 0, frames[number]).astype(np.uint8)

    return instead(footage, numbers, change)


def restored(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Each change is undone before the next one is drawn: all is the first picture but for the last change."""
    frames = footage.frames
    numbers = range(2, len(frames)) if strength >= 1 else part(footage, 0.5, 0.7)

    def change(number: int) -> Pixels:
        changed = (frames[number] != frames[number - 1]).any(-1)
        return np.where(changed[..., None], frames[number], frames[0]).astype(np.uint8)

    return instead(footage, numbers, change)


def delta_lost(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """A frame is not there, and what it drew is missing until something else is drawn over it."""
    return _with_deltas(footage, chance, round(2 * strength), lambda delta: np.zeros_like(delta))


def delta_of_half(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """Of some frames only the upper half is drawn: the data ended."""

    def upper(delta: Mask) -> Mask:
        rows = np.flatnonzero(delta.any(axis=1))
        result = delta.copy()
        result[(rows[0] + rows[-1]) // 2 :] = False
        return result

    return _with_deltas(footage, chance, round(4 * strength), upper)


def _with_deltas(
    footage: Footage, chance: np.random.Generator, count: int, left: Callable[[Mask], Mask]
) -> Footage | None:
    """Draw delta by delta; of some, what is `left` of the mask of what changes."""
    frames = footage.frames
    deltas = [(frames[n] != frames[n - 1]).any(-1) for n in range(1, len(frames))]
    large = [n for n, delta in enumerate(deltas, 1) if delta.mean() >= LEAST_CHANGED]
    if not large:
        return None
    chosen = set(chance.choice(large, min(count, len(large)), replace=False).tolist())
    shown, result = frames[0], [frames[0]]
    for number in range(1, len(frames)):
        delta = deltas[number - 1]
        drawn = left(delta) if number in chosen else delta
        shown = np.where(drawn[..., None], frames[number], shown).astype(np.uint8)
        result.append(shown)
    return replace(footage, frames=tuple(result))


def black_instead_of_transparent(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """If mild, for a fifth of the time."""
    if not footage.is_transparent:
        return None
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.4, 0.6)
    return instead(footage, numbers, lambda n: np.where(footage.frames[n][..., 3:] > 0, footage.frames[n], BLACK))


def white_rim(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """What is half transparent was laid on white: a rim of two pixels round all that is opaque, or of one."""
    if not footage.is_transparent:
        return None

    def change(frame: Pixels) -> Pixels:
        grown = frame[..., 3] > 0
        for _ in range(round(2 * strength)):
            wide = np.pad(grown, 1)
            grown = grown | wide[2:, 1:-1] | wide[:-2, 1:-1] | wide[1:-1, 2:] | wide[1:-1, :-2]
        white = np.array([255, 255, 255, 255], np.uint8)
        return np.where((grown & (frame[..., 3] == 0))[..., None], white, frame).astype(np.uint8)

    return each(footage, change)


def ground_replaced(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The most frequent colour became another one: by 60 levels of red, or 30."""
    colour = ground(footage.frames[0]).reshape(4)
    other = colour.copy()
    off = round(60 * strength)
    other[0] = int(colour[0]) + off if colour[0] < 128 else int(colour[0]) - off
    other[3] = 255
    return each(footage, lambda f: _without(f, colour, other))


def _without(frame: Pixels, colour: Pixels, other: Pixels) -> Pixels:
    return np.where((frame == colour).all(-1)[..., None], other, frame).astype(np.uint8)


def _by_ranks(frame: Pixels, off: int) -> Pixels:
    """Each colour becomes the one some ranks of frequency farther."""
    found, places, counts = np.unique(keys(frame), return_inverse=True, return_counts=True)
    order = np.argsort(-counts)
    table = found.copy()
    table[order] = found[np.roll(order, off)]
    return pixels_of(table)[places.reshape(frame.shape[:2])]


def _by_luma(found: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    return found[np.argsort(pixels_of(found)[:, :3] @ LUMA, kind="stable")]


def _one(footage: Footage, least_ms: int) -> range:
    """Frames about the middle that are on screen for so long."""
    number = len(footage.frames) // 2
    end = number + 1
    while end < len(footage.frames) and sum(footage.durations_ms[number:end]) < least_ms:
        end += 1
    return range(number, end)
