"""Print what importing the packages costs above what they stand on: CPU time inside of fresh processes."""

from __future__ import annotations

import os
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


def cpu_ms(before: str, code: str) -> float:
    """CPU time of `code` in a fresh process that has run `before`: the spread of what comes before is not in it."""
    script = f"import time; {before}; start = time.process_time(); {code}; print(1000 * (time.process_time() - start))"
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles anew, which no user waits for
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"this failed: {script}\n{done.stderr}")
    return float(done.stdout)


def main() -> int:
    slow = False
    for before, code in CASES:
        cpu_ms(before, code)  # compile the byte code
        spent = [cpu_ms(before, code) for _ in range(ROUNDS)]
        slow = slow or median(spent) > LIMIT_MS
        spread = f"{min(spent):.1f} - {max(spent):.1f}"
        print(f"{code}: median {median(spent):.1f} ms CPU, {spread} (limit {LIMIT_MS:.0f} ms)")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
