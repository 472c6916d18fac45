"""Measure a pair of GIF files: decode both, pair their frames in time, score the pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import isnan

from giflab_core.checks import (
    check_animation,
    check_canvas,
    check_colour,
    check_content,
    check_duration,
    check_loop,
    check_readable,
    check_region,
    check_size,
    check_transparency,
    unfit,
)
from giflab_core.config import Goal
from giflab_core.decoding import CODEC, open_clip
from giflab_core.errors import DecodeError
from giflab_core.evidence import Evidence, Task
from giflab_core.kernels.extension import NATIVE
from giflab_core.measurement.aligning import Alignment, aligned
from giflab_core.measurement.scoring import Scores, score
from giflab_core.metrics import METRICS, Description, Metric
from giflab_core.model import Check, Clip, MetricResult, Moment, Sampling
from giflab_core.pooling import Sample, estimate
from giflab_core.sequence import Matching, Runs, check_sequence


def measure(task: Task) -> Evidence:
    """What is to be found out, found out; see `evidence.Measure`."""
    config = task.config
    before, after = (open_clip(path, limits=config.decode_limits) for path in (task.original, task.compressed))
    canvas = check_canvas(before, after, allow_resize=config.allow_resize)
    absent = unfit(task.metrics, before, canvas)
    metrics = [METRICS[each.name] for each in task.metrics if each.name not in absent]
    pairs = Alignment() if canvas.status == "fail" else aligned(before, after, config)
    scores = score(before, after, pairs.scored, metrics, config, task.observer)
    for track in (scores.original, scores.compressed):
        if not track.fingerprints:
            raise DecodeError(track.damage or "no frame")
    checks = (
        check_readable(scores.original.damage, scores.compressed.damage, (before, after)),
        canvas,
        check_animation(before, after, was_moving=scores.original.moving, is_moving=scores.compressed.moving),
        check_duration(before, after, was_moving=scores.original.moving, tempo=pairs.tempo),
        check_loop(before, after),
        check_size(before, after),
        *_content_checks(before, after, scores, pairs, config.goal),
    )
    return Evidence(
        original=before,
        compressed=after,
        decoder=CODEC.NAME,
        kernels="native" if NATIVE else "numpy",
        content=scores.content_type,
        checks=checks,
        scored=len(scores.pairs),
        coverage=sum(pair.duration_ms for pair in scores.pairs) / before.duration_ms,
        results=_results(task.metrics, scores, before, len(pairs.all), task.sampling),
        absent=_blind(scores),
        tone=scores.tone,
        first_difference_ms=_first_difference_ms(before, after, scores, pairs),
    )


def _first_difference_ms(original: Clip, compressed: Clip, scores: Scores, pairs: Alignment) -> int | None:
    """When the two first show other pictures, a boundary is moved, one of them ends, or decoding does.

    At another tempo, where pictures are held against those that come at another time, when the first boundary is moved.
    """
    if pairs.tempo:
        ends = (accumulate(clip.durations_ms) for clip in (original, compressed))
        return next((min(each) for each in zip(*ends, strict=False) if each[0] != each[1]), None)
    found = [] if scores.first_difference_ms is None else [scores.first_difference_ms]
    scored = set(pairs.scored)
    found += [each.start_ms for each in pairs.all if each not in scored][:1]
    compared_ms = sum(pair.duration_ms for pair in scores.pairs) + pairs.left_out_ms
    if not compared_ms == original.duration_ms == compressed.duration_ms:
        found.append(compared_ms)
    return min(found, default=None)


def _content_checks(original: Clip, compressed: Clip, scores: Scores, pairs: Alignment, goal: Goal) -> list[Check]:
    if not scores.pairs:
        return []
    before, after = scores.original.fingerprints, scores.compressed.fingerprints
    # What was scaled is soft everywhere.
    scaled = (original.width, original.height) != (compressed.width, compressed.height)
    shown_ms = pairs.tempo.durations_ms if pairs.tempo else compressed.durations_ms
    runs = Runs.of(before, original.durations_ms[: len(before)]), Runs.of(after, shown_ms[: len(after)])
    return [
        *check_sequence(Matching(*runs, (original.width, original.height)), scores.motion, pairs.left_out_ms),
        check_content(scores.pairs, [each.lost for each in scores.findings]),
        check_colour(scores.pairs, [each.chroma for each in scores.findings]),
        check_transparency(scores.pairs, [each.lost_alpha for each in scores.findings]),
        check_region(scores.pairs, [each.suspects for each in scores.findings], original, "small" if scaled else goal),
    ]


def _results(
    metrics: Sequence[Description], scores: Scores, clip: Clip, population: int, sampling: Sampling
) -> dict[str, MetricResult]:
    if not scores.pairs:
        return {}
    weights_ms = [pair.duration_ms for pair in scores.pairs]
    return {
        each.name: _result(each, Sample(scores.values[each.name], weights_ms), scores, clip, population, sampling)
        for each in metrics
        if each.name in scores.values and each.name not in _blind(scores)
    }


def _blind(scores: Scores) -> dict[str, str]:
    """The metrics that have no number of some pair, with the reason."""
    blind = {name: METRICS[name].blind for name, values in scores.values.items() if any(map(isnan, values))}
    return {name: reason or "there is no number" for name, reason in blind.items()}


def _result(
    description: Description, sample: Sample, scores: Scores, clip: Clip, population: int, sampling: Sampling
) -> MetricResult:
    metric = METRICS[description.name]
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
    )


def _note(metric: Metric, mean: float, clip: Clip) -> str | None:
    """What a reader must know of the number."""
    if mean == float("inf"):
        return "infinite: no difference in what it compares"
    left_out = [part.name for part in metric.parts if part.absence(clip.width, clip.height)]
    if left_out:
        return f"without {', '.join(left_out)}, which a canvas of {clip.width}x{clip.height} is too small for"
    return None
