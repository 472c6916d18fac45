"""Print how large a gate report of many benchmarks is: as JSON, as the zip of an artifact, as a comment.

Usage: python -m tests.benchmarks.reports
"""

from __future__ import annotations

import io
import json
import random
import zipfile

from pytest_giflab.github.comment import compose
from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import Notice
from pytest_giflab.model import Benchmark, Comparison
from pytest_giflab.report.document import to_document
from tests.helpers.measurements import report

PAIRS = 20


def comparison(number: int, chance: random.Random) -> Comparison:
    """One measured in as many pairs as there can be, with a name of usual length."""
    name = f"tests/benchmarks/test_pipeline.py::test_decode_and_resize[clip{number}-256-lanczos]"
    benchmark = Benchmark(name, name.partition("::")[0], number + 1)
    samples = {side: tuple(chance.gauss(1e-3, 1e-5) for _ in range(PAIRS)) for side in ("base", "head")}
    reason = "the interval ends below +5.0 %"
    return Comparison(
        benchmark,
        "measured",
        "thread_cpu",
        before=1e-3,
        after=1.001e-3,
        ratio=1.001,
        low=0.99,
        high=1.01,
        processes=PAIRS,
        verdict="ok",
        reason=reason,
        samples=samples,
    )


def main() -> None:
    chance = random.Random(7)  # noqa: S311  data, not secrets
    for count in (30, 1000, 10_000):
        found = report(*(comparison(number, chance) for number in range(count)))
        data = json.dumps(to_document(found), indent=1).encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("report.json", data)
        body = compose(Notice("performance", RunEvent("octo/suite", (1,)), found))
        print(
            f"{count:6d} benchmarks: report {len(data) / 1e6:.2f} MB, zip {len(packed.getvalue()) / 1e6:.2f} MB, "
            f"comment {len(body)} characters"
        )


if __name__ == "__main__":
    main()
