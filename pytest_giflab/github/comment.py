"""What a pull request is told: the comment, and the check with its annotations. Pure: a notice in, texts out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from pytest_giflab.errors import StoreError
from pytest_giflab.github.annotations import ANNOTATIONS, Annotation, path_in_repository, remarks
from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import (
    CheckConclusion,
    Notice,
    by_urgency,
    conclude,
    headline,
    is_slower,
    tally_of_jobs,
    why_not,
)
from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.report import (
    ICONS,
    Headline,
    Safe,
    breakable,
    cell,
    change,
    code,
    kind,
    long_name,
    render,
    tally,
    unbroken,
    word,
    worst_first,
)
from pytest_giflab.thresholds import SLOWER

TEMPLATE = "comment.md.jinja"
# GitHub takes 65,536 characters in a comment and 65,535 in the summary of a check; bytes are never fewer. What is left
# is for the hidden line that says what was told.
LONGEST_BODY = 63_000
# How many rows are always seen, and how many a fold may have: the largest of these with which the comment fits.
OPEN = 10
ROWS = (350, 250, 180, 120, 80, 50, 30, 20, 10, 5, 2, 1, 0)
SIZES = (*((OPEN, rows) for rows in ROWS), (5, 0), (2, 0), (1, 0), (0, 0))
# Of what is well, a fifth of that.
WELL_SHARE = 5
# No row has fewer characters: what cannot fit is not tried.
SHORTEST_ROW = 28
SHORT_SHA = 12


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
class JobSection:
    """One job of a matrix: its line, and what is below it."""

    line: Safe
    body: Safe
    is_open: bool


def marker(name: str) -> str:
    """The hidden line that begins every comment of this name, by which it is found again."""
    return f"<!-- giflab-gate: {name} -->"


def compose(notice: Notice) -> str:
    """The comment, begun by its marker, with as many rows as fit.

    Raises StoreError if a template is wrong, or says too much without any rows.
    """
    drafts = [_draft(job, line) for job, line in by_urgency(notice)]
    whole = replace(_draft(notice, headline(notice)), jobs=tuple(drafts))
    for seen, folded in SIZES:
        least = SHORTEST_ROW * sum(each.shown(seen, folded) for each in (whole, *drafts))
        if least > LONGEST_BODY and seen:
            continue
        body = f"{marker(notice.name)}\n{_render(whole, seen, folded)}"
        if len(body.encode()) <= LONGEST_BODY:
            return body
    raise StoreError(f"the comment has {len(body)} characters without any benchmark; shorten template {TEMPLATE}")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a comment says, however many rows it shows; sorted and judged once, since many sizes are tried."""

    notice: Notice
    headline: Headline
    line: Headline
    tally: str
    alarms: list[Comparison]
    sections: dict[str, list[Comparison]]
    jobs: tuple[_Draft, ...] = ()

    def shown(self, seen: int, folded: int) -> int:
        """How many rows a comment of this size has at least."""
        return min(len(self.alarms), seen + folded) + min(len(self.alarms), folded)


def _draft(notice: Notice, line: Headline) -> _Draft:
    found = _sections(notice.report)
    if not found["alarms"]:  # what is new or skipped is all there is to see
        found["alarms"], found["rest"] = found["rest"], []
    return _Draft(notice, headline(notice), line, _tally(notice), found.pop("alarms"), found)


def _render(draft: _Draft, seen: int, folded: int, *, is_part: bool = False) -> str:
    notice, alarms, found = draft.notice, draft.alarms, draft.sections
    report, event = notice.report, notice.event
    return render(
        TEMPLATE,
        notice.templates,
        name=notice.title,
        verdict=notice.verdict,
        headline=draft.headline,
        tally=draft.tally,
        report=report,
        jobs=[_job(each, seen, folded) for each in draft.jobs],
        is_part=is_part,
        why="" if notice.jobs else why_not(notice),
        contradicted=notice.is_contradicted and not notice.is_interrupted,
        conclusion=event.conclusion,
        run_url=address(event.run_url),
        head=_head(notice),
        base=_base(notice),
        acknowledged=notice.acknowledged,
        acknowledging=_acknowledging(notice),
        is_not_all=conclude(notice) == "failure",
        commit=event.sha[:SHORT_SHA],
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


def _tally(notice: Notice) -> str:
    if notice.jobs:
        return tally_of_jobs(notice)
    return tally(notice.report) if notice.report else ""


def _job(draft: _Draft, seen: int, folded: int) -> JobSection:
    """What there is to say of one job of a matrix: open if there is something to look at."""
    job, line = draft.notice, draft.line
    icon = line.icon
    name = Safe(str(line.markup).replace(f"{icon} ", f"{icon} {cell(job.name)}: ", 1))
    is_open = icon not in (ICONS["ok"], ICONS["improved"])
    return JobSection(name, Safe(_render(draft, seen, folded, is_part=True)), is_open)


def _acknowledging(notice: Notice) -> bool:
    """Whether to say how the regression is acknowledged."""
    return notice.explains and is_slower(notice) and not notice.acknowledged


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
    name = breakable(long_name(row))
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
    sha = notice.event.sha or next((each.head.commit for each in notice.reports), None)
    return _link(notice.event, f"commit/{quote(sha)}", code(sha[:SHORT_SHA])) if sha else None


def _base(notice: Notice) -> Safe | None:
    """What it was compared with: branch and commit, or the name of a baseline."""
    report = next(iter(notice.reports), None)
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


def address(url: str) -> Safe | None:
    """An address that goes into Markdown as it is; None if it would not stay inside of its brackets."""
    return Safe(quote(url, safe=":/?=&%#+,~")) if url.startswith(("https://", "http://")) else None


def check(notice: Notice, body: str) -> CheckRun:
    """The check of this run, with the comment's body as its summary; never greener than the run's own conclusion."""
    summary = body.partition("\n")[2]
    return CheckRun(notice.title, conclude(notice), headline(notice).plain, summary, tuple(_remarks(notice)))


def _remarks(notice: Notice) -> list[Annotation]:
    """Remarks on the tests of all reports, with the name of the job if there are several."""
    found = [(part.name, each) for part in notice.parts if part.report for each in remarks(part.report)][:ANNOTATIONS]
    return [replace(each, title=f"{name}: {each.title}") if notice.jobs else each for name, each in found]
