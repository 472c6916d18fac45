"""What was found of two clips' pictures over time, as checks. Pure: values in, checks out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from giflab_core.frozen import replace
from giflab_core.model import Check, Region
from giflab_core.sequence.local_motion import Strayed, strayed
from giflab_core.sequence.matching import Matching
from giflab_core.sequence.order import NEAR_DRIFT, Misplaced, in_sequence, misplaced
from giflab_core.sequence.timing import Lateness, shifts
from giflab_core.sequence.unseen import STALL_CHANGES, Unseen, is_cut_off, stall_ms, unseen

# How each was measured: docs/decisions/0017-timing-apart-from-pictures.md, of the last one 0004.
MISPLACED_TOLERANCE = 0.10
STALL_TOLERANCE = 0.06
# The mean and the largest shift of a clip that lasts no time; one that drifts by 2 % may be later by the end.
MEAN_SHIFT_MS, LARGEST_SHIFT_MS = 50.0, 250.0
LEAST_MOTION_CORRELATION = 0.2
# More pairs of pictures are not compared only to say something more exactly.
MOST_COMPARED = 5_000
ALL_SEEN = Unseen((), (), ())
NOT_JUDGED, NEVER = "not judged: see order", "never shown"


def check_sequence(found: Matching, motion: float | None, left_out_ms: int) -> list[Check]:
    """The checks `order`, `frames`, `stall` and `timing`; one fault is told by one of them.

    `motion`: the correlation of what moves, pixel by pixel, over the whole canvas; `left_out_ms`: for how long pictures
    were on screen together only because a boundary was moved by a tick or two.
    """
    if len(found.compressed) == 1 < len(found.original):
        return [check_order(found, Misplaced(0.0), motion, None), *_not_judged("the picture does not change")]
    if found.is_in_step:
        order = check_order(found, Misplaced(0.0), motion, None)
        if _is_below(motion):
            return [order, *_not_judged(NOT_JUDGED)]
        timing = check_timing(found, [Lateness(0, 0)], left_out_ms)
        return [order, check_frames(found, ALL_SEEN), check_stall(found, ALL_SEEN), timing]
    places, late = misplaced(found), shifts(found)
    timing = check_timing(found, late, left_out_ms)
    if timing.status == "fail" and _is_in_sequence(found):
        missing = unseen(found, anywhere=True)
        order = Check("order", "pass", "pictures come in sequence: see timing")
        frames = check_frames(found, missing)
        if missing.lost and missing.lost[0] == 0:  # what comes early does so since the beginning is missing
            timing = replace(timing, because_of="frames")
        elif missing.lost == tuple(range(missing.lost[0], len(found.original))) if missing.lost else False:
            frames = replace(frames, because_of="timing")  # all comes late, so that the end is cut off
        return [order, frames, check_stall(found, missing), timing]
    if odd := {*places.jumps, *places.worn}:
        timing = check_timing(found, shifts(found, odd), left_out_ms)
    order = check_order(found, places, motion, strayed(found))
    if places.share > MISPLACED_TOLERANCE or _is_below(motion):
        return [order, *_not_judged(NOT_JUDGED)]
    missing = unseen(found, anywhere=order.status == "fail")
    frames, stall = check_frames(found, missing), check_stall(found, missing)
    if frames.status == "fail":
        frames = replace(frames, because_of=frames.because_of or _why_lost(found, missing, places.jumps, stall))
    return [order, frames, stall, timing]


def _why_lost(found: Matching, missing: Unseen, jumps: Sequence[int], stall: Check) -> str | None:
    """The check that tells why pictures are not shown: another one is in their place, or the one before stays."""
    lost = set(missing.lost)
    if lost <= {int(found.due[index]) for index in jumps}:
        return "order"
    held = {index for first, last in missing.stalls for index in range(first, last + 1)}
    return "stall" if stall.status == "fail" and lost <= held else None


def strays_without(found: Matching, frames: Collection[int]) -> bool:
    """Whether something moves otherwise than in the original, also without some frames of the compressed clip."""
    numbers = found.compressed.frames
    last = [*numbers[1:].tolist(), max(frames, default=0) + 1]
    spans = zip(numbers.tolist(), last, strict=True)
    left_out = [index for index, (begin, end) in enumerate(spans) if any(begin <= frame < end for frame in frames)]
    return strayed(found, left_out) is not None


def _not_judged(why: str) -> list[Check]:
    return [Check(name, "pass", why) for name in ("frames", "stall", "timing")]


def _is_in_sequence(found: Matching) -> bool:
    """Whether the clip shows the original's pictures one after the other, whenever that is."""
    best = found.best.tolist()
    return len(in_sequence(best)) == len(best)


def check_order(found: Matching, places: Misplaced, motion: float | None, local: Strayed | None) -> Check:
    """Pictures appear when the original shows them, not at another moment, and what moves moves as there.

    `value`: the correlation, if that is why it fails.
    """
    if places.share > MISPLACED_TOLERANCE:
        first = found.compressed.name(places.pictures[0])
        message = f"{places.share:.0%} of the clip is most like pictures of another moment; first {first}"
        return Check("order", "fail", message)
    if places.jumps:
        return Check("order", "fail", _jump(found, places.jumps))
    if motion is not None and _is_below(motion):
        message = f"what moves does not move as in the original: correlation {motion:.2f}"
        return Check("order", "fail", message, motion)
    if local:
        top, bottom, left, right = local.box
        part = f"within {right - left}x{bottom - top} pixels at ({left}, {top})"
        message = f"what moves {part} does not move as in the original: correlation {local.correlation:.2f}"
        place = Region(left, top, right - left, bottom - top)
        return Check("order", "fail", message, local.correlation, region=place)
    return Check("order", "pass")


