"""What is in one GIF.

1. `model`: the values that say so.
2. `survey`: takes a file apart, block by block; its pictures one after the other are a `drawing`.
3. `judging`: whether that is fit to be used.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.inspection.judging import FileFinding as FileFinding
    from giflab_core.inspection.judging import FileVerdict as FileVerdict
    from giflab_core.inspection.judging import judge as judge
    from giflab_core.inspection.model import LAST_DEFINED_DISPOSAL as LAST_DEFINED_DISPOSAL
    from giflab_core.inspection.model import Disposal as Disposal
    from giflab_core.inspection.model import InspectedFrame as InspectedFrame
    from giflab_core.inspection.model import Inspection as Inspection
    from giflab_core.inspection.model import Oddity as Oddity
    from giflab_core.inspection.model import OddityKind as OddityKind
    from giflab_core.inspection.model import Part as Part
    from giflab_core.inspection.model import StoredText as StoredText
    from giflab_core.inspection.model import TextKind as TextKind
    from giflab_core.inspection.survey import inspect as inspect

lazy.exports(
    __name__,
    {
        "judging": ("FileVerdict", "FileFinding", "judge"),
        "model": (
            "Disposal",
            "InspectedFrame",
            "Inspection",
            "LAST_DEFINED_DISPOSAL",
            "Oddity",
            "OddityKind",
            "Part",
            "StoredText",
            "TextKind",
        ),
        "survey": ("inspect",),
    },
)
