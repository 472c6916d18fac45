"""The script of the action: what pytest is called with, and how the job ends. Pytest itself runs in test_act.py."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers.act import git
from tests.helpers.marks import needs_posix

pytestmark = needs_posix

SCRIPT = ROOT / ".github" / "actions" / "performance-gate" / "gate.sh"
# Stands for pytest alone: writes down its words, and a report where it is told to; all else is Python itself.
PYTHON = """\
#!/bin/bash
if [ "$1 $2" = "-m pytest" ]; then
  printf '%s\\n' "${@:3}" > "$RECORD"
  for word in "$@"; do case "$word" in --giflab-report=*) [ -z "$REPORT" ] || echo "{}" > "${word#*=}" ;; esac; done
  exit "$ENDS"
fi
exec python3 "$@"
"""
INPUTS = dict.fromkeys(
    ("TESTS", "BASE", "WARNING", "CRITICAL", "BUDGET", "STORE", "PULL_BASE", "PULL_HEAD", "MERGE_BASE", "PUSH_BEFORE"),
    "",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """The words that pytest got, the outputs of the step, what was said."""

    words: list[str]
    outputs: dict[str, str]
    said: str


class Job:
    """A checkout with two commits, in which the script runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.folder.mkdir()
        self._programs = folder / "programs"
        self._programs.mkdir()
        (self._programs / "python").write_text(PYTHON)
        (self._programs / "python").chmod(0o755)
        self._temp = folder
        git(self.folder, "init", "-q", "-b", "main")
        self.commit("one")
        self.base = self.commit("two")

    def commit(self, name: str) -> str:
        git(self.folder, "commit", "-q", "--allow-empty", "-m", name)
        return git(self.folder, "rev-parse", "HEAD")

    def merge(self, into: str, name: str) -> None:
        """Check out the merge of a branch into a commit."""
        git(self.folder, "checkout", "-q", "--detach", into)
        git(self.folder, "merge", "-q", "--no-ff", "-m", "merge", name)

    def run(self, ends: int = 0, report: bool = True, **inputs: str) -> Ended:
        record, outputs = self._temp / "record", self._temp / "outputs"
        record.write_text("")
        outputs.write_text("")
        environment = {
            "PATH": f"{self._programs}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self._temp),
            "RUNNER_TEMP": str(self._temp),
            "GITHUB_OUTPUT": str(outputs),
            "ACTION": str(SCRIPT.parent),
            "RECORD": str(record),
            "REPORT": "1" if report else "",
            "ENDS": str(ends),
            "FAIL_ON": "critical,warning",
            "TIMEOUT_MINUTES": "30",
            **INPUTS,
            **inputs,
        }
        done = subprocess.run(
            ["bash", str(SCRIPT)], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, "a later step ends the job, after the report is uploaded"
        found = dict(line.partition("=")[::2] for line in outputs.read_text().splitlines())
        return Ended(record.read_text().splitlines(), found, done.stdout + done.stderr)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def against(ended: Ended) -> str:
    (word,) = [each for each in ended.words if each.startswith("--giflab-against=")]
    return word.partition("=")[2]


def test_the_merge_that_github_checks_out_is_compared_with_what_it_is_merged_into(job: Job) -> None:
    git(job.folder, "checkout", "-q", "-b", "change", "HEAD~1")
    head = job.commit("change")
    job.merge(job.base, "change")
    assert against(job.run(PULL_BASE=job.base, PULL_HEAD=head)) == "HEAD^1"


def test_a_merge_queue_is_compared_with_what_its_group_is_merged_into(job: Job) -> None:
    assert against(job.run(MERGE_BASE=job.base)) == job.base


def test_a_branch_that_merged_its_base_is_compared_with_where_it_left_it(job: Job) -> None:
    git(job.folder, "checkout", "-q", "-b", "change", "HEAD~1")
    own = job.commit("change")
    job.merge(own, "main")
    head = git(job.folder, "rev-parse", "HEAD")
    assert against(job.run(PULL_BASE=job.base, PULL_HEAD=head)) == f"{job.base}..."


def test_a_push_is_compared_with_the_commit_before_it(job: Job) -> None:
    assert against(job.run(PUSH_BEFORE=job.base)) == job.base


@pytest.mark.parametrize("before", ["", "0" * 40])
def test_a_push_of_a_new_branch_is_compared_with_its_parent(job: Job, before: str) -> None:
    assert against(job.run(PUSH_BEFORE=before)) == "HEAD^1"


def test_a_base_that_is_named_goes_before_all_else(job: Job) -> None:
    git(job.folder, "tag", "v1.0")
    assert against(job.run(BASE="v1.0", PULL_BASE=job.base, PULL_HEAD="x")) == "v1.0"


def test_a_store_is_used_instead_of_a_base(job: Job) -> None:
    words = job.run(STORE="my baselines").words
    assert words[:2] == ["--giflab-baseline", "--giflab-store=my baselines"]


def test_words_are_split_as_in_a_shell_and_never_run_by_one(job: Job) -> None:
    ended = job.run(TESTS="""benchmarks 'two words' -k "not slow" -m "" $(touch owned) `touch owned` ; *""")
    split = ["benchmarks", "two words", "-k", "not slow", "-m", "", "$(touch", "owned)", "`touch", "owned`", ";", "*"]
    assert ended.words[: len(split)] == split
    assert not (job.folder / "owned").exists()


def test_a_quotation_mark_too_few_fails_and_runs_nothing(job: Job) -> None:
    ended = job.run(TESTS="benchmarks -k 'not slow")
    assert ended.words == []
    assert ended.outputs["code"] != "0"
    assert "quotation mark too few" in ended.said
    assert "Traceback" not in ended.said


def test_the_other_inputs_become_options(job: Job) -> None:
    words = job.run(BUDGET="10m", WARNING="0.2", CRITICAL="0.5").words
    assert words[1:] == [
        "--giflab-budget=10m",
        "-o",
        "giflab_warning=0.2",
        "-o",
        "giflab_critical=0.5",
        "--giflab-fail-on=critical,warning",
        words[-1],
    ]


@pytest.mark.parametrize(("minutes", "budget"), [("30", "1500s"), ("360", "18000s")])
def test_without_a_budget_measuring_leaves_a_sixth_of_the_jobs_time(job: Job, minutes: str, budget: str) -> None:
    assert f"--giflab-budget={budget}" in job.run(TIMEOUT_MINUTES=minutes).words


@pytest.mark.parametrize("minutes", ["", "0", "soon", "-5", "1.5"])
def test_what_is_no_number_of_minutes_fails_and_runs_nothing(job: Job, minutes: str) -> None:
    ended = job.run(TIMEOUT_MINUTES=minutes)
    assert (ended.words, ended.outputs["code"]) == ([], "2")


@pytest.mark.parametrize("ends", [0, 1, 4])
def test_the_job_ends_as_pytest_does(job: Job, ends: int) -> None:
    assert job.run(ends).outputs["code"] == str(ends)


def test_a_run_that_measured_nothing_is_no_pass(job: Job) -> None:
    ended = job.run(0, report=False)
    assert ended.outputs == {"code": "1"}
    assert "::error title=performance gate::no benchmark was measured" in ended.said


def test_a_run_without_a_report_ends_as_pytest_did(job: Job) -> None:
    ended = job.run(4, report=False)
    assert ended.outputs == {"code": "4"}
    assert "without a report" in ended.said


def test_a_checkout_that_does_not_have_the_base_is_told_what_to_do(job: Job) -> None:
    """A merge queue of several pull requests has its base farther away than a checkout of two commits."""
    job.commit("three")
    shallow = job.folder.with_name("shallow")
    git(job.folder, "clone", "-q", "--depth", "1", job.folder.as_uri(), str(shallow))
    job.folder = shallow
    found = job.run(MERGE_BASE=job.base)
    assert (found.words, found.outputs["code"]) == ([], "4")
    assert f"does not have {job.base}, which is to be compared with: give actions/checkout fetch-depth: 0" in found.said
