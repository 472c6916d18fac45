"""Hold what was found against what every recompression must keep. Pure: values in, checks out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import gcd

from giflab_core.model import Check, Clip, FramePair
from giflab_core.pooling import Sample, estimate, median
from giflab_core.sequence import Tempo
from giflab_core.text import times

# How each was measured: docs/decisions/0004-default-limits.md.
DURATION_TOLERANCE = 0.02
# One frame may be the whole difference between half a short clip and all of it; then it is not a tolerance any more.
FRAME_TOLERANCE_CAP = 0.4
# Scaling to a width or a height rounds the other, at worst to an even number.
ROUNDING_PIXELS = 1
LARGEST_RATIO = 32
# What browsers make of delays that are too short.
ROUNDED_UP_MS = 100
# A clip has another tempo if so many of its frames are as much faster or slower as all together, to so much of it.
TEMPO_SHARE, TEMPO_TOLERANCE = 0.75, 0.2
# How much of the colour must be kept, by how much there was (mean square of CIELAB chroma): faint colour is the first
# to go where a palette is small. Of the clip, and of one frame alone, where it must be plain to see.
LEAST_CHROMA_KEPT = ((100.0, 0.45), (20.0, 0.25), (1.0, 0.05))
LEAST_CHROMA_KEPT_OF_FRAME = ((100.0, 0.30), (50.0, 0.20), (10.0, 0.05))
LOST_ALPHA_TOLERANCE, LOST_ALPHA_TOLERANCE_P01 = 0.1, 0.5
# Files that were rewritten without loss differ by less.
LARGER, LEAST_BYTES = 1.1, 1024
REST = "after the trailer"


def check_readable(original: str | None, compressed: str | None, clips: tuple[Clip, Clip]) -> Check:
    """Both files decode to their ends; `original` and `compressed` are what stopped them."""
    damage = [text for text in (original, compressed) if text]
    if damage:
        return Check("readable", "fail", "; ".join(dict.fromkeys(damage)))
    remarks = [
        f"{name}: {text}"
        for name, clip in zip(("original", "compressed"), clips, strict=True)
        for text in clip.warnings
    ]
    return Check("readable", "warning", "; ".join(remarks)) if remarks else Check("readable", "pass")


def check_canvas(original: Clip, compressed: Clip, *, allow_resize: bool) -> Check:
    """Both have the same size in pixels; another one is a warning if it is allowed, which names another shape too."""
    sizes = f"{original.width}x{original.height}, then {compressed.width}x{compressed.height}"
    if (original.width, original.height) == (compressed.width, compressed.height):
        return Check("canvas", "pass")
    if allow_resize:
        shape = _distortion(original, compressed)
        return Check("canvas", "warning", f"{sizes}: the compressed clip was scaled for comparison{shape}")
    return Check("canvas", "fail", f"{sizes}: nothing was compared; --allow-resize scales the compressed clip")


def _distortion(original: Clip, compressed: Clip) -> str:
    """That the aspect ratio changed by more than rounding to whole pixels does; nothing where it did not."""
    width, height = original.width, original.height
    apart = abs(width * compressed.height - height * compressed.width)
    if apart <= ROUNDING_PIXELS * max(width, height):
        return ""
    before, after = _ratio(original), _ratio(compressed)
    return f", and its aspect ratio changed from {before} to {after}: what it shows is distorted"


def _ratio(clip: Clip) -> str:
    """`5:3` where it has small numbers, else to one."""
    common = gcd(clip.width, clip.height)
    width, height = clip.width // common, clip.height // common
    return f"{width}:{height}" if max(width, height) <= LARGEST_RATIO else f"{clip.width / clip.height:.3f}:1"


def check_animation(original: Clip, compressed: Clip, *, was_moving: bool, is_moving: bool) -> Check:
    """A clip that moved still moves."""
    if was_moving and not is_moving:
        frames = f"{original.n_frames} frames, then {compressed.n_frames}"
        return Check("animation", "fail", f"the picture no longer changes ({frames})")
    return Check("animation", "pass")


def check_duration(
    original: Clip, compressed: Clip, *, was_moving: bool, tempo: Tempo | None = None, is_compared: bool = True
) -> Check:
    """Both are shown for the same time: within 2 % or one (median) frame of the original.

    `tempo`: at which the compressed clip shows the original's pictures, if that is another one; `is_compared`: their
    canvases allow to compare pictures.
    """
    before_ms, after_ms = original.duration_ms, compressed.duration_ms
    if compressed.n_frames == 1 and not was_moving:
        return Check("duration", "pass", "still images")
    frame_ms = min(median(original.durations_ms), FRAME_TOLERANCE_CAP * before_ms)
    tolerance_ms = max(DURATION_TOLERANCE * before_ms, frame_ms)
    message = f"{before_ms} ms, then {after_ms} ms"
    if tempo:
        return Check("duration", "fail", f"{_tempo(original, compressed, tempo)}: {message}")
    compared = _compared(original, after_ms) if is_compared else ""
    if abs(after_ms - before_ms) <= tolerance_ms:
        compared = compared if after_ms < before_ms else ""
        return Check("duration", "pass", _joined(message, compared) if before_ms != after_ms else "")
    return Check("duration", "fail", _joined(f"{message}: more than {tolerance_ms:.0f} ms apart", compared))


def _compared(original: Clip, until_ms: int) -> str:
    """Over which part of the original both clips are on screen."""
    if until_ms >= original.duration_ms:
        return "compared over 100.0% of the original"
    share = f"{until_ms / original.duration_ms:.1%}"
    return f"compared over {share} of the original, up to its frame {original.frame_at(until_ms - 1)}"


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _tempo(original: Clip, compressed: Clip, tempo: Tempo) -> str:
    faster = original.duration_ms / compressed.duration_ms
    speed = f"{faster:.3g} times as fast" if faster > 1 else f"{1 / faster:.3g} times as slow"
    if not _is_steady(compressed.durations_ms, tempo.durations_ms, faster):
        speed = _changed(compressed, tempo)
    pictures = "same pictures in the same order" if tempo.is_whole else "pictures of the original in its order"
    is_rounded = original.has_rounded_delays or compressed.has_rounded_delays
    note = f" (browsers show delays of 0 and 10 ms as {ROUNDED_UP_MS})" if is_rounded else ""
    return f"{pictures}, {speed}{note}"


def _changed(compressed: Clip, tempo: Tempo) -> str:
    """How many frames are shown for another time, and which is the first."""
    both = zip(compressed.durations_ms, tempo.durations_ms, strict=True)
    changed = [number for number, (shown_ms, wanted_ms) in enumerate(both) if shown_ms != wanted_ms]
    first_ms = sum(compressed.durations_ms[: changed[0]])
    count = "each" if len(changed) == compressed.n_frames else f"{len(changed)} of {compressed.n_frames} frames"
    return f"{count} for another time, from frame {changed[0]}, at {first_ms} ms, on"


def _is_steady(durations_ms: Sequence[int], aligned_ms: Sequence[int], faster: float) -> bool:
    """Whether most frames are about as much faster as all together, and not as fast as before."""
    ratios = [wanted / shown for shown, wanted in zip(durations_ms, aligned_ms, strict=True)]
    steady = sum(abs(each / faster - 1) <= min(TEMPO_TOLERANCE, abs(each - 1)) for each in ratios)
    return steady >= TEMPO_SHARE * len(ratios)


def check_loop(original: Clip, compressed: Clip) -> Check:
    """Both are played equally often; a still image has no loop."""
    if 1 in (original.n_frames, compressed.n_frames):
        return Check("loop", "pass", "still image")
    if original.plays == compressed.plays:
        return Check("loop", "pass")
    return Check("loop", "fail", f"{times(original.plays)}, then {times(compressed.plays)}")


def check_content(pairs: Sequence[FramePair], lost: Sequence[bool]) -> Check:
    """Every compressed frame shows something of an original frame that it is on screen with, in each quarter.

    `lost[i]` says that it does not in `pairs[i]`. A frame has several pairs where delays changed; it is lost when it is
    in all of them, since a few milliseconds of the wrong neighbour do not make a frame wrong.
    """
    nothing = _never_good(pairs, [not each for each in lost])
    if not nothing:
        return Check("content", "pass")
    message = f"{_of_frames(nothing, pairs)} have lost the original's picture or a quarter of it"
    return Check("content", "fail", f"{message}; first {_named(nothing[0])}")


def _never_good(pairs: Sequence[FramePair], good: Sequence[bool]) -> list[FramePair]:
    """The first pairs of the compressed frames that no pair is good of, in order; `good[i]` says so of `pairs[i]`."""
    if all(good):
        return []
    seen = {pair.compressed for pair, is_good in zip(pairs, good, strict=True) if is_good}
    first = {pair.compressed: pair for pair in reversed(pairs)}
    return [first[frame] for frame in sorted(first.keys() - seen)]


def _named(pair: FramePair) -> str:
    """The compressed frame of a pair, for people."""
    return f"frame {pair.compressed}, at {pair.start_ms} ms"


def _of_frames(found: Sequence[FramePair], pairs: Sequence[FramePair]) -> str:
    return f"{len(found)} of {len({pair.compressed for pair in pairs})} frames"


def check_transparency(pairs: Sequence[FramePair], lost: Sequence[float]) -> Check:
    """What was transparent still is: `lost[i]` is the share of the transparent pixels that `pairs[i]` lost."""
    if not any(lost):
        return Check("transparency", "pass")
    found = estimate(Sample(lost, [pair.duration_ms for pair in pairs]), "lower")
    if found.mean <= LOST_ALPHA_TOLERANCE and found.p01 <= LOST_ALPHA_TOLERANCE_P01:
        return Check("transparency", "pass")
    worst = f"worst in {_named(pairs[found.worst_index])}"
    message = f"{found.mean:.0%} of the transparent area is opaque now, {found.p01:.0%} in the worst 1 % of the time"
    return Check("transparency", "fail", f"{message}; {worst}")


def check_colour(pairs: Sequence[FramePair], chroma: Sequence[tuple[float, float]]) -> Check:
    """Colours are still there, in the clip as a whole and in every frame.

    `chroma[i]` is what `pairs[i]` keeps of how much (kernels/chroma.py); pictures without colour count for nothing. A
    frame is judged by its best moment, as by `check_content`.
    """
    kept, whole, shown_ms = (
        sum(pair.duration_ms * each for pair, each in zip(pairs, terms, strict=True))
        for terms in ([part for part, _ in chroma], [each for _, each in chroma], [each > 0 for _, each in chroma])
    )
    if shown_ms and _is_grey(kept / shown_ms, whole / shown_ms, LEAST_CHROMA_KEPT):
        return Check("colour", "fail", f"{kept / whole:.0%} of the colour is kept")
    grey = _never_good(pairs, [not _is_grey(*each, LEAST_CHROMA_KEPT_OF_FRAME) for each in chroma])
    if grey:
        message = f"{_of_frames(grey, pairs)} have lost much of the original's colour; first {_named(grey[0])}"
        return Check("colour", "fail", message)
    return Check("colour", "pass")


def _is_grey(kept: float, whole: float, least: Sequence[tuple[float, float]]) -> bool:
    """Whether less is kept than the first share of `least` that there was enough chroma for."""
    share = next((share for chroma, share in least if whole >= chroma), 0.0)
    return kept < share * whole


def check_size(original: Clip, compressed: Clip) -> Check:
    """The compressed file is not much larger than the original, and holds no more that shows nothing.

    Either is a warning: it may still look right. What the original holds already is not the compressed one's fault.
    """
    found = [*_grown(original, compressed), *_more(original, compressed)]
    return Check("size", "warning", "; ".join(found)) if found else Check("size", "pass")


def _grown(original: Clip, compressed: Clip) -> Iterator[str]:
    before, after = original.size_bytes, compressed.size_bytes
    if after >= LARGER * before and after - before >= LEAST_BYTES:
        times = f": {after / before:.1f} times as large as the original" if before else ""
        yield f"{before} bytes, then {after}{times}"


def _more(original: Clip, compressed: Clip) -> Iterator[str]:
    """What takes more place than before; names of applications may have changed their case."""
    before, after = _by_kind(original), _by_kind(compressed)
    for each in compressed.extras:
        kind = each.kind.casefold()
        if after[kind] - before[kind] >= (1 if each.kind == REST else LEAST_BYTES):
            yield each.message


def _by_kind(clip: Clip) -> Counter[str]:
    """How many bytes extras of each kind take."""
    sizes: Counter[str] = Counter()
    for each in clip.extras:
        sizes[each.kind.casefold()] += each.size_bytes
    return sizes
