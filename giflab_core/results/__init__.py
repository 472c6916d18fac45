"""Keep what was found in pairs of files.

1. `records`: each metric's numbers by themselves, and what the checks rest on, as bytes under a key.
2. `remembering`: measure a pair, but only what is not known yet.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.results.records import Results as Results
    from giflab_core.results.records import Subject as Subject
    from giflab_core.results.remembering import Remembering as Remembering

lazy.exports(
    __name__,
    {
        "records": ("Results", "Subject"),
        "remembering": ("Remembering",),
    },
)
