"""Choose which frames of two clips are held against each other."""

from __future__ import annotations

from giflab_core.checks import check_duration
from giflab_core.config import Config
from giflab_core.frozen import dataclass, replace
from giflab_core.measurement import resampling, timeline
from giflab_core.measurement.cursor import Screens
from giflab_core.model import Clip, FramePair
from giflab_core.sequence import Tempo, find_tempo


@dataclass(frozen=True, slots=True)
class Alignment:
    """`all` pairs of two clips, and those that are `scored`; `tempo`: how the compressed one was shown for that."""

    all: tuple[FramePair, ...] = ()
    scored: tuple[FramePair, ...] = ()
    tempo: Tempo | None = None

    @property
    def left_out_ms(self) -> int:
        return sum(each.duration_ms for each in self.all) - sum(each.duration_ms for each in self.scored)


def aligned(original: Clip, compressed: Clip, config: Config) -> Alignment:
    """Pair two clips by presentation time; at the original's tempo if the compressed one differs in nothing else.

    Only if one lasts plainly longer, or the rate of frames seems to be another, both are decoded beforehand.
    """
    tempo = None
    if check_duration(original, compressed, was_moving=True).status == "fail":
        tempo = _tempo(original, compressed, config)
    shown = replace(compressed, durations_ms=tempo.durations_ms) if tempo else compressed
    pairs = timeline.pair(original, shown)
    belonging = None
    if not tempo and resampling.is_resampled(original, shown):
        belonging = resampling.belonging(pairs, original, shown, config)
    return Alignment(pairs, belonging or timeline.comparable(pairs, original, shown), tempo)


def _tempo(original: Clip, compressed: Clip, config: Config) -> Tempo | None:
    if 1 in (original.n_frames, compressed.n_frames):
        return None
    screens = Screens(original, compressed, config)
    screens.start_fingerprints()
    tracks = []
    for cursor in (screens.left, screens.right):
        cursor.drain()
        if cursor.damage:
            return None
        tracks.append(cursor.track(cursor))
    before, after = (track.fingerprints for track in tracks)
    size = original.width, original.height
    return find_tempo((before, original.durations_ms), (after, compressed.durations_ms), size)
