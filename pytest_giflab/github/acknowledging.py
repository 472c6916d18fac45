"""A reply that says that a commit may be slower: whose it must be, which verdict it is about, and what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from giflab_core.text import printable
from pytest_giflab.errors import GateError
from pytest_giflab.github.client import Said, Site, Standing
from pytest_giflab.github.comment import SHORT_SHA, marker
from pytest_giflab.github.event import Reply
from pytest_giflab.github.notice import Acknowledgement, Notice, is_slower
from pytest_giflab.github.publish import Order, Posted, PostOutcome, fill, post
from pytest_giflab.github.standing import Told, read_comment

COMMAND = re.compile(r"/giflab acknowledge(?:[ \t]+(?P<word>[^\s]+))?(?:[ \t]+(?P<reason>[^\r\n]*))?(?:[\r\n]|\Z)")
# A commit as people quote it; a reader of a page that is not up to date must not acknowledge what was pushed since.
COMMIT = re.compile(r"`?(?P<commit>[0-9a-fA-F]{7,64})`?[.,:;!)-]*")
LONGEST_REASON = 100
# What GitHub calls those who may write; it counts who maintains among them.
WRITERS = ("admin", "maintain", "write")
HONOURED, REFUSED = "+1", "confused"


@dataclass(frozen=True, slots=True)
class Words:
    """What a reply asks for: to acknowledge the regression of `commit` (its beginning; "" without one), and why."""

    commit: str
    reason: str


def read_words(body: str) -> Words | None:
    """The command that a reply begins with; None if it does not."""
    found = COMMAND.match(body)
    if not found:
        return None
    named = COMMIT.fullmatch(found["word"] or "")
    reason = printable((found["reason"] or "").strip())
    return Words(named["commit"].lower() if named else "", reason[:LONGEST_REASON])


def why_refused(reply: Reply, found: Standing | None) -> str:
    """Why this reply counts for nothing: whoever has written it must be able to write, and it must be as it was."""
    if not found or found.user_id != reply.user_id:
        return "the reply is gone"
    if found.is_edited or found.body != reply.body:
        return "the reply was edited, and nobody can tell by whom; write a new one"
    if found.is_bot:
        return f"{found.user} is a program"
    if found.permission not in WRITERS:
        return f"{found.user} has no write access to {reply.repository}"
    return ""


def why_not_about(told: Told, said: Said, reply: Reply, words: Words, head: str) -> str:
    """Why a comment's verdict is not what this reply acknowledges: its writer must have been able to read it."""
    if told.sha != head or not told.verdict or not told.run:
        return "the head of the pull request has no verdict of a run yet; wait for it, and reply again"
    if not words.commit:
        return f"it names no commit; write: /giflab acknowledge {head[:SHORT_SHA]} why"
    if not head.startswith(words.commit):
        return f"{words.commit} is not the head of the pull request, which is {head[:SHORT_SHA]}"
    if not reply.created or said.updated > reply.created:
        return "the verdict was told after the reply was written; read it, and reply again"
    return ""


def acknowledge(reply: Reply, notice: Notice, order: Order, site: Site) -> Posted:
    """Tell the run that the reply is about once more, its regression acknowledged.

    `notice`: with everything but a report and the run. Raises GitHubError if GitHub cannot be asked.
    """
    words = read_words(reply.body)
    if not words:
        return Posted(("no acknowledgement: the reply does not begin with /giflab acknowledge",), (), "passed")
    refusal = why_refused(reply, site.reply(reply))
    if refusal:
        return _answered(reply, site, Posted((f"not acknowledged: {refusal}",), (), "regression"))
    by = Acknowledgement(reply.user, words.reason)
    targets = site.find(replace(notice.event, pulls=(reply.pull,)))
    if not targets:
        return _answered(reply, site, Posted(("not acknowledged: the pull request is closed",), (), "regression"))
    found: list[Posted] = []
    for said in site.said(targets[0], marker(notice.name), order.author):
        told = read_comment(said.body)
        refusal = why_not_about(told, said, reply, words, targets[0].sha)
        found.append(
            _refused(refusal) if refusal else _again(told, reply, replace(notice, acknowledged=by), order, site)
        )
    return _answered(reply, site, _together(found or [_refused("nothing has been told of this pull request yet")]))


def _refused(why: str) -> Posted:
    return Posted((f"not acknowledged: {why}",), (), "regression")


def _again(told: Told, reply: Reply, notice: Notice, order: Order, site: Site) -> Posted:
    """The run that a comment tells of, told again."""
    try:
        event = site.run(told.run, notice.event.server)
        if not event or (event.sha, event.attempt) != (told.sha, told.attempt):
            return _refused("the run is run again; wait for its verdict, and reply again")
        filled = fill(replace(notice, event=event), order, site)
    except GateError as error:
        return Posted((), (str(error),), "unreadable")
    if not is_slower(filled):
        return _refused("nothing is slower")
    return post(filled, order, site, pull=reply.pull)


def _together(found: Sequence[Posted]) -> Posted:
    """What was done for each comment: acknowledged if one was and nothing failed."""
    errors = tuple(line for each in found for line in each.errors)
    done: PostOutcome = "passed" if any(each.outcome == "passed" for each in found) else "regression"
    return Posted(
        tuple(line for each in found for line in each.lines),
        errors,
        "unreadable" if errors else done,
        tuple(line for each in found for line in each.warnings),
    )


def _answered(reply: Reply, site: Site, posted: Posted) -> Posted:
    """The same, and the reply has a reaction that says so."""
    try:
        site.react(reply, HONOURED if posted.outcome == "passed" else REFUSED)
    except GateError as error:
        return replace(posted, warnings=(*posted.warnings, str(error)))
    return posted
