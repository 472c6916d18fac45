"""A comparison for people: one table, the smallest candidate first."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from giflab_core.comparison.candidates import Candidate, Ranking
from giflab_core.model import Clip, Status
from giflab_core.report import STYLE
from giflab_core.text import Line, counted, line, printable, rounded, show, table

MARK = "*"


def print_comparison(comparison: Ranking) -> None:
    """Print a row a candidate, what is wrong with those that fail, and how many pass."""
    show(_lines(comparison), sys.stdout)


def _lines(comparison: Ranking) -> Iterator[Line]:
    if comparison.original:
        yield _original(comparison.original)
        yield from _table(comparison, comparison.original, _shown(comparison))
    for each in comparison.candidates:
        yield from _reasons(each)
    yield _summary(comparison)


def _shown(comparison: Ranking) -> list[str]:
    """The metrics that have a column: what ranks, and `ssim` if that is another."""
    names = [comparison.ranked_by, "ssim"]
    return list(
        dict.fromkeys(name for name in names if name and any(each.result(name) for each in comparison.candidates))
    )


def _original(clip: Clip) -> Line:
    size = (
        f"{clip.width}x{clip.height}, {counted(clip.n_frames, 'frame')}, {clip.duration_ms} ms, {clip.size_bytes} bytes"
    )
    return line("original: ", (printable(clip.path), "bold"), f" ({size})")


def _table(comparison: Ranking, original: Clip, names: list[str]) -> Iterator[Line]:
    """Names of files come last, so that they need not be broken."""
    headings = "", "bytes", "share", *names, "worst moment (frame)", "verdict", "candidate"
    rows = [tuple(line((each, "bold")) for each in headings)]
    for each in comparison.candidates:
        if each.report is not None:
            share = f"{each.size_bytes / original.size_bytes:.1%}" if each.size_bytes is not None else ""
            numbers = [rounded(result.mean) if (result := each.result(name)) else "" for name in names]
            facts = map(line, (str(each.size_bytes), share, *numbers, _worst(each, comparison.ranked_by)))
            verdict, name = (each.status.upper(), STYLE[each.status]), (printable(each.path), "bold" * each.pareto)
            rows.append((line(MARK if each.pareto else ""), *facts, line(verdict), line(name)))
    return table(rows, right=range(1, len(headings) - 2), gap=2)


def _worst(candidate: Candidate, name: str | None) -> str:
    result = candidate.result(name)
    if not result or candidate.report is None:
        return ""
    moment = result.worst
    return f"{rounded(moment.value, 3)} at {moment.time_ms} ms ({candidate.report.original.frame_at(moment.time_ms)})"


def _reasons(candidate: Candidate) -> Iterator[Line]:
    if candidate.report is None:
        yield line(("fail: ", STYLE["fail"]), candidate.error or "")
        return
    more = len(candidate.report.headlines) - 1
    for check in candidate.report.headlines[:1]:
        others = f" (and {more} more)" if more > 0 else ""
        named = ("fail: ", STYLE["fail"]), printable(candidate.path), ": "
        yield line(*named, (check.name, "bold"), f": {check.message}{others}")


def _summary(comparison: Ranking) -> Line:
    passed = sum(each.status != "fail" for each in comparison.candidates)
    status: Status = "pass" if passed else "fail"
    front = f"; {MARK} no other has fewer bytes and is as good by {comparison.ranked_by}" if comparison.pareto else ""
    summary = f"  {passed} of {counted(len(comparison.candidates), 'candidate')} passed{front}"
    return line((status.upper(), STYLE[status]), summary)
