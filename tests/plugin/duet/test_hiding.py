"""A change cannot hide what it does to a benchmark: what its own configuration says does not count, or is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, WORK, Project, Run

pytestmark = needs_linux

INI = "[pytest]\npythonpath = .\n"
SUITE = """
from work import work

def test_kept(benchmark):
    benchmark(work, 2_000)

def test_hidden(benchmark):
    benchmark(work, 2_000)
"""
DROPS = """
def pytest_collection_modifyitems(items):
    items[:] = [each for each in items if "kept" in each.nodeid]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": INI})
    return made


def hidden(found: Run) -> tuple[str, str]:
    row = found.rows["test_hidden"]
    return row["status"], row["reason"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"pytest.ini": f"{INI}addopts = -k kept\n"}, "head deselects it, by its configuration or its code"),
        ({"pytest.ini": f"{INI}python_functions = test_kept\n"}, "head does not have it"),
        ({"conftest.py": DROPS}, "head does not have it"),
        ({"test_work.py": SUITE.replace("test_hidden", "test_renamed")}, "head does not have it"),
        ({"test_work.py": SUITE.partition("def test_hidden")[0]}, "head does not have it"),
        (
            {"pytest.ini": f"{INI}testpaths = kept\n", "kept/test_new.py": SUITE.replace("test_hidden", "test_new")},
            "head does not have it",
        ),
    ],
    ids=["deselected", "not a test", "dropped", "renamed", "removed", "elsewhere"],
)
def test_what_head_no_longer_runs_is_missing(project: Project, files: dict[str, str], reason: str) -> None:
    project.write(files)
    found = project.against("HEAD", *MEASURED)
    assert hidden(found) == ("missing", reason)
    assert "missing" in found.said


LAST_FAILED = """{"test_work.py::test_kept": true}"""
# What pytest keeps for --stepwise, from 8.4 on and before.
STEPWISE = (
    """{"last_failed": "test_work.py::test_kept", "last_test_count": 2, "last_cache_date_str": "2099-01-01T00:00:00"}"""
    if pytest.version_tuple >= (8, 4)
    else '"test_work.py::test_kept"'
)


@pytest.mark.parametrize(
    ("addopts", "files"),
    [
        ("--lf", {"kept/v/cache/lastfailed": LAST_FAILED}),
        ("--sw", {"kept/v/cache/stepwise": STEPWISE}),
        ("--deselect=test_work.py::test_hidden", {}),
        ("--ignore=test_work.py", {"test_kept.py": SUITE.partition("def test_hidden")[0]}),
        ("-m nothing", {}),
    ],
    ids=["last failed", "stepwise", "deselected", "ignored", "nothing"],
)
def test_what_heads_addopts_leave_out_is_missing(project: Project, addopts: str, files: dict[str, str]) -> None:
    # The order of the file is that of the run: what comes before the test that failed last is left out.
    suite = SUITE.replace("test_kept", "test_x").replace("test_hidden", "test_kept").replace("test_x", "test_hidden")
    project.commit({"test_work.py": suite})
    project.write({"pytest.ini": f"{INI}addopts = {addopts}\ncache_dir = kept\n", **files})
    assert hidden(project.against("HEAD", "-p", "cacheprovider", "-p", "stepwise", *MEASURED))[0] == "missing"


def test_what_the_command_line_takes_up_again_is_not_missing(project: Project) -> None:
    project.commit({"pytest.ini": f"{INI}cache_dir = kept\n", "kept/v/cache/lastfailed": LAST_FAILED})
    found = project.against("HEAD", "--lf", "-p", "cacheprovider", *MEASURED)
    assert list(found.rows) == ["test_kept"]


NAMED = "def test_hidden(benchmark):"


@pytest.mark.parametrize(
    ("hiding", "reason"),
    [
        (f"@pytest.mark.skip(reason='slow')\n{NAMED}", "slow"),
        (f"@pytest.mark.xfail(run=False)\n{NAMED}", "expected to fail"),
        (f"{NAMED}\n    pytest.skip('slow')", "slow"),
        (f"{NAMED}\n    return", "the test did not call benchmark"),
    ],
    ids=["skip", "xfail", "skips itself", "returns"],
)
def test_what_head_alone_skips_is_missing(project: Project, hiding: str, reason: str) -> None:
    project.write({"test_work.py": f"import pytest\n{SUITE.replace(NAMED, hiding)}"})
    found = project.against("HEAD", *MEASURED)
    assert hidden(found) == ("missing", f"head skips it, base does not: {reason}")


def test_what_both_sides_skip_is_skipped_and_said_if_it_would_run_here(project: Project) -> None:
    mark = "@pytest.mark.skipif(not __import__('os').path.exists('data.txt'), reason='no data')\n"
    project.commit({"test_work.py": f"import pytest\n{SUITE.replace(NAMED, mark + NAMED)}", ".gitignore": "*.txt\n"})
    project.write({"data.txt": ""})
    found = project.against("HEAD", *MEASURED)
    assert hidden(found) == ("skipped", "no data")
    assert "test_hidden: skipped in the snapshots, and would not be in the working tree" in found.said
    assert "add to pytest.ini, below [pytest]: giflab_include" in found.said


