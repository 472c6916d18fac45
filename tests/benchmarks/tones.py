"""Print which faults of the whole picture fail, by kind, strength and goal: tones, colours, detail.

Usage: python -m tests.benchmarks.tones [--clips N] [--others] (3 minutes on one core). About 30 originals of the
corpus, six frames of each, are written anew with each fault, and only those are counted that can be seen.

Exits with 1 if fewer than 90 % of the plain ones fail at `good`, or of the mild ones at `invisible`, or fewer than 85 %
of the plain ones by default.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from giflab_core import decode, open_clip, resolve, validate
from giflab_core.config import Goal
from giflab_core.kernels.ciede2000 import ColourDifferences
from giflab_core.kernels.joint import joint_of_pixels
from tests.helpers.shared import files

Pixels = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.float64]
Fault = Callable[[Colours], Colours]
FRAMES, DELAY_MS = 6, 100
LEAST_SIDE, MOST_PIXELS = 48, 200_000
LUMA = np.array([0.299, 0.587, 0.114])
SHOWN: tuple[Goal, ...] = ("small", "good", "invisible")
TARGETS: dict[tuple[str, Goal], float] = {("plain", "small"): 0.85, ("plain", "good"): 0.9, ("mild", "invisible"): 0.9}
# So large a share of the visible pixels differs by so many dE00, in one way or the other.
VISIBLE = {"plain": ((0.10, 5.0), (0.02, 15.0)), "mild": ((0.10, 3.0), (0.02, 10.0))}


def grey(rgb: Colours) -> Colours:
    luma: Colours = (rgb @ LUMA)[..., None]
    return luma


def gamma(power: float) -> Fault:
    return lambda rgb: 255 * (rgb / 255) ** power


def contrast(factor: float) -> Fault:
    return lambda rgb: grey(rgb).mean() + factor * (rgb - grey(rgb).mean())


def brightness(levels: float) -> Fault:
    return lambda rgb: rgb + levels


def saturation(factor: float) -> Fault:
    return lambda rgb: grey(rgb) + factor * (rgb - grey(rgb))


def hue(degrees: float) -> Fault:
    """A turn of the plane of (blue - luma, red - luma)."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))

    def turned(rgb: Colours) -> Colours:
        y = (rgb @ LUMA)[..., None]
        u, v = rgb[..., 2:] - y, rgb[..., :1] - y
        blue, red = y + cosine * u - sine * v, y + sine * u + cosine * v
        green = (y - LUMA[0] * red - LUMA[2] * blue) / LUMA[1]
        return np.concatenate([red, green, blue], axis=-1)

    return turned


def cast(red: float, blue: float) -> Fault:
    return lambda rgb: rgb * np.array([red, 1.0, blue])


def filtered(how: ImageFilter.Filter) -> Fault:
    return lambda rgb: np.asarray(Image.fromarray(rgb.astype(np.uint8)).filter(how), np.float64)


