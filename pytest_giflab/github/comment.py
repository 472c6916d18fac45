"""What a pull request is told: the comment, and the check with its annotations. Pure: a report in, texts out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote

from giflab_core.text import counted
from pytest_giflab.decision import fails, worst
from pytest_giflab.errors import StoreError
from pytest_giflab.github.event import RunEvent
from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.report import LONGEST, Safe, amount, code, interval, label, render
from pytest_giflab.thresholds import SEVERITY, Verdict

TEMPLATE = "comment.md.jinja"
# GitHub takes 65,536 characters in a comment and 65,535 in the summary of a check; bytes are never fewer.
LONGEST_BODY = 65_000
# How many rows a section may show: the largest of these with which the comment fits; of what is well, a fifth.
ROWS = (1000, 700, 500, 350, 250, 180, 120, 80, 50, 30, 20, 10, 5, 2, 1)
SHARES = {"ok": 5, "rest": 5}
# What the headline counts.
COUNTED = ("critical", "warning", "error", "missing", "inconclusive", "improved")
ANNOTATIONS = 200
LAST_LINE = 1_000_000

CheckConclusion = Literal["success", "neutral", "cancelled", "action_required", "timed_out", "failure"]
# From green to red.
CONCLUSIONS: tuple[CheckConclusion, ...] = (
    "success",
    "neutral",
    "cancelled",
    "action_required",
    "timed_out",
    "failure",
)
# The best that a check may say of a run, by what that ended with ("" for one that still runs).
BOUNDS: dict[str, CheckConclusion] = {
    "": "success",
    "success": "success",
    "neutral": "neutral",
    "skipped": "neutral",
    "cancelled": "cancelled",
    "stale": "cancelled",
    "timed_out": "timed_out",
    "action_required": "action_required",
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on a line of a file, named from the top of the repository."""

    path: str
    line: int
    level: Literal["failure", "warning"]
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run: how it ends, its title, a summary in Markdown, remarks on lines."""

    name: str
    conclusion: CheckConclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Benchmarks that have something in common: those shown, and how many are not."""

    rows: tuple[Comparison, ...]
    hidden: int

    @property
    def count(self) -> int:
        return len(self.rows) + self.hidden


@dataclass(frozen=True, slots=True)
class Notice:
    """What there is to say of one run: its report, or why it has none.

    `why`: why it has none; `is_damaged`: there is one, which cannot be read or trusted. `templates`: a folder with
    templates that take the place of the package's own.
    """

    name: str
    event: RunEvent
    report: GateReport | None
    why: str = ""
    is_damaged: bool = False
    fail_on: frozenset[str] = frozenset(SEVERITY[:2])
    templates: Path | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict of the report, never better than those of its benchmarks."""
        return worst(self.report) if self.report else None

    @property
    def has_passed(self) -> bool:
        """Whether the run itself leaves room for a pass: it ended well, or still runs."""
        return _bound(self.event.conclusion) in ("success", "neutral")

    @property
    def is_contradicted(self) -> bool:
        """Whether the run failed, though its report gives no reason to: nothing slower, undecided or failed."""
        rows = self.report.comparisons if self.report else ()
        is_explained = self.verdict in SEVERITY or any(each.status == "error" for each in rows)
        return not self.has_passed and not is_explained


def is_slower(notice: Notice) -> bool:
    """Whether a benchmark is slower, beyond a threshold."""
    return notice.verdict in SEVERITY[:2]


def marker(name: str) -> str:
    """The hidden line that begins every comment of this name, by which it is found again."""
    return f"<!-- giflab-gate: {name} -->"


def headline(notice: Notice) -> str:
    """The verdict in one line."""
    if not notice.report:
        return "no verdict"
    words = {"improved": "faster", "error": "failed"}
    counts = [(level, _having(notice.report, level)) for level in COUNTED]
    said = [f"{len(rows)} {words.get(level, level)}" for level, rows in counts if rows]
    if notice.is_contradicted:
        said.insert(0, f"the run ended with {notice.event.conclusion}")
    nothing = "nothing was compared" if notice.verdict == "inconclusive" else "no benchmark is slower"
    return f"{notice.verdict}: {', '.join(said) or nothing}"


def _having(report: GateReport, level: str) -> list[Comparison]:
    return [each for each in report.comparisons if level in (each.verdict, each.status) and not each.advisory]


def compose(notice: Notice) -> str:
    """The comment, begun by its marker, with as many rows as fit.

    Raises StoreError if a template is wrong, or says too much without any rows.
    """
    for rows in (*ROWS, 0):
        body = f"{marker(notice.name)}\n{_render(notice, rows)}"
        if len(body.encode()) <= LONGEST_BODY:
            return body
    raise StoreError(f"the comment has {len(body)} characters without any benchmark; shorten template {TEMPLATE}")


def _render(notice: Notice, rows: int) -> str:
    report = notice.report
    sections = {
        name: Section(tuple(found[: rows // SHARES.get(name, 1)]), len(found[rows // SHARES.get(name, 1) :]))
        for name, found in _sections(report).items()
    }
    return render(
        TEMPLATE,
        notice.templates,
        name=notice.name,
        verdict=notice.verdict,
        headline=headline(notice),
        report=report,
        why=notice.why,
        contradicted=notice.is_contradicted,
        conclusion=notice.event.conclusion,
        run_url=_url(notice.event.run_url),
        sections=sections,
        warnings=report.warnings[:rows] if report else (),
        hidden_warnings=len(report.warnings[rows:]) if report else 0,
        located=lambda row: _located(notice, row),
    )


def _sections(report: GateReport | None) -> dict[str, list[Comparison]]:
    """The benchmarks by what is to be said of them; each once, but changed limits are said besides."""
    names = ("advisory", "critical", "warning", "failed", "inconclusive", "improved", "ok", "rest", "limits")
    sections: dict[str, list[Comparison]] = {name: [] for name in names}
    for row in report.comparisons if report else ():
        sections[_section(row)].append(row)
        if row.base_limits and row.base_limits != row.benchmark.limits:
            sections["limits"].append(row)
    for level in ("critical", "warning"):
        sections[level].sort(key=lambda row: -(row.ratio or 0))
    return sections


def _section(row: Comparison) -> str:
    if row.advisory and row.verdict and row.verdict != "ok":
        return "advisory"
    if row.verdict:
        return row.verdict
    return "failed" if row.status in ("error", "missing") else "rest"


def _located(notice: Notice, row: Comparison) -> Safe:
    """The name of a benchmark as a link to its test."""
    path = _path(notice.report.root, row) if notice.report else None
    if not path or not notice.event.sha:
        return code(row.benchmark.id)
    where = f"{notice.event.repository}/blob/{quote(notice.event.sha)}/{quote(path)}#L{row.benchmark.line}"
    return Safe(f'<a href="{notice.event.server}/{where}">{code(row.benchmark.id)}</a>')


def _url(url: str) -> Safe | None:
    """An address that goes into Markdown as it is; None if it would not stay inside of its brackets."""
    return Safe(quote(url, safe=":/?=&%#+,~")) if url.startswith(("https://", "http://")) else None


def _path(root: str, row: Comparison) -> str | None:
    """The test's file from the top of the repository; None for what cannot be a file of it."""
    benchmark = row.benchmark
    path = PurePosixPath(root, benchmark.file)
    text = path.as_posix()
    odd = not benchmark.file or not text.isprintable() or "\\" in text or len(text) > LONGEST
    if odd or not benchmark.file or path.is_absolute() or ".." in path.parts or not 1 <= benchmark.line <= LAST_LINE:
        return None
    return path.as_posix()


