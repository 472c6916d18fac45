"""Tell a pull request what its run found: report in, comment, check and label out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from pytest_giflab.errors import GateError, StoreError
from pytest_giflab.github.artifact import job_of, read_artifact, unpack_each
from pytest_giflab.github.client import Site
from pytest_giflab.github.comment import address, check, compose, marker
from pytest_giflab.github.event import Target, placed
from pytest_giflab.github.notice import Notice, conclude, gathered, is_slower, summary_line
from pytest_giflab.github.standing import (
    Told,
    acknowledgement,
    is_of_gate,
    read_comment,
    revised,
    signed,
    standing,
    told_of,
)
from pytest_giflab.model import GateReport

T = TypeVar("T")

# What a gate outside of GitHub Actions is called, where one inside has its name.
ELSEWHERE = "elsewhere"
# The workflow whose check has the plain name, unless the user names another.
OWNER = "performance-gate.yml"

CommentOn = Literal["always", "change", "failure"]
PostOutcome = Literal["passed", "regression", "inconclusive", "unreadable"]


@dataclass(frozen=True, slots=True)
class Order:
    """What to post: the report in `file`, or the artifact of this name of the event's run.

    `artifact`: with `*` in it, all artifacts of such a name, each of a job. `author`: the login that comments are
    written as; None to ask GitHub. `label`: what a pull request with a regression is labelled; "" for nothing.
    `has_check`: whether to set a check run. `comment_on`: what is worth a first comment; one that is there is always
    kept up to date. `workflow`: the file of the workflow whose check has the plain name; that of another has the name
    of its file besides, whichever tells first.
    """

    file: Path | None
    artifact: str
    author: str | None = None
    label: str = ""
    has_check: bool = True
    comment_on: CommentOn = "always"
    workflow: str = OWNER


@dataclass(frozen=True, slots=True)
class Posted:
    """What was done, in lines for the log; what could not be done; and what it comes to.

    `warnings`: what could not be done, and costs nobody the verdict.
    """

    lines: tuple[str, ...]
    errors: tuple[str, ...]
    outcome: PostOutcome
    warnings: tuple[str, ...] = ()


class _Log:
    """What was done, and what failed without keeping the rest from being done."""

    def __init__(self, lines: Sequence[str] = (), errors: Sequence[str] = ()) -> None:
        self.lines, self.errors, self.warnings = list(lines), list(errors), list[str]()

    def attempt(self, action: Callable[[], T], failures: list[str] | None = None) -> T | None:
        try:
            return action()
        except GateError as error:
            (self.errors if failures is None else failures).append(str(error))
            return None


def fill(notice: Notice, order: Order, site: Site | None) -> Notice:
    """The notice with its report or reports, or with why it has none that can be trusted.

    Raises StoreError if there is no file of that name: that is a mistake of this call, not of the run.
    """
    if order.file and not order.file.is_file():
        raise StoreError(f"cannot read {order.file}: no such file; nobody was told")
    if notice.event.conclusion == "action_required":
        return replace(notice, why="the run waits for approval")
    try:
        found = _read(notice, order, site)
    except GateError as error:
        return replace(notice, why=str(error), is_damaged=True)
    if not found:
        return replace(notice, why=f"the run has no artifact named {order.artifact}")
    if "*" in order.artifact and not order.file:
        jobs = ((job_of(name, order.artifact), each) for name, each in found.items())
        return gathered(notice, tuple(_filled(replace(notice, name=name), each) for name, each in jobs))
    return _filled(notice, next(iter(found.values())))


def _filled(notice: Notice, found: GateReport | GateError) -> Notice:
    if isinstance(found, GateError):
        return replace(notice, why=str(found), is_damaged=True)
    return replace(notice, report=found)


def _read(notice: Notice, order: Order, site: Site | None) -> dict[str, GateReport | GateError]:
    if order.file:
        return {"": read_artifact(order.file)}
    if not site or notice.event.run_id is None:
        raise StoreError("no report: give its file; only a workflow on workflow_run can fetch it from the run")
    return unpack_each(site.artifacts(notice.event.run_id, order.artifact))


def post(notice: Notice, order: Order, site: Site, *, pull: int | None = None) -> Posted:
    """Write comment, check and label; what fails does not keep the others from being written.

    `pull`: the only pull request that may be told; None for whichever the run was for.
    """
    damaged = [each.why for each in notice.parts if each.is_damaged]
    log = _Log([summary_line(notice)], damaged or [notice.why] * notice.is_damaged)
    event = notice.event
    targets = log.attempt(lambda: site.find(event)) or ()
    if len(targets) > 1:
        notice, targets = _place(notice, targets, site, log)
    if pull is not None:
        targets = tuple(each for each in targets if each.number == pull)
    for target in targets:
        _tell(notice, order, site, target, log)
    if not targets:
        if not log.errors:
            log.lines.append(f"no comment: no open pull request has the head {event.sha}; it is closed or has moved on")
        mine = told_of(event, 0, is_verdict=notice.is_verdict)
        known = log.attempt(lambda: site.told(event.sha, notice.name)) if order.has_check and event.sha else None
        notice = replace(notice, qualifier=_qualifier(notice, order, mine, (), known or ()))
        if known is not None and notice.qualifier:
            known = log.attempt(lambda: site.told(event.sha, notice.title))
        _set_check(notice, mine, site, _composed(notice, log), known, log)
    return Posted(tuple(log.lines), tuple(log.errors), _outcome(notice, log.errors), tuple(log.warnings))


def _place(notice: Notice, targets: tuple[Target, ...], site: Site, log: _Log) -> tuple[Notice, tuple[Target, ...]]:
    """Which of several pull requests with this head the run was for; all of them, without a verdict, if nobody knows.

    All of their checks are on one commit, so that each has the name of its base. What was compared with a stored
    baseline, or not at all, is true of each.
    """
    is_of_all = notice.is_interrupted or all(each.mode == "stored" for each in notice.reports)
    if is_of_all and (notice.reports or notice.is_interrupted):
        return replace(notice, is_shared=True), targets
    commits = {each.base.commit for each in notice.reports if each.mode == "duet"}
    commit = commits.pop() if len(commits) == 1 else None
    found = log.attempt(lambda: placed(targets, commit, site.holds))
    if found:
        return replace(notice, is_shared=True), (found,)
    numbers = " and ".join(f"#{each.number}" for each in targets)
    why = f"Pull requests {numbers} have the same head, and which of them this run was for cannot be told"
    log.errors.append(why)
    return replace(notice, report=None, jobs=(), why=why, is_unplaced=True, is_shared=True), targets


def _tell(notice: Notice, order: Order, site: Site, target: Target, log: _Log) -> None:
    event = replace(notice.event, sha=target.sha, base=target.base or notice.event.base)
    notice, mark = replace(notice, event=event), marker(notice.name)
    mine = told_of(event, target.number, is_verdict=notice.is_verdict)
    said = log.attempt(lambda: site.said(target, mark, order.author))
    comments = [read_comment(each.body) for each in said or ()]
    checks = log.attempt(lambda: site.told(event.sha, notice.name)) if order.has_check else None
    if checks is not None and (qualifier := _qualifier(notice, order, mine, comments, checks)):
        notice = replace(notice, qualifier=qualifier)
        checks = log.attempt(lambda: site.told(event.sha, notice.title))
    known = notice.acknowledged or acknowledgement(comments, mine)
    notice = replace(notice, acknowledged=known if is_slower(notice) else None)
    body = _composed(notice, log)
    if said is not None:
        _say(notice, mine.with_acknowledgement(known), order, site, target, body, log)
    if standing([*comments, *(checks or ())], mine):
        log.lines.append("what another run of this commit said stays: it is newer, or this one was cancelled or waits")
    elif order.label and notice.is_verdict:
        log.attempt(lambda: site.label(target, order.label, wanted=is_slower(notice)), log.warnings)
    _set_check(notice, mine, site, body, checks, log)


def _qualifier(notice: Notice, order: Order, mine: Told, comments: Sequence[Told], checks: Sequence[Told]) -> str:
    """What the check's name needs besides, since another workflow owns this name, or another base has a check of it.

    Who tells first does not matter: a check that somebody requires must not be that of another workflow. A check that
    this gate has on the commit already keeps its name, or the commit would have two of it.
    """
    workflow = PurePosixPath(mine.workflow).name
    if workflow in ("", PurePosixPath(order.workflow).name):
        if any(each.sha and is_of_gate(each, mine) for each in checks):
            return ""
        is_alone = workflow or all(each.workflow == mine.workflow for each in (*comments, *checks) if each.sha)
        workflow = "" if is_alone else ELSEWHERE
    others = [each for each in checks if each.pull and each.workflow == mine.workflow]
    bases = notice.event.base if notice.is_shared or any(each.pull != mine.pull for each in others) else ""
    return ", ".join(filter(None, (bases, workflow)))


def _composed(notice: Notice, log: _Log) -> str:
    """The comment; a template that is wrong costs nobody the verdict."""
    return log.attempt(lambda: compose(notice)) or compose(replace(notice, templates=None))


def _say(notice: Notice, mine: Told, order: Order, site: Site, target: Target, body: str, log: _Log) -> None:
    whole, later = signed(body, mine), _note(notice)
    where = log.attempt(
        lambda: site.comment(
            target,
            marker(notice.name),
            mine,
            lambda bodies: revised(bodies, whole, mine, later),
            order.author,
            only_update=not _is_worth_a_comment(notice, order.comment_on),
        )
    )
    if where is not None:
        log.lines.append(f"comment: {where}" if where else f"no comment, by --comment-on {order.comment_on}")


def _note(notice: Notice) -> str:
    """What to add to a verdict that stays though a later run has none."""
    url = address(notice.event.run_url)
    run = f"[A later run]({url})" if url else "A later run"
    return f"{run} of this commit was cancelled, or waits for approval: what is said above still holds."


def _set_check(notice: Notice, mine: Told, site: Site, body: str, known: Sequence[Told] | None, log: _Log) -> None:
    """Set the check, unless what is known of it says that another verdict stays; None: it must not be set."""
    if known is not None and not standing(known, mine):
        event = notice.event
        log.attempt(lambda: site.check(event.sha, check(notice, body), event.run_url, mine))


def _is_worth_a_comment(notice: Notice, comment_on: CommentOn) -> bool:
    """Whether a pull request without a comment gets one: always, unless all is well, or only if the check fails."""
    ended = conclude(notice)
    is_quiet = ended == "success" and notice.verdict == "ok"
    return {"always": True, "change": not is_quiet, "failure": ended == "failure"}[comment_on]


def _outcome(notice: Notice, errors: Sequence[str]) -> PostOutcome:
    """A regression goes before everything else: that it could not be told does not hide it."""
    if notice.acknowledged and conclude(notice) != "failure":
        return "unreadable" if errors else "passed"
    if is_slower(notice) or not (notice.has_passed or notice.is_interrupted):
        return "regression"
    if errors or not (notice.is_complete or notice.is_interrupted):
        return "unreadable"
    return "inconclusive" if notice.is_interrupted or notice.verdict == "inconclusive" else "passed"