def pixelate(side: int) -> Fault:
    def boxes(rgb: Colours) -> Colours:
        image = Image.fromarray(rgb.astype(np.uint8))
        small = image.resize((max(1, image.width // side), max(1, image.height // side)), Image.Resampling.BOX)
        return np.asarray(small.resize(image.size, Image.Resampling.NEAREST), np.float64)

    return boxes


def posterise(levels: int) -> Fault:
    return lambda rgb: np.rint(rgb / 255 * (levels - 1)) * 255 / (levels - 1)


def noise(deviation: float) -> Fault:
    return lambda rgb: rgb + np.random.default_rng(0).normal(0, deviation, rgb.shape)


FAULTS: dict[str, dict[str, Fault]] = {
    "darker gamma": {"plain": gamma(1.4), "mild": gamma(1.2)},
    "lighter gamma": {"plain": gamma(1 / 1.4), "mild": gamma(1 / 1.2)},
    "less contrast": {"plain": contrast(0.6), "mild": contrast(0.8)},
    "more contrast": {"plain": contrast(1.6), "mild": contrast(1.25)},
    "brighter": {"plain": brightness(40), "mild": brightness(20)},
    "darker": {"plain": brightness(-40), "mild": brightness(-20)},
    "less saturation": {"plain": saturation(0.6), "mild": saturation(0.7)},
    "more saturation": {"plain": saturation(1.6), "mild": saturation(1.3)},
    "turned hue": {"plain": hue(30), "mild": hue(15)},
    "colour cast": {"plain": cast(1.2, 0.8), "mild": cast(1.1, 0.9)},
    "blur": {"plain": filtered(ImageFilter.GaussianBlur(1.5)), "mild": filtered(ImageFilter.GaussianBlur(0.8))},
    "sharpened": {
        "plain": filtered(ImageFilter.UnsharpMask(2, 200, 0)),
        "mild": filtered(ImageFilter.UnsharpMask(1, 100, 0)),
    },
    "pixelated": {"plain": pixelate(4), "mild": pixelate(2)},
    "posterised": {"plain": posterise(4), "mild": posterise(6)},
    "noise": {"plain": noise(24), "mild": noise(10)},
}


def vignette(rgb: Colours) -> Colours:
    y, x = (np.linspace(-0.5, 0.5, length) for length in rgb.shape[:2])
    return rgb * (1 - 1.2 * (y[:, None] ** 2 + x**2))[..., None]


def moved(*columns: int) -> Fault:
    """The mean of copies that are so many pixels further to the right."""
    return lambda rgb: np.asarray(np.mean([np.roll(rgb, column, axis=1) for column in columns], axis=0))


# Kinds that no limit was set by, all of them mild.
OTHERS: dict[str, dict[str, Fault]] = {
    "sepia": {"mild": lambda rgb: grey(rgb) * np.array([1.07, 1.0, 0.82])},
    "vignette": {"mild": vignette},
    "swapped red and blue": {"mild": lambda rgb: rgb[..., ::-1]},
    "motion blur": {"mild": moved(0, 1, 2, 3, 4)},
    "moved by two pixels": {"mild": moved(2)},
    "blocks of eight pixels": {"mild": lambda rgb: (pixelate(8)(rgb) + rgb) / 2},
    "faded": {"mild": lambda rgb: 255 - 0.75 * (255 - rgb)},
    "less green": {"mild": lambda rgb: rgb * np.array([1.0, 0.85, 1.0])},
    "gamma 1.15": {"mild": gamma(1.15)},
    "contrast 85 %": {"mild": contrast(0.85)},
    "noise of 7 levels": {"mild": noise(7)},
}


@dataclass(frozen=True)
class Made:
    """A fault of one clip."""

    kind: str
    strength: str
    original: Path
    faulty: Path


def clips(count: int) -> list[Path]:
    """Originals that are large enough to see a fault in, and small enough to be written many times."""
    found = []
    for path in files("gifs/*.gif"):
        clip = open_clip(path)
        if min(clip.width, clip.height) >= LEAST_SIDE and clip.width * clip.height <= MOST_PIXELS:
            found.append(path)
    return found[:: -(-len(found) // count)] if count < len(found) else found


def some_frames(path: Path) -> list[Pixels]:
    """Six frames, or all where there are fewer, evenly over the clip."""
    wanted = set(np.linspace(0, open_clip(path).n_frames - 1, FRAMES).astype(int).tolist())
    return [frame.pixels for number, frame in enumerate(decode(path)) if number in wanted]


def broken(frame: Pixels, fault: Fault) -> Pixels:
    rgb = np.clip(np.rint(fault(frame[..., :3].astype(np.float64))), 0, 255).astype(np.uint8)
    return np.where(frame[..., 3:] > 0, np.dstack([rgb, frame[..., 3]]), 0).astype(np.uint8)


def written(path: Path, frames: list[Pixels]) -> Path:
    """Whole frames, each with a palette of its own of 255 colours and none."""
    images = [_with_palette(frame) for frame in frames]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=DELAY_MS,
        loop=0,
        disposal=2,
        transparency=255,
        optimize=False,
    )
    return path


def _with_palette(frame: Pixels) -> Image.Image:
    packed = np.ascontiguousarray(frame).view(np.uint32)[..., 0]
    colours, inverse = np.unique(packed, return_inverse=True)
    palette = np.zeros((256, 3), np.uint8)
    if len(colours) <= 255:
        palette[: len(colours)] = colours.view(np.uint8).reshape(-1, 4)[:, :3]
        indices = inverse.reshape(packed.shape).astype(np.uint8)
    else:
        image = Image.fromarray(np.ascontiguousarray(frame[..., :3])).quantize(255, Image.Quantize.FASTOCTREE)
        given = np.array(image.getpalette() or [], np.uint8).reshape(-1, 3)
        palette[: len(given)] = given[:256]
        indices = np.asarray(image).copy()
    indices[frame[..., 3] == 0] = 255
    result = Image.fromarray(indices)
    result.putpalette(palette.tobytes())
    return result


def is_visible(original: list[Pixels], faulty: list[Pixels], strength: str) -> bool:
    """Whether the middle frame, as it is written, looks another."""
    middle = len(original) // 2
    joint = joint_of_pixels(original[middle], faulty[middle])
    differences, counts = ColourDifferences().of(joint), joint.counts
    shown = counts * (joint.original[:, 3] > 0)
    return any(shown[differences >= least].sum() >= share * max(1, shown.sum()) for share, least in VISIBLE[strength])


def made(folder: Path, count: int, faults: Mapping[str, Mapping[str, Fault]]) -> Iterator[Made]:
    """All faults that can be seen, of so many clips."""
    for path in clips(count):
        frames = some_frames(path)
        original = written(folder / f"{path.stem}.gif", frames)
        shown = [frame.pixels for frame in decode(original)]
        for kind, strengths in faults.items():
            for strength, fault in strengths.items():
                target = folder / f"{path.stem}__{kind.replace(' ', '-')}-{strength}.gif"
                written(target, [broken(frame, fault) for frame in frames])
                if is_visible(shown, [frame.pixels for frame in decode(target)], strength):
                    yield Made(kind, strength, original, target)


def judge(each: Made) -> dict[Goal, bool]:
    """Whether it fails, by goal."""
    return {goal: validate(each.original, each.faulty, config=resolve(goal=goal)).status == "fail" for goal in SHOWN}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=30, help="how many originals (default: 30)")
    parser.add_argument("--others", action="store_true", help="mild faults of kinds that no limit was set by")
    given = parser.parse_args()
    count, faults = given.clips, OTHERS if given.others else FAULTS
    failed: dict[tuple[str, str], list[dict[Goal, bool]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for each in track(made(Path(folder), count, faults), "validating", total=count * 2 * len(faults)):
            failed[each.kind, each.strength].append(judge(each))
    columns = [(strength, goal) for strength in VISIBLE for goal in SHOWN]
    table = Table("fault", *(f"{strength}, {goal}" for strength, goal in columns))
    for kind in faults:
        table.add_row(kind, *(share(failed[kind, strength], goal) for strength, goal in columns))
    whole = {name: [one for kind in faults for one in failed[kind, name]] for name in VISIBLE}
    table.add_row("all", *(share(whole[strength], goal) for strength, goal in columns))
    Console(width=160).print(table)
    missed = [
        f"{strength} at {goal}: {share(whole[strength], goal)}, the target is {target:.0%}"
        for (strength, goal), target in TARGETS.items()
        if sum(one[goal] for one in whole[strength]) < target * len(whole[strength])
    ]
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


def share(found: list[dict[Goal, bool]], goal: Goal) -> str:
    return f"{sum(one[goal] for one in found)} of {len(found)}"


if __name__ == "__main__":
    sys.exit(main())
