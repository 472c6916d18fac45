"""What `giflab-gate` tells others: a pull request, the job it runs in, whoever sees a badge."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import get_args

from giflab_core.cli import Answer, Parser
from giflab_core.errors import GiflabError
from giflab_core.text import printable
from pytest_giflab.documents import write_text
from pytest_giflab.errors import DecisionError, EventError, StoreError
from pytest_giflab.github.access import Access
from pytest_giflab.github.acknowledging import acknowledge
from pytest_giflab.github.client import Site
from pytest_giflab.github.comment import compose
from pytest_giflab.github.event import Reply, RunEvent, from_workflow, named
from pytest_giflab.github.job import tell_job, workflow_commands
from pytest_giflab.github.notice import Notice
from pytest_giflab.github.publish import OWNER, CommentOn, Order, Posted, fill, post
from pytest_giflab.report import read_report, to_badge
from pytest_giflab.thresholds import DEFAULT_FAIL_ON, NEVER, SEVERITY, parse_fail_on

PASSED, REGRESSION, WRONG_USAGE, UNREADABLE, INCONCLUSIVE = 0, 1, 2, 3, 4
VERDICT_CODES = {
    "ok": PASSED,
    "improved": PASSED,
    "inconclusive": INCONCLUSIVE,
    "warning": REGRESSION,
    "critical": REGRESSION,
}
OUTCOME_CODES = {"passed": PASSED, "regression": REGRESSION, "unreadable": UNREADABLE, "inconclusive": INCONCLUSIVE}
ERROR_CODES = {EventError: WRONG_USAGE, GiflabError: UNREADABLE}
DEFAULT_TITLE = "performance"
DEFAULT_ARTIFACT = "giflab-gate"

EXIT_CODES = """\
exit code:
  0  done and passed
  1  a regression, or a run that failed
  2  wrong usage
  3  an input cannot be read, or GitHub not be told
  4  inconclusive only, or a run that was cancelled or waits for approval
"""

COMMENT = """\
One comment for each pull request, found by a hidden marker and its author, and updated in place; a check run with
remarks on the tests; a label, where one is named. In a workflow on workflow_run the report is fetched from the run, and
the pull request must still have the run's head; in one on pull_request give FILE. What another run has said of the same
commit stays if it is newer, or if this run was cancelled or waits for approval.

In a workflow on issue_comment a reply that begins with `/giflab acknowledge COMMIT [reason]`, of somebody with write
access, makes the check of that commit neutral though it is slower.

The report may be anybody's: it is read up to 16 MiB, checked against its schema, and everything in it is escaped. The
pull request is never taken from it, and the check is never better than the run ended.

environment:
  GITHUB_TOKEN     a token that may write: permissions pull-requests, checks (and read actions)
  GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_RUN_ID   as GitHub sets them

examples:
  giflab-gate comment                                          # in a workflow on workflow_run
  giflab-gate comment report.json                              # in a workflow on pull_request
  giflab-gate comment report.json --repo owner/name --pull 12  # elsewhere
  giflab-gate comment report.json --repo owner/name --pull 12 --dry-run

"""


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `comment`, `annotate` and `badge`."""
    _add_comment(commands)
    _add_annotate(commands)
    _add_badge(commands)


