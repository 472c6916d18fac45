"""Print what Pillow itself gets wrong in the public conformance suite, all of which both codecs here pass.

Usage: python -m tests.benchmarks.conformance
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

from tests.helpers.shared import CONFORMANCE, conformance_tests, expectation


def expected(name: str) -> tuple[str, list[npt.NDArray[np.uint8]]]:
    """The file of a test, and its frames."""
    config, sections = expectation(name)
    size = (int(config["height"]), int(config["width"]), 4)
    return config["input"], [np.fromfile(CONFORMANCE / each["pixels"], np.uint8).reshape(size) for each in sections]


def frames_of_pillow(path: str) -> Iterator[npt.NDArray[np.uint8]]:
    with Image.open(CONFORMANCE / path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGBA"))


def what_is_wrong(name: str) -> str:
    path, wanted = expected(name)
    try:
        found = list(frames_of_pillow(path))
    except Exception as error:  # noqa: BLE001  it raises what it likes
        return f"raises {type(error).__name__}"
    if not wanted:
        return ""
    if found[0].shape != wanted[0].shape:
        return (
            f"a canvas of {found[0].shape[1]}x{found[0].shape[0]} instead of {wanted[0].shape[1]}x{wanted[0].shape[0]}"
        )
    if len(found) != len(wanted):
        return f"{len(found)} frames instead of {len(wanted)}"
    for number, (mine, theirs) in enumerate(zip(wanted, found, strict=True), 1):
        if mine.shape != theirs.shape:
            return f"frame {number} is {theirs.shape[1]}x{theirs.shape[0]} instead of {mine.shape[1]}x{mine.shape[0]}"
        clear = (mine[..., 3] == 0) & (theirs[..., 3] == 0)
        wrong = int((~(clear | (mine == theirs).all(axis=-1))).sum())
        if wrong:
            return f"frame {number}: {wrong} of {clear.size} pixels"
    return ""


def main() -> None:
    names = conformance_tests()
    wrong = {name: why for name in names if (why := what_is_wrong(name))}
    for name, why in wrong.items():
        print(f"{name:40s} {why}")
    print(f"{len(wrong)} of {len(names)} tests")


if __name__ == "__main__":
    main()
