"""The documented workflows, run: a change is measured against its base, and the pull request is told."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.helpers.act import Ran, Runner, git
from tests.helpers.marks import needs_linux
from tests.helpers.standin import BOT, FORKER, REPOSITORY, TOKENS
from tests.integration.conftest import Hub

pytestmark = needs_linux

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
        (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
        (folder / "test_work.py").write_text(TEST)
        self._write(SIZE)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "base")
        self.base = git(folder, "rev-parse", "HEAD")

    def _write(self, size: int) -> None:
        (self.folder / "work.py").write_text(WORK.format(size=size))

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


def gate(runner: Runner, project: Project, sha: str = "0" * 40) -> Ran:
    pull = {"number": 1, "head": {"ref": "change", "sha": sha}, "base": {"ref": "main", "sha": project.base}}
    event = {"action": "synchronize", "pull_request": pull, "repository": {"full_name": REPOSITORY}}
    return runner.run("pull_request", event, project.folder, "performance-gate.yml")


def comment(runner: Runner, project: Project, hub: Hub, run: int, conclusion: str, workflow: str) -> Ran:
    """The comment job, as for the pull request of a fork: GitHub names none."""
    event = {
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
        },
    }
    secrets = {"GITHUB_TOKEN": TOKENS[BOT]}
    url = hub.server.url
    return runner.run("workflow_run", event, project.folder, workflow, secrets, GITHUB_API_URL=url)


def verdict_in(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return str(json.loads(archive.read("report.json"))["verdict"])


def test_pushes_are_measured_and_told_in_one_comment(hub: Hub, runner: Runner, project: Project) -> None:
    for number in range(80):
        hub.say(FORKER, f"comment {number}")
    fake = "<!-- giflab-gate: performance -->\nall is well"
    hub.say(FORKER, fake)
    pushes: list[tuple[float, str, str]] = [
        (2.0, "critical", "failure"),
        (0.5, "improved", "success"),
        (2.0, "critical", "failure"),
    ]
    for run, (factor, verdict, conclusion) in enumerate(pushes, 1):
        project.check_out_merge(int(SIZE * factor))
        hub.push()
        measured = gate(runner, project, hub.sha)
        assert measured.conclusion == conclusion, measured.out
        data = runner.take_upload("giflab-gate")
        assert verdict_in(data) == verdict, measured.out
        hub.server.upload(run, data)
        own_workflow = run == len(pushes)  # this repository's own does as the documented one
        workflow = "own-comment.yml" if own_workflow else "performance-comment.yml"
        told = comment(runner, project, hub, run, conclusion, workflow)
        assert told.code == 0, told.out
        (own,) = hub.comments(BOT)
        assert f"performance: {verdict}" in own.replace("&#58;", ":")
        assert f"actions/runs/{run})" in own
        assert [each.conclusion for each in hub.checks(hub.sha)] == [conclusion]
        assert hub.labels() == (["slower"] if conclusion == "failure" and not own_workflow else [])
    assert hub.comments(FORKER)[-1] == fake
    assert "::error file=test_work.py,line=4,title=critical" in measured.out
    assert "Performance: critical" in measured.out, "the job's summary"


def test_the_job_that_measures_has_no_token(runner: Runner, project: Project) -> None:
    (project.folder / "conftest.py").write_text(
        "import os\n\ndef pytest_report_header():\n    return f'tokens: {[n for n in os.environ if \"TOKEN\" in n]}'\n"
    )
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-q", "-m", "asks for a token")
    project.base = git(project.folder, "rev-parse", "HEAD")
    project.check_out_merge(SIZE)
    assert "tokens: []" in gate(runner, project).out


@pytest.mark.slow
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
