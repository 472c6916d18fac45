"""Print what `import giflab_core` costs above the standard library it stands on: CPU time of interleaved processes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from statistics import median

ROUNDS = 40
LIMIT_MS = 10.0
STANDARD = "import dataclasses, enum, pathlib, typing"
OURS = f"{STANDARD}; import giflab_core"


def cpu_ms(code: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", code])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return 1000 * (usage.ru_utime + usage.ru_stime)


def main() -> int:
    spent: dict[str, list[float]] = {STANDARD: [], OURS: []}
    for code in spent:
        cpu_ms(code)  # compile the byte code
    for _ in range(ROUNDS):
        for code in random.sample(list(spent), 2):
            spent[code].append(cpu_ms(code))
    differences = [ours - standard for ours, standard in zip(spent[OURS], spent[STANDARD], strict=True)]
    extra = median(differences)
    print(f"import dataclasses, enum, pathlib, typing: {median(spent[STANDARD]):.1f} ms CPU")
    print(f"import giflab_core above that:             {extra:.1f} ms CPU (limit {LIMIT_MS:.0f} ms)")
    return int(extra > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
