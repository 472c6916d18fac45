"""What is said of a whole run, in the same words wherever it is said. Pure: a report in, words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from giflab_core.text import counted, printable
from pytest_giflab.decision import worst
from pytest_giflab.model import TIME, Comparison, GateReport
from pytest_giflab.report.rendering import Safe, cell, change, code, short_name
from pytest_giflab.thresholds import SLOWER

Kind = Literal[
    "critical",
    "warning",
    "failed",
    "missing",
    "advisory",
    "advised",
    "inconclusive",
    "new",
    "improved",
    "ok",
    "skipped",
]
# What a reader should see first comes first.
KINDS: tuple[Kind, ...] = get_args(Kind)
# What must not be left unsaid.
UNSAID: tuple[Kind, ...] = ("failed", "missing", "advisory", "advised", "inconclusive", "skipped")
ICONS: dict[Kind, str] = {
    "critical": "🔴",
    "warning": "🟠",
    "failed": "❌",
    "missing": "❓",
    "advisory": "⚠️",
    "advised": "⚠️",
    "inconclusive": "⚪",
    "new": "🆕",
    "improved": "🟢",
    "ok": "✅",
    "skipped": "⏭️",
}
# What is said of one benchmark, and of several.
SAID: dict[Kind, tuple[str, str]] = {
    "failed": ("failed", "failed"),
    "missing": ("is missing", "are missing"),
    "advisory": ("may be slower", "may be slower"),
    "advised": ("has only an advisory verdict", "have only advisory verdicts"),
    "inconclusive": ("is inconclusive", "are inconclusive"),
    "improved": ("is faster", "are faster"),
    "skipped": ("was skipped", "were skipped"),
}
COUNTED: dict[Kind, str] = {
    "advisory": "may be slower",
    "advised": "by an advisory verdict alone",
    "improved": "faster",
    "ok": "not slower",
}
# Of what is not time, one does not say "slower".
OTHERWISE = {"slower": "worse", "faster": "better"}


@dataclass(frozen=True, slots=True)
class Headline:
    """A run in one line: `said`, then the benchmark that it is said of first, if there is one, then `more`."""

    icon: str
    said: str
    row: Comparison | None = None
    more: str = ""

    @property
    def plain(self) -> str:
        """The line as text without an icon; names in it are fit to be shown, also in a log of GitHub's."""
        if not self.row:
            return f"{self.said}{self.more}"
        return f"{self.said}: {_name(self.row)}{self._number}{self.more}"

    @property
    def markup(self) -> Safe:
        """The line as Markdown, with its icon."""
        said = f"{self.icon} {cell(self.said[:1].upper() + self.said[1:])}"
        named = f": {code(short_name(self.row))}{cell(self._number)}" if self.row else ""
        return Safe(f"{said}{named}{cell(self.more)}")

    @property
    def _number(self) -> str:
        return f" {change(self.row)}" if self.row and self.row.ratio is not None else ""


def _name(row: Comparison) -> str:
    """The short name of a benchmark, fit to be shown, also in a log of GitHub's."""
    return printable(short_name(row)).replace("##[", "## [")


def kind(row: Comparison) -> Kind:
    """What is to be said of a benchmark. A report may be anybody's: the worst of what it says counts."""
    if row.verdict in ("critical", "warning") and not row.advisory:
        return row.verdict
    if row.status == "error":
        return "failed"
    if row.status in ("missing", "skipped"):
        return row.status
    if row.verdict in ("critical", "warning"):
        return "advisory"
    if row.advisory and row.verdict in ("ok", "improved"):
        return "advised"
    return row.verdict or ("new" if row.status == "new" else "inconclusive")


def in_order(report: GateReport) -> list[Comparison]:
    """What a reader should see first comes first; else the order of the run."""
    return sorted(report.comparisons, key=lambda each: KINDS.index(kind(each)))


def worst_first(rows: Sequence[Comparison]) -> list[Comparison]:
    """By kind, and of one kind the largest change for the worse first."""
    return sorted(rows, key=lambda each: (KINDS.index(kind(each)), -_worsening(each)))


def _worsening(row: Comparison) -> float:
    ratio = row.ratio or 0.0
    return ratio if row.quantity.better == "lower" or not ratio else 1 / ratio


def is_green(report: GateReport) -> bool:
    """Whether there is nothing to look at: something was compared, and nothing is worse, undecided or left out."""
    return summarise(report).icon in (ICONS["ok"], ICONS["improved"])


def verdict_word(report: GateReport) -> str:
    """The verdict of a run, or `failed` if all that kept it from being decided is what failed."""
    failed = any(kind(each) == "failed" for each in report.comparisons)
    return "failed" if failed and worst(report) == "inconclusive" else report.verdict


