"""What there is to say of a run, and how its check ends. Pure: reports in, words and conclusions out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from giflab_core.text import counted
from pytest_giflab.decision import fails, worst
from pytest_giflab.github.event import RunEvent
from pytest_giflab.model import GateReport
from pytest_giflab.report import ICONS, Headline, is_green, kind, summarise
from pytest_giflab.thresholds import SEVERITY, SLOWER, Verdict

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
# A run that ended so was not let come to a verdict.
INTERRUPTED = ("cancelled", "stale", "skipped", "action_required")
FAILED = "failure"
NO_VERDICT, WAITING = "❔", "⏳"
# What a reader should see first comes first.
URGENCY = (ICONS["critical"], ICONS["warning"], NO_VERDICT, ICONS["advisory"], ICONS["inconclusive"])


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody with write access says that this commit may be slower: `by`, a login, and `reason`, if one is given."""

    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What there is to say of one run: its report, or why it has none.

    `why`: why it has none; `is_damaged`: there is one, which cannot be read or trusted. `templates`: a folder with
    templates that take the place of the package's own. `jobs`: notices of the jobs of a matrix, each of the name of its
    job; then `report` is None. `is_shared`: several pull requests have its commit as their head; `is_unplaced`: nobody
    can tell which of them the run was for. `acknowledged`: that it is slower is known. `explains`: whether the comment
    says how a regression is acknowledged. `qualifier`: what sets it apart from another gate of its name, or from
    another base of its commit; "" if nothing needs to.
    """

    name: str
    event: RunEvent
    report: GateReport | None
    why: str = ""
    is_damaged: bool = False
    fail_on: frozenset[str] = frozenset(SLOWER)
    templates: Path | None = None
    jobs: tuple[Notice, ...] = ()
    is_unplaced: bool = False
    is_shared: bool = False
    acknowledged: Acknowledgement | None = None
    explains: bool = False
    qualifier: str = ""

    @property
    def title(self) -> str:
        """What the check is called."""
        return f"{self.name} ({self.qualifier})" if self.qualifier else self.name

    @property
    def parts(self) -> tuple[Notice, ...]:
        """One notice for each report there may be."""
        return self.jobs or (self,)

    @property
    def reports(self) -> tuple[GateReport, ...]:
        return tuple(each.report for each in self.parts if each.report)

    @property
    def is_complete(self) -> bool:
        """Whether every part has its report."""
        return len(self.reports) == len(self.parts)

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of the reports, never better than those of their benchmarks; None without a report."""
        found = [worst(each) for each in self.reports]
        return next((level for level in (*SEVERITY, "improved") if level in found), found[0] if found else None)

    @property
    def has_passed(self) -> bool:
        """Whether the run itself leaves room for a pass: it ended well, or still runs."""
        return _bound(self.event.conclusion) in ("success", "neutral")

    @property
    def is_interrupted(self) -> bool:
        """Whether the run was cancelled, or waits for somebody to approve it."""
        return self.event.conclusion in INTERRUPTED

    @property
    def is_verdict(self) -> bool:
        """Whether it says of this commit what a later run that says nothing must leave there."""
        return not self.is_interrupted and not self.is_unplaced

    @property
    def is_contradicted(self) -> bool:
        """Whether the run failed, though its report gives no reason to: nothing slower, undecided or failed."""
        rows = [row for each in self.reports for row in each.comparisons]
        is_explained = self.verdict in SEVERITY or any(each.status == "error" for each in rows)
        return not self.has_passed and not is_explained


def gathered(notice: Notice, jobs: tuple[Notice, ...]) -> Notice:
    """The notice of a run with these jobs: each is judged by its own report, and the whole by how the run ended."""
    ended = notice.event.conclusion if notice.has_passed else ""
    found = (replace(each, event=replace(each.event, conclusion=ended)) for each in jobs)
    return replace(notice, jobs=tuple(found), is_damaged=any(each.is_damaged for each in jobs))


def is_slower(notice: Notice) -> bool:
    """Whether a benchmark is slower, beyond a threshold."""
    return notice.verdict in SLOWER


def headline(notice: Notice) -> Headline:
    """The run in one line; if it failed for what its report does not have, that comes first."""
    if notice.event.conclusion == "action_required":
        return Headline(WAITING, "nothing is measured yet: a maintainer has to approve the run")
    if notice.is_interrupted and not is_slower(notice):
        return Headline(NO_VERDICT, f"no verdict: the run was {_ended(notice)}")
    own = _of_jobs(notice) if notice.jobs else _of_report(notice)
    if notice.reports and notice.is_contradicted:
        said = f"the run ended with {notice.event.conclusion}, though {own.said}"
        return Headline(ICONS["critical"], said, own.row, own.more)
    if notice.acknowledged and conclude(notice) != "failure":
        return Headline(ICONS["advisory"], own.said, own.row, f"{own.more}; acknowledged")
    return own


def _ended(notice: Notice) -> str:
    return "skipped" if notice.event.conclusion == "skipped" else "cancelled"


