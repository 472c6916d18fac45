"""The functions of csrc/, which the file of the same name here describes: buffers are C-contiguous, boxes half open."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.boxes import Box
from giflab_core.model import Floats, Mask, Pixels, Plane

Doubles: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Planes: TypeAlias = npt.NDArray[np.uint8]
"""Shape (planes, height, width)."""
Levels: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int32]
Sums: TypeAlias = npt.NDArray[np.int64]
Prints: TypeAlias = npt.NDArray[np.uint16]
Words: TypeAlias = npt.NDArray[np.uint32]

def block_means(pixels: Pixels, box: Box, means: Pixels, /) -> None: ...
def cambi(plane: Plane, contrasts: int, /) -> float: ...
def canny(plane: Plane, low: int, high: int, edges: Mask, /) -> None: ...
def edge_counts(x: Plane, y: Plane, low: int, high: int, /) -> tuple[int, int, int, int]: ...
def cell_sums(plane: Plane, box: Box, sums: Sums, /) -> None: ...
def cell_prints(plane: Plane, box: Box, sums: Sums, parts: float, is_share: bool, prints: Prints, /) -> None: ...
def kept_chroma(original: Levels, compressed: Levels, counts: Sums, linear: Doubles, /) -> tuple[float, float]: ...
def tone_sums(original: Levels, compressed: Levels, counts: Sums, sums: Doubles, /) -> None: ...
def add_tones(
    original: Levels,
    compressed: Levels,
    counts: Sums,
    x: Plane,
    y: Plane,
    places: int,
    every: int,
    rare: float,
    most: int,
    multiplier: int,
    times: float,
    sums: Doubles,
    /,
) -> None: ...
def level_sums(
    original: Levels, compressed: Levels, counts: Sums, rare: float, most: int, multiplier: int, sums: Doubles, /
) -> None: ...
def changed_pixels(original: Levels, compressed: Levels, counts: Sums, /) -> tuple[int, int]: ...
def detail_sums(x: Plane, y: Plane, every: int, sums: Sums, /) -> None: ...
def tile_marks(
    original: Pixels, compressed: Pixels, box: Box, error: float, apart: float, marks: Levels, /
) -> bool: ...
def tile_sums(
    original: Pixels, compressed: Pixels, x: Plane, y: Plane, marks: Levels, part: Box, reach: int, tiles: Integers, /
) -> None: ...
def tile_measures(
    tiles: Integers,
    marks: Levels,
    part: Box,
    reach: int,
    faint: float,
    faint_steps: float,
    own: float,
    least: float,
    out: Floats,
    /,
) -> None: ...
def tile_colours(sums: Integers, tiles: Sums, least: float, apart: float, linear: Doubles, out: Doubles, /) -> None: ...
def tiles_above(values: Singles, floors: Singles, out: Mask, /) -> None: ...
def tiles_judged(
    values: Singles,
    specks: Integers,
    part: Box,
    touched: Box,
    colour: int,
    speck: int,
    near: float,
    floors: Singles,
    known: Mask,
    above: Mask,
    /,
) -> bool: ...
def specks(
    original: Pixels,
    compressed: Pixels,
    marks: Levels,
    part: Box,
    near: int,
    far: int,
    flat: int,
    share: int,
    out: Integers,
    /,
) -> None: ...
def look_up(
    indices: Levels | Words,
    table: npt.NDArray[np.uint8 | np.uint32],
    marks: Levels,
    reach: int,
    out: npt.NDArray[np.uint8 | np.uint32],
    /,
) -> None: ...
def find_colours(pixels: Words, colours: Words, multiplier: int, marks: Levels, reach: int, out: Words, /) -> None: ...
def change_step(
    x: Plane, y: Plane, kept: Levels, now: Box, before: Box, least: int, /
) -> tuple[int, int, int, int, int, int]: ...
def change_integrate(x: Plane, y: Plane, box: Box, ms: int, shrink: int, cells: Levels, sums: Integers, /) -> None: ...
def colour_turned(
    means: Levels,
    left_ms: Sums,
    latest: int,
    part: Box,
    least: float,
    linear: Doubles,
    turned: Doubles,
    until_ms: Sums,
    keys: Words,
    labs: Doubles,
    /,
) -> tuple[float, int]: ...
def nearness(
    one: Singles, other: Singles, shown: Singles, tolerance: Singles, /
) -> tuple[float, float, float, float, float]: ...
def course_sums(x: Singles, y: Singles, due: Sums, weights: Doubles, cells: Sums, sums: Doubles, /) -> None: ...
def ciede2000(lab1: Doubles, lab2: Doubles, out: Doubles, /) -> None: ...
def colour_differences(
    original: Levels, compressed: Levels, linear: Doubles, keys: Sums, values: Doubles, out: Doubles, /
) -> None: ...
def colour_spread(
    original: Levels,
    compressed: Levels,
    counts: Sums,
    greys: Levels,
    linear: Doubles,
    keys: Sums,
    values: Doubles,
    out: Doubles,
    /,
) -> None: ...
def squared_distances(x: Doubles, y: Doubles, out: Doubles, /) -> None: ...
def congruencies(
    planes: Planes,
    factor: int,
    scales: Floats,
    orientations: Floats,
    noise: tuple[float, float, float, float],
    out: Singles,
    /,
) -> None: ...
def fsim(x: Planes, y: Planes, factor: int, x_congruency: Singles, y_congruency: Singles, out: Doubles, /) -> None: ...
def lanes() -> int: ...
def gmsd_update(x: Plane, y: Plane, sums: Sums, first: int, last: int, /) -> tuple[int, int, int]: ...
def haarpsi_update(x: Pixels, y: Pixels, sums: Sums, box: Box, /) -> tuple[int, int]: ...
def margins(colours: Levels, counts: Sums, out: Sums, /) -> None: ...
def joint_of_indices(x: Plane, y: Plane, x_colours: Levels, y_colours: Levels, /) -> tuple[bytes, bytes, bytes]: ...
def few_colours(colours: Levels, most: int, /) -> bool: ...
def joint_of_pixels(x: Pixels, y: Pixels, multiplier: int, /) -> tuple[bytes, bytes, bytes]: ...
def lab(colours: Levels, linear: Doubles, out: Doubles, /) -> None: ...
def new_steps(original: Plane, compressed: Plane, limit: int, /) -> tuple[int, int]: ...
def laplacian_sums(plane: Plane, /) -> tuple[int, int]: ...
def luma(pixels: Pixels, background: int, luma: Plane, /) -> None: ...
def mdsi(x: Pixels, y: Pixels, factor: int, /) -> float: ...
def moments(x: Plane, y: Plane, mask: Mask = ..., /) -> tuple[int, int, int, int, int, int]: ...
def ms_ssim(x: Plane, y: Plane, /) -> tuple[int, int, int, int, int]: ...
def counterparts(
    colours: Levels, others: Levels, linear: Doubles, tolerance: float, multiplier: int, out: Mask, /
) -> None: ...
def matches(original: Words, compressed: Words, counts: Sums, multiplier: int, /) -> tuple[bytes, bytes, bytes]: ...
def same(x: npt.NDArray[np.uint32] | Pixels, y: npt.NDArray[np.uint32] | Pixels, box: Box, /) -> bool: ...
def ssim(x: Levels, y: Levels, /) -> int: ...
def ssim_update(x: Plane, y: Plane, scores: Integers, box: Box, /) -> int: ...
def traits(
    pixels: Pixels, share: float, small: int, largest: int, on_grid: float, multiplier: int, /
) -> tuple[float, float, float, float, float, float]: ...
def palette_choose(
    known: Words,
    usual: Sums,
    others: Words,
    linear: Doubles,
    farther: float,
    farther_by: tuple[float, float, float],
    apart: float,
    lost: float,
    hidden: int,
    chosen: Words,
    nearest: Sums,
    /,
) -> tuple[int, bool, bool]: ...
def palette_learn(
    keys: Words,
    lab: Doubles,
    levels: Doubles,
    light: Doubles,
    linear: Doubles,
    farther: float,
    farther_by: Doubles,
    apart: float,
    mine: Doubles,
    limits: Doubles,
    nearest: Sums,
    squares: Doubles,
    is_apart: Mask,
    /,
) -> None: ...
def palette_near(
    mine: Doubles,
    limits: Doubles,
    places: Sums,
    lab: Doubles,
    levels: Doubles,
    light: Doubles,
    usual: Sums,
    out: Mask,
    /,
) -> None: ...
def foreign_colours(
    known: Words, others: Words, usual: Sums, nearest: Sums, hidden: int, farthest: float, out: Mask, /
) -> None: ...