def tally(report: GateReport) -> str:
    """Each benchmark counted once, by what is to be said of it; then how many of them have a changed test."""
    found = Counter(map(kind, report.comparisons))
    slower = sum(found[each] for each in SLOWER)
    parts = [f"{slower} slower ({_listed(found, SLOWER)})"] if slower else []
    parts += [f"{found[each]} {word(each)}" for each in KINDS if found[each] and each not in SLOWER]
    changed = sum(each.status == "changed" for each in report.comparisons)
    tests = f"; {counted(changed, 'test')} changed" if changed else ""
    return _fitting(report, f"{counted(len(report.comparisons), 'benchmark')}: {', '.join(parts) or 'none'}{tests}")


def _listed(found: Counter[Kind], kinds: Sequence[Kind]) -> str:
    return ", ".join(f"{found[each]} {word(each)}" for each in kinds if found[each])


def word(state: Kind) -> str:
    """What is said after a number of benchmarks, or in the place of one's change."""
    return COUNTED.get(state, state)


def summarise(report: GateReport) -> Headline:
    """The run in one line: how many benchmarks of how many are slower, and the worst of them with its number.

    Failing that what failed, is missing, may be slower, is undecided or was skipped: all of these are always counted.
    """
    rows: dict[Kind, list[Comparison]] = {each: [] for each in KINDS}
    for row in worst_first(report.comparisons):
        rows[kind(row)].append(row)
    slower = [*rows["critical"], *rows["warning"]]
    if slower:
        icon = ICONS["critical" if rows["critical"] else "warning"]
        return _leading(report, icon, ("is slower", "are slower"), slower, _others(rows))
    verdict = worst(report)
    if verdict in ("critical", "warning"):
        return Headline(
            ICONS[verdict], f"the report says {verdict}, and names no benchmark that is", more=_others(rows)
        )
    for each in ("failed", "missing", "advisory", "advised", "inconclusive"):
        if rows[each]:
            icon = ICONS[each if each == "inconclusive" else "critical" if each == "failed" else "advisory"]
            return _leading(report, icon, SAID[each], rows[each], _others(rows, each))
    return _without_alarm(report, rows, is_decided=verdict != "inconclusive")


def _without_alarm(report: GateReport, rows: dict[Kind, list[Comparison]], *, is_decided: bool) -> Headline:
    compared, others = [*rows["improved"], *rows["ok"]], _others(rows)
    count, new = len(compared), len(rows["new"])
    none = f"none of {count} benchmarks is slower" if count > 1 else "1 benchmark is not slower"
    undecided = ICONS["inconclusive"]
    if not compared:
        said = f"{counted(new, 'new benchmark')}, nothing to compare with yet" if new else "nothing was compared"
        shown = rows["new"][0] if new else None
        return Headline(undecided, said, shown, f"{f' and {new - 1} more' if new > 1 else ''}{others}")
    if not is_decided:
        return Headline(undecided, "the report says inconclusive, and not of what", more=others)
    icon = ICONS["advisory"] if rows["skipped"] else ICONS["improved" if rows["improved"] else "ok"]
    if rows["improved"]:
        return _leading(report, icon, SAID["improved"], rows["improved"], others)
    skipped = f" ({_name(rows['skipped'][0])})" if rows["skipped"] and count > 1 else ""
    return Headline(icon, _fitting(report, none), compared[0] if count == 1 else None, f"{others}{skipped}")


def _leading(
    report: GateReport, icon: str, said: tuple[str, str], found: Sequence[Comparison], others: str
) -> Headline:
    """So many of so many, the first of them by name."""
    count, total = len(found), len(report.comparisons)
    subject = f"{count} of {total} benchmarks" if total > 1 else "1 benchmark"
    more = f" and {count - 1} more" if count > 1 else ""
    return Headline(icon, _fitting(report, f"{subject} {said[count > 1]}"), found[0], _fitting(report, more + others))


def _others(rows: dict[Kind, list[Comparison]], told: Kind | None = None) -> str:
    said = [f"{len(rows[each])} {word(each)}" for each in UNSAID if each != told and rows[each]]
    return f"; {', '.join(said)}" if said else ""


def left_out(report: GateReport) -> str:
    """What keeps a run without a regression from being green: `1 missing, 2 skipped`."""
    found = Counter(map(kind, report.comparisons))
    return _fitting(report, _listed(found, UNSAID))


def _fitting(report: GateReport, text: str) -> str:
    """The text in words that fit what was measured."""
    if all(each.quantity.name == TIME.name for each in report.comparisons):
        return text
    for word, other in OTHERWISE.items():
        text = text.replace(word, other)
    return text
