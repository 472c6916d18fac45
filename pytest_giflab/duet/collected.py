"""Sort out what the sides of a duet have collected: what both have, what only one has, and what is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_giflab.duet.sides import BASE, HEAD, OVER, OWN
from pytest_giflab.duet.trial import Trial
from pytest_giflab.errors import NotBuilt
from pytest_giflab.measuring import Collected, Finished, what_kept_from
from pytest_giflab.model import Benchmark, Comparison

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


def why_not_collected(benchmark: Benchmark, collected: Collected) -> str:
    """In words, for a benchmark that is not among what was collected."""
    return what_kept_from(benchmark.id, collected.uncollected) or "not collected"


def sort_out(
    benchmarks: Mapping[str, Benchmark],
    collected: Mapping[str, Collected],
    is_selected: Callable[[Benchmark], bool],
    *,
    has_over: bool,
) -> tuple[dict[str, Trial], list[Comparison]]:
    """Of these benchmarks of head by id, a trial for each that both sides have; a line of the report for each other.

    `is_selected`: whether the run was asked for a benchmark that only base has. `has_over`: head's tests can be laid
    over base.
    """
    trials: dict[str, Trial] = {}
    others: list[Comparison] = []
    base, head = ({each.id: each for each in collected[name].benchmarks} for name in (BASE, HEAD))
    restless = _restless(benchmarks, head)
    for name, benchmark in benchmarks.items():
        if name not in head:
            there = restless.get(_function(name))
            why = f"{RESTLESS}: here {name}, there {there}" if there else ""
            why = why or why_not_collected(benchmark, collected[HEAD])
            others.append(Comparison(benchmark, "error", reason=f"{HEAD}: {why}"))
        elif name in base:
            trials[name] = _trial(base[name], benchmark, has_over=has_over)
        elif what_kept_from(name, collected[BASE].uncollected):
            why = why_not_collected(benchmark, collected[BASE])
            others.append(Comparison(benchmark, "error", reason=f"{BASE}: {why}"))
        else:
            others.append(Comparison(benchmark, "new", reason="base does not have it"))
    missing = [
        each
        for name, each in base.items()
        if name not in benchmarks and _function(name) not in restless and (is_selected(each) or name not in head)
    ]
    others += [_gone(each, collected[HEAD], is_selected(each)) for each in missing]
    return trials, others


def _gone(benchmark: Benchmark, head: Collected, is_selected: bool) -> Comparison:
    """A line for what only base has collected."""
    if why := what_kept_from(benchmark.id, head.uncollected):
        return Comparison(benchmark, "error", reason=f"{HEAD}: {why}")
    # Both sides had the same command line, so that what base collected by it is left out by head's own configuration.
    why = "head does not have it" if is_selected else "head's configuration leaves it out, and base's does not"
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
