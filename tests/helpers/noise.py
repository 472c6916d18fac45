"""Make timings of a simulated noisy machine whose true ratio is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CALL_S = 0.001  # true seconds of one call of base in the fast mode


@dataclass(frozen=True, slots=True)
class Machine:
    """Sources of noise; spreads in log time. Defaults: only layout and jitter."""

    layout: float = 0.008  # standard deviation from process to process
    jitter: float = 0.004  # from round to round
    slow_mode: float = 1.0  # factor of the CPU's slow mode
    switching: float = 0.0  # chance to change mode between one turn and the next
    outliers: float = 0.0  # share of turns hit by one
    outlier_size: float = 0.3  # mean of its exponential excess
    drift: float = 0.0  # over the turns of one pair

    def pairs(
        self, rng: np.random.Generator, ratio: float, pairs: int = 20, turns: int = 16, rounds: int = 4
    ) -> tuple[Array, Array]:
        """Base and head, shape (pair, turn, round), with true ratio head / base `ratio`."""
        # Turns of both sides in the order they ran: two a couple, which of them first is random.
        pace = self._pace(rng, pairs, 2 * turns).reshape(pairs, turns, 2)
        first = rng.integers(0, 2, (pairs, turns, 1))
        pace = np.take_along_axis(pace, np.concatenate([first, 1 - first], axis=2), axis=2)
        layout = rng.normal(0, self.layout, (pairs, 1, 2))
        noise = rng.normal(0, self.jitter, (pairs, turns, 2, rounds))
        times = CALL_S * np.exp((pace + layout)[..., None] + noise)
        return times[:, :, 0], times[:, :, 1] * ratio

    def moment(
        self, rng: np.random.Generator, ratio: float = 1.0, processes: int = 5, turns: int = 16, rounds: int = 4
    ) -> Array:
        """Processes that ran one after the other, shape (process, turn, round)."""
        pace = self._pace(rng, 1, processes * turns).reshape(processes, turns, 1)
        layout = rng.normal(0, self.layout, (processes, 1, 1))
        noise = rng.normal(0, self.jitter, (processes, turns, rounds))
        times: Array = CALL_S * ratio * np.exp(pace + layout + noise)
        return times

    def _pace(self, rng: np.random.Generator, runs: int, turns: int) -> Array:
        """Log of the time that each turn takes, above that of the fast mode."""
        switches = rng.random((runs, turns)) < self.switching
        switches[:, 0] = rng.random(runs) < 0.5
        slow = np.cumsum(switches, axis=1) % 2
        hit = rng.random((runs, turns)) < self.outliers
        excess = hit * rng.exponential(self.outlier_size, (runs, turns))
        pace: Array = slow * np.log(self.slow_mode) + excess + self.drift * np.arange(turns) / turns
        return pace


MACHINES = {
    "layout only": Machine(),
    "speed modes": Machine(slow_mode=1.45, switching=0.08),
    "heavy outliers": Machine(outliers=0.15),
    "drift": Machine(drift=0.5),
    "wild layout": Machine(layout=0.018),
    "everything": Machine(layout=0.01, jitter=0.01, slow_mode=1.45, switching=0.1, outliers=0.1, drift=0.3),
}
