"""Measure a pair of GIF files: decode both, pair their frames in time, score the pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import isnan

from giflab_core.checks import (
    check_animation,
    check_canvas,
    check_duration,
    check_loop,
    check_readable,
    check_size,
    unfit,
)
from giflab_core.config import DecodeLimits, Goal
from giflab_core.decoding import CODEC, open_clip
from giflab_core.errors import DecodeError, LimitExceeded
from giflab_core.evidence import Evidence, Task
from giflab_core.frozen import replace
from giflab_core.kernels.extension import NATIVE
from giflab_core.measurement.aligning import Alignment, aligned
from giflab_core.measurement.patching import patched
from giflab_core.measurement.scoring import Scores, score, unscored
from giflab_core.measurement.sifting import Sifted, rest, sift
from giflab_core.metrics import METRICS, Metric
from giflab_core.model import Check, Clip, MetricResult, Moment, Rest, Sampling
from giflab_core.pooling import Sample, estimate
from giflab_core.sequence import Matching, Runs, check_sequence
from giflab_core.series import pack_pairs, pack_values
from giflab_core.text import printable


def measure(task: Task) -> Evidence:
    """What is to be found out, found out; see `evidence.Measure`."""
    config = task.config
    before, after = (open_clip(path, limits=config.decode_limits) for path in (task.original, task.compressed))
    canvas = check_canvas(before, after, allow_resize=config.allow_resize)
    absent = unfit(task.metrics, before, canvas)
    metrics = [METRICS[each.name] for each in task.metrics if each.name not in absent]
    pairs, scores, runs = _compared(before, after, canvas, metrics, task)
    for track in (scores.original, scores.compressed):
        if not track.frames:
            raise DecodeError(track.damage or "no frame")
    whole = (
        check_readable(scores.original.damage, scores.compressed.damage, (before, after)),
        canvas,
        check_animation(before, after, was_moving=scores.original.moving, is_moving=scores.compressed.moving),
        check_duration(
            *(before, after),
            was_moving=scores.original.moving,
            tempo=pairs.tempo,
            is_compared=canvas.status != "fail",
        ),
        check_loop(before, after),
        check_size(before, after),
    )
    sifted = _sifted(before, after, scores, runs, pairs.left_out_ms, whole, config.goal)
    results = _results(task, scores, (before, after), len(pairs.all), sifted)
    return Evidence(
        original=before,
        compressed=after,
        decoder=CODEC.NAME,
        kernels="native" if NATIVE else "numpy",
        content=scores.content_type,
        checks=sifted.checks,
        scored=len(scores.pairs),
        coverage=sum(pair.duration_ms for pair in scores.pairs) / before.duration_ms,
        results=results,
        absent=_blind(scores),
        tone=None if sifted.is_ruined else scores.tone,
        first_difference_ms=_first_difference_ms(before, after, scores, pairs),
        trouble=sifted.trouble,
        pairs=pack_pairs(scores.pairs),
        values={name: pack_values(map(METRICS[name].present, scores.values[name])) for name in results},
    )


def _compared(
    original: Clip, compressed: Clip, canvas: Check, metrics: Sequence[Metric], task: Task
) -> tuple[Alignment, Scores, tuple[Runs, ...]]:
    """Which frames of both belong together, their scores, and the pictures of both clips if any are compared.

    Nothing is scaled where nothing may be compared. The scores have no fingerprints, which the pictures take over.
    """
    config = task.config
    if canvas.status == "fail":
        return Alignment(), unscored(original, compressed, config), ()
    _check_scaled(original, compressed, config.decode_limits)
    pairs = aligned(original, compressed, config)
    shelf = task.shelf and task.shelf.of(original.digest)
    scores = score(original, compressed, pairs.scored, metrics, config, task.observer, shelf)
    prints = [scores.original.fingerprints, scores.compressed.fingerprints]
    before, after = (replace(track, fingerprints=()) for track in (scores.original, scores.compressed))
    scores = replace(scores, original=before, compressed=after)
    if not scores.pairs:
        return pairs, scores, ()
    shown_ms = [original.durations_ms, pairs.tempo.durations_ms if pairs.tempo else compressed.durations_ms]
    # Fingerprints are let go clip by clip: of long clips they take much memory.
    return pairs, scores, tuple(Runs.of(each := prints.pop(0), durations[: len(each)]) for durations in shown_ms)


def _check_scaled(original: Clip, compressed: Clip, limits: DecodeLimits) -> None:
    """Raises LimitExceeded if the compressed frames, scaled to the original's size, exceed the limits of decoding."""
    width, height = original.width, original.height
    pixels = width * height * compressed.n_frames
    if (width, height) != (compressed.width, compressed.height) and pixels > limits.max_total_pixels:
        raise LimitExceeded(
            f"cannot scale {printable(compressed.path)} to {width}x{height}: {pixels} pixels in all frames; "
            f"{limits.named('max_total_pixels')}"
        )


