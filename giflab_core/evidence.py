"""What is asked of a pair of files, and what was found in it, whatever limits it is held against."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from giflab_core.config import Config
from giflab_core.events import Observer, ignore
from giflab_core.frozen import dataclass, field, freeze
from giflab_core.metrics import Description
from giflab_core.model import Check, Clip, ContentType, MetricResult, Sampling, Tone, Trouble
from giflab_core.originals import Shelf


@dataclass(frozen=True, slots=True)
class Task:
    """Two files, and what to find out about them. Of `config` all matters but limits, content type and metrics.

    `observer` is told how far the work is, `shelf` keeps what is known of the original by itself; what is found depends
    on neither, so tasks that differ in them are equal.
    """

    original: str | os.PathLike[str]
    compressed: str | os.PathLike[str]
    metrics: tuple[Description, ...]
    config: Config
    sampling: Sampling
    observer: Observer = field(default=ignore, compare=False, repr=False)
    shelf: Shelf | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found in two files.

    `decoder`, `kernels`, `coverage`: see `ValidationReport`; `content`: what the original shows, None where nothing
    could be compared. `checks` are those that no limit matters to, in their order; `scored`: how many pairs of frames
    were; `results` by name, of the metrics that could be computed; `absent`: why others could not, by what the pictures
    show. `tone`: how the whole picture became another, None
    where too little differs to tell; `first_difference_ms`: when the two clips first show other pictures, or one of
    them ends; None where they never do. `trouble`: what the worst place is a matter of. `pairs` are those that were
    scored, and `values` by metric what each of them did: see `series`.
    """

    original: Clip
    compressed: Clip
    decoder: str
    kernels: str
    content: ContentType | None
    checks: tuple[Check, ...]
    scored: int
    coverage: float
    results: Mapping[str, MetricResult]
    absent: Mapping[str, str] = field(default_factory=dict)
    tone: Tone | None = None
    first_difference_ms: int | None = None
    trouble: Trouble | None = None
    pairs: bytes = field(default=b"", repr=False)
    values: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        freeze(self, "results")
        freeze(self, "absent")
        freeze(self, "values")

    def check(self, name: str) -> Check:
        return next(check for check in self.checks if check.name == name)

    @property
    def is_whole(self) -> bool:
        """Whether both files decoded to their ends."""
        return self.check("readable").status != "fail"


Measure = Callable[[Task], Evidence]
"""Finds it out; raises DecodeError where a file has no whole frame, or changes while it is read."""
