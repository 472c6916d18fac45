"""The options: the command line before the ini file, and one line for what makes no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_giflab.options import Options, read_options, read_thresholds


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


def options(pytester: pytest.Pytester, *arguments: str) -> Options:
    found = read_options(pytester.parseconfig(*arguments))
    assert found
    return found


def test_no_gate_is_asked_for_by_default(pytester: pytest.Pytester) -> None:
    assert read_options(pytester.parseconfig("--giflab-fail-on=critical", "--giflab-budget=5m")) is None


def test_the_ini_file_asks_for_a_gate_too(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngiflab_against = main\ngiflab_budget = 5m\n")
    found = options(pytester)
    assert (found.against, found.is_duet, found.terms.budget_s) == ("main", True, 300)


def test_the_command_line_goes_before_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngiflab_against = main\ngiflab_baseline_name = slow\n")
    found = options(pytester, "--giflab-baseline", "--giflab-baseline-name=fast")
    assert (found.against, found.is_duet, found.name) == (None, False, "fast")


def test_a_store_lies_in_the_root(pytester: pytest.Pytester) -> None:
    assert options(pytester, "--giflab-baseline", "--giflab-store=kept").store == pytester.path / "kept"


def test_a_report_lies_where_pytest_was_started(pytester: pytest.Pytester) -> None:
    found = options(pytester, "--giflab-baseline", "--giflab-report=a.json", "--giflab-report=/b.md")
    assert found.reports == (pytester.path / "a.json", Path("/b.md"))


@pytest.mark.parametrize(("value", "ci"), [("true", True), ("1", True), ("TRUE", True), ("false", False), ("", False)])
def test_the_environment_says_whether_this_is_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, value: str, ci: bool
) -> None:
    monkeypatch.setenv("CI", value)
    assert options(pytester, "--giflab-baseline").ci == ci


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), (" 3 s ", 3)], ids=repr
)
def test_a_time_has_a_unit(pytester: pytest.Pytester, text: str, seconds: float) -> None:
    assert options(pytester, "--giflab-against=HEAD", f"--giflab-budget={text}").terms.budget_s == seconds


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--giflab-against="], "--giflab-against: give a commit, a branch or a tag"),
        (["--giflab-against=HEAD", "--giflab-baseline"], "exclude each other; give one"),
        (["--giflab-against=HEAD", "--giflab-selfcheck"], "exclude each other; give one"),
        (["--giflab-against=HEAD", "--giflab-budget=soon"], "'soon' is not a time such as 90s or 5m"),
        (["--giflab-against=HEAD", "--giflab-budget=0s"], "'0s' is not a time such as 90s or 5m"),
        (["--giflab-against=HEAD", "-o", "giflab_timeout=never"], "'never' is not a time"),
        (["--giflab-against=HEAD", "-o", "giflab_tests_from=both"], "'both' is not among head, own"),
        (["--giflab-baseline", "--giflab-fail-on=all"], "all is not among critical, warning, inconclusive"),
        (["--giflab-baseline", "--giflab-store=s3://bucket"], "unknown kind of store 's3'"),
        (["--giflab-baseline", "--giflab-report=report.pdf"], "report.pdf must end in .json or .md"),
    ],
)
def test_a_value_that_makes_no_sense_is_one_error(
    pytester: pytest.Pytester, arguments: list[str], message: str
) -> None:
    with pytest.raises(pytest.UsageError, match=re.escape(message)):
        pytester.parseconfigure(*arguments)


def test_a_baseline_is_overwritten_only_if_the_call_says_so(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\naddopts = --giflab-update-baseline\n")
    assert options(pytester).update, "the call asks for nothing else"
    assert not options(pytester, "--giflab-baseline").update
    assert options(pytester, "--giflab-against=HEAD").is_duet


def test_the_ini_file_sets_the_limits_of_all_benchmarks(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngiflab_warning = 0.02\n")
    found = read_thresholds(pytester.parseconfig())
    assert (found.warning, found.critical) == (0.02, 0.10)


@pytest.mark.parametrize(
    ("value", "message"),
    [("5%", "giflab_warning: '5%' is not a fraction"), ("0.5", "0 < warning <= critical")],
)
def test_a_limit_that_makes_no_sense_is_one_error(pytester: pytest.Pytester, value: str, message: str) -> None:
    with pytest.raises(pytest.UsageError, match=re.escape(message)):
        read_thresholds(pytester.parseconfig("-o", f"giflab_warning={value}"))
