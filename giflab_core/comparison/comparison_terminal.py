"""A comparison for people: one table, the smallest candidate first."""

from __future__ import annotations

from math import isfinite

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core.comparison.candidates import Candidate, Ranking
from giflab_core.model import Clip, Status
from giflab_core.report import STYLE
from giflab_core.text import counted, printable

MARK = "*"


def print_comparison(comparison: Ranking) -> None:
    """Print a row a candidate, what is wrong with those that fail, and how many pass."""
    console = Console()
    names = _shown(comparison)
    if comparison.original:
        console.print(_original(comparison.original), soft_wrap=True)
    if comparison.original:
        console.print(_table(comparison, names))
    for each in comparison.candidates:
        for line in _reasons(each):
            console.print(line, soft_wrap=True)
    console.print(_summary(comparison), soft_wrap=True)


def _shown(comparison: Ranking) -> list[str]:
    """The metrics that have a column: what ranks, and `ssim` if that is another."""
    names = [comparison.ranked_by, "ssim"]
    return list(
        dict.fromkeys(name for name in names if name and any(each.result(name) for each in comparison.candidates))
    )


def _original(clip: Clip) -> Text:
    size = (
        f"{clip.width}x{clip.height}, {counted(clip.n_frames, 'frame')}, {clip.duration_ms} ms, {clip.size_bytes} bytes"
    )
    return Text.assemble("original: ", (printable(clip.path), "bold"), f" ({size})")


def _table(comparison: Ranking, names: list[str]) -> Table:
    table = Table("", box=None, header_style="bold", pad_edge=False)
    table.padding = 0, 1, 0, 0
    table.add_column("candidate", overflow="fold")
    for heading in ("bytes", "share", *names, "worst moment (frame)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    whole = comparison.original.size_bytes if comparison.original else 0
    for each in comparison.candidates:
        if each.report is not None:
            share = f"{each.size_bytes / whole:.1%}" if whole and each.size_bytes is not None else ""
            numbers = [_number(result.mean) if (result := each.result(name)) else "" for name in names]
            name = Text(printable(each.path), "bold" if each.pareto else "")
            verdict = Text(each.status.upper(), STYLE[each.status])
            worst = _worst(each, comparison.ranked_by)
            table.add_row(MARK if each.pareto else "", name, str(each.size_bytes), share, *numbers, worst, verdict)
    return table


def _worst(candidate: Candidate, name: str | None) -> str:
    result = candidate.result(name)
    if not result or candidate.report is None:
        return ""
    moment = result.worst
    return f"{_number(moment.value, 3)} at {moment.time_ms} ms ({candidate.report.original.frame_at(moment.time_ms)})"


def _number(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}" if isfinite(value) else "infinite"


def _reasons(candidate: Candidate) -> list[Text]:
    if candidate.report is None:
        return [Text.assemble(("fail: ", STYLE["fail"]), candidate.error or "")]
    first, more = candidate.report.headlines[:1], len(candidate.report.headlines) - 1
    others = f" (and {more} more)" if more > 0 else ""
    return [
        Text.assemble(
            *(("fail: ", STYLE["fail"]), printable(candidate.path), ": "),
            *((check.name, "bold"), f": {check.message}{others}"),
        )
        for check in first
    ]


def _summary(comparison: Ranking) -> Text:
    passed = sum(each.status != "fail" for each in comparison.candidates)
    status: Status = "pass" if passed else "fail"
    front = f"; {MARK} no other has fewer bytes and is as good by {comparison.ranked_by}" if comparison.pareto else ""
    summary = f"  {passed} of {counted(len(comparison.candidates), 'candidate')} passed{front}"
    return Text.assemble((status.upper(), STYLE[status]), summary)