def _add_comment(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser(
        "comment", help="comment on a pull request, and set a check", description=COMMENT, epilog=EXIT_CODES
    )
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a report in JSON, or an artifact's zip")
    command.add_argument("--repo", metavar="OWNER/NAME", help="the repository, outside of a workflow")
    command.add_argument("--pull", metavar="N", type=_positive, help="the pull request, outside of a workflow")
    command.add_argument("--run-url", metavar="URL", default="", help="where the run can be seen, with --pull")
    command.add_argument(
        "--name",
        metavar="NAME",
        type=_title,
        default=DEFAULT_TITLE,
        help=f"what comment and check are called; each name has its own (default: {DEFAULT_TITLE})",
    )
    command.add_argument(
        "--artifact",
        metavar="NAME",
        default=DEFAULT_ARTIFACT,
        help=f"of the run; with * those of several jobs, in one comment (default: {DEFAULT_ARTIFACT})",
    )
    command.add_argument(
        "--fail-on",
        metavar="LEVELS",
        type=_fail_on,
        default=DEFAULT_FAIL_ON,
        help=f"verdicts that fail the check: comma list of {', '.join(SEVERITY)}, or {NEVER}; others leave it neutral "
        f"(default: {DEFAULT_FAIL_ON})",
    )
    command.add_argument(
        "--workflow",
        metavar="FILE",
        default=OWNER,
        help="the workflow whose check is called NAME alone; that of another has the name of its file besides "
        f"(default: {OWNER})",
    )
    command.add_argument("--label", metavar="LABEL", default="", help="put on a pull request while it is slower")
    command.add_argument(
        "--templates", metavar="DIR", type=_folder, help="a folder with a comment.md.jinja to use instead"
    )
    command.add_argument(
        "--author", metavar="LOGIN", help="who the token writes as (default: ask GitHub, else github-actions[bot])"
    )
    command.add_argument(
        "--comment-on",
        choices=get_args(CommentOn),
        default="always",
        help="what is worth a first comment: every run, one with anything but `ok` to tell, or one whose check fails; "
        "a comment that is there is always kept up to date (default: always)",
    )
    command.add_argument(
        "--acknowledge", action="store_true", help="say how a regression is acknowledged: a workflow listens to replies"
    )
    command.add_argument("--no-check", action="store_true", help="set no check run")
    command.add_argument(
        "--exit-zero",
        action="store_true",
        help="exit with 0 for every verdict that could be told, for a job that has nothing else to do",
    )
    command.add_argument("--dry-run", action="store_true", help="print the comment, and tell GitHub nothing")
    command.set_defaults(run=_comment)


def _add_annotate(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser(
        "annotate",
        help="tell the GitHub Actions job that it runs in",
        description="Print remarks on the tests' lines as workflow commands, append the report to the job's summary "
        "(GITHUB_STEP_SUMMARY) and `verdict` to the step's outputs (GITHUB_OUTPUT).",
        epilog=EXIT_CODES,
    )
    command.add_argument("file", metavar="FILE", type=Path, help="a report in JSON")
    command.set_defaults(run=_annotate)


def _add_badge(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser(
        "badge",
        help="draw a badge of a verdict",
        description="Draw a badge of a verdict, as an SVG that loads nothing. Exits with 0 once it is drawn.",
    )
    command.add_argument("file", metavar="FILE", type=Path, help="a report in JSON")
    command.add_argument("--out", metavar="FILE", type=Path, help="where to (default: standard output)")
    command.set_defaults(run=_badge)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a pull request")
    return int(text)


def _title(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._()/-]{0,59}", text) or "--" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a name: give up to 60 letters, digits, spaces and ._()/-")
    return text


def _fail_on(text: str) -> frozenset[str]:
    try:
        return parse_fail_on(text)
    except DecisionError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return Path(text)


def _comment(arguments: argparse.Namespace) -> Answer:
    event = _event(arguments)
    run = RunEvent(event.repository, (event.pull,), server=event.server) if isinstance(event, Reply) else event
    notice = Notice(
        arguments.name,
        run,
        report=None,
        fail_on=arguments.fail_on,
        templates=arguments.templates,
        explains=arguments.acknowledge,
    )
    order = Order(
        arguments.file,
        arguments.artifact,
        arguments.author,
        arguments.label,
        has_check=not arguments.no_check,
        comment_on=arguments.comment_on,
        workflow=arguments.workflow,
    )
    if arguments.dry_run and arguments.file:
        return _preview(fill(notice, order, None))
    site = Site(run.repository, Access.from_environment(os.environ))
    if isinstance(event, Reply):
        return _posted(acknowledge(event, notice, order, site), arguments)
    notice = fill(notice, order, site)
    return _preview(notice) if arguments.dry_run else _posted(post(notice, order, site), arguments)


def _posted(posted: Posted, arguments: argparse.Namespace) -> Answer:
    code = UNREADABLE if posted.errors else PASSED

    def show() -> None:
        for line in posted.lines:
            print(printable(line))
        for warning in posted.warnings:
            print(f"giflab-gate: warning: {printable(warning)}", file=sys.stderr)
        for error in posted.errors:
            print(f"giflab-gate: {printable(error)}", file=sys.stderr)

    return Answer(code if arguments.exit_zero else OUTCOME_CODES[posted.outcome], show)


def _preview(notice: Notice) -> Answer:
    """The comment itself; a report that cannot be read has no preview."""
    if notice.is_damaged and not notice.jobs:
        raise StoreError(notice.why)
    body = compose(notice)
    return Answer(PASSED, lambda: print(body))


def _event(arguments: argparse.Namespace) -> RunEvent | Reply:
    if bool(arguments.repo) != bool(arguments.pull):
        raise EventError("give --repo and --pull together")
    if arguments.repo:
        return named(arguments.repo, arguments.pull, arguments.run_url, os.environ)
    return from_workflow(os.environ)


def _annotate(arguments: argparse.Namespace) -> Answer:
    report = read_report(arguments.file)
    tell_job(report, os.environ)
    return Answer(VERDICT_CODES[report.verdict], lambda: print(*workflow_commands(report), sep="\n"))


def _badge(arguments: argparse.Namespace) -> Answer:
    svg = to_badge(read_report(arguments.file))
    if not arguments.out:
        return Answer(PASSED, lambda: print(svg))
    write_text(arguments.out, svg)
    return Answer(PASSED, lambda: print(f"badge: {arguments.out}"))
