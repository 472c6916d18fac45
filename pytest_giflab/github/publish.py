"""Tell a pull request what its run found: report in, comment, check and label out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from pytest_giflab.errors import GateError, StoreError
from pytest_giflab.github.artifact import read_artifact, unpack
from pytest_giflab.github.client import Site
from pytest_giflab.github.comment import Notice, check, compose, conclude, is_slower, marker, summary_line
from pytest_giflab.github.event import RunEvent
from pytest_giflab.model import GateReport

T = TypeVar("T")

CommentOn = Literal["always", "change", "failure"]
PostOutcome = Literal["passed", "regression", "inconclusive", "unreadable"]


@dataclass(frozen=True, slots=True)
class Order:
    """What to post: the report in `file`, or the artifact of this name of the event's run.

    `author`: the login that comments are written as; None to ask GitHub. `label`: what a pull request with a regression
    is labelled; "" for nothing. `has_check`: whether to set a check run. `comment_on`: what is worth a first comment;
    one that is there is always kept up to date.
    """

    file: Path | None
    artifact: str
    author: str | None = None
    label: str = ""
    has_check: bool = True
    comment_on: CommentOn = "always"


@dataclass(frozen=True, slots=True)
class Posted:
    """What was done, in lines for the log; what could not be done; and what it comes to.

    `warnings`: what could not be done, and costs nobody the verdict.
    """

    lines: tuple[str, ...]
    errors: tuple[str, ...]
    outcome: PostOutcome
    warnings: tuple[str, ...] = ()


def fill(notice: Notice, order: Order, site: Site | None) -> Notice:
    """The notice with its report, or with why it has none that can be trusted.

    Raises StoreError if there is no file of that name: that is a mistake of this call, not of the run.
    """
    if order.file and not order.file.is_file():
        raise StoreError(f"cannot read {order.file}: no such file; nobody was told")
    try:
        report = _read(notice.event, order, site)
    except GateError as error:
        return replace(notice, why=str(error), is_damaged=True)
    if report is None:
        return replace(notice, why=f"the run has no artifact named {order.artifact}")
    return replace(notice, report=report)


def _read(event: RunEvent, order: Order, site: Site | None) -> GateReport | None:
    if order.file:
        return read_artifact(order.file)
    if not site or event.run_id is None:
        raise StoreError("no report: give its file; only a workflow on workflow_run can fetch it from the run")
    data = site.artifact(event.run_id, order.artifact)
    return None if data is None else unpack(data, f"artifact {order.artifact!r}")


def post(notice: Notice, order: Order, site: Site) -> Posted:
    """Write comment, check and label; what fails does not keep the others from being written."""
    lines, errors, warnings = [summary_line(notice)], [notice.why] if notice.is_damaged else [], list[str]()

    def attempt(action: Callable[[], T], failures: list[str] = errors) -> T | None:
        try:
            return action()
        except GateError as error:
            failures.append(str(error))
            return None

    event = notice.event
    target = attempt(lambda: site.find(event))
    if target:
        notice = replace(notice, event=replace(event, sha=target.sha))
    # A template that is wrong costs nobody the verdict.
    body = attempt(lambda: compose(notice)) or compose(replace(notice, templates=None))
    if target:
        quiet = not _is_worth_a_comment(notice, order.comment_on)
        address = attempt(lambda: site.comment(target, marker(notice.name), body, order.author, only_update=quiet))
        if address is not None:
            lines.append(f"comment: {address}" if address else f"no comment, by --comment-on {order.comment_on}")
        if order.label:
            attempt(lambda: site.label(target, order.label, wanted=is_slower(notice)), warnings)
    elif not errors:
        lines.append(f"no comment: no open pull request has the head {event.sha}; it is closed or has moved on")
    sha = notice.event.sha
    if order.has_check and sha:
        attempt(lambda: site.check(sha, check(notice, body), event.run_url))
    return Posted(tuple(lines), tuple(errors), _outcome(notice, errors), tuple(warnings))


def _is_worth_a_comment(notice: Notice, comment_on: CommentOn) -> bool:
    """Whether a pull request without a comment gets one: always, unless all is well, or only if the check fails."""
    ended = conclude(notice)
    is_quiet = ended == "success" and notice.verdict == "ok"
    return {"always": True, "change": not is_quiet, "failure": ended == "failure"}[comment_on]


def _outcome(notice: Notice, errors: list[str]) -> PostOutcome:
    """A regression goes before everything else: that it could not be told does not hide it."""
    if is_slower(notice) or not notice.has_passed:
        return "regression"
    if errors or not notice.report:
        return "unreadable"
    return "inconclusive" if notice.verdict == "inconclusive" else "passed"
