"""The gate report as a table in the terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core.text import printable
from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.report.rendering import amount, interval, label, long_name
from pytest_giflab.report.wording import in_order, summarise, verdict_word

STYLE = {
    "critical": "bold red",
    "warning": "bold yellow",
    "inconclusive": "magenta",
    "improved": "bold green",
    "ok": "green",
    "failed": "bold red",
}
# Terminals from this width on have room for a column of reasons.
WIDE = 130


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
    word = verdict_word(report)
    console.print(Text.assemble(summary, (word, STYLE[word]), f": {summarise(report).plain}"), soft_wrap=True)
    return buffer.getvalue()


def against(report: GateReport) -> str:
    """What the run was compared with, in words."""
    ref = printable(report.ref)
    if report.mode == "stored":
        return f"baseline {ref!r}"
    sha = printable(report.base.commit or "")
    return f"{ref} ({sha[:12]})" if sha and not sha.startswith(ref) else ref


def _reasons(report: GateReport) -> list[Text]:
    """The reasons below the table, if there is no room beside it: each once for a verdict, with its benchmarks."""
    by_reason: dict[tuple[str, str], list[Comparison]] = {}
    for each in in_order(report):
        if label(each) != "ok":
            by_reason.setdefault((label(each), each.reason), []).append(each)
    return [
        Text.assemble((word, STYLE.get(word, "")), f": {printable(reason)}: ", _named(found))
        for (word, reason), found in by_reason.items()
    ]


def _named(found: list[Comparison]) -> str:
    names = [printable(long_name(each).rpartition("::")[2]) for each in found]
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
            Text(printable(long_name(each))),
            *(Text(printable(amount(value, each.quantity))) for value in (each.before, each.after)),
            interval(each),
            Text(word, STYLE.get(word, "")),
            *([Text(printable(each.reason))] if with_reasons else []),
        )
    return table
