"""The GIFs that benchmarks make on both sides: base's are what head's are held against. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite
from typing import TypeAlias

from pytest_giflab.duet.sides import BASE, HEAD
from pytest_giflab.duet.trial import Trial
from pytest_giflab.model import Benchmark, Comparison, Quantity
from pytest_giflab.quality import Appraisal, improved, unlike, worsened
from pytest_giflab.thresholds import Verdict

QUALITY = "quality"
Call: TypeAlias = tuple[str, int]
"""A call of the fixture in a test: the name that was given to it, "" for none, and which of that name it is, from 1."""


def quality_rows(trial: Trial) -> Iterator[Comparison]:
    """A line of the report for each GIF that a benchmark validates, beside that of its time."""
    base, head = (trial.outcomes[side] for side in (BASE, HEAD))
    of_base, of_head = _by_call(base.appraisals), _by_call(head.appraisals)
    seen: Counter[str] = Counter()
    for call in dict.fromkeys([*of_head, *of_base]):
        before, after = of_base.get(call, []), of_head.get(call, [])
        label = _label(call, after or before)
        seen[label] += 1
        if after or not (head.error or head.refusal):
            told = f"{label} ({seen[label]})" if seen[label] > 1 else label
            row = _row(trial.head, told, before, after)
            yield replace(row, advisory=row.advisory or trial.is_advisory) if row.verdict else row


def _by_call(runs: Sequence[Sequence[Appraisal]]) -> dict[Call, list[Appraisal]]:
    """What the runs say of each GIF: a file's name may be another one in each process, or on each side."""
    found: dict[Call, list[Appraisal]] = {}
    for run in runs:
        count: Counter[str] = Counter()
        for each in run:
            name = each.label if each.is_named else ""
            count[name] += 1
            found.setdefault((name, count[name]), []).append(each)
    return found


def _label(call: Call, appraisals: Sequence[Appraisal]) -> str:
    labels = {each.label for each in appraisals}
    return labels.pop() if len(labels) == 1 else f"GIF {call[1]}"


def _row(benchmark: Benchmark, label: str, before: Sequence[Appraisal], after: Sequence[Appraisal]) -> Comparison:
    shown = _typical(after or before)
    line = Comparison(
        benchmark,
        "measured",
        processes=min(len(before), len(after)),
        samples={BASE: _values(before), HEAD: _values(after)},
        quantity=_quantity(shown),
    )
    if not after:
        return replace(line, status="missing", reason=f"{label}: head does not validate it")
    line = replace(line, after=_positive(shown.value))
    if not before:
        if shown.why:
            return replace(line, verdict="critical", reason=f"{label}: new, and fails: {shown.why}")
        return replace(line, status="new", reason=f"{label}: base does not validate it")
    was = _typical(before)
    old, new = _positive(was.value), line.after
    line = replace(line, before=old, ratio=new / old if old and new is not None else None)
    verdict, reason = _judged(was, shown)
    is_told_apart = not unlike(was, shown) or bool(shown.why)
    return replace(line, verdict=verdict, reason=f"{label}: {reason}", advisory=not is_told_apart)


def _judged(before: Appraisal, after: Appraisal) -> tuple[Verdict, str]:
    """Base's tolerance holds: a change must not loosen its own gate."""
    moment = _moment(after)
    if after.why:
        return "critical", f"the GIF fails{' (on base too)' if before.why else ''}: {after.why}"
    if why := unlike(before, after):
        return "inconclusive", f"cannot be held against base's GIF: {why}"
    if worse := worsened(before, after, before.tolerance):
        return "critical", f"the GIF is worse than base's: {worse}{moment}"
    if better := improved(before, after, before.tolerance):
        return "improved", f"the GIF is better than base's: {better}"
    same = before.compressed == after.compressed
    return "ok", "the same GIF" if same else f"as good as base's, within {before.tolerance:g}"


def _moment(appraisal: Appraisal) -> str:
    name = appraisal.ranked_by
    return f"; worst at {appraisal.metrics[name].worst_ms} ms" if name else ""


def _typical(appraisals: Sequence[Appraisal]) -> Appraisal:
    """That in the middle: what is made anew in each process may differ a little."""
    ranked = sorted(appraisals, key=lambda each: 0.0 if each.value is None else each.value)
    return ranked[len(ranked) // 2]


def _values(appraisals: Sequence[Appraisal]) -> tuple[float, ...]:
    return tuple(value for each in appraisals if (value := _positive(each.value)) is not None)


def _positive(value: float | None) -> float | None:
    """A report has no numbers below 0, nor infinite ones: what is not one bit like the original is of no worth."""
    return None if value is None or not isfinite(value) else max(0.0, value)


def _quantity(appraisal: Appraisal) -> Quantity:
    numbers = appraisal.metrics[appraisal.ranked_by] if appraisal.ranked_by else None
    return Quantity(QUALITY, numbers.unit, numbers.better) if numbers else Quantity(QUALITY, "", "higher")
