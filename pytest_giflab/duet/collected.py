"""Sort out what the sides of a duet have collected: what both have, what only one has, and what is an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from pytest_giflab.duet.sides import BASE, HEAD, OVER, OWN
from pytest_giflab.duet.trial import IN_USE, Trial
from pytest_giflab.errors import MeasurementError, NotBuilt
from pytest_giflab.measuring import Collected, Fault, Finished, what_kept_from
from pytest_giflab.model import Benchmark, Comparison
from pytest_giflab.selection import Selection

RESTLESS = "its id differs from process to process, so that it cannot be told again; give parametrize() ids of its own"
# What pytest makes of a test whose set of parameters is empty.
NO_PARAMETERS = re.compile(r"\[(.*-)?NOTSET(-.*)?\]$")
EMPTY = (
    "in a fresh process the set of its parameters is empty; if they are made of files that git ignores, name these in "
    "the ini key giflab_include"
)
NOT_COLLECTED = "not collected"
# How reasons begin why a side lacks a test that the session has.
UNCOLLECTED = (RESTLESS, EMPTY, NOT_COLLECTED)
AT_ONCE = "; the session and both sides run at the same time, so let the system choose the port or the name"


def require_own_code(name: str, message: Collected | Finished) -> None:
    """Raise NotBuilt if a process has imported the project from elsewhere than from its own snapshot."""
    strays = message.strays
    if strays:
        more = f" and {len(strays) - 1} more modules" if len(strays) > 1 else ""
        raise NotBuilt(
            f"{name} would be measured with code that is not its own: {strays[0]}{more}. Tell giflab_setup how to "
            "install the project from a folder"
        )


def why_not_collected(benchmark: Benchmark, collected: Collected, known: Collection[str]) -> Fault:
    """For a benchmark that is not among what was collected; `known`: all ids of benchmarks that the session has."""
    if fault := what_kept_from(benchmark.id, collected.uncollected):
        return fault
    same = (each.id for each in collected.benchmarks if _function(each.id) == _function(benchmark.id))
    others = [name for name in same if name not in known]
    if any(map(NO_PARAMETERS.search, others)):
        return Fault(EMPTY)
    return Fault(f"{RESTLESS}: here {benchmark.id}, there {others[0]}" if others else NOT_COLLECTED)


def with_hint(error: MeasurementError) -> MeasurementError:
    """Of a process that could not even start: the same, with what to do if another one holds what it needs."""
    hint = _hint(error.said.partition("\n")[0])
    return MeasurementError(f"{error.reason}{hint}", error.said) if hint else error


def _hint(said: str) -> str:
    return AT_ONCE if IN_USE.search(said) else ""


def _lost(benchmark: Benchmark, side: str, fault: Fault) -> Comparison:
    return Comparison(benchmark, "error", reason=f"{side}: {fault.reason}{_hint(fault.said)}", said=fault.said)


def sort_out(
    benchmarks: Mapping[str, Benchmark],
    collected: Mapping[str, Collected],
    selection: Selection,
    *,
    has_over: bool,
) -> tuple[dict[str, Trial], list[Comparison]]:
    """Of these benchmarks of head by id, a trial for each that both sides have; a line of the report for each other.

    `selection`: whether the run was asked for a benchmark that only base has. What head's configuration leaves out of
    it, it was asked for: base's own left it in. `has_over`: head's tests can be laid over base.
    """
    trials: dict[str, Trial] = {}
    others: list[Comparison] = []
    base, head = ({each.id: each for each in collected[name].benchmarks} for name in (BASE, HEAD))
    restless = _restless(benchmarks, head)
    for name, benchmark in benchmarks.items():
        if name not in head:
            others.append(_lost(benchmark, HEAD, why_not_collected(benchmark, collected[HEAD], benchmarks)))
        elif name in base:
            trials[name] = _trial(base[name], benchmark, has_over=has_over)
        elif fault := what_kept_from(name, collected[BASE].uncollected):
            others.append(_lost(benchmark, BASE, fault))
        else:
            others.append(Comparison(benchmark, "new", reason="base does not have it"))
    missing = [
        each
        for name, each in base.items()
        if name not in benchmarks
        and _function(name) not in restless
        # What head's processes have, and the session does not, is left out by the call, if that has such as --lf.
        and not (name in head and selection.is_narrowed)
        and selection.is_named(each)
    ]
    others += [_gone(each, collected[HEAD], is_left_out=each.id in head) for each in missing]
    return trials, others


def _gone(benchmark: Benchmark, head: Collected, *, is_left_out: bool) -> Comparison:
    """A line for what base has collected and the session has not; `is_left_out`: another process of head has."""
    if fault := what_kept_from(benchmark.id, head.uncollected):
        return _lost(benchmark, HEAD, fault)
    is_deselected = is_left_out or benchmark.id in head.deselected
    why = "head deselects it, by its configuration or its code" if is_deselected else "head does not have it"
    return Comparison(benchmark, "missing", reason=why)


def _restless(benchmarks: Mapping[str, Benchmark], head: Mapping[str, Benchmark]) -> set[str]:
    """The functions whose ids another process of the same code does not have, but others."""
    gone = {_function(name) for name in benchmarks if name not in head}
    return gone.intersection(_function(name) for name in head if name not in benchmarks)


def _function(name: str) -> str:
    """The node id without its parameters."""
    return name.partition("[")[0]


def _trial(base: Benchmark, head: Benchmark, *, has_over: bool) -> Trial:
    trial = Trial(base, head)
    if trial.is_changed:
        trial.tests = OVER if has_over else OWN
        trial.note = "head's test on base's code" if has_over else "each side ran its own test"
    return trial
