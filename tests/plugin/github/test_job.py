"""What a GitHub Actions job is told: workflow commands that nothing in a report can forge, the summary, the outputs."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_giflab.errors import StoreError
from pytest_giflab.github.job import tell_job, workflow_commands
from pytest_giflab.model import Benchmark, Comparison
from tests.helpers.measurements import comparison, report

COMMAND = re.compile(
    r"::(?P<level>error|warning) file=(?P<file>[^,:]+),line=(?P<line>\d+),title=(?P<title>[^,:]+)::(?P<data>.*)"
)


def parse(command: str) -> dict[str, str]:
    """A workflow command as the runner reads it: properties up to the next comma or colon, then unescaped."""
    found = COMMAND.fullmatch(command)
    assert found, command
    return {
        name: re.sub("%3A", ":", value)
        .replace("%2C", ",")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
        for name, value in found.groupdict().items()
    }


def named(name: str, file: str = "t.py", **changes: object) -> Comparison:
    return comparison("critical", benchmark=Benchmark(name, file, 3), **changes)


@pytest.mark.parametrize(
    ("row", "level"),
    [
        (comparison("critical"), "error"),
        (comparison("warning"), "warning"),
        (comparison("critical", advisory=True), "warning"),
        (comparison(None, status="error"), "warning"),
        (comparison(None, status="missing"), "warning"),
    ],
)
def test_a_regression_or_failure_is_a_remark_on_the_tests_line(row: Comparison, level: str) -> None:
    (command,) = workflow_commands(report(row))
    found = parse(command)
    assert (found["level"], found["file"], found["line"]) == (level, "t.py", "3")


@pytest.mark.parametrize("verdict", ["ok", "improved", "inconclusive", None])
def test_what_is_no_regression_is_not_remarked_on(verdict: str | None) -> None:
    assert list(workflow_commands(report(comparison(verdict)))) == []


def test_a_remark_says_before_after_interval_clock_and_why() -> None:
    (command,) = workflow_commands(report(comparison("critical")))
    assert command == (
        "::error file=t.py,line=3,title=critical%3A test_a"
        "::1 ms, then 2 ms: +100 %25 (50 to 150 %25), by wall time; because"
    )


def test_files_are_named_from_the_top_of_the_repository() -> None:
    (command,) = workflow_commands(report(comparison("critical"), root="packages/one"))
    assert parse(command)["file"] == "packages/one/t.py"


@pytest.mark.parametrize(
    ("character", "in_title", "in_message"), [("%", "%25", "%25"), (":", "%3A", ":"), (",", "%2C", ",")]
)
def test_what_means_something_to_the_runner_is_escaped_as_it_documents(
    character: str, in_title: str, in_message: str
) -> None:
    (command,) = workflow_commands(report(named(f"t.py::test_a[{character}]", reason=f"[{character}]")))
    assert f"title=critical%3A test_a[{in_title}]::" in command
    assert command.endswith(f"[{in_message}]")


def test_a_file_with_a_colon_and_a_comma_is_escaped() -> None:
    (command,) = workflow_commands(report(named("t.py::test_a", "a:b,c%0A.py")))
    assert "file=a%3Ab%2Cc%250A.py,line=3," in command


@pytest.mark.parametrize(
    "attack", ["\n::error::pwned", "\r\n::add-mask::x", "%0A::stop-commands::x", "::set-env name=A::b"]
)
def test_a_name_cannot_start_a_command_of_its_own(attack: str) -> None:
    (command,) = workflow_commands(report(named(f"t.py::test_a[{attack}]", reason=attack)))
    assert len(command.splitlines()) == 1
    assert command.startswith("::error file=t.py,line=3,title=")
    parse(command)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_each_command_is_one_line_with_its_own_properties_whatever_the_report_says(
    name: str, file: str, reason: str
) -> None:
    for command in workflow_commands(report(named(name, file, reason=reason))):
        assert len(command.splitlines()) == 1
        assert parse(command)["line"] == "3"
        assert parse(command)["file"].rstrip("/").rpartition("/")[2] in file


def test_summary_and_outputs_are_appended(tmp_path: Path) -> None:
    summary, outputs = tmp_path / "summary", tmp_path / "outputs"
    summary.write_text("before\n")
    outputs.write_text("other=1\n")
    tell_job(report(comparison("critical")), {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)})
    text = html.unescape(summary.read_text(encoding="utf-8"))
    assert text.startswith("before\n## 🔴 1 benchmark is slower: <code>test_a</code> +100 % (50 to 150 %)\n")
    assert text.count("<code>t.py::test_a</code>") == 1
    assert outputs.read_text() == "other=1\nverdict=critical\n"


def test_a_job_without_these_files_is_told_nothing() -> None:
    tell_job(report(comparison("critical")), {})


def test_a_summary_that_github_would_drop_is_replaced_by_the_verdict(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    rows = [named(f"t.py::test_a[{'x' * 280}{number}]") for number in range(4000)]
    tell_job(report(*rows), {"GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("## 🔴 4000 of 4000 benchmarks are slower: ")
    assert "too long" in text
    assert len(text) < 1000


def test_a_summary_of_many_benchmarks_that_fits_is_kept(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    tell_job(report(*[named("t.py::test_a") for _ in range(1000)]), {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text(encoding="utf-8").count("| critical |") == 1000


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match=r"cannot write .*none.*No such file"):
        tell_job(report(), {name: str(tmp_path / "none" / "file")})
