"""Measure a pair of files.

1. `timeline`: two clips on one time line, as pairs of frames.
2. `cursor`: the pictures of a clip, or of two side by side, forward only.
3. `aligning`: which pairs are scored, and whether the same pictures come at another tempo; `resampling`: or at another
   rate.
4. `scorer`: two pictures on screen together, and the numbers of all metrics; `bands`: large ones, part by part.
5. `segment`: pairs that follow each other; `threads`: a second thread scores the leading segment.
6. `scoring`: one pass over both files.
7. `sifting`: which checks of pictures follow from others; `patching`: what metrics would say if one place were right.
8. `gathering`: the door, `measure()`: from a task to all that was found out.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.measurement.gathering import measure as measure
    from giflab_core.measurement.timeline import pair as pair

lazy.exports(
    __name__,
    {
        "gathering": ("measure",),
        "timeline": ("pair",),
    },
)