def remarks(report: GateReport) -> tuple[Annotation, ...]:
    """A remark on the test of each regression and failure: the worst first, not more than can be read."""
    return tuple(_remarks(report))[:ANNOTATIONS]


def _remarks(report: GateReport) -> Iterator[Annotation]:
    sections = _sections(report)
    for name in ("critical", "warning", "advisory", "failed"):
        for row in sections[name]:
            path = _path(report.root, row)
            if path:
                level: Literal["failure", "warning"] = "failure" if name == "critical" else "warning"
                yield Annotation(path, row.benchmark.line, level, _title(row), _message(row))


def _title(row: Comparison) -> str:
    advisory = " (advisory)" if row.advisory else ""
    return f"{row.verdict or label(row)}{advisory}: {_short(row.benchmark.id.rpartition('::')[2], 120)}"


def _message(row: Comparison) -> str:
    before, after = (amount(each, row.quantity) for each in (row.before, row.after))
    clock = f", by {row.clock} time" if row.clock else ""
    numbers = f"{before}, then {after}: ratio {interval(row)}{clock}; "
    return _short(f"{numbers if row.ratio is not None else ''}{row.reason or label(row)}", 2 * LONGEST)


def _short(text: str, longest: int) -> str:
    """On one line, not too long."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def check(notice: Notice, body: str) -> CheckRun:
    """The check of this run, with the comment's body as its summary; never greener than the run's own conclusion."""
    summary = body.partition("\n")[2]
    found = remarks(notice.report) if notice.report else ()
    return CheckRun(notice.name, conclude(notice), headline(notice), summary, found)


def conclude(notice: Notice) -> CheckConclusion:
    """How the check ends: by verdict and fail-on, but never better than the run ended."""
    # A run that ended well and compared nothing has not passed; one that did not end well has its own word for that.
    own: CheckConclusion = "failure" if notice.has_passed else "success"
    if notice.report:
        failed = fails(notice.report, notice.fail_on) or notice.verdict in notice.fail_on
        own = "failure" if failed else "neutral" if notice.verdict in SEVERITY else "success"
    return max(own, _bound(notice.event.conclusion), key=CONCLUSIONS.index)


def _bound(conclusion: str) -> CheckConclusion:
    """The best that a check may say of a run that ended so; of one that is not known to have passed: failure."""
    return BOUNDS.get(conclusion, "failure")


def summary_line(notice: Notice) -> str:
    """What the command prints: the verdict, and what it is about."""
    if not notice.report:
        return f"{notice.name}: no verdict: {notice.why}"
    return f"{notice.name}: {headline(notice)} ({counted(len(notice.report.comparisons), 'benchmark')})"
