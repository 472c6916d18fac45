"""Print what a user waits for before and after the work: CPU time of whole `giflab` commands, beside `import numpy`.

The commands take turns, so that a slow minute of the machine hits all of them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

FRAMES, WIDTH, HEIGHT = 36, 240, 160
COMMAND = "import sys; from giflab_core.cli import main; sys.exit(main())"
PYTHON, NUMPY = "python -c pass", 'python -c "import numpy"'
# At most: so many times NumPy's import, or so many milliseconds.
TIMES = {"validate --no-cache --format json": 1.7, "validate --no-cache": 2.1}
CACHED = {"validate --format json": 60.0, "validate": 90.0}
LIMITS_MS = {**CACHED, "--help": 50.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="of each command (default: 21)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pair = draw(folder)
        # Byte code is written, as it is for users; results are kept in a folder of this run's.
        environment = {**os.environ, "GIFLAB_CACHE_DIR": str(folder / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = {PYTHON: [sys.executable, "-c", "pass"], NUMPY: [sys.executable, "-c", "import numpy"]}
        for name in (*TIMES, *LIMITS_MS):
            files = pair if name.startswith("validate") else []
            commands[name] = [sys.executable, "-c", COMMAND, *name.split(), *files]
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                took = cpu_ms(command, environment, folder)
                if number:  # the first compiles byte code and fills the cache
                    spent[name].append(took)
    return show({name: median(each) for name, each in spent.items()})


def draw(folder: Path) -> list[str]:
    """An interface with something that moves, and the same in 32 colours; their names."""
    ground = np.full((HEIGHT, WIDTH, 3), 245, np.uint8)
    ground[::8, 20:200] = (60, 60, 70)
    frames = []
    for number in range(FRAMES):
        frame = ground.copy()
        frame[60:100, 5 * number : 5 * number + 50] = (200, 30 + 5 * number, 30)
        frames.append(Image.fromarray(frame))
    names = []
    for name, colours in (("original.gif", 256), ("compressed.gif", 32)):
        first, *others = [each.quantize(colours) for each in frames]
        first.save(folder / name, save_all=True, append_images=others, duration=50, loop=0)
        names.append(str(folder / name))
    return names


def cpu_ms(command: list[str], environment: dict[str, str], folder: Path) -> float:
    """CPU time of the process, from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def show(spent: dict[str, float]) -> int:
    """Print the medians beside their limits; 1 if one is beyond."""
    missed = False
    for name, took in spent.items():
        times = took / spent[NUMPY]
        limit = f"at most {TIMES[name]} times" if name in TIMES else ""
        limit = f"at most {LIMITS_MS[name]:.0f} ms" if name in LIMITS_MS else limit
        missed = missed or times > TIMES.get(name, times) or took > LIMITS_MS.get(name, took)
        note = ", answered from the cache" if name in CACHED else ""
        print(f"{name + note:58s} {took:6.1f} ms of CPU, {times:4.2f} times NumPy's import  {limit}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
