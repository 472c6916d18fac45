"""A pytest plugin that measures benchmarks and decides by statistics whether a change made them slower.

A gated run goes through it so:

1. `plugin` adds the `options` to pytest, and loads `session` only if a gate is asked for.
2. `session` finds the benchmarks (`collection`, `selection`), asks a gate of `gates`, and sets the exit status.
3. `gates` measure alone against a baseline of `baselines`, or side by side by `duet`, in copies made by `workspace`.
4. `measuring` runs the benchmarks in fresh processes; `decision` says what the numbers mean.
5. `report` writes the verdict, in the `formats` that are asked for; `github` tells a pull request.
6. `cli` is `giflab-gate`, which reads what was written.

`model` holds the values that pass between them, `thresholds` what counts as slower, `errors` what can go wrong.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.decision import Decision as Decision
    from pytest_giflab.decision import decide as decide
    from pytest_giflab.decision import decide_stored as decide_stored
    from pytest_giflab.errors import DecisionError as DecisionError
    from pytest_giflab.errors import GateError as GateError
    from pytest_giflab.errors import StoreError as StoreError
    from pytest_giflab.model import Benchmark as Benchmark
    from pytest_giflab.model import Better as Better
    from pytest_giflab.model import Clock as Clock
    from pytest_giflab.model import Comparison as Comparison
    from pytest_giflab.model import Environment as Environment
    from pytest_giflab.model import GateReport as GateReport
    from pytest_giflab.model import Limits as Limits
    from pytest_giflab.model import Mode as Mode
    from pytest_giflab.model import Quantity as Quantity
    from pytest_giflab.model import Revision as Revision
    from pytest_giflab.model import Status as Status
    from pytest_giflab.report import read_report as read_report
    from pytest_giflab.thresholds import Thresholds as Thresholds
    from pytest_giflab.thresholds import Verdict as Verdict

    __version__: str

__all__ = [
    "Benchmark",
    "Better",
    "Clock",
    "Comparison",
    "Decision",
    "DecisionError",
    "Environment",
    "GateError",
    "GateReport",
    "Limits",
    "Mode",
    "Quantity",
    "Revision",
    "Status",
    "StoreError",
    "Thresholds",
    "Verdict",
    "__version__",
    "decide",
    "decide_stored",
    "read_report",
]

lazy.exports(
    __name__,
    {
        "decision": ("Decision", "decide", "decide_stored"),
        "errors": ("DecisionError", "GateError", "StoreError"),
        "model": (
            "Benchmark",
            "Better",
            "Clock",
            "Comparison",
            "Environment",
            "GateReport",
            "Limits",
            "Mode",
            "Quantity",
            "Revision",
            "Status",
        ),
        "report": ("read_report",),
        "thresholds": ("Thresholds", "Verdict"),
    },
    distribution="pytest-giflab",
)
