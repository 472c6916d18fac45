"""Judge the pictures of two clips over time: each should come in its place, when the original shows it.

1. `fingerprint`: a small copy of each picture, taken while it passes.
2. `runs`: the pictures of one clip, each with when it is on screen.
3. `matching`: two clips' pictures side by side, and which picture of the original each of the compressed clip's is;
   `levels`: their cells in grey levels.
4. `order`, `unseen`, `timing`, `local_motion`: what comes at another moment, never, early or late, or moves otherwise.
5. `tempo`: the same pictures, faster or slower.
6. `verdicts`: all of these as checks.
7. `elsewhen`: the pairs of frames in which another moment is shown.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.sequence.elsewhen import pairs_of_another_moment as pairs_of_another_moment
    from giflab_core.sequence.fingerprint import Fingerprint as Fingerprint
    from giflab_core.sequence.fingerprint import Fingerprinter as Fingerprinter
    from giflab_core.sequence.matching import Matching as Matching
    from giflab_core.sequence.runs import TICKS_MS as TICKS_MS
    from giflab_core.sequence.runs import Runs as Runs
    from giflab_core.sequence.tempo import Tempo as Tempo
    from giflab_core.sequence.tempo import find_tempo as find_tempo
    from giflab_core.sequence.verdicts import NOT_JUDGED as NOT_JUDGED
    from giflab_core.sequence.verdicts import check_sequence as check_sequence
    from giflab_core.sequence.verdicts import strays_without as strays_without

lazy.exports(
    __name__,
    {
        "elsewhen": ("pairs_of_another_moment",),
        "matching": ("Matching",),
        "fingerprint": ("Fingerprint", "Fingerprinter"),
        "runs": ("TICKS_MS", "Runs"),
        "tempo": ("Tempo", "find_tempo"),
        "verdicts": ("NOT_JUDGED", "check_sequence", "strays_without"),
    },
)