def _first_difference_ms(original: Clip, compressed: Clip, scores: Scores, pairs: Alignment) -> int | None:
    """When the two first show other pictures, a boundary is moved, one of them ends, or decoding does.

    At another tempo, where pictures are held against those that come at another time, when the first boundary is moved.
    """
    if pairs.tempo:
        ends = (accumulate(clip.durations_ms) for clip in (original, compressed))
        return next((min(each) for each in zip(*ends, strict=False) if each[0] != each[1]), None)
    found = [] if scores.first_difference_ms is None else [scores.first_difference_ms]
    if len(pairs.scored) < len(pairs.all):
        scored = set(pairs.scored)
        found += [each.start_ms for each in pairs.all if each not in scored][:1]
    compared_ms = sum(pair.duration_ms for pair in scores.pairs) + pairs.left_out_ms
    if not compared_ms == original.duration_ms == compressed.duration_ms:
        found.append(compared_ms)
    return min(found, default=None)


def _sifted(
    original: Clip,
    compressed: Clip,
    scores: Scores,
    runs: tuple[Runs, ...],
    left_out_ms: int,
    whole: tuple[Check, ...],
    goal: Goal,
) -> Sifted:
    """The checks of pictures after those of whole files, and what follows from what."""
    if not runs:
        return Sifted(whole)
    # What was scaled is soft everywhere.
    scaled = (original.width, original.height) != (compressed.width, compressed.height)
    found = Matching(runs[0], runs[1], (original.width, original.height))
    timely = check_sequence(found, scores.motion, left_out_ms)
    return sift(scores.pairs, scores.findings, found, whole, timely, original, "small" if scaled else goal)


def _without_place(
    task: Task, names: Sequence[str], scores: Scores, clips: tuple[Clip, Clip], sifted: Sifted
) -> Mapping[str, tuple[float, ...]]:
    """What metrics would say if the worst place were right, where that place is what explains all pairs."""
    region = next((each.region for each in sifted.checks if each.name == sifted.partial), None)
    if not region:
        return {}
    places = [place for place, name in sifted.blamed.items() if name == sifted.partial]
    pairs = [scores.pairs[place] for place in sorted(places)]
    return patched(clips, pairs, region, [METRICS[name] for name in names], task.config)


def _results(
    task: Task, scores: Scores, clips: tuple[Clip, Clip], population: int, sifted: Sifted
) -> dict[str, MetricResult]:
    if not scores.pairs:
        return {}
    weights_ms = [pair.duration_ms for pair in scores.pairs]
    blind = _blind(scores)
    names = [each.name for each in task.metrics if each.name in scores.values and each.name not in blind]
    without = _without_place(task, names, scores, clips, sifted)
    rests = {name: rest(METRICS[name], scores, sifted, without.get(name, ())) for name in names}
    samples = {name: Sample(scores.values[name], weights_ms) for name in names}
    return {
        name: _result(METRICS[name], samples[name], scores, clips[0], population, task.sampling, rests[name])
        for name in names
    }


def _blind(scores: Scores) -> dict[str, str]:
    """The metrics that have no number of some pair, with the reason."""
    blind = {name: METRICS[name].blind for name, values in scores.values.items() if any(map(isnan, values))}
    return {name: reason or "there is no number" for name, reason in blind.items()}


def _result(
    metric: Metric,
    sample: Sample,
    scores: Scores,
    clip: Clip,
    population: int,
    sampling: Sampling,
    without: Rest | None,
) -> MetricResult:
    description = metric.description
    pooled = estimate(sample, metric.pools)
    # Where the reported number falls as the pooled one rises, the interval's ends change places.
    low, high = sorted((metric.present(pooled.low), metric.present(pooled.high)))
    mean = metric.present(pooled.mean)
    worst = metric.present(sample.values[pooled.worst_index])
    return MetricResult(
        name=description.name,
        mean=mean,
        low=low,
        high=high,
        p01=metric.present(pooled.p01),
        worst=Moment(worst, scores.pairs[pooled.worst_index].start_ms),
        unit=description.unit,
        better=description.better,
        scored=len(scores.pairs),
        population=population,
        version=description.version,
        sampling=sampling,
        note=_note(metric, mean, clip),
        rest=without,
    )


def _note(metric: Metric, mean: float, clip: Clip) -> str | None:
    """What a reader must know of the number."""
    if mean == float("inf"):
        return "infinite: no difference in what it compares"
    left_out = [part.name for part in metric.parts if part.absence(clip.width, clip.height)]
    if left_out:
        return f"without {', '.join(left_out)}, which a canvas of {clip.width}x{clip.height} is too small for"
    return None
