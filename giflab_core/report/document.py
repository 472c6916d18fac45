"""A validation report as JSON: the schema `giflab.report/1`, shipped beside this file."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from giflab_core.model import Check, Clip, MetricResult, ValidationReport
from giflab_core.text import as_utf8

SCHEMA = "giflab.report/1"


def to_json(report: ValidationReport) -> str:
    """One strict JSON object, without a line break at the end: no NaN, no Infinity."""
    return json.dumps(to_document(report), indent=2, allow_nan=False)


def print_json(report: ValidationReport) -> None:
    """Print the report as one JSON object and nothing else."""
    print(to_json(report))


def to_document(report: ValidationReport) -> dict[str, Any]:
    """The report as plain values; a number that is infinite is None, and the metric's `note` says so."""
    return {
        "schema": SCHEMA,
        "status": report.status,
        "original": _clip(report.original),
        "compressed": _clip(report.compressed),
        "decoder": report.decoder,
        "kernels": report.kernels,
        "content": {"type": report.content, "detected": report.content_detected},
        "metrics": {name: _metric(result) for name, result in report.metrics.items()},
        "absent": dict(report.absent),
        "checks": [_check(check) for check in report.checks],
        "warnings": list(report.warnings),
    }


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


def _metric(result: MetricResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        **{name: _number(getattr(result, name)) for name in ("mean", "low", "high", "p01")},
        "worst": {"value": _number(result.worst.value), "time_ms": result.worst.time_ms},
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


def _check(check: Check) -> dict[str, Any]:
    document: dict[str, Any] = {"name": check.name, "status": check.status, "message": check.message}
    if check.limit is not None and check.value is not None and check.margin is not None:
        numbers = {"value": check.value, "limit": check.limit, "margin": check.margin}
        document |= {name: _number(value) for name, value in numbers.items()} | {"time_ms": check.time_ms}
    if check.region:
        document["region"] = asdict(check.region)
    return document


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
