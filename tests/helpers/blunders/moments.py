"""Pictures at other moments, mixed, or lighter and darker over time. `strength`: 1 for plain, 0.5 for milder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.helpers.blunders.pictures import instead, part
from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.scenes import Footage, Pixels

TURN_MS, DIP_MS = 100, 60


def swapped_pairwise(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Each two frames change places; if mild, in the middle fifth."""
    last = len(footage.frames) - 1
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.4, 0.6)
    return instead(footage, numbers, lambda n: footage.frames[min(n ^ 1, last)])


def frozen_corner(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """A corner of a quarter of the canvas stands still; if mild, for a third of the time."""
    numbers = part(footage, 0, 1) if strength >= 1 else part(footage, 0.4, 0.73)
    held = footage.frames[numbers.start]

    def change(number: int) -> Pixels:
        result = footage.frames[number].copy()
        top, left = (side // 2 for side in result.shape[:2])
        result[top:, left:] = held[top:, left:]
        return result

    return instead(footage, numbers, change)


def late_below(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What changes in the lower half comes 300 ms late, or 200."""
    starts = np.cumsum([0, *footage.durations_ms[:-1]])
    late_ms = 300 if strength >= 1 else 200

    def change(number: int) -> Pixels:
        other = max(0, int(np.searchsorted(starts, starts[number] - late_ms, "right")) - 1)
        half = len(footage.frames[0]) // 2
        return np.concatenate([footage.frames[number][:half], footage.frames[other][half:]])

    return instead(footage, range(len(starts)), change)


def seam_missing(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """The end is not there, and what was before it is held: a tenth of the time, or a twentieth."""
    numbers = part(footage, 1 - 0.1 * strength, 1)
    if numbers.start == 0:
        return None
    return instead(footage, numbers, lambda n: footage.frames[numbers.start - 1])


def first_skipped(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """The clip begins with what comes after its first frames: a tenth of the time, or a twentieth."""
    numbers = part(footage, 0, 0.1 * strength)
    if numbers.stop >= len(footage.frames):
        return None
    return instead(footage, numbers, lambda n: footage.frames[numbers.stop])


def delays_of_half(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The first half runs twice as fast and the second half slower, or a half faster; the whole lasts as long."""
    half, factor = len(footage.frames) // 2, 0.5 if strength >= 1 else 0.65
    fast = [max(20, round(ms * factor / 10) * 10) for ms in footage.durations_ms[:half]]
    slow = (footage.duration_ms - sum(fast)) / max(1, sum(footage.durations_ms[half:]))
    durations = [*fast, *(max(20, round(ms * slow / 10) * 10) for ms in footage.durations_ms[half:])]
    return replace(footage, durations_ms=tuple(durations))


def all_delays_alike(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """One delay for all frames, of clips whose delays differ."""
    if strength < 1 or max(footage.durations_ms) < 2 * min(footage.durations_ms):
        return None
    same = max(20, round(footage.duration_ms / len(footage.frames) / 10) * 10)
    return replace(footage, durations_ms=(same,) * len(footage.frames))


def ghosts(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Half of each picture is one of long before, or a quarter."""
    back, frames = max(2, len(footage.frames) // 6), footage.frames
    numbers = range(1, len(frames))
    return instead(footage, numbers, lambda n: _mixed(frames[n], frames[max(0, n - back)], 0.5 * strength))


def smeared(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Each picture fades in over the ones before."""
    share, shown = 0.3 + 0.4 * strength, footage.frames[0]
    frames = [shown]
    for frame in footage.frames[1:]:
        shown = _mixed(frame, shown, share)
        frames.append(shown)
    return replace(footage, frames=tuple(frames))


def blended(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Every second picture is mixed with the next, as rates are changed by mixing; if mild, every fourth."""
    frames, every = footage.frames, 2 if strength >= 1 else 4
    numbers = range(len(frames) - 1)
    return instead(footage, numbers, lambda n: frames[n] if n % every else _mixed(frames[n], frames[n + 1], 0.5))


def backwards_part(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """A part of the time runs backwards: a half, or a quarter."""
    numbers = part(footage, 0.4, 0.4 + 0.5 * strength)
    return instead(footage, numbers, lambda n: footage.frames[numbers.start + numbers.stop - 1 - n])


def shaking(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The picture is some pixels to the right and back, by turns of 100 ms."""
    off = round(4 * strength)
    return _by_turns(footage, TURN_MS, lambda frame: np.roll(frame, off, axis=1))


def hue_to_and_fro(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The colour goes forth and back by turns of 120 ms, by 40 levels of red against blue, or 20."""
    off = np.array([40, 0, -40]) * strength
    return _by_turns(footage, 120, lambda frame: recoloured(frame, frame[..., :3] + off))


def light_to_and_fro(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """All is lighter and back by turns of 100 ms: by 30 levels, or 15."""
    return _by_turns(footage, TURN_MS, lambda frame: recoloured(frame, frame[..., :3] - 30 * strength))


def _by_turns(footage: Footage, turn_ms: int, change: Callable[[Pixels], Pixels]) -> Footage:
    starts = np.cumsum([0, *footage.durations_ms[:-1]])
    return instead(
        footage,
        range(len(starts)),
        lambda n: change(footage.frames[n]) if int(starts[n]) // turn_ms % 2 else footage.frames[n],
    )


def dips(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """For a moment in each half second all is darker: by 40 %, or 20 %."""
    starts = np.cumsum([0, *footage.durations_ms[:-1]])

    def change(number: int) -> Pixels:
        frame = footage.frames[number]
        is_dark = int(starts[number]) % 500 < DIP_MS and number
        return recoloured(frame, frame[..., :3] * (1 - 0.4 * strength)) if is_dark else frame

    return instead(footage, range(len(starts)), change)


def faded_in(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """The first fifth of the time comes out of the dark, or of the half dark."""
    numbers = part(footage, 0, 0.2)

    def change(number: int) -> Pixels:
        frame = footage.frames[number]
        return recoloured(frame, frame[..., :3] * (1 - strength * (1 - number / len(numbers))))

    return instead(footage, numbers, change)


def another_clip_flashes(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """A picture that has nothing to do with the others, for 120 ms and more, or for 60."""
    starts = np.cumsum([0, *footage.durations_ms])
    first = len(footage.frames) // 2
    end = int(np.searchsorted(starts, starts[first] + 120 * strength, "left"))
    frame = footage.frames[first]
    other = np.array(frame[::-1, ::-1][..., [1, 2, 0, 3]])
    return instead(footage, range(first, max(first + 1, min(end, len(footage.frames)))), lambda n: other)


def _mixed(frame: Pixels, other: Pixels, share: float) -> Pixels:
    return np.where(
        (frame[..., 3:] > 0) & (other[..., 3:] > 0),
        recoloured(frame, frame[..., :3] * (1 - share) + other[..., :3] * share),
        frame,
    ).astype(np.uint8)
