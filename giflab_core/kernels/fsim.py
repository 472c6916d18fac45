"""Feature similarity of two 8-bit planes: phase congruency and gradients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log, pi, sqrt
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Floats, Plane

    Noise: TypeAlias = tuple[float, float, float, float]

WINDOW = 2
# Planes are reduced until their smaller side is about as long.
SIDE = 256
SCALES = ORIENTATIONS = 4
# Wavelength of the finest scale in pixels; each other one is twice the one before.
WAVELENGTH = 6
# Standard deviations of the filters: of the logarithm of the frequency, and of the angle.
LOG_SIGMA = log(0.55)
ANGLE_SIGMA = pi / (ORIENTATIONS * 1.2)
# The filters pass little above this frequency, so that none reaches into the corners of the spectrum.
CUTOFF, SHARPNESS = 0.45, 15
# Energy counts above its mean for noise and two standard deviations, of which a share is taken.
NOISE = (sqrt(pi / 2) + 2 * sqrt(2 - pi / 2)) / 1.7
C_PHASE, C_GRADIENT = 0.85, 160.0
EPSILON = 2.0**-23


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """What follows from the size of planes alone. A filter is the product of one of each of two kinds, in the order of
    frequencies that transforms have: float32.

    `scales`, `orientations`: shape (4, height, width). `noise`: by orientation, the threshold of energy in units of the
    median amplitude at the finest scale.
    """

    scales: Floats
    orientations: Floats
    noise: Noise


def fsim(x: Plane, y: Plane) -> float:
    """The similarity of two planes in phase congruency and gradients, weighted by the former: 0 to 1, 1 for equal ones.

    `x`, `y`: uint8, one shape (height, width), both sides at least `WINDOW`. Zhang et al. 2011, "FSIM: a feature
    similarity index for image quality assessment", with the constants of the paper, on planes averaged over boxes of
    n x n pixels, n the smaller side divided by 256, rounded. Phase congruency is that of Kovesi 1999, "Image features
    from phase congruency", of log-Gabor filters of four scales and four orientations.
    """
    return fsim_many([(x, y)])[0]


def fsim_many(pairs: Sequence[tuple[Plane, Plane]]) -> list[float]:
    """The same of each pair of planes, all of one shape; in C, what transforms need is made once for all."""
    if not pairs:
        return []
    planes = list(zip(*pairs, strict=True))
    found = congruencies([*planes[0], *planes[1]])
    return similarities(pairs, found[: len(pairs)], found[len(pairs) :])


def congruencies(planes: Sequence[Plane]) -> Floats:
    """Phase congruency of each of these planes, all of one shape: a row each, for `similarities()`, which alone knows
    its order. It depends on no other plane.
    """
    height, width = planes[0].shape
    factor = reduction(height, width)
    rows, columns = height // factor, width // factor
    if not NATIVE:
        filters = _filters(rows, columns)
        return np.array([_congruency(_reduced(each, factor), filters).ravel() for each in planes])
    lanes = NATIVE.lanes()
    found = np.empty((len(planes), -(-rows // lanes) * lanes * columns), np.float32)
    NATIVE.congruencies(np.stack(planes), factor, *_native_filters(rows, columns, lanes), found)
    return found


def similarities(pairs: Sequence[tuple[Plane, Plane]], x: Floats, y: Floats) -> list[float]:
    """`fsim` of pairs of planes, of which the congruencies of the first and of the second ones are known."""
    factor = reduction(*pairs[0][0].shape)
    if not NATIVE:
        return [_similarity(*planes, factor, *known) for planes, *known in zip(pairs, x, y, strict=True)]
    scores = np.empty(len(pairs))
    one, other = (np.stack(planes) for planes in zip(*pairs, strict=True))
    NATIVE.fsim(one, other, factor, x, y, scores)
    found: list[float] = scores.tolist()
    return found


def reduction(width: int, height: int) -> int:
    """How many pixels are averaged to one, in each direction."""
    return max(1, round(min(width, height) / SIDE))


def fsim_numpy(x: Plane, y: Plane, factor: int) -> float:
    """The twin of the native functions, which it agrees with to 1e-6: these have single precision after transforms."""
    filters = _filters(*(length // factor for length in x.shape))
    return _similarity(x, y, factor, *(_congruency(_reduced(each, factor), filters) for each in (x, y)))


def _similarity(x: Plane, y: Plane, factor: int, x_congruency: Floats, y_congruency: Floats) -> float:
    a, b = _reduced(x, factor), _reduced(y, factor)
    congruency_a, congruency_b = x_congruency.reshape(a.shape), y_congruency.reshape(b.shape)
    weights = np.maximum(congruency_a, congruency_b)
    similarity = _likeness(_gradient(a), _gradient(b), C_GRADIENT) * _likeness(congruency_a, congruency_b, C_PHASE)
    return float((similarity * weights).sum(dtype=np.float64) / weights.sum(dtype=np.float64))


def _reduced(plane: Plane, factor: int) -> Floats:
    height, width = (length // factor for length in plane.shape)
    boxes = plane[: height * factor, : width * factor].reshape(height, factor, width, factor)
    means: Floats = boxes.sum((1, 3), dtype=np.int32).astype(np.float32) / np.float32(factor * factor)
    return means


def _congruency(plane: Floats, filters: Filters) -> Floats:
    """The share of amplitudes that is energy in phase, above noise."""
    # Without the mean, on which no filter depends, a flat plane has no spectrum, to the last bit. In double precision:
    # where most of a plane is flat, the far tails of filters decide, which single precision loses.
    spectrum = np.fft.fft2(plane.astype(np.float64) - plane.mean(dtype=np.float64))
    energies, amplitudes = np.full((2, *plane.shape), EPSILON)
    for orientation, noise in zip(filters.orientations, filters.noise, strict=True):
        turned = spectrum * orientation
        responses = [np.fft.ifft2(turned * scale) for scale in filters.scales]
        total = np.add.reduce(responses)
        across = np.add.reduce([abs(each.real * total.imag - each.imag * total.real) for each in responses])
        length = abs(total)
        energy = (length * length - across) / (length + EPSILON)
        finest = abs(responses[0])
        # The lower of two values in the middle.
        threshold = noise * np.partition(finest, (finest.size - 1) // 2, axis=None)[(finest.size - 1) // 2]
        energies += np.maximum(energy - threshold, 0)
        for each in responses:
            amplitudes += abs(each)
    result: Floats = energies / amplitudes
    return result


def _gradient(plane: Floats) -> Floats:
    """The size of Scharr's, with zeros beyond the border."""
    wide = np.pad(plane, 1)
    columns = 3 * wide[:-2] + 10 * wide[1:-1] + 3 * wide[2:]
    rows = 3 * wide[:, :-2] + 10 * wide[:, 1:-1] + 3 * wide[:, 2:]
    return np.hypot(columns[:, 2:] - columns[:, :-2], rows[2:] - rows[:-2]) / 16


