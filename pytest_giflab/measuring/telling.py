"""Pass on what a test says of the GIFs that it makes, to the session that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pytest_giflab.measuring.messages import Judged
from pytest_giflab.measuring.reading import reader_of
from pytest_giflab.quality import Appraisal

# Made at once: see `READERS` in messages.py.
READ = reader_of(Appraisal)


class QualityTeller:
    """A plugin of one side of a duet, which the fixture `giflab_validate` finds by its name.

    It takes plain values: the fixture may be that of the project that is measured, and have classes of its own.
    """

    def __init__(self, say: Callable[[Judged], None]) -> None:
        self._say = say

    def tell(self, test: str, document: Mapping[str, Any]) -> None:
        """A test, by its id, has validated a GIF; raises MeasurementError for what is no `Appraisal`."""
        self._say(Judged(test, READ(document, "appraisal")))
