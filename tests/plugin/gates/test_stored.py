"""Gated runs of whole projects, as a user starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.helpers.marks import needs_linux, needs_pinning
from tests.helpers.projects import LIGHT, ONCE, interruptible, path_with_plugins

SUITE = """
    import pytest
    from work import work

    def test_plain():
        assert work() >= 0

    @pytest.mark.parametrize("times", [1, 3])
    def test_call(benchmark, times):
        assert benchmark(lambda: [work() for _ in range(times)])

    class TestGroup:
        def test_pedantic(self, benchmark):
            benchmark.pedantic(work, rounds=8, iterations=3)
"""
IDS = {"test_suite.py::test_call[1]", "test_suite.py::test_call[3]", "test_suite.py::TestGroup::test_pedantic"}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("PYTHONPATH", path_with_plugins(os.environ.get("PYTHONPATH", "")))
    pytester.makeini("[pytest]\npythonpath = .")
    set_work(pytester, 20_000)
    pytester.makepyfile(test_suite=SUITE)
    return pytester


def set_work(project: pytest.Pytester, amount: int) -> None:
    project.makepyfile(work=f"def work():\n    return sum(i * i for i in range({amount}))\n")


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess(*LIGHT, *arguments, timeout=180)


def baseline(project: pytest.Pytester) -> Path:
    return project.path / ".giflab" / "baselines" / "main.json"


def report(project: pytest.Pytester, name: str = "report.json") -> Any:
    document = json.loads((project.path / name).read_text())
    schema = resources.files("pytest_giflab").joinpath("schemas", "giflab.gate.1.schema.json").read_text()
    jsonschema.validate(document, json.loads(schema))
    return document


def verdicts(document: Any) -> set[str]:
    return {row["verdict"] for row in document["benchmarks"]}


@needs_pinning
@pytest.mark.alone
def test_record_then_compare_then_slower_then_faster(project: pytest.Pytester) -> None:
    recorded = run(project, "--giflab-baseline", "--giflab-report=report.json")
    assert {row["status"] for row in report(project)["benchmarks"]} == {"new"}
    recorded.assert_outcomes(passed=4)
    recorded.stdout.fnmatch_lines(["giflab: recorded baseline 'main' with 3 benchmarks: *"])
    before = baseline(project).read_bytes()
    assert set(json.loads(before)["recordings"][0]["benchmarks"]) == IDS

    same = run(project, "--giflab-baseline", "--giflab-report=report.json")
    same.assert_outcomes(passed=4)
    assert same.ret == 0
    assert {row["id"] for row in report(project)["benchmarks"]} == IDS
    assert verdicts(report(project)) <= {"ok", "inconclusive"}

    set_work(project, 80_000)
    reports = [f"--giflab-report={name}" for name in ("/proc/none/report.json", "report.json", "report.md")]
    slower = run(project, "--giflab-baseline", *reports)
    slower.stdout.fnmatch_lines(["giflab: error: cannot write /proc/none/report.json: *"])
    slower.assert_outcomes(passed=4)
    assert slower.ret == 1
    assert verdicts(report(project)) == {"critical"}
    assert report(project)["verdict"] == "critical"
    slower.stdout.fnmatch_lines(["*critical*slower than 1 recorded moment*"])
    assert "## 🔴 " in (project.path / "report.md").read_text()

    set_work(project, 5_000)
    faster = run(project, "--giflab-baseline", "--giflab-report=report.json")
    assert faster.ret == 0
    assert verdicts(report(project)) <= {"improved", "ok"}
    assert baseline(project).read_bytes() == before, "comparing never changes a baseline"


def test_a_regression_may_be_let_through(project: pytest.Pytester) -> None:
    run(project, "--giflab-update-baseline", "-k", "pedantic")
    set_work(project, 100_000)
    assert run(project, "--giflab-baseline", "--giflab-fail-on=never", "-k", "pedantic").ret == 0


@pytest.mark.covered
def test_only_what_was_asked_for_is_missing_and_what_is_not_there_is_new(project: pytest.Pytester) -> None:
    run(project, "--giflab-update-baseline", "-k", "call")
    project.makepyfile(
        test_suite=SUITE.replace("[1, 3]", "[1]") + "\n    def test_more(benchmark):\n        benchmark(work)\n"
    )
    found = run(project, "--giflab-baseline", "--giflab-report=report.json", "-k", "call or more", *ONCE)
    statuses = {row["id"].partition("::")[2]: row["status"] for row in report(project)["benchmarks"]}
    assert statuses == {"test_call[1]": "measured", "test_call[3]": "missing", "test_more": "new"}
    assert found.ret == 0


@pytest.mark.covered
def test_every_benchmark_is_accounted_for(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_suite="""
        import os
        import pytest
        from work import work

        def test_good(benchmark):
            benchmark(work)

        def test_fails(benchmark):
            benchmark(work)
            assert 0

        @pytest.fixture
        def broken():
            raise RuntimeError("no data")

        def test_errs(benchmark, broken):
            benchmark(work)

        @pytest.mark.skip(reason="not today")
        def test_skipped(benchmark):
            benchmark(work)

        def test_idle(benchmark):
            pass

        def test_sometimes(benchmark, record_property):
            from pathlib import Path
            record_property("path", Path("a"))
            if Path("flag").exists():
                pytest.skip("the second time")
            Path("flag").touch()
            benchmark(work)

        def test_dynamic(request):
            request.getfixturevalue("benchmark")(work)

        def test_short(benchmark):
            benchmark.pedantic(lambda: None)

        def test_dies(benchmark):
            os._exit(3)

        def test_after(benchmark):
            benchmark(work)
        """
    )
    found = run(project, "--giflab-baseline", "-p", "fewer", "--processes=2")
    found.assert_outcomes(passed=6, failed=2, errors=1, skipped=1)
    found.stdout.fnmatch_lines_random(
        [
            "giflab: test_suite.py::test_fails: error, failed in call",
            "giflab: test_suite.py::test_errs: error, failed in setup",
            "giflab: test_suite.py::test_dies: error, its process ended with exit status 3",
            "giflab: test_suite.py::test_sometimes: skipped, the second time",
            "giflab: test_suite.py::test_dynamic: not gated, it asks for the benchmark fixture while it runs; *",
            "giflab: test_suite.py::test_skipped: skipped, not today",
            "giflab: test_suite.py::test_idle: skipped, the test did not call benchmark",
            "giflab: test_suite.py::test_short: skipped, too short to time: *",
            "giflab: error: baseline 'main' was not recorded: tests failed",
            "*no data*",
        ]
    )
    assert found.ret == 1
    assert not baseline(project).exists()


@pytest.mark.covered
def test_when_all_benchmarks_are_gone_they_are_missing(project: pytest.Pytester) -> None:
    run(project, "--giflab-update-baseline", "-k", "pedantic", *ONCE)
    project.makepyfile(test_suite="def test_plain():\n    pass\n")
    found = run(project, "--giflab-baseline", "--giflab-report=report.json")
    assert [row["status"] for row in report(project)["benchmarks"]] == ["missing"]
    found.stdout.fnmatch_lines(["*missing*", "giflab: measured nothing: no test that was selected*"])
    assert found.ret == pytest.ExitCode.USAGE_ERROR


def test_updating_keeps_what_pytest_did_not_look_into(project: pytest.Pytester) -> None:
    project.makepyfile(test_other="from work import work\n\ndef test_b(benchmark):\n    benchmark(work)\n")
    run(project, "--giflab-update-baseline", "-k", "pedantic or test_b", *ONCE)
    run(project, "--giflab-update-baseline", "--ignore=test_other.py", "-k", "pedantic", *ONCE)
    recordings = json.loads(baseline(project).read_text())["recordings"]
    assert [list(each["benchmarks"]) for each in recordings] == [
        ["test_other.py::test_b"],
        ["test_suite.py::TestGroup::test_pedantic"],
    ]


def test_fixtures_of_other_tests_are_torn_down_across_a_benchmark(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_one="""
        import pytest
        from work import work

        @pytest.fixture(scope="module")
        def resource():
            yield 1
            print("torn down")

        def test_before(resource):
            pass

        def test_measured(benchmark):
            benchmark(work)
        """,
        test_two="def test_after():\n    pass\n",
    )
    found = run(project, "--giflab-update-baseline", "-s", "test_one.py", "test_two.py", *ONCE)
    found.assert_outcomes(passed=3)
    found.stdout.fnmatch_lines(["*torn down*"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--benchmark-disable"], "--benchmark-disable was given; --benchmark-enable overrides it"),
        (["--benchmark-skip"], "--benchmark-skip was given; --benchmark-only overrides it"),
        (["-n2"], "pytest-xdist runs the tests*"),
        (["-p", "no:benchmark", "-k", "plain"], "pytest-benchmark is not loaded"),
    ],
)
@pytest.mark.covered
def test_a_gate_that_is_switched_off_is_an_error(project: pytest.Pytester, arguments: list[str], reason: str) -> None:
    found = run(project, "--giflab-baseline", *arguments)
    found.stderr.fnmatch_lines([f"ERROR: giflab: cannot measure against a baseline: {reason}"])
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert not baseline(project).exists()


@pytest.mark.covered
def test_where_no_benchmark_is_selected_one_line_says_so(project: pytest.Pytester) -> None:
    found = run(project, "--giflab-baseline", "-k", "plain")
    found.stdout.fnmatch_lines(["giflab: measured nothing: no test that was selected uses the benchmark fixture"])
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    configured = run(project, "-o", "giflab_baseline=true", "-k", "plain")
    assert configured.ret == 0
    assert not baseline(project).exists()


def test_what_the_command_line_enables_is_measured_though_the_configuration_disables_it(
    project: pytest.Pytester,
) -> None:
    disabled = ("-o", "addopts=--benchmark-disable", "-k", "pedantic")
    assert run(project, "--giflab-baseline", *disabled, "--benchmark-enable", *ONCE).ret == 0
    assert baseline(project).exists()


def test_a_baseline_of_nothing_is_not_recorded_and_is_not_green(project: pytest.Pytester) -> None:
    project.makepyfile(test_suite="def test_idle(benchmark):\n    pass\n")
    found = run(project, "--giflab-baseline", *ONCE)
    found.stdout.fnmatch_lines(["giflab: error: baseline 'main' was not recorded: nothing was measured"])
    assert found.ret == pytest.ExitCode.USAGE_ERROR


def test_collecting_only_measures_nothing(project: pytest.Pytester) -> None:
    found = run(project, "--giflab-baseline", "--co", "-q")
    assert found.ret == 0
    assert not baseline(project).exists()


@pytest.mark.covered
def test_benchmark_only_skips_the_other_tests(project: pytest.Pytester) -> None:
    found = run(project, "--giflab-baseline", "--benchmark-only", "-k", "plain or pedantic", *ONCE)
    found.assert_outcomes(passed=1, skipped=1)
    assert baseline(project).exists()


@pytest.mark.covered
def test_ci_without_a_baseline_is_an_error(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    found = run(project, "--giflab-baseline")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: no baseline 'main' in *; record it with --giflab-update-baseline"])


def test_a_baseline_that_cannot_be_read_is_an_error_before_anything_runs(project: pytest.Pytester) -> None:
    content = '{"schema": "giflab.baseline/9"}'
    baseline(project).parent.mkdir(parents=True)
    baseline(project).write_text(content)
    for option in ("--giflab-baseline", "--giflab-update-baseline"):
        found = run(project, option)
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines(["ERROR: *main.json*"])
        found.stdout.no_fnmatch_line("*passed*")
    assert baseline(project).read_text() == content


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--giflab-baseline-name="], "*cannot be the name of a baseline*"),
        (["-o", "giflab_warning=5%"], "*giflab_warning: '5%' is not a fraction*"),
    ],
)
def test_wrong_options_are_one_error(project: pytest.Pytester, arguments: list[str], message: str) -> None:
    found = run(project, "--giflab-baseline", *arguments)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: {message}"])


@pytest.mark.parametrize("option", ["--giflab-report", "--giflab-store"])
def test_a_path_outside_in_a_word_of_its_own_is_one_error(project: pytest.Pytester, option: str) -> None:
    outside = project.path.parent / "report.json"
    outside.touch()  # from now on pytest would look for its root folder above both
    found = run(project, "--giflab-baseline", option, str(outside))
    assert found.ret == 4
    found.stderr.fnmatch_lines([f"ERROR: write {option}={outside} in one word: *"])
    assert len(found.errlines) <= 2


def test_wrong_marker_arguments_are_one_error(project: pytest.Pytester) -> None:
    marked = "import pytest\n\n@pytest.mark.giflab({})\ndef test_marked(benchmark):\n    benchmark(print)\n"
    project.makepyfile(test_suite=marked.format("limit=2"))
    found = run(project, "--giflab-baseline")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: test_suite.py::test_marked: *does not know limit; *"])


@pytest.mark.covered
def test_marker_and_ini_set_the_limits(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\npythonpath = .\ngiflab_warning = 1\ngiflab_critical = 2\ngiflab_baseline = true")
    project.makepyfile(
        test_suite="""
        import pytest
        from work import work

        @pytest.mark.giflab(critical=9, clock="wall")
        class TestMarked:
            @pytest.mark.giflab(critical=8)
            def test_closest(self, benchmark):
                benchmark(work)
        """
    )
    run(project)
    run(project, "--giflab-report=report.json", *ONCE)
    (row,) = report(project)["benchmarks"]
    assert row["limits"]["head"] == {"warning": 1, "critical": 8, "confidence": 0.95, "clock": "wall"}
    assert row["clock"] == "wall"


def git(project: pytest.Pytester, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=project.path, check=True, capture_output=True)


@pytest.mark.covered
def test_updating_at_the_same_commit_adds_a_moment_and_else_replaces(project: pytest.Pytester) -> None:
    (project.path / ".gitignore").write_text("runpytest-*\nstdout\nstderr\n")  # pytester's own
    git(project, "init")
    git(project, "add", ".")
    git(project, "commit", "-m", "one")

    def counts() -> dict[str, int]:
        recordings = json.loads(baseline(project).read_text())["recordings"]
        names = [name.rpartition("::")[2] for recording in recordings for name in recording["benchmarks"]]
        return {name: names.count(name) for name in names}

    for _ in range(2):
        assert run(project, "--giflab-update-baseline", "-k", "pedantic or call[1]", *ONCE).ret == 0
    assert counts() == {"test_pedantic": 2, "test_call[1]": 2}
    set_work(project, 19_000)
    run(project, "--giflab-update-baseline", "-k", "pedantic", *ONCE)
    assert counts() == {"test_pedantic": 1, "test_call[1]": 2}, "what was not asked for keeps its recordings"


def test_options_that_save_or_stop_do_not_reach_the_workers(project: pytest.Pytester) -> None:
    found = run(
        project,
        "--giflab-baseline",
        "-x",
        "--junitxml=junit.xml",
        "--benchmark-autosave",
        "--maxfail=1",
        "-k",
        "pedantic",
        *ONCE,
    )
    assert found.ret == 0
    assert not list((project.path / ".benchmarks").rglob("*.json"))
    assert (project.path / "junit.xml").read_text().count("<testcase") == 1


@needs_linux
@pytest.mark.parametrize("recorded", [False, True])
def test_interrupting_leaves_no_process_and_no_verdict(project: pytest.Pytester, recorded: bool) -> None:
    if recorded:
        run(project, "--giflab-update-baseline", "-k", "pedantic", *ONCE)
    before = baseline(project).read_bytes() if recorded else None
    project.makepyfile(test_suite="import time\n\ndef test_slow(benchmark):\n    benchmark(time.sleep, 60)\n")
    with interruptible([sys.executable, "-m", "pytest", *LIGHT, "--giflab-baseline"], project.path) as session:
        workers = wait_for_workers(session.pid)
        session.send_signal(signal.SIGINT)
        out, _ = session.communicate(timeout=60)
    assert session.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in out
    assert "verdict against" not in out
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert before == (baseline(project).read_bytes() if recorded else None)


def command_line(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile, as git does soon
        return b""


def wait_for_workers(pid: int) -> list[str]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        workers = [child for child in children if b"pytest_giflab.measuring.worker" in command_line(child)]
        if workers:
            return workers
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def test_the_plugin_is_silent_when_it_is_not_asked(project: pytest.Pytester) -> None:
    found = run(project, "-k", "plain")
    found.stdout.no_fnmatch_line("*giflab: *")
    assert not baseline(project).exists()


def test_registering_the_plugin_loads_nothing_but_pytest() -> None:
    code = """
import sys
import pytest
before = set(sys.modules)
import pytest_giflab.plugin
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(roots - set(sys.stdlib_module_names)))
"""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "['giflab_core', 'pytest_giflab']"


def test_what_a_fresh_process_cannot_collect_fails_and_says_why(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)  # which every fresh process has
    project.makepyfile(
        test_suite="""
        import os
        from work import work

        if "PYTHONHASHSEED" in os.environ:
            raise OSError("no display here")

        def test_work(benchmark):
            benchmark(work)
        """
    )
    found = run(project, "--giflab-baseline", *ONCE)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*test_work: *cannot be collected (OSError), and said last: OSError: no display here"])
    assert found.ret == pytest.ExitCode.TESTS_FAILED
