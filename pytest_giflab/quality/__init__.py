"""Hold the quality of GIFs in a test suite: the fixture `giflab_validate`.

1. `asking`: its options, which pytest always loads; how a process that measures has quality told.
2. `appraisal`: what a validation says, as numbers to be held against others. Pure.
3. `approved`: the numbers that were approved before, one file a name; `thumbnail`: the small picture in it.
4. `artifacts`: what is saved of a validation that failed.
5. `validating`: the fixture.
6. `tally`: which names a session used, and what became of each; told at its end.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.quality.appraisal import Appraisal as Appraisal
    from pytest_giflab.quality.appraisal import Numbers as Numbers
    from pytest_giflab.quality.appraisal import improved as improved
    from pytest_giflab.quality.appraisal import unlike as unlike
    from pytest_giflab.quality.appraisal import worsened as worsened
    from pytest_giflab.quality.asking import TELLER as TELLER
    from pytest_giflab.quality.asking import USED as USED
    from pytest_giflab.quality.asking import add_quality_options as add_quality_options
    from pytest_giflab.quality.tally import Tally as Tally
    from pytest_giflab.quality.tally import take_from_reports as take_from_reports
    from pytest_giflab.quality.tally import take_from_worker as take_from_worker
    from pytest_giflab.quality.validating import Validating as Validating

lazy.exports(
    __name__,
    {
        "asking": ("TELLER", "USED", "add_quality_options"),
        "appraisal": ("Appraisal", "Numbers", "improved", "unlike", "worsened"),
        "tally": ("Tally", "take_from_reports", "take_from_worker"),
        "validating": ("Validating",),
    },
)
