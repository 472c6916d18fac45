"""Print what the checks of places, tones and time cost of a default validation: processor time, interleaved.

Usage: python -m tests.benchmarks.checks_cost [--rounds N] [--short]. Each validation is run with all checks and, turn
by turn, with one of them replaced by nothing; the median ratio counts, so that a busy machine moves it little. On clips
of the corpus.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from giflab_core import resolve, validate
from giflab_core.checks import ToneJudge
from giflab_core.measurement import gathering, scorer
from giflab_core.model import Check
from tests.helpers.shared import CORPUS

KINDS: Mapping[str, tuple[str, ...]] = {
    "photographs": (
        "SwiftyGif__5__gifsicle-lossy80",
        "Pillow__iss634__gifsicle-lossy200",
        "wuffs__gifplayer-muybridge__gifsicle-long-lossy60",
        "wuffs__muybridge__gifsicle-lossy80",
    ),
    "interfaces": (
        "Material-Animations__reveal_red__gifsicle-lossy80",
        "gganimate__README-unnamed-chunk-2-1__gifsicle-lossy80",
        "thefuck__example__gifsicle-long-lossy60",
        "tqdm__logo__gifsicle-lossy80",
    ),
    "16 colours": (
        "SwiftyGif__5__gifsicle-colors16",
        "Pillow__iss634__gifsicle-colors16",
        "Material-Animations__reveal_red__gifsicle-colors16",
        "thefuck__example__gifsicle-colors16",
    ),
}
# What each part is replaced by: the object that has it, its name, and what does nothing.
PARTS: Mapping[str, tuple[object, str, Callable[..., object]]] = {
    "region": (scorer, "find_suspects", lambda *found: None),
    "tone": (ToneJudge, "add", lambda *found: None),
    "time": (
        gathering,
        "check_sequence",
        lambda *found: [Check(name, "pass") for name in ("order", "frames", "stall", "timing")],
    ),
}
WAYS: Mapping[str, tuple[str, ...]] = {"with": (), **{name: (name,) for name in PARTS}, "all": tuple(PARTS)}


def seconds(pair: tuple[Path, Path], without: tuple[str, ...]) -> float:
    """How long a validation takes without some parts."""
    with ExitStack() as stack:
        for name in without:
            stack.enter_context(patch.object(*PARTS[name]))
        started = time.process_time()
        validate(*pair, config=resolve(threads=1))
        return time.process_time() - started


def shares(pair: tuple[Path, Path], rounds: int) -> dict[str, float]:
    """The share of a validation without the parts that each of them, and all together, add; and the seconds of that."""
    seconds(pair, ())
    turns = [{name: seconds(pair, without) for name, without in WAYS.items()} for _ in range(rounds)]
    found = {name: statistics.median((turn["with"] - turn[name]) / turn["all"] for turn in turns) for name in WAYS}
    return found | {"with": min(turn["all"] for turn in turns)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--short", action="store_true", help="the first clip of each kind only")
    arguments = parser.parse_args()
    print(f"{'':56}{'ms':>6}" + "".join(f"{name:>8}" for name in (*PARTS, "all")))
    for kind, names in KINDS.items():
        all_found = []
        for name in names[: 1 if arguments.short else None]:
            pair = CORPUS / "gifs" / f"{name.rsplit('__', 1)[0]}.gif", CORPUS / "pairs" / f"{name}.gif"
            if not all(path.exists() for path in pair):
                print(f"{name}: not there")
                continue
            found = shares(pair, arguments.rounds)
            all_found.append(found["all"])
            line = "".join(f"{found[part]:8.1%}" for part in (*PARTS, "all"))
            print(f"{name:56}{1000 * found['with']:6.0f}{line}", flush=True)
        if all_found:
            print(f"{kind}: {statistics.mean(all_found):.1%} on average, {max(all_found):.1%} at most")


if __name__ == "__main__":
    main()
