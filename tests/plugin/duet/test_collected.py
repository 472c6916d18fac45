"""What the sides of a duet have collected, sorted out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_giflab.duet.collected import require_own_code, sort_out, why_not_collected
from pytest_giflab.duet.sides import BASE, HEAD, OVER, OWN
from pytest_giflab.duet.trial import Trial
from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring import Collected, Finished
from pytest_giflab.model import Benchmark, Comparison
from pytest_giflab.selection import Selection

A, B = (Benchmark(f"t.py::test_{name}", "t.py", 3, "digest") for name in "ab")

ROOT = Path("/project")
EVERYTHING = Selection(ROOT, ROOT, (".",), frozenset(), frozenset())
ALL_BUT_B = replace(EVERYTHING, deselected=frozenset({B.id}), is_narrowed=True)


def collected(*benchmarks: Benchmark, **uncollected: str) -> Collected:
    return Collected(benchmarks, {f"{name}.py": why for name, why in uncollected.items()}, ())


def sorted_out(base: Collected, head: Collected, *, has_over: bool = True) -> tuple[dict[str, Trial], list[Comparison]]:
    return sort_out({A.id: A}, {BASE: base, HEAD: head}, ALL_BUT_B, has_over=has_over)


def test_what_both_sides_have_is_tried() -> None:
    trials, others = sorted_out(collected(A), collected(A))
    assert (list(trials), others) == ([A.id], [])
    assert (trials[A.id].tests, trials[A.id].note) == (OWN, "")


@pytest.mark.parametrize(("has_over", "tests"), [(True, OVER), (False, OWN)])
def test_of_a_changed_test_heads_runs_if_it_can_be_laid_over(has_over: bool, tests: str) -> None:
    trials, _ = sorted_out(collected(replace(A, source="other")), collected(A), has_over=has_over)
    assert trials[A.id].tests == tests
    assert trials[A.id].note


def test_what_only_head_has_is_new() -> None:
    trials, (line,) = sorted_out(collected(), collected(A))
    assert (trials, line.status) == ({}, "new")


def test_what_only_base_has_is_missing_if_the_run_was_asked_for_it() -> None:
    c = replace(A, id="t.py::test_c")
    _, (line,) = sorted_out(collected(A, B, c), collected(A, B))
    assert (line.benchmark, line.status) == (c, "missing")


def test_what_only_base_has_is_missing_whatever_heads_own_configuration_leaves_out() -> None:
    dropped = replace(collected(A), deselected=(B.id,))
    _, (line,) = sorted_out(collected(A, B), dropped)
    assert (line.benchmark, line.status, line.reason.split(",")[0]) == (B, "missing", "head deselects it")


def test_what_the_session_alone_leaves_out_is_missing_unless_the_call_says_so() -> None:
    by_ini_file = replace(ALL_BUT_B, is_narrowed=False)
    _, (line,) = sort_out({A.id: A}, {BASE: collected(A, B), HEAD: collected(A, B)}, by_ini_file, has_over=True)
    assert (line.benchmark, line.status, line.reason.split(",")[0]) == (B, "missing", "head deselects it")


def test_what_somebody_typed_another_name_than_is_not_missing() -> None:
    named = replace(ALL_BUT_B, named=("t.py::test_a",))
    _, others = sort_out({A.id: A}, {BASE: collected(A, B), HEAD: collected(A)}, named, has_over=True)
    assert others == []


def test_what_head_did_not_collect_is_an_error_of_head() -> None:
    trials, (line,) = sorted_out(collected(A), collected(t="Traceback\nE   ImportError: no work\n"))
    assert (trials, line.status) == ({}, "error")
    assert (line.reason, line.said) == ("head: t.py cannot be collected (ImportError)", "ImportError: no work")


def test_ids_that_differ_from_process_to_process_are_named_as_such() -> None:
    here, there, base = (replace(A, id=f"t.py::test_a[<object at {place}>]") for place in (1, 2, 3))
    sides = {BASE: collected(base), HEAD: collected(there)}
    trials, (line,) = sort_out({here.id: here}, sides, EVERYTHING, has_over=True)
    assert (trials, line.status) == ({}, "error")
    assert "its id differs from process to process" in line.reason
    assert f"here {here.id}, there {there.id}" in line.reason


def test_what_base_could_not_collect_is_not_new() -> None:
    _, (line,) = sorted_out(collected(t="E   ImportError: no work"), collected(A))
    assert (line.status, line.reason) == ("error", "base: t.py cannot be collected (ImportError)")


@pytest.mark.parametrize("node", ["", ".", "bench", "bench/inner", "bench/inner/t.py", "bench/inner/t.py::TestIt"])
def test_what_keeps_base_from_a_folder_or_class_keeps_it_from_the_benchmark(node: str) -> None:
    benchmark = replace(A, id="bench/inner/t.py::TestIt::test_a", file="bench/inner/t.py")
    base = Collected((), {"benc": "E   KeyError", node: "E   ImportError: no work"}, ())
    _, (line,) = sort_out(
        {benchmark.id: benchmark}, {BASE: base, HEAD: collected(benchmark)}, EVERYTHING, has_over=True
    )
    where = node if node not in ("", ".") else "nothing"
    assert (line.status, line.said) == ("error", "ImportError: no work")
    assert line.reason.startswith(f"base: {where} can")


def test_what_head_cannot_collect_is_not_missing() -> None:
    c = replace(A, id="t.py::test_c")
    _, (line,) = sorted_out(collected(A, c), collected(A, t="E   ImportError: no work"))
    assert (line.status, line.reason) == ("error", "head: t.py cannot be collected (ImportError)")


def test_a_file_without_an_error_was_not_collected() -> None:
    assert why_not_collected(A, collected(), {A.id}).reason == "not collected"


def test_a_test_of_base_with_odd_limits_is_an_error_of_its_own() -> None:
    odd = Collected((), {A.id: "@pytest.mark.giflab does not know wrning"}, ())
    trials, (line,) = sorted_out(odd, collected(A))
    assert (trials, line.status) == ({}, "error")
    assert line.reason == f"base: {A.id} cannot be collected"
    assert line.said == "@pytest.mark.giflab does not know wrning"


@pytest.mark.parametrize(
    "message", [replace(collected(), strays=("work (/x)", "y (/y)")), Finished(("work (/x)", "y"))]
)
def test_code_from_elsewhere_is_an_error_that_names_it(message: Collected | Finished) -> None:
    with pytest.raises(MeasurementError, match=r"base would be measured with .* not its own: work \(/x\) and 1 more"):
        require_own_code(BASE, message)
    require_own_code(BASE, replace(message, strays=()))


def test_parameters_that_a_fresh_process_does_not_have_are_told_as_such() -> None:
    here, there = (replace(A, id=f"t.py::test_a[{name}]") for name in ("table", "NOTSET"))
    sides = {BASE: collected(there), HEAD: collected(there)}
    trials, (line,) = sort_out({here.id: here}, sides, EVERYTHING, has_over=True)
    assert (trials, line.status) == ({}, "error")
    assert line.reason.startswith("head: in a fresh process the set of its parameters is empty")
    assert "giflab_include" in line.reason


def test_an_id_that_agreed_by_chance_and_differs_in_a_later_process_is_named_as_such() -> None:
    here, there = (replace(A, id=f"t.py::test_a[{name}]") for name in "ab")
    assert why_not_collected(here, collected(there), {here.id}).reason.endswith(f"here {here.id}, there {there.id}")
    assert why_not_collected(here, collected(there), {here.id, there.id}).reason == "not collected"
