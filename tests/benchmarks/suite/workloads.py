"""Ten pieces of real work. Each does its unit `UNITS` times, so that one unit more is 5 % more work."""

from __future__ import annotations

import io
import json
import os
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from giflab_core import decode
from giflab_core.kernels.ssim import ssim

UNITS = 20
# More units of these benchmarks, by name.
MORE: dict[str, int] = {}

_RANDOM = random.Random(7)  # noqa: S311  data, not secrets
_VALUES = [_RANDOM.random() for _ in range(3000)]
_TEXT = " ".join(_RANDOM.choice(["frame", "delay", "palette", "dither", "loop", "canvas"]) for _ in range(800))
_TABLE = {f"key {number}": [number, str(number), number / 7] for number in range(60)}
_PLANE = np.arange(1 << 14, dtype=np.float64)
_GREY = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
_SHIFTED = np.roll(_GREY, 3, axis=1)
_FRAMES = [Image.fromarray(np.roll(_GREY, 5 * step, axis=1)) for step in range(3)]


_FILES: dict[str, Path] = {}


def prepare(folder: Path) -> None:
    """Make the files that the work needs in this folder; call it once, before any work."""
    _FILES.update(clip=folder / "clip.gif", written=folder / "written")
    _save(_FILES["clip"])


def _save(file: io.BytesIO | Path) -> None:
    _FRAMES[0].save(file, format="GIF", save_all=True, append_images=_FRAMES[1:], duration=50)


def _gif_decode() -> None:
    for _ in decode(_FILES["clip"]):
        pass


def _gif_encode() -> None:
    _save(io.BytesIO())


def _gif_ssim() -> None:
    ssim(_GREY, _SHIFTED)


def _python() -> None:
    total = 0
    for number in range(1500):
        total += number * number % 7


def _sort() -> None:
    sorted(_VALUES[:1200])


def _numpy() -> None:
    np.sqrt(_PLANE).sum()


def _words() -> None:
    Counter(re.findall(r"\w+", _TEXT))


def _json() -> None:
    json.loads(json.dumps(_TABLE))


def _sqlite() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table frames (number, delay)")
        connection.executemany("insert into frames values (?, ?)", ((each, each % 9) for each in range(150)))
        connection.execute("select delay, count(*) from frames group by delay").fetchall()


def _write() -> None:
    with open(_FILES["written"], "wb") as stream:
        stream.write(bytes(4096))
        stream.flush()
        os.fsync(stream.fileno())


UNIT: dict[str, Callable[[], None]] = {
    "gif_decode": _gif_decode,
    "gif_encode": _gif_encode,
    "gif_ssim": _gif_ssim,
    "python": _python,
    "sort": _sort,
    "numpy": _numpy,
    "words": _words,
    "json": _json,
    "sqlite": _sqlite,
    "write": _write,
}


def work(name: str) -> None:
    """Do the piece of work of this name."""
    unit = UNIT[name]
    for _ in range(UNITS + MORE.get(name, 0)):
        unit()
