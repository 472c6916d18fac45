"""The gate report as JSON, schema `giflab.gate/1`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pytest_giflab.documents import parse_document, read_document, write_document
from pytest_giflab.model import Benchmark, Comparison, Environment, GateReport, Limits, Quantity, Revision
from pytest_giflab.thresholds import Thresholds

KIND, VERSION = "giflab.gate", 1


def write_json(path: Path, report: GateReport) -> None:
    """Raises StoreError if it cannot be written."""
    write_document(path, to_document(report))


def read_report(path: Path) -> GateReport:
    """A report from its JSON file; raises GateError as `read_document` does, and for thresholds that make no sense."""
    return _from_document(read_document(path, KIND, VERSION))


def parse_report(data: bytes, name: str) -> GateReport:
    """A report from the text of its JSON file, which somebody else may have written; raises GateError likewise."""
    return _from_document(parse_document(data, name, KIND, VERSION, "write it with pytest --giflab-report"))


def to_document(report: GateReport) -> dict[str, Any]:
    """The report in the schema `giflab.gate/1`, shipped in `schemas/`."""
    return {
        "schema": f"{KIND}/{VERSION}",
        "verdict": report.verdict,
        "mode": report.mode,
        "base": {"ref": report.ref, "sha": report.base.commit},
        "head": {"sha": report.head.commit, "dirty": report.head.dirty},
        "environment": asdict(report.environment),
        "thresholds": asdict(report.thresholds),
        "root": report.root,
        "started": report.started,
        "seconds": report.seconds,
        "selfcheck": dict(report.selfcheck),
        "benchmarks": [_from_comparison(each) for each in report.comparisons],
        "warnings": list(report.warnings),
        **({} if report.tests_failed is None else {"tests_failed": report.tests_failed}),
    }


def _from_comparison(comparison: Comparison) -> dict[str, Any]:
    benchmark = comparison.benchmark
    return {
        "id": benchmark.id,
        "file": benchmark.file,
        "line": benchmark.line,
        "status": comparison.status,
        "quantity": comparison.quantity.name,
        "unit": comparison.quantity.unit,
        "better": comparison.quantity.better,
        **{name: getattr(comparison, name) for name in ("clock", "before", "after", "ratio", "low", "high")},
        "pairs": comparison.processes,
        "verdict": comparison.verdict,
        "advisory": comparison.advisory,
        "reason": comparison.reason,
        "limits": {
            "base": _from_limits(comparison.base_limits) if comparison.base_limits else {},
            "head": _from_limits(benchmark.limits),
        },
        "samples": {name: list(values) for name, values in comparison.samples.items()},
    }


def _from_limits(limits: Limits) -> dict[str, Any]:
    return {**asdict(limits.thresholds), "clock": limits.clock}


def _to_limits(document: dict[str, Any]) -> Limits:
    given = dict(document)
    clock = given.pop("clock", None)
    return Limits(Thresholds(**given), clock)


def _from_document(document: dict[str, Any]) -> GateReport:
    return GateReport(
        verdict=document["verdict"],
        mode=document["mode"],
        ref=document["base"]["ref"],
        base=Revision(document["base"]["sha"], dirty=False),
        head=Revision(document["head"]["sha"], document["head"]["dirty"]),
        environment=Environment(**document["environment"]),
        thresholds=Thresholds(**document["thresholds"]),
        started=document["started"],
        seconds=document["seconds"],
        comparisons=tuple(map(_to_comparison, document["benchmarks"])),
        warnings=tuple(document["warnings"]),
        selfcheck=document["selfcheck"],
        root=document.get("root", ""),
        tests_failed=document.get("tests_failed"),
    )


def _to_comparison(row: dict[str, Any]) -> Comparison:
    base, head = (row["limits"][side] for side in ("base", "head"))
    benchmark = Benchmark(row["id"], row["file"], int(row["line"]), limits=_to_limits(head))
    same = ("status", "clock", "before", "after", "ratio", "low", "high", "verdict", "advisory", "reason")
    return Comparison(
        benchmark,
        processes=row["pairs"],
        base_limits=_to_limits(base) if base else None,
        samples={name: tuple(values) for name, values in row["samples"].items()},
        quantity=Quantity(row["quantity"], row["unit"], row["better"]),
        **{name: row[name] for name in same},
    )
