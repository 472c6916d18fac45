"""The gates: each measures the benchmarks of a run, and concludes.

1. `base`: what they are `Asked`, the `Run` they report on, the `Conclusion` they give; `Gate`: what each does.
2. `side_by_side`: base and head in turns.
3. `stored`: records a baseline, or holds a run against one, and asks a duet before it raises an alarm.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.gates.base import Asked as Asked
    from pytest_giflab.gates.base import Conclusion as Conclusion
    from pytest_giflab.gates.base import Gate as Gate
    from pytest_giflab.gates.base import Run as Run
    from pytest_giflab.gates.side_by_side import SideBySideGate as SideBySideGate
    from pytest_giflab.gates.stored import StoredGate as StoredGate

lazy.exports(
    __name__,
    {
        "base": ("Asked", "Conclusion", "Gate", "Run"),
        "side_by_side": ("SideBySideGate",),
        "stored": ("StoredGate",),
    },
)