ASKED = "giflab_against = HEAD\n"


@pytest.mark.parametrize("files", [{"pytest.ini": f"{INI}{ASKED}addopts = -k plain\n"}, {"test_work.py": ""}])
def test_a_head_that_leaves_no_benchmark_is_not_green(project: Project, files: dict[str, str]) -> None:
    project.commit({"pytest.ini": f"{INI}{ASKED}", "test_plain.py": "def test_plain(): pass\n"})
    project.write(files)
    found = project.gated()
    assert {row["status"] for row in found.rows.values()} == {"missing"}
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "nothing could be compared: test_work.py::test_kept: missing" in found.said


@pytest.mark.parametrize("asked", [["-k", "plain"], ["test_plain.py"]])
def test_a_call_that_picks_other_tests_is_a_run_without_a_gate(project: Project, asked: list[str]) -> None:
    project.commit({"pytest.ini": f"{INI}{ASKED}", "test_plain.py": "def test_plain(): pass\n"})
    found = project.run(*asked)
    assert found.status == pytest.ExitCode.OK
    assert "measured nothing: no test that was selected uses the benchmark fixture" in found.said


def test_what_the_command_line_leaves_out_is_not_missing(project: Project) -> None:
    assert list(project.against("HEAD", "-k", "kept", *MEASURED).rows) == ["test_kept"]
    assert list(project.against("HEAD", "test_work.py::test_kept", *MEASURED).rows) == ["test_kept"]


def test_heads_ini_file_does_not_switch_the_gate_off(project: Project) -> None:
    project.write({"pytest.ini": f"{INI}addopts = --collect-only\n"})
    found = project.run("--giflab-against=HEAD")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "--collect-only is in the ini file's addopts" in found.said


@pytest.mark.parametrize("switch", ["--fixtures", "--markers", "--help", "-VV", "--cache-show", "--fixtures-per-test"])
def test_heads_ini_file_does_not_ask_a_question_instead(project: Project, switch: str) -> None:
    project.write({"pytest.ini": f"{INI}addopts = {switch}\n"})
    found = project.run("--giflab-against=HEAD", "-p", "cacheprovider")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "giflab: measured nothing: pytest ended before its tests" in found.said


def test_the_command_line_may_ask_a_question_instead(project: Project) -> None:
    assert project.run("--giflab-against=HEAD", "--fixtures").status == 0


LAX = f"""{INI}
giflab_budget = 0.1s
giflab_timeout = 0.1
giflab_tests_from = own
addopts = --giflab-fail-on=never
"""


def test_heads_ini_file_does_not_shorten_the_gate(project: Project) -> None:
    project.write({"pytest.ini": LAX, "work.py": WORK.replace("range(amount)", "range(2 * amount)")})
    found = project.against("HEAD", "-k", "kept")
    assert found.status == pytest.ExitCode.TESTS_FAILED
    assert {row["verdict"] for row in found.rows.values()} == {"critical"}
    assert found.report["warnings"] == [
        "giflab_budget is 0.1 s on head and not set on base; that of base holds",
        "giflab_timeout is 0.1 s on head and 300 s on base; that of base holds",
        "giflab_fail_on is never on head and critical,warning on base; that of base holds",
        "giflab_tests_from is own on head and not set on base; that of base holds",
    ]


def test_the_limits_that_decided_are_in_the_report(project: Project) -> None:
    project.write({"pytest.ini": f"{INI}giflab_warning = 8\ngiflab_critical = 9\n"})
    found = project.against("HEAD", *MEASURED).report["thresholds"]
    assert (found["warning"], found["critical"]) == (0.05, 0.10)


def test_a_report_says_whether_tests_failed(project: Project) -> None:
    assert project.against("HEAD", *MEASURED).report["tests_failed"] is False
    project.write({"test_other.py": "def test_fails():\n    assert False\n"})
    assert project.against("HEAD", *MEASURED).report["tests_failed"] is True


def test_switches_of_the_command_line_win_over_both_sides(project: Project) -> None:
    project.commit({"pytest.ini": f"{INI}giflab_budget = 1h\ngiflab_fail_on = inconclusive\n"})
    project.write({"pytest.ini": f"{INI}giflab_budget = 2h\n"})
    found = project.against("HEAD", "--giflab-budget=0.1s", "--giflab-fail-on=critical")
    assert "the time was up after 0 pairs" in found.said
    assert not [each for each in found.report["warnings"] if "of base holds" in each]


def test_what_base_lays_over_itself_is_for_base_to_say(project: Project) -> None:
    project.commit({"pytest.ini": f"{INI}giflab_tests_from = head\n"})
    only_on_head = SUITE.replace("benchmark(work, 2_000)", "benchmark(work, 2_001)")
    project.write({"pytest.ini": INI, "test_work.py": only_on_head})
    found = project.against("HEAD", *MEASURED)
    assert {row["status"] for row in found.rows.values()} == {"measured"}, "else head's test is a changed one"
