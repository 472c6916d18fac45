"""One duet from the snapshots to the result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pytest_giflab.duet.duet import Duet
from pytest_giflab.duet.played import Played, with_alone, with_lost, without_outcome
from pytest_giflab.duet.sides import HEAD, Call, prepare
from pytest_giflab.duet.terms import overruled
from pytest_giflab.errors import MeasurementError, NotBuilt
from pytest_giflab.measuring import Invocation, Outcome, record
from pytest_giflab.model import Benchmark
from pytest_giflab.report import DuetProgress
from pytest_giflab.selection import Selection
from pytest_giflab.thresholds import Terms
from pytest_giflab.workspace import Repository, Trouble, build_line, elapsed_s, hint, scratch


def play(
    benchmarks: Mapping[str, Benchmark],
    call: Call,
    selection: Selection,
    repository: Repository,
    commit: str | None,
    on_progress: Callable[[DuetProgress], None],
) -> Played:
    """Measure these benchmarks of the working tree side by side with a commit (None: with itself).

    `selection`: which benchmarks the run was asked for, if only the commit has them. After the budget of the call's
    terms no turn begins. Raises GitError or MeasurementError if a side cannot be prepared or measured at all. Nothing
    of it is left on the disk.
    """
    start = elapsed_s()

    def deadline(terms: Terms) -> float:
        return start + (math.inf if terms.budget_s is None else terms.budget_s)

    root = call.invocation.root.resolve()
    modules = list(dict.fromkeys(each.file for each in benchmarks.values()))
    with scratch() as place:

        def missed(text: str, lost: Sequence[str] = ()) -> str:
            return hint(repository, root, place.folder / HEAD, Trouble(text, lost), call.inifile)

        try:
            sides = prepare(repository, commit, call, modules, place, lambda terms: deadline(terms) - elapsed_s())
            played = Duet(benchmarks, sides, selection, deadline(sides.terms), on_progress).play(place)
        except NotBuilt as error:
            advice = call.inifile.add("giflab_setup", build_line(root, repository.top()))
            raise MeasurementError(f"{error}: {advice}") from error
        except MeasurementError as error:
            if not (missing := missed(str(error))):
                raise
            raise MeasurementError(f"{error}\n{missing}") from error
        played = with_lost(played)
        if not played.interrupted:
            rest = without_outcome(played, benchmarks)
            played = with_alone(played, _run_alone(rest, sides.head, deadline(sides.terms)))
        trouble = played.trouble
        notes = [*played.notes, *overruled(call.terms, sides.terms), missed(trouble, played.lost) if trouble else ""]
        return replace(played, terms=sides.terms, notes=tuple(filter(None, notes)))


def _run_alone(names: Sequence[str], head: Invocation, deadline: float) -> dict[str, Outcome]:
    """What base does not have, or could not run: in a process of its own, since it may end the one that it runs in.

    What the time is not enough for has nothing to tell of.
    """
    if not names or elapsed_s() > deadline:
        return {}
    try:
        return record(names, head, processes=1, deadline=deadline)
    except MeasurementError as error:
        return {name: Outcome(error.reason, error.said.partition("\n")[0]) for name in names}
