"""Side by side with a commit, as a user starts it: verdicts, statuses, limits, reports."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.helpers.marks import needs_pinning
from tests.helpers.projects import LIGHT, MEASURED, SUITE, WORK, Project, Run, is_about, path_with_plugins


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": "[pytest]\npythonpath = .\n"})
    return made


SLOWLY = "benchmark.pedantic(__import__('time').sleep, args=(0.3,), rounds=6)"


def slower(times: float) -> str:
    return WORK.replace("range(amount)", f"range(int({times} * amount))")


LOOSE = "[pytest]\npythonpath = .\ngiflab_warning = 1\ngiflab_critical = 2\n"


@dataclass(frozen=True)
class Judged:
    """A run that was played to its verdicts, with the project as it was before and is after."""

    run: Run
    commit: str
    before: tuple[str, bytes]
    after: tuple[str, bytes]

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return self.run.rows


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """The working tree makes one benchmark slower and one faster, and loosens its own limits."""
    project = Project(tmp_path_factory.mktemp("judged") / "project")
    test = "from {0} import work\n\ndef test_{0}(benchmark):\n    benchmark(work, 20_000)\n"
    project.write({f"test_{name}.py": test.format(name) for name in ("sooner", "later")})
    project.commit({"sooner.py": WORK, "later.py": WORK, "pytest.ini": "[pytest]\npythonpath = .\n"})
    project.git("tag", "v1")
    commit = project.git("rev-parse", "HEAD")
    project.commit({"other.txt": ""})
    project.write({"sooner.py": slower(0.5), "later.py": slower(1.5), "pytest.ini": LOOSE, "new.txt": ""})
    project.git("add", "new.txt")

    def state() -> tuple[str, bytes]:
        return project.git("status", "--porcelain"), (project.folder / ".git" / "index").read_bytes()

    before = state()
    return Judged(project.against("v1", "--giflab-verbose"), commit, before, state())


@needs_pinning
def test_a_slower_working_tree_fails(judged: Judged) -> None:
    assert judged.run.status == 1
    row = judged.rows["test_later"]
    assert (row["status"], row["verdict"], row["clock"]) == ("measured", "critical", "thread_cpu")
    assert 1.35 < row["ratio"] < 1.65
    assert row["low"] < row["ratio"] < row["high"]
    assert "2 passed" in judged.run.said
    assert "verdict against v1" in judged.run.said
    assert "a pair" in judged.run.said, "the time by phase"


@needs_pinning
def test_a_faster_one_is_improved(judged: Judged) -> None:
    assert judged.rows["test_sooner"]["verdict"] == "improved"


def test_the_project_is_left_as_it_was(judged: Judged) -> None:
    assert judged.after == judged.before


def test_the_report_follows_its_schema_and_names_both_sides(judged: Judged) -> None:
    report = judged.run.report
    schema = resources.files("pytest_giflab").joinpath("schemas", "giflab.gate.1.schema.json").read_text()
    jsonschema.validate(report, json.loads(schema))
    assert report["mode"] == "duet"
    assert report["base"] == {"ref": "v1", "sha": judged.commit}
    assert report["head"]["sha"] not in (judged.commit, None)
    assert report["head"]["dirty"] is True
    for row in report["benchmarks"]:
        assert len(row["samples"]["base"]) == len(row["samples"]["head"]) == row["pairs"] >= 5
    names = ["test_later.py::test_later", "test_sooner.py::test_sooner"]
    assert sorted(each["id"] for each in report["selfcheck"]["benchmarks"]) == names


@needs_pinning
def test_limits_are_those_of_the_base(judged: Judged) -> None:
    limits = judged.rows["test_later"]["limits"]
    assert (limits["base"]["critical"], limits["head"]["critical"]) == (0.10, 2)
    assert judged.rows["test_later"]["verdict"] == "critical"
    assert any("its limits differ" in warning for warning in judged.run.report["warnings"])


def test_what_is_committed_is_not_dirty(project: Project) -> None:
    found = project.against("HEAD", *MEASURED)
    assert found.report["head"] == {"sha": project.git("rev-parse", "HEAD"), "dirty": False}


def test_what_head_deselects_in_its_own_ini_file_is_missing(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    ini = "[pytest]\npythonpath = .\n"
    tests = {f"test_{name}.py": f"def test_{name}(benchmark):\n    benchmark(sum, [1])\n" for name in "ab"}
    project.commit({**tests, "pytest.ini": ini})
    project.write({"pytest.ini": f'{ini}addopts = -k "not test_b"\n'})
    found = project.against("HEAD", *MEASURED).rows
    assert {name: row["status"] for name, row in found.items()} == {"test_a": "measured", "test_b": "missing"}
    assert found["test_b"]["reason"] == "head deselects it, by its configuration or its code"


def test_what_the_command_deselects_is_not_missing(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    tests = "".join(f"def test_{name}(benchmark):\n    benchmark(sum, [1])\n" for name in "ab")
    project.commit({"test_ab.py": tests, "pytest.ini": "[pytest]\npythonpath = .\n"})
    assert list(project.against("HEAD", *MEASURED, "-k", "test_a and not test_b").rows) == ["test_a"]


@needs_pinning
@pytest.mark.covered
def test_every_benchmark_is_accounted_for(project: Project) -> None:
    project.commit(
        {
            "work.py": WORK + "\ndef old():\n    return work(5_000)\n",
            "test_work.py": """
            import pytest, work

            def test_gone(benchmark):
                benchmark(work.work, 10_000)

            def test_changed(benchmark):
                benchmark(work.work, 5_000)

            def test_api(benchmark):
                benchmark(work.old)

            def test_base_fails(benchmark):
                benchmark(work.work, 5_000)
                assert not hasattr(work, "old")

            def test_head_fails(benchmark):
                benchmark(work.work, 5_000)
                assert hasattr(work, "old")

            def test_skips(benchmark):
                pytest.skip("not today")

            def test_twice(benchmark):
                benchmark(work.work, 5_000)
                benchmark(work.work, 5_000)
            """,
        }
    )
    text = (project.folder / "test_work.py").read_text()
    text = text.replace("test_gone", "test_new").replace("benchmark(work.old)", "benchmark(work.new)")
    text = text.replace(
        "def test_changed(benchmark):\n    benchmark(work.work, 5_000)",
        "def test_changed(benchmark):\n    benchmark(work.work, 15_000)",
    )
    project.write({"work.py": WORK + "\ndef new():\n    return work(5_000)\n", "test_work.py": text})
    found = project.against("HEAD", *MEASURED)
    rows = found.rows
    assert {name: row["status"] for name, row in rows.items()} == {
        "test_new": "new",
        "test_gone": "missing",
        "test_changed": "changed",
        "test_api": "changed",
        "test_base_fails": "error",
        "test_head_fails": "error",
        "test_skips": "skipped",
        "test_twice": "error",
    }
    # The same test of 15,000 steps on both sides, not 5,000 against 15,000.
    assert is_about(1, rows["test_changed"]["ratio"]), rows["test_changed"]["reason"]
    assert not rows["test_changed"]["advisory"]
    assert rows["test_api"]["advisory"]
    assert is_about(1, rows["test_api"]["ratio"])
    assert rows["test_base_fails"]["reason"] == "base: failed in call"
    assert rows["test_head_fails"]["reason"] == "head: failed in call"
    assert found.status == 1
    assert "2 failed" in found.said, "as head fails, not as base does"
    assert "FixtureAlreadyUsed" in found.said


@needs_pinning
def test_tests_of_head_can_measure_what_is_new(project: Project) -> None:
    new = SUITE + "\ndef test_new(benchmark):\n    benchmark(work, 10_000)\n"
    project.write({"work.py": slower(3), "test_work.py": new.replace("20_000", "10_000")})
    rows = project.against("HEAD", "--giflab-tests-from=head", *MEASURED).rows
    assert {name: row["status"] for name, row in rows.items()} == {"test_work": "measured", "test_new": "measured"}
    assert all(is_about(3, row["ratio"]) for row in rows.values()), rows


@needs_pinning
def test_own_tests_compare_what_each_side_has(project: Project) -> None:
    project.write({"test_work.py": SUITE.replace("20_000", "60_000")})
    row = project.against("HEAD", "--giflab-tests-from=own", *MEASURED).rows["test_work"]
    assert (row["status"], row["advisory"]) == ("changed", False)
    assert is_about(3, row["ratio"])
    assert row["reason"].startswith("each side ran its own test")


@needs_pinning
@pytest.mark.covered
def test_when_time_is_up_the_undecided_are_inconclusive(project: Project) -> None:
    project.commit({"test_work.py": SUITE.replace("benchmark(work, 20_000)", SLOWLY)})
    found = project.against("HEAD", "--giflab-budget=1s", "--giflab-fail-on=inconclusive")
    (row,) = found.report["benchmarks"]
    assert row["verdict"] == "inconclusive"
    assert "the time was up after 0 pairs" in row["reason"], "six rounds on three sides take five seconds at least"
    assert found.status == 1


@needs_pinning
@pytest.mark.covered
def test_many_short_rounds_of_pedantic_are_played_soon(project: Project) -> None:
    """Of 5,000 rounds of 60 us some are measured; the test still gets all of them, on both sides."""
    project.commit(
        {
            "test_work.py": """
            from work import work

            def test_work(benchmark):
                calls = []

                def call():
                    calls.append(1)
                    work(2_000)

                benchmark.pedantic(call, rounds=5_000)
                assert len(calls) == 5_000
            """
        }
    )
    found = project.against("HEAD", "--giflab-verbose", *MEASURED)
    assert is_about(1, found.rows["test_work"]["ratio"])
    spent = {name: float(seconds) for name, seconds in re.findall(r"giflab:   ([a-z ]+?) +([\d.]+) s,", found.said)}
    assert spent["turns"] < spent["end"], "most rounds are played after the turns, in one go"


@needs_pinning
@pytest.mark.slow
def test_modules_without_an_undecided_benchmark_are_collected_once(project: Project, tmp_path: Path) -> None:
    log = tmp_path / "log"
    project.commit({"test_other.py": f"open({str(log)!r}, 'a').write('x')\n\ndef test_other():\n    pass\n"})
    found = project.against("HEAD", "-k", "work")
    assert all(row["pairs"] >= 3 for row in found.rows.values())
    assert len(log.read_text()) == 1 + 3, "the session, both sides, and a second process of head"


def test_rounds_of_pedantic_with_setup_are_measured_without_it(project: Project) -> None:
    """Set-up takes four times as long as the work; that the work takes three times as long shows all the same."""
    test = """
    from work import work

    def test_work(benchmark):
        benchmark.pedantic(work, setup=lambda: sum(range(100_000)) and ((10_000,), {}), rounds=12)
    """
    project.commit({"test_work.py": test})
    project.write({"work.py": slower(3)})
    row = project.against("HEAD", *MEASURED).rows["test_work"]
    assert is_about(3, row["ratio"])


@pytest.mark.covered
def test_a_new_benchmark_is_run_and_not_complained_of(project: Project) -> None:
    project.write({"test_work.py": SUITE + "\ndef test_new(benchmark):\n    benchmark(work, 10_000)\n"})
    found = project.against("HEAD", *MEASURED)
    assert "2 passed" in found.said
    assert "not gated" not in found.said


@needs_pinning
def test_a_project_may_be_reached_through_a_link(project: Project, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project.folder)
    project.write({"work.py": slower(3)})
    report = tmp_path / "report.json"
    arguments = ["--giflab-against=HEAD", f"--giflab-report={report}", *LIGHT, *MEASURED]
    command = [sys.executable, "-m", "pytest", f"{tmp_path}/link", f"--rootdir={tmp_path}/link", *arguments]
    environment = {**os.environ, "PYTHONPATH": path_with_plugins(os.environ.get("PYTHONPATH", ""))}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = json.loads(report.read_text())["benchmarks"]
    assert is_about(3, row["ratio"])


@needs_pinning
@pytest.mark.covered
def test_the_machine_is_checked_with_head_against_itself(project: Project) -> None:
    project.write({"work.py": slower(3)})  # not committed: nothing but the working tree counts
    found = project.gated("--giflab-selfcheck")
    assert found.status == 0
    assert "this machine tells changes of" in found.said
    assert "false alarms: 0 of 1" in found.said
    assert found.report["base"]["ref"] == "the working tree"


@needs_pinning
@pytest.mark.slow
def test_when_head_differs_from_itself_nothing_can_be_said(project: Project) -> None:
    project.commit(
        {
            "test_work.py": """
            from work import work

            def test_work(benchmark, tmp_path):
                # More work in the second process of head alone.
                benchmark(work, 30_000 if "null-files" in str(tmp_path) else 20_000)
            """
        }
    )
    project.write({"work.py": slower(1.5)})
    found = project.against("HEAD")
    assert found.report["selfcheck"]["alarm"] is True
    assert found.rows["test_work"]["verdict"] == found.report["verdict"] == "inconclusive"
    assert "no verdict can be trusted" in found.said
    assert found.status == 0


@needs_pinning
@pytest.mark.covered
def test_an_alarm_of_a_stored_baseline_is_measured_side_by_side(project: Project) -> None:
    """The word of that counts, here that of a single pair, which tells how much slower but cannot be sure."""
    project.write({".gitignore": ".giflab\n"})
    project.commit()
    assert project.run("--giflab-update-baseline").status == 0
    project.write({"work.py": slower(10)})
    found = project.gated("--giflab-baseline", *MEASURED)
    assert "confirming 1 by measuring side by side with" in found.said
    row = found.rows["test_work"]
    assert row["reason"].startswith("critical against the baseline")
    assert "side by side with" in row["reason"]
    assert (row["verdict"], row["pairs"], found.status) == ("inconclusive", 1, 0)
    assert is_about(10, row["ratio"])


@needs_pinning
@pytest.mark.covered
def test_an_alarm_that_no_duet_can_confirm_says_so(project: Project) -> None:
    project.write({"work.py": slower(1), "extra.txt": ""})  # not clean
    assert project.run("--giflab-update-baseline").status == 0
    project.write({"work.py": slower(10)})
    found = project.gated("--giflab-baseline")
    assert found.status == 1
    reason = found.rows["test_work"]["reason"]
    assert reason.endswith("not confirmed by a duet, the baseline was recorded from files that are not committed")


def one_error(found: Run) -> str:
    lines = [line for line in found.said.splitlines() if line.startswith(("ERROR:", "E  "))]
    assert "Traceback" not in found.said
    assert len(lines) == 1, found.said
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--giflab-against=nothing"], "no commit 'nothing' in this repository; fetch it"),
        (["--giflab-against=HEAD", "--giflab-budget=soon"], "'soon' is not a time such as 90s or 5m"),
        (["--giflab-against=HEAD", "--giflab-tests-from=both"], "argument --giflab-tests-from: invalid choice: 'both'"),
    ],
)
def test_wrong_usage_is_one_error(project: Project, arguments: list[str], message: str) -> None:
    found = project.run(*arguments)
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert message in found.said
    assert "Traceback" not in found.said


@pytest.mark.parametrize("option", ["--benchmark-disable", "--benchmark-skip"])
def test_a_gate_that_is_switched_off_is_an_error(project: Project, option: str) -> None:
    found = project.run("--giflab-against=HEAD", option)
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert f"cannot measure side by side: {option} was given" in found.said


def test_collecting_only_measures_nothing(project: Project) -> None:
    found = project.run("--giflab-against=HEAD", "--collect-only", "-q")
    assert (found.status, "test_work.py::test_work" in found.said) == (0, True)


def test_outside_of_git_is_one_error(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.write({"test_work.py": "def test_work(benchmark):\n    benchmark(sum, range(10_000))\n"})
    (project.folder / ".git").rename(tmp_path / "elsewhere")
    found = project.run("--giflab-against=HEAD", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "is not in a git repository" in one_error(found)
