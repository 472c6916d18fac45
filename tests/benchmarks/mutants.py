"""Change one operator at a time, and see that the tests notice: `python -m tests.benchmarks.mutants [--count N]`.

What is changed are the files that a verdict rests on. Each mutant lives in a copy of the tree and is run against the
tests of its package; one that passes them is printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

# What is changed, and the tests that must notice.
SUBJECTS = {
    "pytest_giflab/decision/*.py": ("tests/plugin/decision",),
    "giflab_core/checks/limits.py": ("tests/core/checks", "tests/core/test_config.py", "tests/core/test_validation.py"),
    "giflab_core/measurement/timeline.py": ("tests/core/measurement",),
    "giflab_core/results/*.py": ("tests/core/results",),
    "giflab_core/pooling.py": ("tests/core/test_pooling.py",),
}
RULE = "pytest_giflab/decision/rule.py"
# Mutants that no test can tell from what they were made of, and why.
EQUIVALENT = {
    (RULE, "log_ratio < 0  ->  log_ratio <= 0"): "what is flagged is beyond the cut, never 0",
    (RULE, "look > LAST_LOOK  ->  look >= LAST_LOOK"): "5 after an alarm is 19 or 22, never 20",
}
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
SURVIVED = "SURVIVED"
# The tests of one package take less than a minute.
TIMEOUT_S = 200


@dataclass(frozen=True, slots=True)
class Mutant:
    """The operator of this number in a file, counted from the top, is swapped."""

    path: str
    operator: int
    tests: tuple[str, ...]

    def source(self) -> tuple[str, int, str]:
        """The file with the mutation, the line that has it, and what was changed."""
        tree = ast.parse((ROOT / self.path).read_text(encoding="utf-8"))
        node, name, index = list(operators(tree))[self.operator]
        before = ast.unparse(node)
        value = getattr(node, name)
        old = value if index is None else value[index]
        new = SWAPS[type(old)]()
        if index is None:
            setattr(node, name, new)
        else:
            value[index] = new
        return ast.unparse(tree), getattr(node, "lineno", 0), f"{before}  ->  {ast.unparse(node)}"


def operators(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every operator that has another to swap with: the node, the attribute, and its place if there are several."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from ((node, "ops", index) for index, each in enumerate(node.ops) if type(each) in SWAPS)
        elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in SWAPS:
            yield node, "op", None


def mutants(count: int, seed: int) -> list[Mutant]:
    """`count` of all, chosen by chance, and as many of each subject as of any other."""
    chance = random.Random(seed)  # noqa: S311  chance, not secrecy
    groups = [
        [
            Mutant(path.relative_to(ROOT).as_posix(), number, tests)
            for path in sorted(ROOT.glob(pattern))
            for number, _ in enumerate(operators(ast.parse(path.read_text(encoding="utf-8"))))
        ]
        for pattern, tests in SUBJECTS.items()
    ]
    for group in groups:
        chance.shuffle(group)
    longest = max(map(len, groups))
    in_turn = [group[place] for place in range(longest) for group in groups if place < len(group)]
    return in_turn[:count]


def fate(mutant: Mutant) -> tuple[str, str]:
    """What becomes of a mutant, in a word, and what it is."""
    source, line, change = mutant.source()
    what = f"{mutant.path}:{line}: {change}"
    if reason := EQUIVALENT.get((mutant.path, change)):
        return "equal", f"{what}  ({reason})"
    return "killed" if is_killed(mutant, source) else SURVIVED, what


def is_killed(mutant: Mutant, source: str) -> bool:
    """Whether a test fails of the tree with this mutant in it."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        built = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("giflab_core/*/*.so")]
        for name in [*names.splitlines(), *built]:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_file():
                shutil.copy(ROOT / name, tree / name)
        (tree / mutant.path).write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        try:
            done = subprocess.run(
                [*command, *mutant.tests], cwd=tree, capture_output=True, text=True, timeout=TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            return True  # what loops without an end is noticed
    if done.returncode < 0:
        return True  # what takes all memory is ended by the system
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"the tests did not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.returncode != 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each mutant and what became of it; 1 if one survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--count", type=int, default=20, help="how many mutants (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (default: 0)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (default: 2)")
    given = parser.parse_args(arguments)
    chosen = mutants(given.count, given.seed)
    survivors = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for word, what in pool.map(fate, chosen):
            survivors += word == SURVIVED
            print(f"{word:8}", what, flush=True)
    print(f"{survivors} of {len(chosen)} mutants survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
