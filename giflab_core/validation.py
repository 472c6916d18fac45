"""Validate a compressed GIF against its original: the one file that knows all rooms."""

from __future__ import annotations

from collections.abc import Sequence

from giflab_core import assessment, timeline
from giflab_core.config import Config, resolve
from giflab_core.decoding import open_clip
from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.reader import PathLike
from giflab_core.errors import DecodeError, UsageError
from giflab_core.kernels.extension import NATIVE
from giflab_core.metrics import Metric, select
from giflab_core.model import Check, Clip, FramePair, MetricResult, Moment, Sampling, ValidationReport
from giflab_core.order import misplaced
from giflab_core.scoring import Progress, Scores, score
from giflab_core.statistics import Sample, estimate


def validate(
    original: PathLike,
    compressed: PathLike,
    *,
    config: Config | None = None,
    metrics: Sequence[str] | None = None,
    sampling: str | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> ValidationReport:
    """Compare two GIF files as a viewer sees them, and give a verdict.

    `metrics` replaces those of `config`; `sampling` is "full", the only strategy so far; `on_progress` is called with
    (pairs scored, pairs in all). Raises UsageError for unknown names and limits, DecodeError where a file has no whole
    frame. A file that is damaged further on is a failed check, `readable`, and what was read is compared.
    """
    config = config or resolve()
    if sampling not in (None, "full"):
        raise UsageError(f"unknown sampling strategy {sampling!r}; known: full")
    if isinstance(metrics, str):
        raise UsageError(f"metrics must be a list of names such as [{metrics!r}], not one string")
    if not isinstance(seed, int):
        raise UsageError(f"seed must be an integer, not {seed!r}")
    asked = select(tuple(config.metrics if metrics is None else metrics))
    if not asked:
        raise UsageError("no metric given; name at least one, such as ssim")
    names = [metric.name for metric in asked]
    assessment.check_given_limits(config.limits, names)

    before, after = (open_clip(path, limits=config.decode_limits) for path in (original, compressed))
    canvas = assessment.check_canvas(before, after, allow_resize=config.allow_resize)
    absent = _absent(asked, before, canvas)
    pairs: tuple[FramePair, ...] = () if canvas.status == "fail" else timeline.pair(before, after)
    scores = score(before, after, pairs, [each for each in asked if each.name not in absent], config, on_progress)
    for track in (scores.original, scores.compressed):
        if not track.prints:
            raise DecodeError(track.damage or "no frame")

    content = scores.content_type if config.content == "auto" else config.content
    limits = assessment.limits_in_force(config.limits, names, content, scaled=canvas.status == "warning")
    results = _results(asked, scores, before, len(pairs), Sampling("full", seed))
    absent |= {name: "no pair of frames could be scored" for name in names if name not in results | absent}
    checks = (
        assessment.check_readable(scores.original.damage, scores.compressed.damage, (before, after)),
        canvas,
        assessment.check_animation(
            before, after, was_moving=scores.original.moving, is_moving=scores.compressed.moving
        ),
        assessment.check_duration(before, after, was_moving=scores.original.moving),
        assessment.check_loop(before, after),
        *_content_checks(before, after, scores),
        assessment.check_compared(len(scores.pairs), absent, names),
        *assessment.check_limits(limits, config.limits, results, absent),
    )
    return ValidationReport(
        status=assessment.verdict(checks),
        original=before,
        compressed=after,
        decoder=CODEC.NAME,
        kernels="native" if NATIVE else "numpy",
        content=content,
        content_detected=config.content == "auto",
        metrics=results,
        absent=absent,
        limits={f"{metric}.{statistic}": value for (metric, statistic), value in limits.items()},
        checks=checks,
        warnings=tuple(f"{check.name}: {check.message}" for check in checks if check.status == "warning"),
        coverage=sum(pair.duration_ms for pair in scores.pairs) / before.duration_ms,
    )


def _content_checks(original: Clip, compressed: Clip, scores: Scores) -> list[Check]:
    if not scores.pairs:
        return []
    before, after = scores.original.prints, scores.compressed.prints
    found = misplaced(before, original.durations_ms[: len(before)], after, compressed.durations_ms[: len(after)])
    return [
        assessment.check_order(found, scores.motion),
        assessment.check_content(scores.pairs, [each.lost for each in scores.findings]),
        assessment.check_colour(scores.pairs, [each.chroma for each in scores.findings]),
        assessment.check_transparency(scores.pairs, [each.lost_alpha for each in scores.findings]),
    ]


def _absent(metrics: Sequence[Metric], clip: Clip, canvas: Check) -> dict[str, str]:
    """The metrics that this canvas does not allow, with the reason."""
    if canvas.status == "fail":
        return {metric.name: "the two canvases differ in size" for metric in metrics}
    return {
        metric.name: reason for metric in metrics if (reason := metric.absence(clip.width, clip.height)) is not None
    }


def _results(
    metrics: Sequence[Metric], scores: Scores, clip: Clip, population: int, sampling: Sampling
) -> dict[str, MetricResult]:
    if not scores.pairs:
        return {}
    weights_ms = [pair.duration_ms for pair in scores.pairs]
    return {
        metric.name: _result(metric, Sample(scores.values[metric.name], weights_ms), scores, clip, population, sampling)
        for metric in metrics
        if metric.name in scores.values
    }


def _result(
    metric: Metric, sample: Sample, scores: Scores, clip: Clip, population: int, sampling: Sampling
) -> MetricResult:
    pooled = estimate(sample, metric.pools)
    # Where the reported number falls as the pooled one rises, the interval's ends change places.
    low, high = sorted((metric.present(pooled.low), metric.present(pooled.high)))
    mean = metric.present(pooled.mean)
    worst = metric.present(sample.values[pooled.worst_index])
    return MetricResult(
        name=metric.name,
        mean=mean,
        low=low,
        high=high,
        p01=metric.present(pooled.p01),
        worst=Moment(worst, scores.pairs[pooled.worst_index].start_ms),
        unit=metric.unit,
        better=metric.better,
        scored=len(scores.pairs),
        population=population,
        version=metric.version,
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