def _of_report(notice: Notice) -> Headline:
    return summarise(notice.report) if notice.report else Headline(NO_VERDICT, "no verdict")


def by_urgency(notice: Notice) -> list[tuple[Notice, Headline]]:
    """The jobs of a matrix, each with its line, in the order in which a reader should see them."""
    lines = [(each, _of_report(each)) for each in notice.jobs]
    return sorted(lines, key=lambda each: _urgency(each[1].icon))


def _urgency(icon: str) -> int:
    return URGENCY.index(icon) if icon in URGENCY else len(URGENCY)


def _of_jobs(notice: Notice) -> Headline:
    """The line of the worst job, and how many others are not green."""
    lines = by_urgency(notice)
    urgent = sum(_urgency(line.icon) < len(URGENCY) for _, line in lines)
    improved = [(each, line) for each, line in lines if line.icon == ICONS["improved"]]
    if not urgent and not improved:
        total = counted(sum(len(each.comparisons) for each in notice.reports), "benchmark")
        return Headline(ICONS["ok"], f"{counted(len(lines), 'job')}: none of {total} is slower")
    first, own = lines[0] if urgent else improved[0]
    others = _others(urgent - 1, len(lines) - 1)
    return Headline(own.icon, f"on {first.name}, {own.said}", own.row, f"{own.more}{others}")


def _others(urgent: int, count: int) -> str:
    """How many jobs besides the first are not green."""
    if urgent < 1:
        return ""
    return f"; {urgent} of {count} other jobs not green" if count > 1 else "; the other job is not green either"


def tally_of_jobs(notice: Notice) -> str:
    """Each job counted once, by the worst that there is to say of it; then how many benchmarks they have."""
    found = Counter(_state(each) for each in notice.jobs)
    words = ("slower", "without a verdict", "with something to look at", "not slower")
    parts = ", ".join(f"{found[word]} {word}" for word in words if found[word])
    total = sum(len(each.comparisons) for each in notice.reports)
    return f"{counted(len(notice.jobs), 'job')}: {parts}; {counted(total, 'benchmark')} in all"


def _state(job: Notice) -> str:
    if not job.report:
        return "without a verdict"
    if is_slower(job):
        return "slower"
    return "not slower" if is_green(job.report) else "with something to look at"


def why_not(notice: Notice) -> str:
    """Why a run without a report has none, in a sentence; "" if it has one."""
    if notice.event.conclusion == "action_required":
        return (
            "The run waits for somebody with write access to approve it, since its author is new to this repository. "
            "Until then nothing is measured."
        )
    if notice.report:
        return ""
    if notice.is_unplaced:
        return f"{notice.why}."
    if notice.is_interrupted:
        return f"The run was {_ended(notice)} before it had a verdict."
    return f"This run left no report that can be trusted: {notice.why}"


def conclude(notice: Notice) -> CheckConclusion:
    """How the check ends: by verdict and fail-on; never better than the run ended, nor green over what is left out.

    An acknowledged regression is neutral, if nothing but the regression fails the check.
    """
    bound = _bound(notice.event.conclusion)
    own = max((_concluded(each, each.fail_on) for each in notice.parts), key=CONCLUSIONS.index)
    if notice.acknowledged and is_slower(notice) and _is_all_that_fails(notice):
        return max("neutral", "neutral" if notice.event.conclusion == FAILED else bound, key=CONCLUSIONS.index)
    return max(own, bound, key=CONCLUSIONS.index)


def _concluded(part: Notice, fail_on: frozenset[str]) -> CheckConclusion:
    if not part.report:
        # A run that ended well and compared nothing has not passed; one that did not end well has its own word.
        return "failure" if part.has_passed else "success"
    failed = fails(part.report, fail_on) or part.verdict in fail_on
    # How a run ended tells a failure of head, which fails it, from one of base, which does not.
    failed |= not part.event.conclusion and _has_failed(part.report)
    return "failure" if failed else "success" if is_green(part.report) else "neutral"


def _is_all_that_fails(notice: Notice) -> bool:
    """Whether the check would pass if what is slower were not to fail it."""
    fail_on = notice.fail_on - set(SLOWER)
    # Only what the report says tells a test that failed from a regression: either fails the run.
    is_known = notice.event.conclusion != FAILED or all(each.tests_failed is False for each in notice.reports)
    return (
        is_known
        and notice.is_complete
        and not any(
            _has_failed(part.report) or _concluded(part, fail_on) == "failure" for part in notice.parts if part.report
        )
    )


def _has_failed(report: GateReport) -> bool:
    return any(kind(each) == "failed" for each in report.comparisons)


def _bound(conclusion: str) -> CheckConclusion:
    """The best that a check may say of a run that ended so; of one that is not known to have passed: failure."""
    return BOUNDS.get(conclusion, "failure")


def summary_line(notice: Notice) -> str:
    """What the command prints: the verdict, and what it is about."""
    whys = "; ".join(each.why for each in notice.parts if each.why and not each.report)
    return f"{notice.name}: {headline(notice).plain}{f': {whys}' if whys else ''}"
