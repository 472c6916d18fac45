"""The documented workflows, run: a change is measured against its base, and the pull request is told."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.helpers.act import Ran, Runner, git
from tests.helpers.marks import needs_linux
from tests.helpers.standin import BOT, FORKER, OWNER, REPOSITORY, TOKENS, Fault
from tests.integration.conftest import IN_REPOSITORY, Hub

pytestmark = [needs_linux, pytest.mark.slow]

EXAMPLES = ROOT / "docs" / "examples" / "github"
WORK = """\
def work():
    return sum(number * number for number in range({size}))
"""
TEST = """\
from work import work


def test_work(benchmark):
    benchmark(work)
"""
TELLS_TOKENS = """\
import os


def pytest_report_header():
    return f"tokens: {[name for name in os.environ if 'TOKEN' in name]}"
"""
SIZE = 20_000


class Project:
    """A project with a benchmark and the documented workflows, with main and a pull request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        workflows = folder / ".github" / "workflows"
        workflows.mkdir(parents=True)
        for example in EXAMPLES.glob("*.yml"):
            shutil.copy(example, workflows)
        shutil.copy(ROOT / ".github" / "workflows" / "performance-comment.yml", workflows / "own-comment.yml")
        shutil.copytree(ROOT / ".github" / "actions", folder / ".github" / "actions")
        (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
        (folder / "test_work.py").write_text(TEST)
        (folder / "conftest.py").write_text(TELLS_TOKENS)
        self._write(SIZE)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "base")
        self.base = git(folder, "rev-parse", "HEAD")

    def _write(self, size: int) -> None:
        (self.folder / "work.py").write_text(WORK.format(size=size))

    def in_matrix(self, name: str) -> str:
        """The documented workflow as it is for a matrix of the jobs `one` and `two`; the name of its file."""
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        strategy = "  gate:\n    strategy: { matrix: { job: [one, two] } }\n"
        artifact = "giflab-gate-${{ matrix.job }}" if name == "performance-gate.yml" else "giflab-gate-*"
        text = text.replace("  gate:\n", strategy)
        text = re.sub(r"with: \{ ((?:budget|label): \w+) \}", rf'with: {{ \1, artifact: "{artifact}" }}', text)
        if name == "performance-acknowledge.yml":
            text += f'        with: {{ artifact: "{artifact}" }}\n'
        (self.folder / ".github" / "workflows" / f"matrix-{name}").write_text(text)
        return f"matrix-{name}"

    def check_out_merge(self, size: int) -> None:
        """Have a pull request that makes the work this large, and check out its merge, as GitHub does."""
        git(self.folder, "checkout", "-q", "-B", "change", self.base)
        self._write(size)
        (self.folder / "README").write_text(f"size {size}\n")
        git(self.folder, "add", ".")
        git(self.folder, "commit", "-q", "-m", "change")
        git(self.folder, "checkout", "-q", "-B", "merge", self.base)
        git(self.folder, "merge", "-q", "--no-ff", "-m", "merge", "change")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "runner")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def gate(runner: Runner, project: Project, sha: str = "0" * 40, workflow: str = "performance-gate.yml") -> Ran:
    pull = {"number": 1, "head": {"ref": "change", "sha": sha}, "base": {"ref": "main", "sha": project.base}}
    event = {"action": "synchronize", "pull_request": pull, "repository": {"full_name": REPOSITORY}}
    return runner.run("pull_request", event, project.folder, workflow)


def test_a_merge_queue_is_gated_against_what_it_is_merged_into(runner: Runner, project: Project) -> None:
    project.check_out_merge(2 * SIZE)
    group = {"head_sha": "0" * 40, "base_sha": project.base, "base_ref": "refs/heads/main"}
    event = {"action": "checks_requested", "merge_group": group, "repository": {"full_name": REPOSITORY}}
    ran = runner.run("merge_group", event, project.folder, "performance-gate.yml")
    assert ran.conclusion == "failure"
    assert verdict_in(runner.take_upload("giflab-gate")) == "critical"


