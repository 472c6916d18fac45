"""A pull request on a GitHub of our own, and the check that what was sent there is what GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from githubkit_schemas.latest import models
from pydantic import TypeAdapter

from pytest_giflab.github.access import Access
from pytest_giflab.github.event import RunEvent
from tests.helpers.standin import BOT, OWNER, REPOSITORY, TOKENS, StandIn, stand_in

IN_REPOSITORY = r"/repos/[^/]+/[^/]+"
# GitHub's own description of the bodies that it takes.
BODIES: dict[tuple[str, str], Any] = {
    ("POST", r"/issues/\d+/comments"): models.ReposOwnerRepoIssuesIssueNumberCommentsPostBody,
    ("PATCH", r"/issues/comments/\d+"): models.ReposOwnerRepoIssuesCommentsCommentIdPatchBody,
    ("POST", r"/check-runs"): models.ReposOwnerRepoCheckRunsPostBodyOneof0,
    ("PATCH", r"/check-runs/\d+"): models.ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof1,
    ("POST", r"/issues/\d+/labels"): list[str],
    ("POST", r"/issues/comments/\d+/reactions"): models.ReposOwnerRepoIssuesCommentsCommentIdReactionsPostBody,
}
LARGEST_COMMENT, LARGEST_SUMMARY, MOST_ANNOTATIONS = 65_536, 65_535, 50


@dataclass(slots=True)
class Hub:
    """A repository on the stand-in with one open pull request, number `number`, from branch `change`."""

    server: StandIn
    number: int

    @property
    def access(self) -> Access:
        """As a workflow's token, without pauses between requests."""
        return Access(TOKENS[BOT], self.server.url, waits_s=(0, 0), pauses_s=0)

    @property
    def sha(self) -> str:
        """The head of the pull request."""
        return str(self._pull(OWNER).head.sha)

    def _pull(self, login: str) -> Any:
        return self.server.client(login).get_repo(REPOSITORY).get_pull(self.number)

    def push(self) -> str:
        """Give the pull request a new head, by merging main: emulate does not notice commits on the branch."""
        repository = self.server.client(OWNER).get_repo(REPOSITORY)
        repository.create_file(f"file{len(self.server.requests)}.txt", "change", "text", branch="main")
        self._pull(OWNER).update_branch()
        return self.sha

    def say(self, login: str, body: str) -> None:
        """Somebody comments."""
        self._pull(login).create_issue_comment(body)

    def comments(self, login: str | None = None) -> list[str]:
        """What was said, by everybody or by one."""
        return [each.body for each in self._pull(OWNER).get_issue_comments() if login in (None, each.user.login)]

    def labels(self) -> list[str]:
        return [each.name for each in self._pull(OWNER).get_labels()]

    def checks(self, sha: str) -> list[Any]:
        return list(self.server.client(OWNER).get_repo(REPOSITORY).get_commit(sha).get_check_runs())

    def event(self, **changes: Any) -> RunEvent:
        """A finished run on the head of the pull request."""
        given = {"pulls": (self.number,), "sha": self.sha, "conclusion": "success", "run_id": 7, **changes}
        return RunEvent(REPOSITORY, run_url=f"https://github.com/{REPOSITORY}/actions/runs/7", **given)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with stand_in(tmp_path) as server:
        repository = server.client(OWNER).get_repo(REPOSITORY)
        repository.create_git_ref("refs/heads/change", repository.get_branch("main").commit.sha)
        repository.create_file("a.txt", "change", "text", branch="change")
        pull = repository.create_pull(base="main", head="change", title="A change", body="")
        yield Hub(server, pull.number)
        check_bodies(server)


def check_bodies(server: StandIn) -> None:
    """Every body that was sent is one that GitHub takes."""
    for request in server.requests:
        for (method, path), model in BODIES.items():
            if request.method == method and re.fullmatch(IN_REPOSITORY + path, request.path):
                TypeAdapter(model).validate_python(request.body)
                check_sizes(request.body)


def check_sizes(body: Any) -> None:
    """The limits that GitHub's description tells in words only."""
    if isinstance(body, dict):
        assert len(body.get("body", "")) <= LARGEST_COMMENT
        output = body.get("output", {})
        assert len(output.get("summary", "")) <= LARGEST_SUMMARY
        assert len(output.get("annotations", [])) <= MOST_ANNOTATIONS
