"""Print what importing the packages costs above what they stand on: CPU time of interleaved processes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from statistics import median

ROUNDS = 40
LIMIT_MS = 10.0
# What is measured, after what it stands on.
CASES = (
    ("import dataclasses, enum, pathlib, typing", "import giflab_core"),
    (
        "import pytest; config = pytest.Config.fromdictargs({}, [])",
        "import pytest_giflab.plugin; config.pluginmanager.register(pytest_giflab.plugin)",
    ),
)


def cpu_ms(code: str) -> float:
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"this failed: {code}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def extra_ms(before: str, code: str) -> tuple[float, float]:
    """Median CPU time of `before` alone, and of what `code` adds to it."""
    both = f"{before}; {code}"
    cpu_ms(both)  # compile the byte code
    spent: dict[str, list[float]] = {before: [], both: []}
    for _ in range(ROUNDS):
        for each in random.sample(list(spent), 2):
            spent[each].append(cpu_ms(each))
    return median(spent[before]), median(more - less for more, less in zip(spent[both], spent[before], strict=True))


def main() -> int:
    slow = False
    for before, code in CASES:
        alone, extra = extra_ms(before, code)
        slow = slow or extra > LIMIT_MS
        print(f"{code}: {extra:.1f} ms CPU (limit {LIMIT_MS:.0f} ms), above {alone:.1f} ms of: {before}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
