"""The gate's decisions on recordings of real machines, in short; `make bench-traces` runs the long form."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT, SHARED

pytestmark = pytest.mark.corpus


def score(*options: str) -> dict[float, dict[str, float]]:
    """For each injected change, the shares of verdicts as the scorer prints them."""
    traces = SHARED / "traces"
    command = [sys.executable, str(traces / "score_rule.py"), str(traces / "traces_dev.npz")]
    command += ["tests.benchmarks.traces:rule", "--pairs", "20", *options]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {
        float(line.split()[1].rstrip("%")): {
            name: float(value) for name, value in re.findall(r"(\w+) ([0-9.]+)", line.partition("|")[0])
        }
        for line in out.splitlines()
        if line.startswith("delta")
    }


def test_changes_are_flagged_and_identical_code_is_not() -> None:
    found = score("--exclude", "gif_big", "--trials", "400", "--deltas", "0,0.02,0.05,0.10")
    assert found[0.0]["flag"] == found[0.0]["improved"] == 0
    assert found[0.0]["inconclusive"] <= 0.02
    assert found[2.0]["flag"] <= 0.01
    assert found[5.0]["flag"] >= 0.95
    assert found[10.0]["flag"] >= 0.99
    assert found[10.0]["critical"] >= 0.95


def test_slow_calls_are_never_flagged_falsely() -> None:
    assert score("--trials", "1000", "--deltas", "0")[0.0]["flag"] == 0
