"""From pytest's test items to benchmarks: node id, place, limits of the marker, digest of the test function.

And why a run has none to measure.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest

from pytest_giflab.errors import GateError
from pytest_giflab.model import Benchmark, Clock, Limits
from pytest_giflab.neighbours import is_codspeed_benchmark, why_not_measurable
from pytest_giflab.options import words_of_call
from pytest_giflab.thresholds import Thresholds

FIXTURES = {"benchmark", "codspeed_benchmark"}
MARKER_ARGUMENTS = ("warning", "critical", "clock", "exclusive")
# With these a run does not have a test to measure.
SWITCHES_WITHOUT_TESTS = (
    ("collectonly", ("--collect-only", "--co")),
    ("setuponly", ("--setup-only",)),
    ("setupplan", ("--setup-plan",)),
)


@dataclass(frozen=True, slots=True)
class Idle:
    """Why nothing is measured; `is_meant`: the run was never to measure anything; `is_judged`: it has a verdict yet."""

    why: str
    is_meant: bool = False
    is_judged: bool = False


# A benchmark may be missing all the same.
NO_BENCHMARK = Idle("no test that was selected uses the benchmark fixture", is_meant=True, is_judged=True)


def is_benchmark(item: pytest.Item) -> bool:
    """Whether the test names the `benchmark` fixture, itself or through another, or is one of pytest-codspeed."""
    return not FIXTURES.isdisjoint(getattr(item, "fixturenames", ())) or is_codspeed_benchmark(item)


def find_benchmarks(session: pytest.Session, thresholds: Thresholds) -> list[Benchmark]:
    """The benchmarks among the collected tests; raises pytest.UsageError for limits that make no sense."""
    for item in session.items:
        check_marker(item)
    return [to_benchmark(item, thresholds) for item in session.items if is_benchmark(item)]


def collect_benchmarks(session: pytest.Session, thresholds: Thresholds) -> tuple[list[Benchmark], dict[str, str]]:
    """The benchmarks among the collected tests, and why others are none, by node id: their limits make no sense."""
    found: list[Benchmark] = []
    odd: dict[str, str] = {}
    for item in filter(is_benchmark, session.items):
        try:
            check_marker(item)
            found.append(to_benchmark(item, thresholds))
        except pytest.UsageError as error:
            odd[item.nodeid] = str(error).removeprefix(f"{item.nodeid}: ")
    return found, odd


def to_benchmark(item: pytest.Item, thresholds: Thresholds) -> Benchmark:
    """The benchmark of a test; raises pytest.UsageError for a limit that makes no sense."""
    given: dict[str, Any] = {}
    for marker in item.iter_markers("giflab"):
        given = {**marker.kwargs, **given}  # the closest comes first
    clock, exclusive = given.pop("clock", None), bool(given.pop("exclusive", False))
    try:
        limits = Limits(replace(thresholds, **given), clock)
    except (GateError, TypeError) as error:
        raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.giflab: {error}") from error
    file, line, _ = item.location
    return Benchmark(item.nodeid, file, (line or 0) + 1, _source(item), limits, exclusive)


def check_marker(item: pytest.Item) -> None:
    """Raise pytest.UsageError for arguments that the marker does not have."""
    for marker in item.iter_markers("giflab"):
        unknown = [*map(repr, marker.args), *(set(marker.kwargs) - set(MARKER_ARGUMENTS))]
        if unknown:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.giflab does not know {', '.join(unknown)}; "
                "it takes warning=, critical=, clock= and exclusive="
            )
        clock = marker.kwargs.get("clock")
        if clock not in (None, *get_args(Clock)):
            raise pytest.UsageError(f"{item.nodeid}: clock={clock!r} is not among {', '.join(get_args(Clock))}")


def is_skipped(item: pytest.Item) -> bool:
    """Whether the markers of a test skip it in this session."""
    plugin: Any = item.config.pluginmanager.get_plugin("skipping")
    with suppress(Exception, pytest.fail.Exception):  # a condition can fail here, and pytest is free to change
        return plugin.evaluate_skip_marks(item) is not None
    return True


def _source(item: pytest.Item) -> str | None:
    """A digest of the test function that does not change with its markers, its place or its comments."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(item.function))))  # type: ignore[attr-defined]
    except (AttributeError, OSError, SyntaxError, TypeError):
        return None
    function = tree.body[0]
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        function.decorator_list = []
    return hashlib.sha256(ast.unparse(function).encode()).hexdigest()


def why_idle(config: pytest.Config) -> Idle | None:
    """Why nothing can be measured by this configuration, whatever was collected; None if it can."""
    given = [names for option, names in SWITCHES_WITHOUT_TESTS if config.getoption(option, False)]
    # The ini file of a change must not switch its gate off.
    is_meant = any(not set(names).isdisjoint(words_of_call(config)) for names in given)
    if why := why_not_measurable(config):
        return Idle(why, is_meant=is_meant)
    if given:
        where = "was given" if is_meant else "is in the ini file's addopts; give it on the command line"
        return Idle(f"{given[0][0]} {where}", is_meant=is_meant)
    return None
