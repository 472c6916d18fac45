"""Tell what follows from what: which pairs a failed check explains, and what fails without them all the same.

A check follows from another one if it passes without the pairs that the other one is about. So a black frame is told
once, and not again by its colour, its worst place and each limit. Causes come in this order: pictures of another
moment, pictures that are destroyed, lost colour, lost transparency, the worst place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import inf

from giflab_core.checks import (
    PLACE_LIMITS,
    Suspects,
    check_colour,
    check_content,
    check_region,
    check_transparency,
    share_in,
    tell_place,
    worst_place,
)
from giflab_core.frozen import dataclass, field, replace
from giflab_core.measurement.scorer import Finding
from giflab_core.measurement.scoring import Scores
from giflab_core.metrics import Metric
from giflab_core.model import Check, Clip, FramePair, Goal, Region, Rest, Trouble
from giflab_core.pooling import Sample, estimate
from giflab_core.sequence import NOT_JUDGED, TICKS_MS, Matching, pairs_of_another_moment, strays_without

# Where so many pairs show another moment, all that is wrong with pictures is.
NEARLY_ALL = 0.9
# A pair whose colour is kept to less than this share has lost it; to compare with, there must be so much (chroma²).
FADED, LEAST_CHROMA = 0.6, 1.0
# A pair that lost more of its transparent pixels is one that the check `transparency` is about.
OPAQUE = 0.1
# What is left is too little to tell by if it lasts no longer than this share of the time.
LEAST_LEFT = 0.05
# Where more than this share of the time is destroyed, the tone of the whole is not judged.
RUINED = 0.2
# A picture is destroyed in one place if this share of its tiles that differ is there, or so many pixels beside it.
MOSTLY, WIDER = 0.8, 8
# Lost colour explains what lost detail, differs or has another colour: of these measures, no place is too much.
COLOURLESS = (inf, inf, inf)
# Metrics over time see a bad frame in the pairs after it too.
AFTERWARDS = 2


@dataclass(slots=True, frozen=True)
class Sifted:
    """`checks`, with what each follows from; `blamed[i]`: the check that explains pair i, if one does.

    `partial`: the check that explains all that is left, but not what limits on the whole picture see.
    `trouble`: what the worst place is a matter of. `is_ruined`: so much is destroyed that the rest tells no tone.
    """

    checks: tuple[Check, ...]
    blamed: dict[int, str] = field(default_factory=dict)
    partial: str | None = None
    trouble: Trouble | None = None
    is_ruined: bool = False


def sift(
    pairs: Sequence[FramePair],
    findings: Sequence[Finding],
    found: Matching,
    whole: Sequence[Check],
    timely: Sequence[Check],
    original: Clip,
    goal: Goal,
) -> Sifted:
    """All checks, those of pictures after those of whole files and of time, with what each follows from.

    `findings[i]`: of `pairs[i]`; `goal`: that of the worst place.
    """
    sieve = _Sieve(pairs)
    lost = _lost_pairs(pairs, findings)
    failed = {each.name for each in whole if each.status == "fail"}
    timely = _blame_time(sieve, found, timely, lost, failed)
    content = sieve.judged(lambda at: check_content(_at(pairs, at), [findings[i].lost for i in at]), lost)
    timely = _explained_by_content(found, timely, content, lost, pairs)
    faded = {i for i, each in enumerate(findings) if _is_faded(*each.chroma)}
    colour = sieve.judged(lambda at: check_colour(_at(pairs, at), [findings[i].chroma for i in at]), faded)
    opaque = {i for i, each in enumerate(findings) if each.lost_alpha > OPAQUE}
    transparency = sieve.judged(
        lambda at: check_transparency(_at(pairs, at), [findings[i].lost_alpha for i in at]), opaque
    )
    region, trouble = _region(sieve, findings, original, timely, goal)
    if _covers(region, content, [findings[i].suspects for i in lost if sieve.blamed.get(i) == "content"], original):
        content = replace(content, because_of="region")
    partial = None
    if region.region and "region" in sieve.blamed.values() and not _is_enough(sieve.left, pairs):
        partial = None if region.region.covers_most(original.width * original.height) else "region"
    lost_ms, total_ms = (sum(pairs[i].duration_ms for i in part) for part in (lost, range(len(pairs))))
    is_ruined = lost_ms > RUINED * total_ms
    before = _follow([*whole, *timely], found, is_lost=len(lost) == len(pairs))
    return Sifted((*before, content, colour, transparency, region), sieve.blamed, partial, trouble, is_ruined)


def rest(metric: Metric, scores: Scores, sifted: Sifted, patched: Sequence[float] = ()) -> Rest | None:
    """What a metric says without the pairs that a failed check explains; None if there are none, or it cannot be told.

    Without what all numbers are multiplied by, too: that is of the motion, which is of all pairs. `patched`: its
    numbers of some pairs, if the place that explains all that is left were right.
    """
    blamed, pairs, partial = sifted.blamed, scores.pairs, sifted.partial
    if not blamed or (partial and not patched):
        return None
    values, factor = scores.values[metric.name], metric.factor(scores.motion)
    pick = min if metric.pools == "higher" else max
    worst = pick(range(len(values)), key=lambda place: values[place])
    after = AFTERWARDS if metric.over_time else 0
    others = (blamed[i] for i in range(worst, worst - after - 1, -1) if blamed.get(i, partial) != partial)
    because_of = next(others, partial or _cause(blamed, pairs))
    if partial:
        pooled = estimate(Sample(patched, [1] * len(patched)), metric.pools)
        return Rest(because_of, metric.present(pooled.mean), metric.present(pooled.p01))
    left = [i for i in range(len(pairs)) if blamed.keys().isdisjoint(range(i - after, i + 1))]
    if not factor or not _is_enough(left, pairs):
        return Rest(because_of)
    sample = Sample([values[i] / factor for i in left], [pairs[i].duration_ms for i in left])
    pooled = estimate(sample, metric.pools)
    return Rest(because_of, metric.present(pooled.mean), metric.present(pooled.p01))


class _Sieve:
    """The pairs of two clips, and which check explains which of them."""

    def __init__(self, pairs: Sequence[FramePair]) -> None:
        self.pairs = pairs
        self.blamed: dict[int, str] = {}

    @property
    def left(self) -> list[int]:
        """The places of the pairs that nothing explains yet."""
        return [place for place in range(len(self.pairs)) if place not in self.blamed]

    def blame(self, name: str, places: Iterable[int]) -> None:
        """A check explains these pairs, where no other one does already."""
        for place in places:
            self.blamed.setdefault(place, name)

    def judged(self, judge: Callable[[Sequence[int]], Check], about: Collection[int]) -> Check:
        """A check of all pairs, with what it follows from; if that is nothing, it explains those that it is `about`."""
        check = judge(range(len(self.pairs)))
        if check.status != "fail":
            return check
        if self.blamed and (not _is_enough(self.left, self.pairs) or judge(self.left).status != "fail"):
            return replace(check, because_of=_cause(self.blamed, self.pairs, about))
        self.blame(check.name, about)
        return check


def _is_enough(places: Iterable[int], pairs: Sequence[FramePair]) -> bool:
    """Whether these pairs last long enough to be judged."""
    return sum(pairs[place].duration_ms for place in places) > LEAST_LEFT * sum(pair.duration_ms for pair in pairs)


def _cause(blamed: Mapping[int, str], pairs: Sequence[FramePair], about: Collection[int] = ()) -> str:
    """The check that explains the most time of the pairs that another one is about; of all, if of none of those."""
    lasts_ms: Counter[str] = Counter()
    for place in blamed.keys() & set(about) or blamed:
        lasts_ms[blamed[place]] += pairs[place].duration_ms
    return max(dict.fromkeys(blamed.values()), key=lasts_ms.__getitem__)


def _at(pairs: Sequence[FramePair], places: Sequence[int]) -> list[FramePair]:
    return [pairs[place] for place in places]


def _lost_pairs(pairs: Sequence[FramePair], findings: Sequence[Finding]) -> set[int]:
    """The pairs of the compressed frames that show nothing of the original in any of them."""
    good = {pair.compressed for pair, each in zip(pairs, findings, strict=True) if not each.lost}
    return {place for place, pair in enumerate(pairs) if pair.compressed not in good}


def _is_faded(kept: float, whole: float) -> bool:
    return whole >= LEAST_CHROMA and kept < FADED * whole


def _blame_time(
    sieve: _Sieve, found: Matching, timely: Sequence[Check], lost: set[int], whole: set[str]
) -> list[Check]:
    """Let what fails in time explain the pairs that show another moment; all, where that is nearly everywhere so.

    Pictures that `frames` lets pass since they are short may be why another check fails. `whole`: the checks of whole
    files that fail.
    """
    everything = range(len(sieve.pairs))
    failed = [each for each in timely if each.status == "fail" and not each.because_of]
    is_scattered = any(each.message == NOT_JUDGED for each in timely)
    is_jumbled = is_scattered and bool(failed) and failed[0].value is None
    is_told = is_jumbled or (bool(failed) and not is_scattered)
    elsewhen = pairs_of_another_moment(found, sieve.pairs) if is_told else frozenset()
    is_all = is_told and len(elsewhen) >= NEARLY_ALL * len(everything)
    if is_jumbled or is_all:
        sieve.blame(failed[0].name, everything if is_all or not elsewhen else elsewhen)
        return list(timely)
    because_of = "content" if len(lost) == len(everything) else "animation" if "animation" in whole else None
    if because_of:
        sieve.blame(because_of, () if because_of == "content" else everything)
        return [replace(each, because_of=because_of) if each.status == "fail" else each for each in timely]
    if is_scattered and failed and not lost:
        sieve.blame("order", everything)
    elif failed or "duration" in whole or any(each.name == "frames" and each.message for each in timely):
        name = failed[0].name if failed else "duration" if "duration" in whole else "frames"
        sieve.blame(name, elsewhen or pairs_of_another_moment(found, sieve.pairs))
    return list(timely)


def _follow(checks: Sequence[Check], found: Matching, *, is_lost: bool) -> list[Check]:
    """What checks of whole files and of time follow from, if anything. `is_lost`: nothing of any picture is left."""
    failed = {each.name: each for each in checks if each.status == "fail"}
    causes = {"animation": "content"} if is_lost else {}
    if "animation" in failed:
        causes["duration"] = "animation"
    frames = failed.get("frames")
    if frames and frames.time_ms is not None and frames.time_ms >= found.compressed.duration_ms - TICKS_MS:
        if "readable" in failed:
            causes |= {"duration": "readable", "frames": "readable"}
        elif frames.because_of != "duration":
            causes["duration"] = "frames"
    elif frames and frames.time_ms == 0 and found.compressed.duration_ms < found.original.duration_ms:
        causes["duration"] = "frames"  # the beginning is missing
    return [
        replace(each, because_of=_among(failed, causes.get(each.name, each.because_of)))
        if each.name in failed
        else each
        for each in checks
    ]


def _among(failed: Mapping[str, Check], cause: str | None) -> str | None:
    """A cause that fails itself, or is told later."""
    return None if cause == "duration" and cause not in failed else cause


def _explained_by_content(
    found: Matching, timely: Sequence[Check], content: Check, lost: set[int], pairs: Sequence[FramePair]
) -> list[Check]:
    """Where pictures are destroyed, what moves does not move as in the original."""
    if content.status != "fail" or content.because_of:
        return list(timely)
    frames = {pairs[place].compressed for place in lost}
    return [
        replace(each, because_of="content")
        if each.name == "order" and each.value is not None and not each.because_of and not strays_without(found, frames)
        else each
        for each in timely
    ]


def _region(
    sieve: _Sieve, findings: Sequence[Finding], original: Clip, timely: Sequence[Check], goal: Goal
) -> tuple[Check, Trouble | None]:
    """The worst place of what is left, or the one that something else explains; and what it is a matter of."""
    size = original.width, original.height
    suspects = [each.suspects for each in findings]
    check = check_region(sieve.pairs, suspects, original, goal)
    if check.status != "fail":
        return check, None
    astray = next((each.region for each in timely if each.name == "order" and each.status == "fail"), None)
    limits = PLACE_LIMITS[goal]
    colourless = [i for i in range(len(suspects)) if sieve.blamed.get(i, "colour") == "colour"]
    for left, most in ((sieve.left, limits), (colourless, (limits[0], *COLOURLESS, *limits[4:]))):
        is_enough = _is_enough(left, sieve.pairs)
        place = worst_place(_at(sieve.pairs, left), [suspects[i] for i in left], size, most) if is_enough else None
        if place:
            break
    if sieve.blamed and not place:
        about = [i for i, each in enumerate(suspects) if check.region and _is_within(each, check.region, original)]
        return replace(check, because_of=_cause(sieve.blamed, sieve.pairs, about)), None
    if place and sieve.blamed:
        check = tell_place(place, _at(sieve.pairs, left), original)
    if check.region and astray and check.region.overlaps(astray):
        return replace(check, because_of="order"), None
    sieve.blame("region", (i for i in left if check.region and _is_within(suspects[i], check.region, original)))
    return check, place.trouble if place else None


def _covers(region: Check, content: Check, lost: Sequence[Suspects | None], original: Clip) -> bool:
    """Whether destroyed pictures are destroyed in the worst place, which other pictures have too."""
    box = region.region
    if not box or content.status != "fail" or content.because_of or region.because_of:
        return False
    wider = Region(box.x - WIDER, box.y - WIDER, box.width + 2 * WIDER, box.height + 2 * WIDER)
    return all(each and share_in(wider, each, original.width) >= MOSTLY for each in lost)


def _is_within(found: Suspects | None, region: Region, original: Clip) -> bool:
    """Whether a tile that differs much is in a region."""
    return found is not None and share_in(region, found, original.width) > 0
