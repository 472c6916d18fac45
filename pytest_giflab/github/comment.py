"""What a pull request is told: the comment, and the check with its annotations. Pure: a report in, texts out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pytest_giflab.decision import fails, worst
from pytest_giflab.errors import StoreError
from pytest_giflab.github.annotations import Annotation, path_in_repository, remarks
from pytest_giflab.github.event import RunEvent
from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.report import (
    ICONS,
    Headline,
    Safe,
    breakable,
    cell,
    change,
    code,
    is_green,
    kind,
    render,
    summarise,
    tally,
    unbroken,
    word,
    worst_first,
)
from pytest_giflab.thresholds import SEVERITY, SLOWER, Verdict

TEMPLATE = "comment.md.jinja"
# GitHub takes 65,536 characters in a comment and 65,535 in the summary of a check; bytes are never fewer.
LONGEST_BODY = 65_000
# How many rows are always seen, and how many a fold may have: the largest of these with which the comment fits.
OPEN = 10
ROWS = (350, 250, 180, 120, 80, 50, 30, 20, 10, 5, 2, 1, 0)
SIZES = (*((OPEN, rows) for rows in ROWS), (5, 0), (2, 0), (1, 0), (0, 0))
# Of what is well, a fifth of that.
WELL_SHARE = 5
SHORT_SHA = 12

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
    fail_on: frozenset[str] = frozenset(SLOWER)
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
    return notice.verdict in SLOWER


def marker(name: str) -> str:
    """The hidden line that begins every comment of this name, by which it is found again."""
    return f"<!-- giflab-gate: {name} -->"


def headline(notice: Notice) -> Headline:
    """The run in one line; if it failed for what its report does not have, that comes first."""
    if not notice.report:
        return Headline("❔", "no verdict")
    own = summarise(notice.report)
    if notice.is_contradicted:
        said = f"the run ended with {notice.event.conclusion}, though {own.said}"
        return Headline(ICONS["critical"], said, own.row, own.more)
    return own


def compose(notice: Notice) -> str:
    """The comment, begun by its marker, with as many rows as fit.

    Raises StoreError if a template is wrong, or says too much without any rows.
    """
    for seen, folded in SIZES:
        body = f"{marker(notice.name)}\n{_render(notice, seen, folded)}"
        if len(body.encode()) <= LONGEST_BODY:
            return body
    raise StoreError(f"the comment has {len(body)} characters without any benchmark; shorten template {TEMPLATE}")


def _render(notice: Notice, seen: int, folded: int) -> str:
    report, event = notice.report, notice.event
    found = _sections(report)
    alarms = found.pop("alarms")
    return render(
        TEMPLATE,
        notice.templates,
        name=notice.name,
        verdict=notice.verdict,
        headline=headline(notice),
        tally=tally(report) if report else "",
        report=report,
        why=notice.why,
        contradicted=notice.is_contradicted,
        conclusion=event.conclusion,
        run_url=_url(event.run_url),
        head=_head(notice),
        base=_base(notice),
        worst=alarms[:seen],
        alarms=_section(alarms[seen:], folded),
        reasons=_section([*alarms, *(each for each in found["rest"] if each.reason)], folded),
        sections={
            name: _section(rows, folded if name == "limits" else folded // WELL_SHARE) for name, rows in found.items()
        },
        warnings=report.warnings[:folded] if report else (),
        hidden_warnings=len(report.warnings[folded:]) if report else 0,
        located=lambda row: _located(notice, row),
        icon=lambda row: ICONS[kind(row)],
        told=_told,
        has_undecided=any(kind(each) == "inconclusive" for each in alarms),
    )


def _sections(report: GateReport | None) -> dict[str, list[Comparison]]:
    """The benchmarks by where they are shown, the worst first; each once, but changed limits are shown besides."""
    sections: dict[str, list[Comparison]] = {name: [] for name in ("alarms", "ok", "rest", "limits")}
    for row in worst_first(report.comparisons) if report else ():
        sections[{"ok": "ok", "new": "rest", "skipped": "rest"}.get(kind(row), "alarms")].append(row)
        if row.base_limits and row.base_limits != row.benchmark.limits:
            sections["limits"].append(row)
    return sections


def _section(rows: list[Comparison], most: int) -> Section:
    return Section(tuple(rows[:most]), len(rows[most:]))


def _told(row: Comparison) -> Safe:
    """What became of a benchmark: its change, or the word for what has none; and what is to be known of it."""
    said = unbroken(change(row)) if row.ratio is not None else cell(word(kind(row)))
    if kind(row) in SLOWER:
        said = Safe(f"**{said}**")
    marks = {"advisory": row.advisory, "test changed": row.status == "changed"}
    return Safe(", ".join((said, *(mark for mark, holds in marks.items() if holds))))


def _located(notice: Notice, row: Comparison) -> Safe:
    """The name of a benchmark as a link to its test."""
    path = path_in_repository(notice.report.root, row) if notice.report else None
    name = breakable(row.benchmark.id)
    return (
        _link(notice.event, f"blob/{quote(notice.event.sha)}/{quote(path)}#L{row.benchmark.line}", name)
        if path
        else name
    )


def _link(event: RunEvent, where: str, text: Safe) -> Safe:
    """A link into the repository, if the commit is known."""
    return Safe(f'<a href="{event.server}/{event.repository}/{where}">{text}</a>') if event.sha else text


def _head(notice: Notice) -> Safe | None:
    """The commit that was measured, as the pull request knows it: the report may name a merge of it."""
    sha = notice.event.sha or (notice.report.head.commit if notice.report else None)
    return _link(notice.event, f"commit/{quote(sha)}", code(sha[:SHORT_SHA])) if sha else None


def _base(notice: Notice) -> Safe | None:
    """What it was compared with: branch and commit, or the name of a baseline."""
    report = notice.report
    if not report:
        return None
    sha = report.base.commit or ""
    ref = report.ref if report.mode == "stored" else notice.event.base or report.ref
    # What the checkout calls it says nothing: HEAD^1, a commit.
    is_name = ref and not ref.startswith("HEAD") and not (sha and ref.startswith(sha[:SHORT_SHA]))
    names = [str(code(ref))] if is_name else []
    commit = [f"at {code(sha[:SHORT_SHA])}" if names else str(code(sha[:SHORT_SHA]))] if sha else []
    what = "baseline" if report.mode == "stored" else "base"
    return Safe(" ".join((what, *names, *commit))) if names or commit else None


def _url(url: str) -> Safe | None:
    """An address that goes into Markdown as it is; None if it would not stay inside of its brackets."""
    return Safe(quote(url, safe=":/?=&%#+,~")) if url.startswith(("https://", "http://")) else None


def check(notice: Notice, body: str) -> CheckRun:
    """The check of this run, with the comment's body as its summary; never greener than the run's own conclusion."""
    summary = body.partition("\n")[2]
    found = remarks(notice.report) if notice.report else ()
    return CheckRun(notice.name, conclude(notice), headline(notice).plain, summary, found)


def conclude(notice: Notice) -> CheckConclusion:
    """How the check ends: by verdict and fail-on; never better than the run ended, nor green over what is left out."""
    # A run that ended well and compared nothing has not passed; one that did not end well has its own word for that.
    own: CheckConclusion = "failure" if notice.has_passed else "success"
    if notice.report:
        failed = fails(notice.report, notice.fail_on) or notice.verdict in notice.fail_on
        # How a run ended tells a failure of head, which fails it, from one of base, which does not.
        failed |= not notice.event.conclusion and any(kind(each) == "failed" for each in notice.report.comparisons)
        own = "failure" if failed else "success" if is_green(notice.report) else "neutral"
    return max(own, _bound(notice.event.conclusion), key=CONCLUSIONS.index)


def _bound(conclusion: str) -> CheckConclusion:
    """The best that a check may say of a run that ended so; of one that is not known to have passed: failure."""
    return BOUNDS.get(conclusion, "failure")


def summary_line(notice: Notice) -> str:
    """What the command prints: the verdict, and what it is about."""
    why = f": {notice.why}" if not notice.report else ""
    return f"{notice.name}: {headline(notice).plain}{why}"
