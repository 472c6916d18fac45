"""Weighted means, the worst 1 % of the time, the worst value; expected values by hand."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.model import Better
from giflab_core.pooling import Sample, estimate, median, weighted_mean, worst_percent_mean

samples = st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 10_000)), min_size=1, max_size=50).map(
    lambda pairs: Sample([value for value, _ in pairs], [weight for _, weight in pairs])
)


def test_mean_counts_each_value_for_its_time() -> None:
    assert weighted_mean(Sample([1.0, 4.0], [300, 100])) == 1.75


def test_p01_counts_the_last_pair_in_part() -> None:
    # 1 % of 1000 ms is 10 ms: all 4 ms of the value 0.0 and 6 of the 96 ms of the value 0.5.
    sample = Sample([0.9, 0.0, 0.5], [900, 4, 96])
    assert worst_percent_mean(sample, "higher") == pytest.approx((4 * 0.0 + 6 * 0.5) / 10)


def test_p01_takes_high_values_where_lower_is_better() -> None:
    assert worst_percent_mean(Sample([1.0, 9.0], [990, 10]), "lower") == 9.0


def test_p01_of_an_odd_total_is_exact() -> None:
    # 1 % of 150 ms is 1.5 ms: 1 ms of 0.0 and half a millisecond of 0.3.
    assert worst_percent_mean(Sample([0.0, 0.3], [1, 149]), "higher") == pytest.approx(0.5 * 0.3 / 1.5)


def test_worst_is_the_first_of_equals() -> None:
    assert estimate(Sample([0.5, 0.2, 0.2], [1, 1, 1]), "higher").worst_index == 1


@pytest.mark.parametrize("better", ["higher", "lower"])
@given(sample=samples)
def test_worst_p01_and_mean_are_in_order(better: Better, sample: Sample) -> None:
    found = estimate(sample, better)
    worst = sample.values[found.worst_index]
    slack = 1e-9 * max(1.0, *map(abs, sample.values))
    sign = 1 if better == "higher" else -1
    assert sign * worst <= sign * found.p01 + slack
    assert sign * found.p01 <= sign * found.mean + slack


@pytest.mark.parametrize("better", ["higher", "lower"])
@given(sample=samples)
def test_p01_is_exact_whether_one_pair_alone_is_the_worst_or_several_are(better: Better, sample: Sample) -> None:
    assert estimate(sample, better).p01 == worst_percent_mean(sample, better)
    share, left, total = Fraction(sum(sample.weights_ms), 100), Fraction(sum(sample.weights_ms), 100), Fraction(0)
    pairs = zip(sample.values, sample.weights_ms, strict=True)
    for value, weight_ms in sorted(pairs, key=lambda pair: pair[0], reverse=better == "lower"):
        part = min(Fraction(weight_ms), left)
        total, left = total + Fraction(value) * part / share, left - part
    assert worst_percent_mean(sample, better) == pytest.approx(float(total), rel=1e-12, abs=1e-9)


@given(st.lists(st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9), min_size=1, max_size=9))
def test_the_median_is_that_of_the_standard_library(values: list[float]) -> None:
    assert median(values) == statistics.median(values)


@given(samples)
def test_p01_equals_a_sort_of_single_milliseconds(sample: Sample) -> None:
    hundredths = sorted(
        (value for value, weight in zip(sample.values, sample.weights_ms, strict=True) for _ in range(weight)),
    )
    total = len(hundredths)
    whole, rest = divmod(total, 100)
    expected = (sum(hundredths[:whole]) + hundredths[whole if whole < total else -1] * rest / 100) / (total / 100)
    assert worst_percent_mean(sample, "higher") == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_everything_scored_leaves_no_interval() -> None:
    found = estimate(Sample([0.2, 0.4], [1, 1]), "higher")
    assert found.low == found.mean == found.high


@pytest.mark.parametrize(("values", "weights"), [([], []), ([1.0], []), ([1.0], [0]), ([1.0, 2.0], [5, -5])])
def test_a_sample_without_values_or_time_is_refused(values: list[float], weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weight"):
        Sample(values, weights)