def _likeness(a: Floats, b: Floats, constant: float) -> Floats:
    return (2 * a * b + constant) / (a * a + b * b + constant)


def _frequencies(length: int) -> Floats:
    """From 0 to 1/2, then from -1/2 or just above: those of odd lengths are stretched to reach 1/2."""
    return np.fft.fftfreq(length) * (length / (length - length % 2))


def make_filters(height: int, width: int) -> Filters:
    down, across = np.meshgrid(_frequencies(height), _frequencies(width), indexing="ij", sparse=True)
    radius, angle = np.hypot(down, across), np.arctan2(-across, down)
    radius[0, 0] = 1
    passed = 1 / (1 + (radius / CUTOFF) ** (2 * SHARPNESS))
    passed[0, 0] = 0
    logarithm = np.log(radius)
    scales = np.empty((SCALES, height, width), np.float32)
    for index, scale in enumerate(scales):
        scale[:] = passed * np.exp(-0.5 * ((logarithm + log(WAVELENGTH * 2**index)) / LOG_SIGMA) ** 2)
    total = scales.sum(0)
    orientations = np.empty((ORIENTATIONS, height, width), np.float32)
    noise = []
    for index, orientation in enumerate(orientations):
        turn = (angle - pi * index / ORIENTATIONS + pi) % (2 * pi) - pi
        orientation[:] = np.exp(-0.5 * (turn / ANGLE_SIGMA) ** 2)
        # How much noise has of energy follows from the even part of the sum over scales; how much noise there is, from
        # what the finest scale has of it: its median amplitude is sqrt(log 2) of the root of its mean square.
        even = 0.5 * total * (orientation + np.roll(orientation[::-1, ::-1], (1, 1), (0, 1)))
        noise.append(NOISE * sqrt(_power(even) / _power(orientation * scales[0]) / log(2)))
    return Filters(scales, orientations, cast("Noise", tuple(noise)))


def _power(values: Floats) -> float:
    return float(np.square(values).sum(dtype=np.float64))


_filters = lru_cache(maxsize=2)(make_filters)


@lru_cache(maxsize=2)
def _native_filters(height: int, width: int, lanes: int) -> tuple[Floats, Floats, Noise]:
    """In the native function's order: see csrc/phase.h."""
    filters = make_filters(height, width)

    def blocks(planes: Floats) -> Floats:
        wide = np.pad(planes, [(0, 0), (0, 0), (0, -width % lanes)])
        return np.ascontiguousarray(wide.reshape(*planes.shape[:2], -1, lanes).swapaxes(1, 2))

    return blocks(filters.scales[:, : height // 2 + 1]), blocks(filters.orientations), filters.noise
