"""What a session begins with, taken before a conftest.py can change it: its clocks, and what its path has.

`plugin` imports this, so that it is there before anything of the project.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# What freezes time puts its own in the place of a clock: freezegun wherever a module has it under a name of its own,
# which nothing in here is; time-machine in the clock itself, but not in this one. It moves on from any moment.
_CLOCKS: tuple[Callable[[], float], ...] = (time.perf_counter,)
_EPOCH_S = time.time() - time.perf_counter()


def elapsed_s() -> float:
    """Seconds from any moment on, by which a session counts its time."""
    return _CLOCKS[0]()


def unix_s() -> float:
    """Seconds since 1970, as the clock of the system had them when pytest started and as have passed since."""
    return _EPOCH_S + elapsed_s()


def has_folder(path: Sequence[str], folder: Path) -> bool:
    """Whether modules of this folder come before Python's own, as with `python -m pytest`, `python -mpytest`, and
    `python -m coverage run -m pytest`; not what is installed from there."""
    own = (folder, folder.resolve())
    library = os.path.dirname(os.__file__)  # sysconfig takes longer to load than all of this plugin
    before = path[: path.index(library)] if library in path else path
    return any(Path(os.path.abspath(folder / entry)) in own for entry in before)


# The folder that pytest is called in.
HAS_CURRENT_FOLDER = has_folder(sys.path, Path.cwd())
