"""Hold numbers against limits, and give the verdict. Pure: values in, checks out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from giflab_core.checks.goals import GOAL_LIMITS
from giflab_core.config import Goal
from giflab_core.errors import UsageError
from giflab_core.metrics import CATALOGUE, Description
from giflab_core.model import Check, Clip, ContentType, MetricResult, Statistic, Status, worst_of


def unfit(metrics: Iterable[Description], original: Clip, canvas: Check) -> dict[str, str]:
    """The metrics that the canvases do not allow, with the reason; `canvas` is the check that compares them."""
    if canvas.status == "fail":
        return {metric.name: "the two canvases differ in size" for metric in metrics}
    reasons = {metric.name: metric.absence(original.width, original.height) for metric in metrics}
    return {name: reason for name, reason in reasons.items() if reason}


def check_compared(scored: int, absent: Mapping[str, str], names: Iterable[str]) -> Check:
    """Something was compared: at least one pair of frames, by at least one metric."""
    if scored and any(name not in absent for name in names):
        return Check("compared", "pass")
    reasons = "; ".join(dict.fromkeys(absent.values()))
    return Check("compared", "fail", f"no frame was compared ({reasons})" if reasons else "no frame was compared")


def parse_limit(name: str) -> tuple[str, Statistic]:
    """The metric and statistic that a limit's name speaks of: `ssim` is the mean, `ssim.p01` the worst 1 %."""
    metric, dot, statistic = name.partition(".")
    if metric not in CATALOGUE:
        raise UsageError(f"limit on unknown metric {metric!r}; known: {', '.join(CATALOGUE)}")
    if statistic not in (("mean", "p01") if dot else ("",)):
        raise UsageError(f"limit on unknown statistic {statistic!r} of {metric}; known: mean, p01")
    return metric, "p01" if statistic == "p01" else "mean"


def check_given_limits(given: Iterable[str], metrics: Iterable[str]) -> None:
    """Raises UsageError for a limit on a metric that is not among those asked for."""
    asked = tuple(metrics)
    for metric, _ in map(parse_limit, given):
        if metric not in asked:
            raise UsageError(
                f"limit on {metric}, which is not among the metrics asked for: {', '.join(asked)}; "
                f"ask for it too, such as with --metrics default,{metric}"
            )


def limits_in_force(
    given: Mapping[str, float],
    metrics: Iterable[str],
    content: ContentType | None,
    *,
    goal: Goal = "small",
    scaled: bool = False,
) -> dict[tuple[str, Statistic], float]:
    """`given` over the defaults for this goal and content, for the metrics that are asked for.

    `content`: None has no defaults. `scaled`: the compressed clip was, which moves the borders of what is transparent:
    no default on `alpha` then.

    A default on the worst 1 % is never stricter than a limit given for the mean: the worst moments cannot be better
    than the mean, so it would forbid what was just allowed.
    """
    asked = tuple(metrics)
    explicit = {parse_limit(name): value for name, value in given.items()}
    defaults = _defaults(goal, content) if content else {}
    limited = set(asked) - ({"alpha"} if scaled else set())
    limits = {place: value for place, value in defaults.items() if place[0] in limited}
    for (metric, statistic), value in explicit.items():
        default_p01 = limits.get((metric, "p01"))
        if statistic == "mean" and default_p01 is not None:
            looser = min if CATALOGUE[metric].better == "higher" else max
            limits[metric, "p01"] = looser(default_p01, value)
    return limits | explicit


@cache
def _defaults(goal: Goal, content: ContentType) -> Mapping[tuple[str, Statistic], float]:
    return {parse_limit(name): value for name, value in GOAL_LIMITS[goal][content].items()}


def check_limits(
    limits: Mapping[tuple[str, Statistic], float],
    given: Iterable[str],
    results: Mapping[str, MetricResult],
    absent: Mapping[str, str],
    original: Clip,
) -> list[Check]:
    """One check a limit, named `metric.statistic`; moments are named by the frames of `original`.

    A limit that the user gave on a metric without a number fails: what cannot be checked is not passed.
    """
    explicit = {parse_limit(name) for name in given}
    checks = []
    for (metric, statistic), limit in limits.items():
        name = f"{metric}.{statistic}"
        if metric in results:
            checks.append(_check_limit(name, results[metric], statistic, limit, original))
        elif (metric, statistic) in explicit:
            checks.append(Check(name, "fail", f"cannot be held against {limit:g}: {absent[metric]}"))
    return checks


def _check_limit(name: str, result: MetricResult, statistic: Statistic, limit: float, original: Clip) -> Check:
    value = result.statistic(statistic)
    higher = result.better == "higher"
    margin = value - limit if higher else limit - value
    held = margin >= 0
    message = f"{value:.4g}{_unit(result)}, must be {'at least' if higher else 'at most'} {limit:g}"
    if not held:
        worst_ms = result.worst.time_ms
        message += f" (missed by {-margin:.2g}); worst in the original's {_moment(worst_ms, original)}"
    return Check(name, "pass" if held else "fail", message, value, limit, margin, result.worst.time_ms)


def _moment(time_ms: int, original: Clip) -> str:
    return f"frame {original.frame_at(time_ms)}, at {time_ms} ms"


def _unit(result: MetricResult) -> str:
    return f" {result.unit}" if result.unit else ""


def check_lossless(first_difference_ms: int | None, original: Clip) -> Check:
    """Both clips show the same pictures at the same times, and `loop` says that they do so equally often."""
    if first_difference_ms is None:
        return Check("lossless", "pass")
    first = _moment(first_difference_ms, original)
    return Check("lossless", "fail", f"the two clips first differ in the original's {first}")


def verdict(checks: Iterable[Check]) -> Status:
    """The worst of all checks."""
    return worst_of(check.status for check in checks)
