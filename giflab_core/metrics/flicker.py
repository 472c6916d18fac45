"""`flicker`: how much the compressed clip trembles where the original stands still, in grey levels a pixel.

Lower is better, 0 where there is none; the larger of two numbers. Of luma, 0 to 255: how far it has turned back, the
smaller of its last two steps where one went up and the other down, as a mean over the pixels that are the same in the
last three pictures of the original. Of colour and light: how far the error of the mean colour (CIELAB) of blocks of
16x16 pixels went forth and back within 350 ms, by more than the original's own colour went, as a mean over what is
opaque in both; 100 units are as much as 255 grey levels. It counts for as long again as the colour was away, so that it
depends on no rate of frames. Neither a drift nor a change that comes late is flicker.
"""

from giflab_core.kernels.change import Change
from giflab_core.kernels.colour_history import ColourHistory
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.history import steps

# Grey levels of a unit of CIELAB: L* goes from 0 to 100 while they go from 0 to 255.
LEVELS = 2.55


def _score(pair: PairView) -> float:
    return max(*map(trembling, steps(pair)), LEVELS * _of_colour(pair))


def trembling(change: Change) -> float:
    """How far still pixels have turned back on average, 0 to 255."""
    return change.wobble / change.still if change.still else 0.0


def _of_colour(pair: PairView) -> float:
    width, height = pair.size
    history = pair.keep("flicker", lambda: ColourHistory(height, width))
    original, compressed = pair.shown
    return history.update(original.pixels(), compressed.pixels(), pair.step, pair.start_ms, equal=pair.equal)


FLICKER = Metric(CATALOGUE["flicker"], score=_score, identical=0.0, over_time=True)
