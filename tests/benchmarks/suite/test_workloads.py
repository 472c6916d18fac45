"""The ten workloads as benchmarks, for any tool that uses the benchmark fixture."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.suite.workloads import UNIT, prepare, work


@pytest.fixture(scope="session", autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory) -> None:
    prepare(tmp_path_factory.mktemp("workloads"))


@pytest.mark.parametrize("name", UNIT)
def test_work(benchmark: BenchmarkFixture, name: str) -> None:
    benchmark(work, name)
