"""The gate report: JSON that follows its schema, Markdown that nothing breaks out of, a table that fits."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from pytest_giflab.errors import StoreError
from pytest_giflab.model import TIME, Benchmark, Quantity
from pytest_giflab.report.document import read_report, to_document, to_markdown, to_text, write_report
from pytest_giflab.report.rendering import amount, duration, in_order
from tests.helpers.measurements import comparison, report

NASTY = "t.py::test_x[a|b`c<script>@user\x1b[31m\n]"


def test_the_document_follows_its_schema() -> None:
    schema = json.loads(
        resources.files("pytest_giflab").joinpath("schemas", "giflab.gate.1.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft7Validator.check_schema(schema)
    empty = comparison(None, clock=None, before=None, after=None, ratio=None, low=None, high=None)
    jsonschema.validate(to_document(report(comparison(), comparison("critical", advisory=True), empty)), schema)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = report(comparison("critical"), comparison(None, ratio=None))
    write_report(tmp_path / "report.json", written)
    assert read_report(tmp_path / "report.json") == written


def test_what_was_measured_is_written_as_the_model_says() -> None:
    (row,) = to_document(report(comparison(quantity=Quantity("memory", "B", "lower"))))["benchmarks"]
    assert (row["quantity"], row["unit"], row["better"]) == ("memory", "B", "lower")
    (row,) = to_document(report(comparison()))["benchmarks"]
    assert (row["quantity"], row["unit"], row["better"]) == ("time", "s", "lower")


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "giflab.gate/2"}', '{"schema": "giflab.gate/1"}'])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(StoreError, match=r"report\.json"):
        read_report(tmp_path / "report.json")


def test_what_matters_comes_first() -> None:
    mixed = [comparison(verdict) for verdict in ("ok", "inconclusive", "critical", "improved", "warning")]
    changed = comparison("ok", status="changed")
    found = [each.verdict for each in in_order(report(*mixed, changed))]
    assert found == ["ok", "critical", "warning", "inconclusive", "improved", "ok"]


def test_nothing_breaks_out_of_a_cell_of_markdown() -> None:
    nasty = comparison(benchmark=Benchmark(NASTY, "t.py", 1), reason=NASTY)
    lines = to_markdown(report(nasty)).splitlines()
    (row,) = [line for line in lines if line.startswith("| <code>")]
    code, *_, reason, _ = row.split("|")[1:]
    assert row.count("|") == 7
    assert not set("<>@|`") & set(code.replace("<code>", "").replace("</code>", "") + reason)
    assert "\x1b" not in row


def test_markdown_without_benchmarks_says_so() -> None:
    assert "No benchmark was measured." in to_markdown(report())


@pytest.mark.parametrize("width", [40, 80, 129, 130, 200])
def test_the_table_fits_and_gives_every_reason(width: int) -> None:
    text = to_text(report(comparison("critical")), width, colour=False)
    table = [line for line in text.splitlines() if line[:1] in "┏┃┡│└"]
    assert max(map(len, table)) <= width
    assert "because" in text
    assert "\x1b" not in text


def test_a_name_cannot_colour_the_terminal() -> None:
    assert "\x1b" not in to_text(report(comparison(benchmark=Benchmark(NASTY, "t.py", 1))), 200, colour=False)


def test_the_table_is_coloured_where_colours_are_wanted() -> None:
    assert "\x1b[1;31mcritical" in to_text(report(comparison("critical")), 200, colour=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0.0, "0 ns"), (2.5e-8, "25 ns"), (1.234e-5, "12.3 us"), (0.0456, "45.6 ms"), (3.21, "3.21 s")],
)
def test_durations_have_three_digits_in_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (0.0456, TIME, "45.6 ms"),
        (None, TIME, "-"),
        (None, Quantity("memory", "MiB"), "-"),
        (12.345, Quantity("memory", "MiB"), "12.3 MiB"),
        (0.98765, Quantity("ssim", "", "higher"), "0.988"),
    ],
)
def test_an_amount_has_the_unit_of_its_quantity(value: float | None, quantity: Quantity, text: str) -> None:
    assert amount(value, quantity) == text
