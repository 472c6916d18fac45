"""What a run was asked to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_giflab.model import Benchmark
from pytest_giflab.selection import Selection, is_narrowed
from tests.helpers.marks import needs_posix

pytestmark = needs_posix

ROOT = Path("/project")
FILES = frozenset({"tests/t.py"})
BENCHMARK = Benchmark("tests/t.py::TestA::test_b[1]", "tests/t.py", 3)


@pytest.mark.parametrize(
    ("argument", "selected"),
    [
        (".", True),
        ("tests", True),
        ("tests/t.py", True),
        ("/project/tests/t.py", True),
        ("tests/t.py::TestA", True),
        ("tests/t.py::TestA::test_b", True),
        ("tests/t.py::TestA::test_b[1]", True),
        ("tests/t.py::TestA::test_b[2]", False),
        ("tests/t.py::TestA::test", False),
        ("tests/t.py::Test", False),
        ("tests/other.py", False),
        ("docs", False),
        ("../elsewhere", False),
    ],
)
def test_an_argument_covers_what_is_below_it(argument: str, selected: bool) -> None:
    assert Selection(ROOT, ROOT, (argument,), frozenset(), FILES)(BENCHMARK) is selected


def test_arguments_are_relative_to_where_the_command_was_given() -> None:
    assert Selection(ROOT, ROOT / "tests", ("t.py",), frozenset(), FILES)(BENCHMARK)


def test_what_was_deselected_is_not_asked_for() -> None:
    assert not Selection(ROOT, ROOT, (".",), frozenset({BENCHMARK.id}), FILES)(BENCHMARK)


def test_a_file_that_pytest_did_not_look_into_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "t.py").touch()
    assert not Selection(tmp_path, tmp_path, (".",), frozenset(), frozenset())(BENCHMARK)


@pytest.mark.parametrize("word", ["--lf", "--last-failed", "--sw", "--stepwise-skip", "--splits=3"])
def test_a_call_may_narrow_what_the_session_runs(word: str) -> None:
    assert is_narrowed(["-q", word])


@pytest.mark.parametrize("word", ["-q", "--lfnf=none", "--swx", "tests/--lf", "-k", "--giflab-against=HEAD"])
def test_other_words_of_a_call_mean_the_same_to_all_its_processes(word: str) -> None:
    assert not is_narrowed([word])


def test_a_file_that_is_gone_is_asked_for(tmp_path: Path) -> None:
    assert Selection(tmp_path, tmp_path, (".",), frozenset(), frozenset())(BENCHMARK)
