"""The verdict against recordings of other moments."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_giflab.decision import rule
from pytest_giflab.decision.rule import decide_stored
from pytest_giflab.decision.speeds import Shift
from pytest_giflab.errors import DecisionError
from pytest_giflab.thresholds import DEFAULTS, Thresholds
from tests.helpers.noise import MACHINES, Machine

Array = NDArray[np.float64]
NOISY = MACHINES["everything"]


def flat(level: float = 0.001, processes: int = 5) -> Array:
    """A moment without any noise."""
    return np.full((processes, 4, 2), level)


def recorded(count: int, spread: float = 0.0) -> list[Array]:
    """Moments whose levels lie `spread` to either side, in log time, in turn."""
    return [flat(0.001 * math.exp(spread * (-1) ** number)) for number in range(count)]


def test_interval_from_one_recording_is_the_prior() -> None:
    decision = decide_stored([flat()], flat())
    # t(3) and t(8) at 0.975: 3.182446 for sqrt(2) x 0.1 between moments, 2.306004 for the floor of 0.2 %.
    half = math.hypot(3.182446 * math.sqrt(2) * 0.1, 2.306004 * 0.002)
    assert (math.log(decision.low), math.log(decision.high)) == pytest.approx((-half, half))


def test_interval_from_several_recordings_mixes_prior_and_spread() -> None:
    decision = decide_stored(recorded(4, spread=0.03), flat())
    # (3 x 0.1^2 + 4 x 0.03^2) / 6 with t(6) at 0.975: 2.446912; 24 processes less 5 moments: t(20) = 2.085963.
    between = math.sqrt((3 * 0.1**2 + 4 * 0.03**2) / 6 * (1 + 1 / 4))
    half = math.hypot(2.446912 * between, 2.085963 * 0.002)
    assert math.log(decision.high) == pytest.approx(half)


def test_spread_between_processes_widens_the_interval() -> None:
    spread = flat() * np.linspace(1.0, 1.1, 5)[:, None, None]
    tight, wide = decide_stored(recorded(9), flat()), decide_stored(recorded(9), spread)
    assert wide.high > tight.high


def test_recordings_that_disagree_widen_the_interval() -> None:
    assert decide_stored(recorded(6, spread=0.1), flat()).high > decide_stored(recorded(6), flat()).high


def test_more_recordings_narrow_the_interval() -> None:
    widths = [math.log(decide_stored(recorded(count, 0.01), flat()).high) for count in (1, 2, 4, 8, 16, 32)]
    assert widths == sorted(widths, reverse=True)


def test_identical_code_is_inconclusive_with_one_recording_and_advises_a_duet() -> None:
    decision = decide_stored([flat()], flat())
    assert decision.verdict == "inconclusive"
    assert "1 recorded moment can tell changes of" in decision.reason


@pytest.mark.parametrize("direction", [1, -1])
def test_an_interval_that_ends_at_exactly_no_change_flags_nothing(
    monkeypatch: pytest.MonkeyPatch, direction: int
) -> None:
    nothing = Shift(0.0, process_error=0.002, process_freedom=8, moment_error=0.14, moment_freedom=3)
    half = nothing.half_width(DEFAULTS.confidence)
    monkeypatch.setattr(rule, "shift", lambda *_: replace(nothing, log_ratio=direction * half))
    verdict = decide_stored([flat()], flat()).verdict
    # Where the upper end is 0, the threshold is ruled out.
    assert verdict == ("inconclusive" if direction > 0 else "ok")


@pytest.mark.parametrize(("direction", "expected"), [(1, "warning"), (-1, "improved")])
def test_a_change_of_exactly_the_cut_is_flagged(monkeypatch: pytest.MonkeyPatch, direction: int, expected: str) -> None:
    exact = Shift(direction * DEFAULTS.warning_cut, 0.001, 8, 0.001, 60)
    monkeypatch.setattr(rule, "shift", lambda *_: exact)
    assert decide_stored([flat()], flat()).verdict == expected


def test_identical_code_is_ok_with_many_recordings_that_agree() -> None:
    assert decide_stored(recorded(60), flat()).verdict == "ok"


def test_identical_code_is_not_flagged_in_twenty_runs_on_a_noisy_machine() -> None:
    rng = np.random.default_rng(1)
    verdicts = {decide_stored([NOISY.moment(rng)], NOISY.moment(rng)).verdict for _ in range(20)}
    assert verdicts <= {"inconclusive", "ok"}


def test_twice_as_slow_is_critical_in_twenty_runs_on_a_noisy_machine() -> None:
    rng = np.random.default_rng(2)
    assert {decide_stored([NOISY.moment(rng)], NOISY.moment(rng, 2.0)).verdict for _ in range(20)} == {"critical"}


def test_half_as_slow_again_is_never_ok_on_a_noisy_machine() -> None:
    rng = np.random.default_rng(3)
    verdicts = {decide_stored([NOISY.moment(rng)], NOISY.moment(rng, 1.5)).verdict for _ in range(20)}
    assert verdicts <= {"critical", "inconclusive"}


def test_twice_as_fast_is_improved_or_ok_on_a_noisy_machine() -> None:
    rng = np.random.default_rng(4)
    verdicts = {decide_stored([NOISY.moment(rng)], NOISY.moment(rng, 0.5)).verdict for _ in range(20)}
    assert verdicts <= {"improved", "ok"}


def test_a_small_regression_is_seen_with_many_recordings() -> None:
    rng = np.random.default_rng(5)
    recordings = [NOISY.moment(rng) for _ in range(20)]
    assert decide_stored(recordings, NOISY.moment(rng, 1.25)).verdict == "critical"


def test_a_whole_moment_in_the_slow_mode_is_not_a_regression() -> None:
    assert decide_stored([flat()], flat(0.00145)).verdict == "inconclusive"


def test_slow_processes_do_not_matter_while_one_is_fast() -> None:
    half_slow = flat() * np.array([1.45, 1.45, 1.0, 1.45, 1.45])[:, None, None]
    assert decide_stored([flat()], half_slow).ratio == pytest.approx(1.0)
    assert decide_stored([half_slow], 2 * half_slow).verdict == "critical"


def test_one_round_that_a_clock_cut_short_hardly_matters() -> None:
    now = np.full((5, 20, 4), 0.001)
    now[0, 0, 0] = 0.0005
    assert decide_stored([flat()], now).ratio == pytest.approx(1.0, abs=0.01)


def test_family_widens_for_processes_and_not_for_moments() -> None:
    # A moment is shared by all benchmarks of a run: without spread between processes, 100 of them change nothing.
    assert decide_stored([flat()], flat(0.002), family=100).verdict == "critical"


def test_a_large_family_needs_stronger_proof_when_processes_differ() -> None:
    spread = flat(0.00120) * np.linspace(1.0, 1.3, 5)[:, None, None]
    verdicts = [decide_stored(recorded(20), spread, family=family).verdict for family in (1, 1000)]
    assert verdicts == ["critical", "inconclusive"]


def test_too_few_processes_now_ask_for_more() -> None:
    decision = decide_stored([flat()], flat(0.01, processes=3))
    assert (decision.verdict, decision.pairs_used, decision.next_pairs) == ("inconclusive", 3, 2)


def test_a_recording_of_too_few_processes_is_refused() -> None:
    with pytest.raises(DecisionError, match="recording 1 has 4 processes; record it again"):
        decide_stored([flat(), flat(processes=4)], flat())


def test_no_recording_is_refused() -> None:
    with pytest.raises(DecisionError, match="--giflab-update-baseline"):
        decide_stored([], flat())


def test_a_wrong_recording_is_named() -> None:
    with pytest.raises(DecisionError, match="recording 1 has infinite or negative"):
        decide_stored([flat(), -flat()], flat())


def test_a_clock_that_does_not_move_is_inconclusive() -> None:
    decision = decide_stored([flat()], flat(0.0))
    assert decision.verdict == "inconclusive"
    assert math.isnan(decision.ratio)
    assert "clock" in decision.reason


def test_thresholds_move_the_cuts() -> None:
    loose = Thresholds(warning=0.5, critical=3.0)
    assert decide_stored([flat()], flat(0.002), thresholds=loose).verdict == "warning"
    assert decide_stored(recorded(9), flat(0.0011), thresholds=loose).verdict == "ok"


@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e6))
def test_the_unit_of_time_does_not_matter(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    before, now = Machine().moment(rng), Machine().moment(rng, 1.3)
    one, other = decide_stored([before], now), decide_stored([before * factor], now * factor)
    assert one.verdict == other.verdict
    assert (one.ratio, one.low, one.high) == pytest.approx((other.ratio, other.low, other.high))


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_processes_turns_and_rounds_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, now = NOISY.moment(rng), NOISY.moment(rng, 1.3)
    mixed = rng.permuted(rng.permuted(now[rng.permutation(5)], axis=1), axis=2)
    assert decide_stored([before], mixed) == decide_stored([before], now)


@given(st.integers(0, 2**32 - 1))
def test_padding_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, now = NOISY.moment(rng), NOISY.moment(rng, 1.3)
    padded = np.pad(now, ((0, 0), (0, 2), (0, 1)), constant_values=np.nan)
    assert decide_stored([before], padded) == decide_stored([before], now)
