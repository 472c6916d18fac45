"""The only file that talks to GitHub: find the pull request, read artifacts, write comment, check and label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from giflab_core.text import printable
from pytest_giflab.errors import GitHubError
from pytest_giflab.github.access import TIMEOUT_S, Access, Connection
from pytest_giflab.github.annotations import portions, rows
from pytest_giflab.github.artifact import is_named, require_number, require_size
from pytest_giflab.github.comment import CheckRun
from pytest_giflab.github.event import Reply, RunEvent, Target, of_run
from pytest_giflab.github.refusal import is_limit
from pytest_giflab.github.standing import Told, external_id, is_of_gate, read_check, read_comment

if TYPE_CHECKING:
    from github.Artifact import Artifact
    from github.CheckRun import CheckRun as GitHubCheckRun
    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest

ACTIONS_AUTHOR = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of ours, and when it was written or changed last, in ISO 8601."""

    body: str
    updated: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A reply as it is now: `is_edited` since it was written; `is_bot`: written by a program; `permission` of its user.

    `permission`: admin, write, read or none, as GitHub calls it; who maintains may write, who triages may read.
    """

    body: str
    user: str
    user_id: int
    is_edited: bool
    is_bot: bool
    permission: str


class Site:
    """One repository on GitHub.

    Every method does all of its work again if that can help: GitHub was busy, did not answer, or limits the rate.
    Else, or after the last try, it raises GitHubError, with what is missing.
    """

    def __init__(self, repository: str, access: Access) -> None:
        self._connection = Connection(repository, access)
        self._patiently = self._connection.patiently
        self._name = repository

    def find(self, event: RunEvent) -> tuple[Target, ...]:
        """The open pull requests whose head is that of the run: several if they differ in their base."""
        found = self._patiently(f"read the pull requests of {self._name}", lambda: self._candidates(event))
        return tuple(
            Target(each.number, each.head.sha, each.base.ref, each.base.sha)
            for each in sorted(found, key=lambda each: each.number)
            if each.state == "open" and event.sha in ("", each.head.sha)
        )

    def _candidates(self, event: RunEvent) -> list[PullRequest]:
        repository = self._connection.repository
        if event.pulls:
            return [repository.get_pull(number) for number in event.pulls]
        if not event.head:
            return []
        found = repository.get_pulls(state="open", head=event.head)
        return [each for each in found if each.head.label == event.head]

    def holds(self, commit: str, branch: str) -> bool:
        """Whether a branch has this commit in its history."""
        return self._patiently(f"compare with branch {branch!r}", lambda: self._holds(commit, branch))

    def _holds(self, commit: str, branch: str) -> bool:
        try:
            return self._connection.repository.compare(commit, branch).status in ("ahead", "identical")
        except self._connection.library.UnknownObjectException:
            return False

    def run(self, run_id: int, server: str) -> RunEvent | None:
        """A run as it is now; None if it has not ended."""

        def ask() -> RunEvent | None:
            found = self._connection.repository.get_workflow_run(run_id).raw_data
            return of_run(found, found["repository"], server) if found["conclusion"] else None

        return self._patiently(f"read run {run_id}", ask)

    def artifacts(self, run_id: int, pattern: str) -> dict[str, bytes]:
        """The zips of a run's artifacts of this name, or of names with anything in the place of `*`.

        The newest of each name; all of them together are never more than a report needs.
        """
        return self._patiently(f"read artifact {pattern!r} of run {run_id}", lambda: self._artifacts(run_id, pattern))

    def _artifacts(self, run_id: int, pattern: str) -> dict[str, bytes]:
        newest: dict[str, Artifact] = {}
        for each in self._connection.repository.get_workflow_run(run_id).get_artifacts():
            if is_named(each.name, pattern) and not each.expired:
                newest[each.name] = max(each, newest.get(each.name, each), key=lambda found: found.id)
                require_number(len(newest), pattern)
        require_size(sum(each.size_in_bytes for each in newest.values()), f"artifact {pattern!r}")
        found: dict[str, bytes] = {}
        for name in sorted(newest):
            found[name] = self._download(newest[name].id, pattern, sum(map(len, found.values())))
        return found

    def _download(self, artifact: int, name: str, before: int) -> bytes:
        connection = self._connection
        # GitHub sends on to a storage of its own, which must not see the token: requests leaves it out there.
        headers = {"Authorization": f"Bearer {connection.access.token}", "Accept": "application/vnd.github+json"}
        address = f"{connection.access.api}/repos/{self._name}/actions/artifacts/{artifact}/zip"
        with connection.http.get(address, headers=headers, timeout=TIMEOUT_S, stream=True) as answer:
            if answer.status_code != connection.http.codes.ok:
                raise connection.library.GithubException(answer.status_code, None, dict(answer.headers), answer.reason)
            data = b""
            for part in answer.iter_content(64 * 1024):
                data += part
                require_size(before + len(data), f"artifact {name!r}")
        return data

    def said(self, target: Target, marker: str, author: str | None = None) -> tuple[Said, ...]:
        """The comments of this author that begin with the marker. `author`: None for who the token writes as."""

        def ask() -> tuple[Said, ...]:
            pull = self._connection.repository.get_pull(target.number)
            own = self._own(pull, marker, author or self._author)
            return tuple(Said(each.body, each.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")) for each in own)

        return self._patiently(f"read the comments of pull request #{target.number}", ask)

    def comment(
        self,
        target: Target,
        marker: str,
        told: Told,
        revise: Callable[[Sequence[str]], str],
        author: str | None = None,
        *,
        only_update: bool = False,
    ) -> str:
        """Have exactly one comment of this author and gate that begins with the marker; its address.

        `told`: what it is to tell of; `revise`: its text, from those that are there. `author`: the login that the token
        writes as; None to ask GitHub. `only_update`: do not write a first one; "" if there is none.
        """
        return self._patiently(
            f"comment on pull request #{target.number}",
            lambda: self._comment(target, marker, told, revise, author or self._author, only_update),
        )

    def _comment(
        self,
        target: Target,
        marker: str,
        told: Told,
        revise: Callable[[Sequence[str]], str],
        author: str,
        only_update: bool,
    ) -> str:
        pull = self._connection.repository.get_pull(target.number)
        own = self._own(pull, marker, author, told)
        if only_update and not own:
            return ""
        written = self._fold(own, revise)
        if not written:
            written = pull.create_issue_comment(revise([]))
            if written.user and written.user.login != author:
                own_name = printable(written.user.login)
                raise GitHubError(
                    f"the comment was written, but as {own_name!r}: give --author, or each run writes a new one"
                )
            # Another job may have written one at the same time: both find both, and leave the same one.
            written = self._fold(self._own(pull, marker, author, told), revise) or written
        return written.html_url

    def _own(self, pull: PullRequest, marker: str, author: str, told: Told | None = None) -> list[IssueComment]:
        """Comments of this author that begin with the marker, the oldest first; with `told` those of its gate."""
        found = [
            each
            for each in pull.get_issue_comments()
            if each.user and each.user.login == author and (each.body or "").startswith(marker)
        ]
        own = [each for each in found if not told or is_of_gate(read_comment(each.body), told)]
        return sorted(own, key=lambda each: each.id)

    def _fold(self, own: list[IssueComment], revise: Callable[[Sequence[str]], str]) -> IssueComment | None:
        """The oldest of these comments with its new text, and without the others; None if there is none (any more)."""
        if not own:
            return None
        body = revise([each.body for each in own])
        kept = self._edit(own[0], body)
        for each in own[1:]:
            try:
                each.delete()
            except self._connection.library.UnknownObjectException:
                continue  # somebody else has folded them
        return kept

    def _edit(self, comment: IssueComment, body: str) -> IssueComment | None:
        """The comment with its new body; None if somebody has removed it just now."""
        try:
            if comment.body != body:
                comment.edit(body)
        except self._connection.library.UnknownObjectException:
            return None
        return comment

    @cached_property
    def _author(self) -> str:
        """Who the token writes as. The token of a workflow may not ask, and writes as GitHub Actions."""
        try:
            return str(self._connection.github.get_user().login)
        except self._connection.library.GithubException as error:
            if error.status != self._connection.http.codes.forbidden or is_limit(error):
                raise
            return ACTIONS_AUTHOR

    def told(self, sha: str, name: str) -> tuple[Told, ...]:
        """What the checks of this commit and name tell of."""

        def ask() -> tuple[Told, ...]:
            try:
                found = self._connection.repository.get_commit(sha).get_check_runs(check_name=name, filter="all")
                return tuple(read_check(each.external_id or "") for each in found)
            except self._connection.library.UnknownObjectException:
                return ()

        return self._patiently(f"read the checks of commit {sha[:12]}", ask)

    def check(self, sha: str, check: CheckRun, url: str, told: Told) -> None:
        """Set the check run of this commit; GitHub takes remarks in portions."""
        self._patiently(f"set check {check.name!r}", lambda: self._check(sha, check, url, told))

    def _check(self, sha: str, check: CheckRun, url: str, told: Told) -> None:
        details: dict[str, Any] = {"details_url": url} if url else {}
        told_so: dict[str, Any] = {"title": check.title, "summary": check.summary}
        first, *others = ({**told_so, "annotations": rows(each)} for each in portions(check.annotations))
        run: GitHubCheckRun = self._connection.repository.create_check_run(
            check.name,
            sha,
            status="completed",
            conclusion=check.conclusion,
            output=first,
            external_id=external_id(told),
            **details,
        )
        for each in others:
            run.edit(output=each)

    def label(self, target: Target, name: str, *, wanted: bool) -> None:
        """Add a label to the pull request, or take it away; GitHub tells labels apart by more than case."""
        self._patiently(f"label pull request #{target.number}", lambda: self._label(target, name, wanted))

    def _label(self, target: Target, name: str, wanted: bool) -> None:
        pull = self._connection.repository.get_pull(target.number)
        found = [each.name for each in pull.get_labels() if each.name.casefold() == name.casefold()]
        if wanted and not found:
            pull.add_to_labels(name)
        elif found and not wanted:
            pull.remove_from_labels(found[0])

    def reply(self, reply: Reply) -> Standing | None:
        """The reply and its author as they are now; None if it is gone."""
        return self._patiently(f"read the reply in pull request #{reply.pull}", lambda: self._reply(reply))

    def _reply(self, reply: Reply) -> Standing | None:
        repository, unknown = self._connection.repository, self._connection.library.UnknownObjectException
        try:
            found = repository.get_pull(reply.pull).get_issue_comment(reply.comment)
        except unknown:
            return None
        if not found.user:
            return None
        try:
            permission = repository.get_collaborator_permission(found.user.login)
        except unknown:
            permission = "none"
        is_bot = found.user.type != "User" or found.performed_via_github_app is not None
        is_edited = found.updated_at.replace(microsecond=0) != found.created_at.replace(microsecond=0)
        return Standing(found.body, found.user.login, found.user.id, is_edited, is_bot, permission)

    def react(self, reply: Reply, content: str) -> None:
        """Answer a reply with one of GitHub's reactions."""
        self._patiently(f"react to the reply in pull request #{reply.pull}", lambda: self._react(reply, content))

    def _react(self, reply: Reply, content: str) -> None:
        self._connection.repository.get_pull(reply.pull).get_issue_comment(reply.comment).create_reaction(content)
