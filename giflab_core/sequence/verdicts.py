"""What was found of two clips' pictures over time, as checks. Pure: values in, checks out."""

from __future__ import annotations

from collections.abc import Sequence

from giflab_core.model import Check
from giflab_core.sequence.comparison import Comparison
from giflab_core.sequence.local_motion import Strayed, strayed
from giflab_core.sequence.order import NEAR_DRIFT, Misplaced, in_sequence, misplaced
from giflab_core.sequence.timing import Shift, shifts
from giflab_core.sequence.unseen import Unseen, is_cut_off, stall_ms, unseen

# How each was measured: docs/decisions/0017-timing-apart-from-pictures.md, of the last one 0004.
MISPLACED_TOLERANCE = 0.10
STALL_TOLERANCE = 0.06
# The mean and the largest shift of a clip that lasts no time; one that drifts by 2 % may be later by the end.
MEAN_SHIFT_MS, LARGEST_SHIFT_MS = 50.0, 250.0
LEAST_MOTION_CORRELATION = 0.2


def check_sequence(found: Comparison, motion: float | None, left_out_ms: int) -> list[Check]:
    """The checks `order`, `frames`, `stall` and `timing`.

    `motion`: the correlation of what moves, pixel by pixel, over the whole canvas; `left_out_ms`: for how long pictures
    were on screen together only because a boundary was moved by a tick or two.
    """
    late = shifts(found)
    timing = check_timing(found, late, left_out_ms)
    missing = unseen(found)
    is_retimed = timing.status == "fail" and _is_in_sequence(found)
    order = Check("order", "pass") if is_retimed else check_order(found, misplaced(found), motion, strayed(found))
    return [order, check_frames(found, missing), check_stall(found, missing), timing]


def _is_in_sequence(found: Comparison) -> bool:
    """Whether the clip shows the original's pictures one after the other, whenever that is."""
    best = found.best.tolist()
    return len(in_sequence(best)) == len(best)


def check_order(found: Comparison, places: Misplaced, motion: float | None, local: Strayed | None) -> Check:
    """Pictures appear when the original shows them, not at another moment, and what moves moves as there."""
    if places.share > MISPLACED_TOLERANCE:
        first = found.compressed.name(places.pictures[0])
        message = f"{places.share:.0%} of the clip shows pictures of another moment; first {first}"
        return Check("order", "fail", message)
    if places.jumps:
        return Check("order", "fail", _jump(found, places.jumps))
    if motion is not None and motion < LEAST_MOTION_CORRELATION:
        return Check("order", "fail", f"what moves does not move as in the original: correlation {motion:.2f}")
    if local:
        top, bottom, left, right = local.box
        part = f"within {right - left}x{bottom - top} pixels at ({left}, {top})"
        message = f"what moves {part} does not move as in the original: correlation {local.correlation:.2f}"
        return Check("order", "fail", message)
    return Check("order", "pass")


def _jump(found: Comparison, jumps: Sequence[int]) -> str:
    shown = found.original.name(int(found.best[jumps[0]]))
    message = f"{found.compressed.name(jumps[0])}, shows the picture of the original's {shown}"
    return f"{message}; {len(jumps) - 1} more are out of place" if len(jumps) > 1 else message


def check_frames(found: Comparison, missing: Unseen) -> Check:
    """Each picture of the original that a viewer sees is shown at about its time."""
    if not missing.lost:
        return Check("frames", "pass")
    clip = found.original
    parts = [f"the last picture ({_described(found, len(clip) - 1)}) is never shown"] * (len(clip) - 1 in missing.lost)
    parts += [f"the first picture ({_described(found, 0)}) is never shown"] * (0 in missing.lost)
    others = [index for index in missing.lost if 0 < index < len(clip) - 1]
    if others:
        more = " more" if parts else f" of {len(clip)} pictures"
        verb = "is" if len(others) == 1 else "are"
        first = f"first {clip.name(others[0])}" if len(others) > 1 else _described(found, others[0])
        parts.append(f"{len(others)}{more} {verb} never shown; {first}")
    return Check("frames", "fail", "; ".join(parts))


def _described(found: Comparison, index: int) -> str:
    clip = found.original
    text = f"{clip.name(index)}, {clip.shown_ms[index]} ms long"
    return f"{text}; the compressed clip is over by then" if is_cut_off(found, index) else text


def check_stall(found: Comparison, missing: Unseen) -> Check:
    """The compressed clip does not stand still while the original goes on."""
    total_ms = sum(stall_ms(found, *each) for each in missing.stalls)
    if total_ms <= STALL_TOLERANCE * found.common_ms:
        return Check("stall", "pass")
    longest = max(missing.stalls, key=lambda each: stall_ms(found, *each))
    shown_ms, changes = stall_ms(found, *longest), longest[1] - longest[0] + 1
    message = (
        f"stands still for {shown_ms} ms while the original shows {changes} other pictures, from its "
        f"{found.original.name(longest[0])} on; {total_ms / found.common_ms:.0%} of the time in all"
    )
    return Check("stall", "fail", message)


def check_timing(found: Comparison, late: Sequence[Shift], left_out_ms: int) -> Check:
    """Pictures come when the original shows them: on average, and each. The mean shift is held against a limit."""
    if len(found.original) < 2 or not late:
        return Check("timing", "pass", "nothing changes")
    allowed = NEAR_DRIFT * found.common_ms
    mean_ms = sum(abs(each.shift_ms) for each in late) / len(late)
    worst = max(late, key=lambda each: abs(each.shift_ms))
    limit_ms = MEAN_SHIFT_MS + allowed / 2
    message = f"pictures come {mean_ms:.3g} ms early or late on average"
    if worst.shift_ms:
        side = "late" if worst.shift_ms > 0 else "early"
        message += f", {abs(worst.shift_ms)} ms {side} at most ({found.compressed.name(worst.picture)})"
    if left_out_ms:
        message += f"; {left_out_ms} ms of shifted boundaries are not in the scores"
    is_late = mean_ms > limit_ms or abs(worst.shift_ms) > LARGEST_SHIFT_MS + allowed
    moment_ms = int(found.compressed.starts_ms[worst.picture])
    return Check("timing", "fail" if is_late else "pass", message, mean_ms, limit_ms, limit_ms - mean_ms, moment_ms)
