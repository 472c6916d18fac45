"""Tell which checks of a whole clip follow from others: limits, tone, and that nothing was compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from giflab_core.checks.tone import check_tone
from giflab_core.config import Goal
from giflab_core.frozen import replace
from giflab_core.model import Check, MetricResult, Rest, Tone, Trouble

# Metrics that another tone, or lost colour, of the whole picture moves by itself.
OF_TONE = {
    *("quality", "ssim", "ms_ssim", "gmsd", "fsim", "mdsi", "haarpsi", "mse", "psnr", "sharpness", "edge", "temporal"),
    *("ciede2000", "ciede2000_p95", "histogram", "palette"),
}
OF_COLOUR = {"quality", "haarpsi", "mdsi", "ciede2000", "ciede2000_p95", "histogram", "palette"}
# Of checks that look at one side of a picture, what limits they explain where nothing else is left.
PARTIAL = {"colour": OF_COLOUR, "transparency": {"alpha"}}
# Metrics of light, not of colour: a place that is wrong besides lost colour explains them.
OF_STRUCTURE = {"ssim", "ms_ssim", "gmsd", "fsim", "mse", "psnr", "sharpness", "edge", "temporal"}
# Checks of pictures that may fail since short ones are not shown; the first that does is told.
PICTURES = ("content", "region", "colour", "transparency")
# What is told of colour by a tone.
COLOURFUL = ("saturation", "hue", "cast")
Rests = Mapping[str, Rest | None]


def fold(
    checks: Sequence[Check],
    results: Mapping[str, MetricResult],
    tone: Tone | None,
    goal: Goal,
    *,
    trouble: Trouble | None,
    area: int,
) -> tuple[Check, ...]:
    """The checks, each failed one with the failed check that it follows from, if there is one.

    `tone`: what `tone` judged; `trouble`: what the worst place is a matter of; `area`: of the picture, in pixels. A
    limit follows from a check if it is kept without the moments that the check is about, or if nothing else is left.
    """
    checks, rests = _dropped(checks, {name: each.rest for name, each in results.items()})
    failed = {each.name: each for each in checks if each.status == "fail"}
    causes = {
        **({"compared": "canvas"} if "canvas" in failed else {}),
        **_of_tone(failed, tone, goal, is_tonal=_is_tonal(failed.get("region"), tone, goal, trouble, area)),
    }
    for name, check in failed.items():
        metric, _, statistic = name.partition(".")
        if statistic and "canvas" in failed:
            causes[name] = "canvas"
        elif statistic and metric in rests:
            cause = _of_limit(check, rests[metric], metric, statistic, failed)
            if cause:
                causes[name] = cause
    causes = {name: cause for name, cause in causes.items() if name in failed and cause in failed}
    return tuple(
        replace(each, because_of=_first(causes.get(each.name, each.because_of), {**_known(failed.values()), **causes}))
        if each.name in failed
        else each
        for each in checks
    )


def _dropped(checks: Sequence[Check], rests: Rests) -> tuple[Sequence[Check], Rests]:
    """Where something fails only because short pictures are not shown, which `frames` lets pass.

    A check of pictures says when and where, so it is told itself, with all else that follows from them. If only limits
    fail, `frames` fails too, which says why.
    """
    failed = {each.name: each for each in checks if each.status == "fail"}
    if "frames" in failed:
        return checks, rests
    told = next((name for name in PICTURES if name in failed and failed[name].because_of == "frames"), None)
    if told:
        causes = {each.name: None if each.name == told else told for each in checks if each.because_of == "frames"}
        checks = [replace(each, because_of=causes.get(each.name, each.because_of)) for each in checks]
        return checks, {name: _instead(rest, told) for name, rest in rests.items()}
    is_why = any(
        _of_limit(check, rests[metric], metric, statistic, {"frames": check}) == "frames"
        for name, check in failed.items()
        for metric, _, statistic in [name.partition(".")]
        if statistic and metric in rests
    )
    is_own = any(name in failed and not failed[name].because_of for name in (*PICTURES, "order"))
    is_why = is_why and not is_own
    return [replace(each, status="fail") if is_why and each.name == "frames" else each for each in checks], rests


def _instead(rest: Rest | None, told: str) -> Rest | None:
    """The same, because of a check that is told instead of `frames`."""
    return replace(rest, because_of=told) if rest and rest.because_of == "frames" else rest


def _known(failed: Iterable[Check]) -> dict[str, str]:
    return {each.name: each.because_of for each in failed if each.because_of}


def _first(cause: str | None, causes: Mapping[str, str]) -> str | None:
    """The cause of the cause, and so on."""
    seen: set[str] = set()
    while cause and cause in causes and cause not in seen:
        seen.add(cause)
        cause = causes[cause]
    return cause


def _is_tonal(region: Check | None, tone: Tone | None, goal: Goal, trouble: Trouble | None, area: int) -> bool:
    """Whether a tone may be why there is a worst place: a blur erases no part and leaves the rest."""
    if trouble != "structure" or tone is None:
        return trouble == "tone"
    is_most = bool(region and region.region and region.region.covers_most(area))
    return is_most and check_tone(Tone(detail=tone.detail), goal).status == "fail"


def _of_tone(failed: Mapping[str, Check], tone: Tone | None, goal: Goal, *, is_tonal: bool) -> dict[str, str]:
    """Lost colour is told as that, if the tone is nothing else; else the tone tells of it."""
    if "tone" not in failed or tone is None:
        return {}
    if "content" in failed and failed.get("animation", failed["content"]).because_of == "content":
        return {"tone": "content"}
    causes = {}
    if "colour" in failed and not failed["colour"].because_of:
        colourless = replace(tone, **{name: getattr(Tone(), name) for name in COLOURFUL})
        is_all = check_tone(colourless, goal).status != "fail"
        causes = {"tone": "colour"} if is_all else {"colour": "tone"}
    if "region" in failed and is_tonal and not failed["region"].because_of:
        causes["region"] = causes.get("tone", "tone")
    return causes


def _of_limit(check: Check, rest: Rest | None, metric: str, statistic: str, failed: Mapping[str, Check]) -> str | None:
    if rest and rest.because_of in failed:
        value = rest.mean if statistic == "mean" else rest.p01
        if value is not None:
            if _is_kept(check, value):
                return rest.because_of
        elif metric in PARTIAL.get(rest.because_of, (metric,)):
            return rest.because_of
        elif rest.because_of == "colour" and metric in OF_STRUCTURE and "region" in failed:
            return failed["region"].because_of or "region"
    return "tone" if "tone" in failed and metric in OF_TONE else None


def _is_kept(check: Check, value: float) -> bool:
    """Whether another value would keep the limit that a check's own does not."""
    if check.limit is None or check.value is None:
        return False
    return value >= check.limit if check.value < check.limit else value <= check.limit
