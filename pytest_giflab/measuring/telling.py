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
    """A plugin of a process in a copy of the project, which the fixture `giflab_validate` finds by its name.

    `decides`: the fixture, as ever; else the session, which it tells. It takes plain values: the fixture may be that
    of the project that is measured, and have classes of its own.
    """

    def __init__(self, say: Callable[[Judged], None], *, decides: bool) -> None:
        self._say = say
        self.decides = decides

    def tell(self, test: str, document: Mapping[str, Any]) -> None:
        """A test, by its id, has validated a GIF; raises MeasurementError for what is no `Appraisal`."""
        self._say(Judged(test, READ(document, "appraisal")))
