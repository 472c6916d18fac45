"""A process that uses a cache of frames: `python -m tests.helpers.frame_worker JOB FOLDER CLIPS [NUMBER ...]`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from giflab_core import CacheRefused, DecodeError, decode
from giflab_core.frames import FrameCache, Frames, index, store
from tests.helpers.faults import chance
from tests.helpers.gifs import moving_frames, write_clip

if TYPE_CHECKING:
    from giflab_core.model import Pixels

CLIPS, FRAMES = 8, 9
DISK_BYTES = 70_000
"""Room for most of the clips."""


def store_always() -> None:
    """Small clips are decoded faster than files are read, but tests are to see files, and many."""
    index.WORTH_SHARE = index.BEARABLE_SHARE = 1e9
    index.LEAST_SAVED_S = -1e9
    store.GATHER_S = 0.001


def write_clips(folder: Path) -> list[Path]:
    """Clips that were written an hour ago."""
    folder.mkdir()
    paths = [write_clip(folder / f"{seed}.gif", moving_frames(FRAMES, seed=seed)) for seed in range(CLIPS)]
    for path in paths:
        os.utime(path, (time.time() - 3600,) * 2)
    return paths


def decoded(path: Path) -> list[Pixels]:
    """What decoding gives, as far as it goes."""
    found: list[Pixels] = []
    with suppress(DecodeError):
        found.extend(frame.pixels for frame in decode(path))
    return found


def are(frames: Frames, wanted: list[Pixels]) -> bool:
    return len(frames) == len(wanted) and all(map(np.array_equal, frames, wanted))


def use(folder: Path, clips: Path, seconds: str, seed: str) -> None:
    """Say `ready`, wait for a line, then ask for clips at random."""
    store_always()
    choice, paths = chance(seed), sorted(clips.iterdir())
    wanted = {path: decoded(path) for path in paths}
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + float(seconds)
    cache = FrameCache(folder, 0, DISK_BYTES)
    while time.monotonic() < end:
        path, what = choice.choice(paths), choice.random()
        if what < 0.01:
            cache.prune()
        elif what < 0.02:
            cache.flush()
        else:
            assert are(cache.frames(path), wanted[path]), path
    cache.close()
    assert not cache.warnings(), cache.warnings()
    stats = cache.disk_stats()
    assert stats
    assert stats.hits > 0


def ask_unprivileged(folder: Path, _clips: Path) -> None:
    """As another user than the one whose cache it is."""
    os.setuid(12345)
    with pytest.raises(CacheRefused, match="it belongs to another user"):
        FrameCache(folder, 0)


JOBS: dict[str, Callable[..., None]] = {each.__name__: each for each in (use, ask_unprivileged)}

if __name__ == "__main__":
    JOBS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
