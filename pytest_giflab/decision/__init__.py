"""From measurements to a verdict; pure.

1. `student`: Student's t.
2. `estimates`: seconds a call, as a trimmed estimate of a change with its error.
3. `means`: what calls cost on average, beside the typical call.
4. `speeds`: how fast a moment was; how far apart identical code may be measured at two moments.
5. `rule`: `decide` for pairs of processes measured side by side, `decide_stored` for recordings.
6. `resolution`: which thresholds a machine can hold.
7. `comparison`: which clock decides; a baseline and a run as one comparison a benchmark.
8. `verdicts`: of a run, from those of its benchmarks.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.decision.comparison import choose_clock as choose_clock
    from pytest_giflab.decision.comparison import compare as compare
    from pytest_giflab.decision.comparison import seconds as seconds
    from pytest_giflab.decision.comparison import to_comparison as to_comparison
    from pytest_giflab.decision.resolution import resolves as resolves
    from pytest_giflab.decision.rule import FIRST_LOOK as FIRST_LOOK
    from pytest_giflab.decision.rule import FULL_LOOK as FULL_LOOK
    from pytest_giflab.decision.rule import Decision as Decision
    from pytest_giflab.decision.rule import decide as decide
    from pytest_giflab.decision.rule import decide_stored as decide_stored
    from pytest_giflab.decision.rule import is_suspicious as is_suspicious
    from pytest_giflab.decision.speeds import speed as speed
    from pytest_giflab.decision.verdicts import fails as fails
    from pytest_giflab.decision.verdicts import overall as overall
    from pytest_giflab.decision.verdicts import worst as worst

lazy.exports(
    __name__,
    {
        "comparison": ("choose_clock", "compare", "seconds", "to_comparison"),
        "verdicts": ("fails", "overall", "worst"),
        "speeds": ("speed",),
        "resolution": ("resolves",),
        "rule": ("Decision", "FIRST_LOOK", "FULL_LOOK", "decide", "decide_stored", "is_suspicious"),
    },
)
