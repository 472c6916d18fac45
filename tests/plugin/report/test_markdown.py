"""The gate report as Markdown that nothing breaks out of."""

from __future__ import annotations

from pytest_giflab.model import Benchmark, Quantity
from pytest_giflab.report.markdown import to_markdown
from tests.helpers.measurements import comparison, report

NASTY = "t.py::test_x[a|b`c<script>@user\x1b[31m\n]"


def test_nothing_breaks_out_of_a_cell_of_markdown() -> None:
    nasty = comparison(benchmark=Benchmark(NASTY, "t.py", 1), reason=NASTY, quantity=Quantity("memory", NASTY))
    lines = to_markdown(report(nasty)).splitlines()
    (row,) = [line for line in lines if line.startswith("| <code>")]
    assert row.count("|") == 7
    assert not set("<>@`") & set(row.replace("<code>", "").replace("</code>", ""))
    assert "\x1b" not in row


def test_markdown_has_the_unit_of_what_was_measured() -> None:
    row = comparison(quantity=Quantity("memory", "MiB"), before=12.345, after=20.0)
    assert "| 12.3 MiB | 20 MiB |" in to_markdown(report(row))


def test_markdown_without_benchmarks_says_so() -> None:
    assert "No benchmark was measured." in to_markdown(report())
