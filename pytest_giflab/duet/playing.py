"""One duet from the snapshots to the result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from pytest_giflab.duet.duet import Duet
from pytest_giflab.duet.played import Played, with_lost
from pytest_giflab.duet.sides import HEAD, Call, prepare
from pytest_giflab.errors import MeasurementError, NotBuilt
from pytest_giflab.model import Benchmark
from pytest_giflab.report import DuetProgress
from pytest_giflab.workspace import BUILD, Repository, hint, scratch


def play(
    benchmarks: Mapping[str, Benchmark],
    call: Call,
    is_selected: Callable[[Benchmark], bool],
    repository: Repository,
    commit: str | None,
    *,
    budget_s: float | None,
    on_progress: Callable[[DuetProgress], None],
) -> Played:
    """Measure these benchmarks of the working tree side by side with a commit (None: with itself).

    `is_selected`: whether the run was asked for a benchmark that only the commit has. `budget_s`: seconds after which
    no turn begins; None for no limit. Raises GitError or MeasurementError if a side cannot be prepared or measured at
    all. Nothing of it is left on the disk.
    """
    deadline = time.monotonic() + (math.inf if budget_s is None else budget_s)
    modules = list(dict.fromkeys(each.file for each in benchmarks.values()))
    with scratch() as place:

        def missed(text: str) -> str:
            return hint(repository, place.folder / HEAD, text, call.inifile)

        try:
            sides = prepare(repository, commit, call, modules, place, lambda: deadline - time.monotonic())
            played = Duet(benchmarks, sides, is_selected, deadline, on_progress).play(place)
        except NotBuilt as error:
            raise MeasurementError(f"{error}: {call.inifile.add('giflab_setup', BUILD)}") from error
        except MeasurementError as error:
            if not (missing := missed(str(error))):
                raise
            raise MeasurementError(f"{error}\n{missing}") from error
        trouble = played.trouble
        notes = [missed(trouble)] if trouble else []
        return with_lost(replace(played, notes=(*played.notes, *filter(None, notes))))
