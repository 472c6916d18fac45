"""Student's t against SciPy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pytest_giflab.decision.student import cdf, quantile

FREEDOM = st.floats(0.5, 10_000) | st.integers(1, 60).map(float)


@given(FREEDOM, st.floats(-60, 60))
def test_the_probability_is_that_of_scipy(freedom: float, t: float) -> None:
    assert cdf(freedom, t) == pytest.approx(stats.t.cdf(t, freedom), rel=1e-9, abs=1e-300)


@given(FREEDOM, st.floats(0.51, 0.999_999_9))
def test_the_quantile_is_that_of_scipy(freedom: float, probability: float) -> None:
    assert quantile(freedom, probability) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-7)


def test_the_quantile_near_the_median_is_that_of_the_density_there() -> None:
    """With 4 degrees of freedom that is 3/8. SciPy is off by 4e-5 so near the median."""
    assert quantile(4.0, 0.500_001) == pytest.approx(1e-6 / 0.375, rel=1e-7)


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (4, 2.776), (30, 2.042), (math.inf, 1.960)])
def test_the_quantile_is_that_of_the_printed_table(freedom: float, t: float) -> None:
    assert quantile(freedom, 0.975) == pytest.approx(t, abs=5e-4)


@pytest.mark.parametrize(("freedom", "probability"), [(1.0, 0.75), (2.0, (1 + 1 / math.sqrt(3)) / 2)])
def test_the_probability_of_1_is_that_of_its_closed_form(freedom: float, probability: float) -> None:
    assert cdf(freedom, 1) == pytest.approx(probability, rel=1e-12)


@pytest.mark.parametrize(("freedom", "probability"), [(0, 0.975), (5, 1.0)])
def test_no_value_is_certain(freedom: float, probability: float) -> None:
    assert quantile(freedom, probability) == math.inf
