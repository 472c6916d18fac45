"""A budget is the end of a run: what it is not enough for runs once, is not timed, and is in the report."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from tests.helpers.marks import needs_posix
from tests.helpers.projects import ONCE, WORK, Project

pytestmark = needs_posix

INI = "[pytest]\npythonpath = .\n"
# Every run of a test leaves its number, and how many calls were made.
MANY = """
import os, pytest
from work import work

@pytest.mark.parametrize("number", range(150))
def test_one(benchmark, number):
    calls = []
    benchmark(lambda: calls.append(work(2_000)))
    with open(os.environ["RUNS"], "a") as runs:
        runs.write(f"{number} {len(calls)}\\n")
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "pytest.ini": INI})
    return made


def test_what_the_time_is_not_enough_for_runs_once_and_is_not_timed(project: Project, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    project.commit({"test_work.py": MANY})
    found = project.against("HEAD", "--giflab-budget=6s", RUNS=str(runs))
    rows = found.report["benchmarks"]
    assert len(rows) == 150
    unmeasured = {row["id"] for row in rows if "not measured: the time was up" in row["reason"]}
    assert 0 < len(unmeasured) < 150
    assert all(row["verdict"] == "inconclusive" for row in rows if row["id"] in unmeasured)
    once = [number for number, calls in map(str.split, runs.read_text().splitlines()) if calls == "1"]
    assert sorted(once) == sorted(name.partition("[")[2][:-1] for name in unmeasured)
    assert "Rounds" not in found.said, "pytest-benchmark has a table of what it timed itself"


@pytest.mark.slow
def test_those_that_the_time_is_enough_for_get_all_of_it(project: Project) -> None:
    project.commit({"test_work.py": MANY.replace("150", "60")})
    found = project.against("HEAD", "--giflab-budget=5s", RUNS=os.devnull)
    pairs = sorted(row["pairs"] for row in found.report["benchmarks"])
    assert pairs[0] == 0, "it is not enough for all"
    assert pairs[-1] >= 2, "one pair of all would take four times as long"


def test_what_runs_once_may_look_at_its_stats(project: Project) -> None:
    project.commit({"test_work.py": MANY + "    assert benchmark.stats.stats.mean > 0\n"})
    found = project.against("HEAD", "--giflab-budget=1s", RUNS=os.devnull)
    # The one that is being measured when the time is up is skipped.
    assert re.search(r"\b(150 passed|149 passed, 1 skipped) in", found.said)


def test_a_long_call_ends_with_the_time(project: Project) -> None:
    project.commit({"test_work.py": "import time\ndef test_long(benchmark):\n    benchmark(time.sleep, 60)\n"})
    start = time.monotonic()
    found = project.against("HEAD", "--giflab-budget=3s")
    assert time.monotonic() - start < 30
    (row,) = found.report["benchmarks"]
    assert (row["verdict"], row["reason"]) == ("inconclusive", "not measured: the time was up after 0 pairs")
    assert "1 skipped in" in found.said


def test_the_report_is_there_before_the_other_tests_run(project: Project) -> None:
    project.commit(
        {
            "test_work.py": "from work import work\ndef test_work(benchmark):\n    benchmark(work, 100_000)\n",
            "test_zz.py": "import os, pathlib\ndef test_ends_the_run():\n    os._exit(9)\n",
        }
    )
    found = project.against("HEAD", "--giflab-budget=3s")
    assert found.status == 9
    assert [row["id"] for row in found.report["benchmarks"]] == ["test_work.py::test_work"]


def test_it_says_before_it_starts_how_long_it_takes(project: Project) -> None:
    project.commit({"test_work.py": MANY})
    found = project.against("HEAD", "--giflab-budget=1s", RUNS=os.devnull)
    outlook = re.search(
        r"150 benchmarks side by side with .*: about (\d) min .*1 s are enough for about 1 ", found.said
    )
    assert outlook
    assert 3 <= int(outlook[1]) <= 6


def test_what_it_says_counts_that_each_process_collects(project: Project) -> None:
    project.commit({"test_work.py": "import time\ntime.sleep(2)\ndef test_sum(benchmark):\n    benchmark(sum, [1])\n"})
    found = project.against("HEAD", "--giflab-budget=1s")
    outlook = re.search(r"about (\d+) s where nothing has changed", found.said)
    assert outlook
    assert int(outlook[1]) >= 3 * 2 + 2


@pytest.mark.parametrize("recorded", [False, True])
def test_recording_a_baseline_ends_with_the_time(project: Project, recorded: bool) -> None:
    test = "import time\ndef test_call(benchmark):\n    benchmark(time.sleep, {})\n"
    if recorded:
        project.commit({"test_work.py": test.format(0.001)})
        assert project.run("--giflab-baseline", *ONCE).status == 0
    project.commit({"test_work.py": test.format(60)})
    start = time.monotonic()
    found = project.gated("--giflab-baseline", "--giflab-budget=2s")
    assert time.monotonic() - start < 30
    (row,) = found.report["benchmarks"]
    why = "the time was up after 0 of 5 processes"
    assert (row["verdict"], row["reason"]) == (("inconclusive", f"not measured: {why}") if recorded else (None, why))
    assert found.status == 4
