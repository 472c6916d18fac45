"""Sort out what the sides of a duet have collected: what both have, what only one has, and what is an error."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_giflab.duet.sides import BASE, HEAD, OVER, OWN
from pytest_giflab.duet.trial import Trial
from pytest_giflab.errors import NotBuilt
from pytest_giflab.measuring import Collected, Fault, Finished, what_kept_from
from pytest_giflab.model import Benchmark, Comparison
from pytest_giflab.selection import Selection

RESTLESS = "its id differs from process to process, so that it cannot be told again; give parametrize() ids of its own"


def require_own_code(name: str, message: Collected | Finished) -> None:
    """Raise NotBuilt if a process has imported the project from elsewhere than from its own snapshot."""
    strays = message.strays
    if strays:
        more = f" and {len(strays) - 1} more modules" if len(strays) > 1 else ""
        raise NotBuilt(
            f"{name} would be measured with code that is not its own: {strays[0]}{more}. Tell giflab_setup how to "
            "install the project from a folder"
        )


def why_not_collected(benchmark: Benchmark, collected: Collected) -> Fault:
    """For a benchmark that is not among what was collected."""
    return what_kept_from(benchmark.id, collected.uncollected) or Fault("not collected")


def _lost(benchmark: Benchmark, side: str, fault: Fault) -> Comparison:
    return Comparison(benchmark, "error", reason=f"{side}: {fault.reason}", said=fault.said)


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
            there = restless.get(_function(name))
            restless_id = Fault(f"{RESTLESS}: here {name}, there {there}") if there else None
            others.append(_lost(benchmark, HEAD, restless_id or why_not_collected(benchmark, collected[HEAD])))
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
        # What head's processes have, the session can only be told to leave out by the call: --lf.
        and (selection(each) if name in head and selection.is_narrowed else selection.is_named(each))
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


def _restless(benchmarks: Mapping[str, Benchmark], head: Mapping[str, Benchmark]) -> dict[str, str]:
    """Of the functions whose ids another process of the same code does not have, but others: one that it has."""
    gone = {_function(name) for name in benchmarks if name not in head}
    return {_function(name): name for name in head if name not in benchmarks and _function(name) in gone}


def _function(name: str) -> str:
    """The node id without its parameters."""
    return name.partition("[")[0]


def _trial(base: Benchmark, head: Benchmark, *, has_over: bool) -> Trial:
    trial = Trial(base, head)
    if trial.is_changed:
        trial.tests = OVER if has_over else OWN
        trial.note = "head's test on base's code" if has_over else "each side ran its own test"
    return trial
