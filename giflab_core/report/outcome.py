"""The verdict on one pair of clips, and the same as plain values: the schema `giflab.report/1`."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from giflab_core import lazy
from giflab_core.frozen import dataclass, field, freeze
from giflab_core.model import Check, Clip, ContentType, Goal, MetricResult, Status
from giflab_core.series import Series
from giflab_core.text import as_utf8

SCHEMA = "giflab.report/1"


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The verdict on one pair of clips, with everything it rests on.

    `decoder`: what decoded both, "native" or "pillow"; `kernels`: what computed the scores, "native" or "numpy".
    `content`: what the original shows, which the default limits depend on, None where nothing could be compared;
    `content_detected`: not the user said so. `metrics` by name; `absent` says why a metric that was asked for has no
    number; `limits` are the limits in force, by `metric.mean` and `metric.p01`; `coverage` is the share of the
    original's shown time that was compared, 0 to 1. `goal`: what the default limits are of. `series`: what each
    pair of frames scored, by metric.
    """

    status: Status
    original: Clip
    compressed: Clip
    decoder: str
    kernels: str
    content: ContentType | None
    content_detected: bool
    metrics: Mapping[str, MetricResult]
    absent: Mapping[str, str]
    limits: Mapping[str, float]
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    coverage: float
    goal: Goal = "small"
    series: Mapping[str, Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeze(self, "metrics", "absent", "limits", "series")

    def __bool__(self) -> bool:
        """Whether it passes, with warnings or without: `assert validate(a, b)` means what it says."""
        return self.status != "fail"

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status == "fail")

    @property
    def headlines(self) -> tuple[Check, ...]:
        """What failed by itself: the failed checks that follow from no other one."""
        return tuple(check for check in self.failed if not check.because_of)

    def _repr_html_(self) -> str:
        """What notebooks show."""
        found: str = lazy.load("giflab_core.report.notebook", "notebook_html")(self)
        return found

    def to_dict(self, *, series: bool = False) -> dict[str, Any]:
        """What `giflab validate --format json` writes, as plain values that are strict JSON; with `--series`, `series`.

        A number that is infinite is None, and the metric's `note` says so.
        """
        document = {
            "schema": SCHEMA,
            "status": self.status,
            "original": _clip(self.original),
            "compressed": _clip(self.compressed),
            "decoder": self.decoder,
            "kernels": self.kernels,
            "settings": {"goal": self.goal},
            "content": {"type": self.content, "detected": self.content_detected},
            "metrics": {name: _metric(result, self.original) for name, result in self.metrics.items()},
            "absent": dict(self.absent),
            "checks": [_check(check, self) for check in self.checks],
            "warnings": list(self.warnings),
        }
        if series:
            document["series"] = {name: _series(each) for name, each in self.series.items()}
        return document


def _clip(clip: Clip) -> dict[str, Any]:
    return {
        "path": as_utf8(clip.path),
        "sha256": clip.digest,
        "width": clip.width,
        "height": clip.height,
        "frames": clip.n_frames,
        "duration_ms": clip.duration_ms,
        "loop_count": clip.loop_count,
    }


def _metric(result: MetricResult, original: Clip) -> dict[str, Any]:
    document: dict[str, Any] = {
        **{name: _number(getattr(result, name)) for name in ("mean", "low", "high", "p01")},
        "worst": {"value": _number(result.worst.value), **_moment(result.worst.time_ms, original)},
        "unit": result.unit,
        "better": result.better,
        "scored": result.scored,
        "population": result.population,
        "version": result.version,
        "sampling": {"strategy": result.sampling.strategy, "seed": result.sampling.seed},
    }
    if result.note:
        document["note"] = result.note
    return document


def _check(check: Check, report: ValidationReport) -> dict[str, Any]:
    document: dict[str, Any] = {"name": check.name, "status": check.status, "message": check.message}
    if check.limit is not None and check.value is not None and check.margin is not None:
        numbers = {"value": check.value, "limit": check.limit, "margin": check.margin}
        document |= {name: _number(value) for name, value in numbers.items()}
        document |= _moment(check.time_ms or 0, report.original)
    if check.region:
        document["region"] = {name: getattr(check.region, name) for name in check.region.__slots__}
    if check.because_of:
        document["because_of"] = check.because_of
    return document


def _series(series: Series) -> list[dict[str, Any]]:
    return [
        {"start_ms": each.start_ms, "duration_ms": each.duration_ms, "value": _number(each.value)} for each in series
    ]


def _moment(time_ms: int, original: Clip) -> dict[str, int]:
    """A moment, and the frame of the original that is on screen then."""
    return {"time_ms": time_ms, "frame": original.frame_at(time_ms)}


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
