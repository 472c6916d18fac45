"""Have another thread score the first pairs of two clips, while the caller goes ahead to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Event, Lock, Thread

from giflab_core.config import Config
from giflab_core.errors import DecodeError
from giflab_core.measurement.cursor import UNLIKE, check_unchanged
from giflab_core.measurement.segment import Segment
from giflab_core.metrics import Metric
from giflab_core.model import Clip, FramePair
from giflab_core.originals import Shelf

# Two threads pay from so many pixels of all pairs, where an expensive metric is asked for, and, as is seen after a few
# pairs, most of them are not equal and take more than twice as long to score as to go by: else the threads mostly wait
# for each other to run Python.
LEAST_PIXELS, FIRST_FEW = 1 << 19, 6
# A second thread has pictures of its own: of a larger canvas they take more memory than the time is worth.
MOST_PIXELS = 1 << 22
# How often the caller, when it has nothing else to do, looks how far the other thread is.
GLANCE_S = 0.05


class _Job(Thread):
    """Work in another thread, which begins when this is made. (Of `concurrent.futures` the loading takes 8 ms.)"""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="giflab")
        self._work = work
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the work was asked for
            self._error = error

    def check(self) -> None:
        """Raises what ended the work, if something did."""
        if self._error:
            raise self._error


class LeadingSegment:
    """The pairs before a border, scored with cursors of their own, so that the threads share no more than the border.

    Which thread scored a pair changes no number. So the border need not be known beforehand: the caller decodes without
    scoring until it is half-way from where the other thread is to the last pair, and takes over there.
    """

    def __init__(
        self,
        clips: tuple[Clip, Clip],
        pairs: Sequence[FramePair],
        metrics: Sequence[Metric],
        config: Config,
        shelf: Shelf | None = None,
    ) -> None:
        self._clips = clips
        self._pairs = pairs
        is_expensive = any(part.expensive for metric in metrics for part in metric.parts or (metric,))
        canvas = clips[0].width * clips[0].height
        is_fit = canvas <= MOST_PIXELS and canvas * len(pairs) >= LEAST_PIXELS
        self.is_worth = config.threads > 1 and is_expensive and is_fit
        self._job: _Job | None = None
        # Pairs that the other thread has begun, and the first one that it leaves to the caller: changed under the lock.
        self._lock = Lock()
        # Set when the caller has seen the first few pairs: the other thread does not go on before.
        self._is_judged = Event()
        self._begun, self._end = 0, len(pairs)
        self._metrics, self._config, self._shelf = metrics, config, shelf
        if self.is_worth:
            _ = self.segment  # before there is another thread that could make it too

    @cached_property
    def segment(self) -> Segment:
        """What is scored here."""
        return Segment(self._clips, self._metrics, self._config, is_first=True, shelf=self._shelf)

    @property
    def scored(self) -> int:
        """How many pairs are scored so far."""
        return len(self.segment.rows) if self.is_worth else 0

    def check(self) -> None:
        """Raises what stopped the other thread, if something did."""
        if self._job:
            self._job.check()

    def yields(self, index: int, caller: Segment) -> bool:
        """Whether the caller is to score from this pair on, which is on its screens."""
        if not self.is_worth:
            return True
        is_half_way = index - self._begun >= len(self._pairs) - index
        is_cheap = 2 * self._begun >= index or 2 * self.segment.different < len(self.segment.rows)
        is_few = index < FIRST_FEW
        if caller.screens.is_new and (is_half_way or (is_cheap and not is_few)):
            with self._lock:
                if self._begun <= index:
                    self._end = index
        if not is_few:
            self._is_judged.set()
        return self._end <= index

    def finish(self, count: int, glance: Callable[[], None]) -> Segment | None:
        """Wait until all pairs before the border, which are so many, are scored; `glance` is called meanwhile.

        None if it is not worth it, and the caller has scored them all.
        """
        if not self.is_worth:
            return None
        self._is_judged.set()
        if self._job:
            while self._job.is_alive():
                self._job.join(GLANCE_S)
                glance()
            self._job.check()
        if len(self.segment.rows) != count:
            for clip in self._clips:
                check_unchanged(clip)
            raise DecodeError(self.segment.screens.damage or UNLIKE)
        return self.segment

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Score in another thread within this block, however that ends, if there are to be two and it is worth it."""
        if not self.is_worth:
            yield
            return
        self._job = _Job(self._run)
        try:
            yield
        finally:
            with self._lock:
                self._end = 0  # stops it soon where an error ended the block
            self._is_judged.set()
            self._job.join()

    def _run(self) -> None:
        for index, pair in enumerate(self._pairs):
            if index == FIRST_FEW:
                self._is_judged.wait()
            with self._lock:
                is_mine = index < self._end
                self._begun += is_mine
            # The first pair of the caller is looked up too: the frames up to it get their fingerprints here.
            if not self.segment.screens.seek(pair) or not is_mine:
                return
            self.segment.add(pair)
