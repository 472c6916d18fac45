"""The comment job as a workflow starts it after a run, against the stand-in; and what the pull request shows then."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pytest_giflab.report.document import to_document
from tests.helpers.measurements import comparison, report
from tests.helpers.standin import BOT, OWNER, REPOSITORY
from tests.integration.conftest import Hub

BASE = "0123456789abcdef0123456789abcdef01234567"
GATE = ".github/workflows/performance-gate.yml"
PASSED, REGRESSION, UNREADABLE, INCONCLUSIVE = 0, 1, 3, 4


def packed(
    verdict: str, base: str = BASE, *, mode: str = "duet", failed: bool = False, tests_failed: bool = False
) -> bytes:
    """An artifact with a report of one benchmark, and of another that failed; `tests_failed`: others did."""
    rows = [comparison(verdict), *[comparison(None, status="error", ratio=None)] * failed]
    found = {**to_document(report(*rows, tests_failed=failed or tests_failed)), "verdict": verdict, "mode": mode}
    found["base"] = {"ref": "HEAD^1", "sha": base}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", json.dumps(found))
    return buffer.getvalue()


@dataclass(slots=True)
class Job:
    """The comment job; `said`: what it has printed."""

    hub: Hub
    start: Callable[[str, Any, list[str]], int]
    said: list[str] = field(default_factory=list)

    def ended(self, run: int, conclusion: str, *options: str, **changes: Any) -> int:
        """A run has ended so, the `run`-th that began: tell it. Its exit code."""
        found = {
            "id": run,
            "event": "pull_request",
            "path": GATE,
            "conclusion": conclusion,
            "run_attempt": 1,
            "run_started_at": f"2026-11-29T10:00:{run:02}Z",
            "head_sha": self.hub.sha,
            "head_branch": "change",
            "head_repository": {"owner": {"login": OWNER}},
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/{run}",
            "pull_requests": [],
            **changes,
        }
        repository = {"full_name": REPOSITORY, "id": 1}
        self.hub.server.runs[run] = {**found, "repository": repository}
        return self.start("workflow_run", {"repository": repository, "workflow_run": found}, list(options))

    def measured(self, run: int, verdict: str, *options: str, failed: bool = False, **changes: Any) -> int:
        """A run has found this verdict."""
        self.hub.server.upload(run, packed(verdict, failed=failed))
        ended = "failure" if verdict in ("critical", "warning") else "success"
        return self.ended(run, ended, *options, **changes)


def conclusions(hub: Hub) -> dict[str, str]:
    return {each.name: each.conclusion for each in hub.checks(hub.sha)}


def bodies(hub: Hub) -> list[str]:
    """Our comments, as text that is read."""
    return [html.unescape(each).replace("\u200b", "") for each in hub.comments(BOT)]


def headlines(hub: Hub) -> list[str]:
    return [each.splitlines()[1] for each in bodies(hub)]