def _is_below(motion: float | None) -> bool:
    return motion is not None and motion < LEAST_MOTION_CORRELATION


def _jump(found: Matching, jumps: Sequence[int]) -> str:
    shown = found.original.name(int(found.best[jumps[0]]))
    message = f"{found.compressed.name(jumps[0])}, is most like the original's {shown}"
    return f"{message}; {len(jumps) - 1} more are out of place" if len(jumps) > 1 else message


def check_frames(found: Matching, missing: Unseen) -> Check:
    """Each picture of the original that a viewer sees is shown at about its time.

    `time_ms`: when the first that is lost begins. Where the end comes before them, but may be it that has come early,
    that follows from the duration.
    """
    clip = found.original
    if not missing.lost:
        return Check("frames", "pass", _passed_over(found, missing))
    ends = {len(clip) - 1: "last", 0: "first"}
    parts = [
        f"the {name} picture ({_described(found, index)}) is {_not_shown(found, [index])}"
        for index, name in ends.items()
        if index in missing.lost
    ]
    others = [index for index in missing.lost if index not in ends]
    if others:
        of = " more" if parts else f" of {len(clip)} pictures"
        first = f"first {clip.name(others[0])}" if len(others) > 1 else _described(found, others[0])
        parts.append(f"{len(others)}{of} {'is' if len(others) == 1 else 'are'} {_not_shown(found, others)}; {first}")
    short = [index for index in missing.pictures if index not in missing.lost]
    if short:
        parts.append(f"not counted: {len(short)} more, which last {clip.shown_ms[short].max()} ms at most")
    is_early = all(is_cut_off(found, index) for index in missing.lost) and NEVER not in _not_shown(found, missing.lost)
    first_ms = int(clip.starts_ms[min(missing.lost)])
    return Check("frames", "fail", "; ".join(parts), time_ms=first_ms, because_of="duration" if is_early else None)


def _passed_over(found: Matching, missing: Unseen) -> str:
    """That short pictures are not shown; nothing where all are."""
    if not missing.pictures:
        return ""
    count, total = len(missing.pictures), len(found.original)
    are, most_ms = "is" if count == 1 else "are", int(found.original.shown_ms[list(missing.pictures)].max())
    first = found.original.name(missing.pictures[0])
    return f"{count} of {total} pictures {are} not shown, which last {most_ms} ms at most; first {first}"


def _not_shown(found: Matching, pictures: Sequence[int]) -> str:
    """A picture that is not shown at its time may be at another one: never is said only of what plainly is not."""
    best = found.best.tolist()
    if len(best) * len(pictures) > MOST_COMPARED:
        return "not shown in time"
    is_plain = all(
        found.is_blank(shown) or found.instead(shown, other, index) > 0
        for index in pictures
        for shown, other in enumerate(best)
    )
    return NEVER if is_plain else "not shown in time"


def _described(found: Matching, index: int) -> str:
    clip = found.original
    text = f"{clip.name(index)}, {clip.shown_ms[index]} ms long"
    return f"{text}; the compressed clip is over by then" if is_cut_off(found, index) else text


def check_stall(found: Matching, missing: Unseen) -> Check:
    """The compressed clip does not stand still while the original goes on."""
    total_ms = sum(stall_ms(found, *each) for each in missing.stalls)
    if total_ms <= STALL_TOLERANCE * found.common_ms:
        return Check("stall", "pass")
    longest = max(missing.stalls, key=lambda each: stall_ms(found, *each))
    shown_ms, changes = stall_ms(found, *longest), longest[1] - longest[0] + 1
    share, count = f"{total_ms / found.common_ms:.0%} of the time", len(missing.stalls)
    message = (
        f"stands still for {shown_ms} ms while the original shows {changes} other pictures, from its "
        f"{found.original.name(longest[0])} on; "
    )
    message += share if count == 1 else f"{count} stretches of {STALL_CHANGES} changes and more are {share}"
    return Check("stall", "fail", message)


def check_timing(found: Matching, late: Sequence[Lateness], left_out_ms: int) -> Check:
    """Pictures come when the original shows them: on average, and each. The mean shift is held against a limit."""
    if len(found.original) < 2 or not late:
        return Check("timing", "pass", "nothing changes")
    allowed = NEAR_DRIFT * found.common_ms
    mean_ms = sum(abs(each.shift_ms) for each in late) / len(late)
    worst = max(late, key=lambda each: abs(each.shift_ms))
    limit_ms = MEAN_SHIFT_MS + allowed / 2
    message = "pictures come on time"
    if worst.shift_ms:
        message = f"pictures come {mean_ms:.{0 if mean_ms >= 10 else 1}f} ms early or late on average"
        side = "late" if worst.shift_ms > 0 else "early"
        message += f", {abs(worst.shift_ms)} ms {side} at most ({found.compressed.name(worst.picture)})"
    if left_out_ms:
        message += f"; {left_out_ms} ms of shifted boundaries are not in the scores"
    is_late = mean_ms > limit_ms or abs(worst.shift_ms) > LARGEST_SHIFT_MS + allowed
    moment_ms = int(found.compressed.starts_ms[worst.picture])
    return Check("timing", "fail" if is_late else "pass", message, mean_ms, limit_ms, limit_ms - mean_ms, moment_ms)
