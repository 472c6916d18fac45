"""The gates: what measures the benchmarks of a run, and concludes.

1. `base`: what they are asked, and what they give.
2. `side_by_side`: base and head in turns.
3. `stored`: a run against a stored baseline.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.gates.base import Asked as Asked
    from pytest_giflab.gates.base import Conclusion as Conclusion
    from pytest_giflab.gates.base import Gate as Gate
    from pytest_giflab.gates.base import Run as Run
    from pytest_giflab.gates.base import Shown as Shown
    from pytest_giflab.gates.side_by_side import SideBySideGate as SideBySideGate
    from pytest_giflab.gates.stored import StoredGate as StoredGate

lazy.exports(
    __name__,
    {
        "base": ("Asked", "Conclusion", "Gate", "Run", "Shown"),
        "side_by_side": ("SideBySideGate",),
        "stored": ("StoredGate",),
    },
)
