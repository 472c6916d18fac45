"""The gate report as JSON, Markdown and a table in the terminal."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core.text import printable
from pytest_giflab.documents import parse_document, read_document, write_document, write_text
from pytest_giflab.model import Benchmark, Comparison, Environment, GateReport, Limits, Quantity, Revision
from pytest_giflab.report.rendering import amount, in_order, interval, label, render
from pytest_giflab.thresholds import Thresholds

KIND, VERSION = "giflab.gate", 1

STYLE = {
    "critical": "bold red",
    "warning": "bold yellow",
    "inconclusive": "magenta",
    "improved": "bold green",
    "ok": "green",
    "error": "bold red",
}
# Terminals from this width on have room for a column of reasons.
WIDE = 130


def write_report(path: Path, report: GateReport) -> None:
    """Write it as the suffix says, `.json` or `.md`; raises StoreError where that fails."""
    if path.suffix == ".json":
        write_document(path, to_document(report))
    else:
        write_text(path, to_markdown(report))


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


def to_markdown(report: GateReport) -> str:
    """The report for a summary page, from `templates/report.md.jinja`."""
    return render("report.md.jinja", report=report, rows=in_order(report))


def to_text(report: GateReport, width: int, *, colour: bool) -> str:
    """The report as a table for the terminal, with the verdict below it."""
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, force_terminal=colour, no_color=not colour, highlight=False)
    if report.comparisons:
        wide = width >= WIDE
        console.print(_table(report, with_reasons=wide))
        for line in () if wide else _reasons(report):
            console.print(line, soft_wrap=True)
    for warning in report.warnings:
        console.print(Text(f"warning: {printable(warning)}"), soft_wrap=True)
    summary = f"verdict against {against(report)}: "
    console.print(Text.assemble(summary, (report.verdict, STYLE[report.verdict])), soft_wrap=True)
    return buffer.getvalue()


def against(report: GateReport) -> str:
    """What the run was compared with, in words."""
    ref = printable(report.ref)
    if report.mode == "stored":
        return f"baseline {ref!r}"
    sha = printable(report.base.commit or "")
    return f"{ref} ({sha[:12]})" if sha and not sha.startswith(ref) else ref


def _reasons(report: GateReport) -> list[Text]:
    """The reasons below the table, where there is no room beside it: each once, with the benchmarks it holds for."""
    by_reason: dict[str, list[Comparison]] = {}
    for each in in_order(report):
        if label(each) != "ok":
            by_reason.setdefault(each.reason, []).append(each)
    return [
        Text.assemble((label(found[0]), STYLE.get(label(found[0]), "")), f": {printable(reason)}: ", _named(found))
        for reason, found in by_reason.items()
    ]


def _named(found: list[Comparison]) -> str:
    names = [printable(each.benchmark.id.rpartition("::")[2]) for each in found]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} and {len(names) - 1} more"


def _table(report: GateReport, *, with_reasons: bool) -> Table:
    table = Table(header_style="bold")
    table.add_column("benchmark", overflow="fold", ratio=3 if with_reasons else None)
    for heading in ("before", "after", "ratio (interval)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    if with_reasons:
        table.add_column("reason", overflow="fold", ratio=4)
    for each in in_order(report):
        word = label(each)
        table.add_row(
            Text(printable(each.benchmark.id)),
            amount(each.before, each.quantity),
            amount(each.after, each.quantity),
            interval(each),
            Text(word, STYLE.get(word, "")),
            *([Text(printable(each.reason))] if with_reasons else []),
        )
    return table
