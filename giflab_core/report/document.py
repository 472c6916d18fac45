"""A validation report as JSON: the schema `giflab.report/1`, shipped beside this file."""

from __future__ import annotations

import json

from giflab_core.report.outcome import ValidationReport


def to_json(report: ValidationReport, *, series: bool = False) -> str:
    """One strict JSON object, without a line break at the end: no NaN, no Infinity."""
    return json.dumps(report.to_dict(series=series), indent=2, allow_nan=False)


def print_json(report: ValidationReport, *, series: bool = False) -> None:
    """Print the report as one JSON object and nothing else."""
    print(to_json(report, series=series))