def comment(runner: Runner, project: Project, hub: Hub, run: int, conclusion: str, workflow: str) -> Ran:
    """The comment job, as for the pull request of a fork: GitHub names none."""
    event: dict[str, Any] = {
        "action": "completed",
        "repository": {"full_name": REPOSITORY, "id": 1},
        "workflow_run": {
            "id": run,
            "name": "Performance gate",
            "event": "pull_request",
            "conclusion": conclusion,
            "head_sha": hub.sha,
            "head_branch": "change",
            "head_repository": {"owner": {"login": "octo"}},
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/{run}",
            "pull_requests": [],
            "path": ".github/workflows/performance-gate.yml",
            "run_attempt": 1,
            "run_started_at": f"2026-11-29T10:00:{run:02}Z",
        },
    }
    hub.server.runs[run] = {**event["workflow_run"], "repository": event["repository"]}
    secrets = {"GITHUB_TOKEN": TOKENS[BOT]}
    url = hub.server.url
    return runner.run("workflow_run", event, project.folder, workflow, secrets, GITHUB_API_URL=url)


def verdict_in(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return str(json.loads(archive.read("report.json"))["verdict"])


def test_pushes_are_measured_and_told_in_one_comment(hub: Hub, runner: Runner, project: Project) -> None:
    fake = "<!-- giflab-gate: performance -->\nall is well"
    hub.say(FORKER, fake)
    slower = push_and_measure(hub, runner, project, 2.0, "critical", "failure")
    assert "tokens: []" in slower.out, "the job that measures has no token"
    assert "::error file=test_work.py,line=4,title=critical" in slower.out
    assert "is slower: " in slower.out, "the job's summary"
    uploaded = runner.take_upload("giflab-gate")
    tell(hub, runner, project, 1, uploaded, "failure", "performance-comment.yml")
    assert hub.labels() == ["slower"]
    push_and_measure(hub, runner, project, 0.5, "improved", "success")
    tell(hub, runner, project, 2, runner.take_upload("giflab-gate"), "success", "performance-comment.yml")
    assert hub.labels() == []
    # This repository's own workflow does as the documented one, but for the label.
    hub.push()
    tell(hub, runner, project, 3, uploaded, "failure", "own-comment.yml")
    assert hub.labels() == []
    assert hub.comments(FORKER)[-1] == fake


def push_and_measure(hub: Hub, runner: Runner, project: Project, factor: float, verdict: str, conclusion: str) -> Ran:
    """Push a change that makes the work this many times as large, and run the gate, which must find that."""
    project.check_out_merge(int(SIZE * factor))
    hub.push()
    measured = gate(runner, project, hub.sha)
    assert measured.conclusion == conclusion, measured.out
    assert verdict_in((runner.uploads / "giflab-gate.zip").read_bytes()) == verdict, measured.out
    return measured


def tell(hub: Hub, runner: Runner, project: Project, run: int, uploaded: bytes, conclusion: str, workflow: str) -> None:
    """Run the comment job after a run that ended so: its one comment and its check say what was uploaded."""
    hub.server.upload(run, uploaded)
    told = comment(runner, project, hub, run, conclusion, workflow)
    assert told.code == 0, told.out
    (own,) = hub.comments(BOT)
    said = {"critical": "1 benchmark is slower: ", "improved": "1 benchmark is faster: "}
    assert said[verdict_in(uploaded)] in own
    assert f"actions/runs/{run})" in own
    assert [each.conclusion for each in hub.checks(hub.sha)] == [conclusion]


def test_a_matrix_is_told_whatever_the_comment_job_meets(hub: Hub, runner: Runner, project: Project) -> None:
    """A newcomer's run, a label that may not be made, a cancelled run, a locked conversation, an acknowledgement."""
    told = comment(runner, project, hub, 1, "action_required", project.in_matrix("performance-comment.yml"))
    assert (told.code, conclusions(hub)) == (0, ["action_required"]), told.out
    assert "a maintainer has to approve the run" in hub.comments(BOT)[0]

    project.check_out_merge(10 * SIZE)
    measured = gate(runner, project, hub.sha, project.in_matrix("performance-gate.yml"))
    assert measured.conclusion == "failure", measured.out
    for name in ("giflab-gate-one", "giflab-gate-two"):
        hub.server.upload(2, runner.take_upload(name), name)
    refused = Fault("POST", IN_REPOSITORY + r"/issues/\d+/labels", 403, body={"message": "Resource not accessible"})
    hub.server.faults.append(refused)
    told = comment(runner, project, hub, 2, "failure", project.in_matrix("performance-comment.yml"))
    assert (told.code, conclusions(hub)) == (0, ["failure"]), told.out
    assert "issues: write" in told.out
    assert_matrix_is_slower(hub, "🔴")

    locked = {"message": "Unable to update comment because issue is locked."}
    hub.server.faults[:] = [Fault("PATCH", IN_REPOSITORY + r"/issues/comments/\d+", 403, body=locked, times=9)]
    told = comment(runner, project, hub, 3, "cancelled", project.in_matrix("performance-comment.yml"))
    assert told.code != 0
    assert "the conversation is locked; unlock it" in told.out
    hub.server.faults.clear()
    told = comment(runner, project, hub, 4, "cancelled", project.in_matrix("performance-comment.yml"))
    assert (told.code, conclusions(hub)) == (0, ["failure"]), told.out
    assert_matrix_is_slower(hub, "🔴")

    words = f"/giflab acknowledge {hub.sha[:12]} two passes"
    told = reply(runner, project, hub, words, project.in_matrix("performance-acknowledge.yml"))
    assert (told.code, conclusions(hub)) == (0, ["neutral"]), told.out
    assert_matrix_is_slower(hub, "⚠️")
    assert "two passes" in hub.comments(BOT)[0]


def conclusions(hub: Hub) -> list[str]:
    return [each.conclusion for each in hub.checks(hub.sha)]


def assert_matrix_is_slower(hub: Hub, icon: str) -> None:
    (own,) = hub.comments(BOT)
    assert own.splitlines()[1].startswith(f"## {icon} On ")
    assert "2 slower" in own


def reply(runner: Runner, project: Project, hub: Hub, body: str, workflow: str) -> Ran:
    """Somebody with write access replies, and the job that listens runs."""
    pull = hub.server.client(OWNER).get_repo(REPOSITORY).get_pull(hub.number)
    event = {
        "action": "created",
        "repository": {"full_name": REPOSITORY, "id": 1},
        "issue": {"number": hub.number, "pull_request": {"url": pull.url}},
        "comment": pull.create_issue_comment(body).raw_data,
    }
    secrets = {"GITHUB_TOKEN": TOKENS[BOT]}
    return runner.run("issue_comment", event, project.folder, workflow, secrets, GITHUB_API_URL=hub.server.url)


def test_this_project_gates_its_own_benchmarks(runner: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(ROOT), str(folder))
    head = git(folder, "rev-parse", "HEAD")
    if not git(folder, "rev-list", "--skip=1", "--max-count=1", "HEAD"):
        pytest.skip("a clone without history has no commit before")
    # As GitHub checks it out: the merge of the newest commit into the one before.
    git(folder, "checkout", "-q", "--detach", "HEAD^1")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", head)
    base = git(folder, "rev-parse", "HEAD^1")
    event: dict[str, Any] = {
        "pull_request": {"number": 1, "head": {"ref": "x", "sha": head}, "base": {"ref": "main", "sha": base}},
        "repository": {"full_name": REPOSITORY},
    }
    ran = runner.run("pull_request", event, folder, "performance-gate.yml")
    verdict = verdict_in(runner.take_upload("giflab-gate"))
    assert ran.conclusion == ("failure" if verdict in ("critical", "warning") else "success"), ran.out
