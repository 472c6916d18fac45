"""The gate report as JSON: it follows its schema, and is read as it was written."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from pytest_giflab.errors import StoreError
from pytest_giflab.model import Quantity
from pytest_giflab.report.document import read_report, to_document, write_json
from tests.helpers.measurements import comparison, report


def test_the_document_follows_its_schema() -> None:
    schema = json.loads(
        resources.files("pytest_giflab").joinpath("schemas", "giflab.gate.1.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft7Validator.check_schema(schema)
    empty = comparison(None, clock=None, before=None, after=None, ratio=None, low=None, high=None)
    jsonschema.validate(to_document(report(comparison(), comparison("critical", advisory=True), empty)), schema)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = report(comparison("critical"), comparison(None, ratio=None))
    write_json(tmp_path / "report.json", written)
    assert read_report(tmp_path / "report.json") == written


def test_what_was_measured_is_written_as_the_model_says() -> None:
    (row,) = to_document(report(comparison(quantity=Quantity("memory", "B", "lower"))))["benchmarks"]
    assert (row["quantity"], row["unit"], row["better"]) == ("memory", "B", "lower")
    (row,) = to_document(report(comparison()))["benchmarks"]
    assert (row["quantity"], row["unit"], row["better"]) == ("time", "s", "lower")


@pytest.mark.parametrize(
    "quantity", [Quantity("memory", "MiB"), Quantity("ssim", "", "higher"), Quantity("bytes of the GIF | <b>", "µB/s")]
)
def test_any_quantity_is_read_as_it_was_written(tmp_path: Path, quantity: Quantity) -> None:
    written = report(comparison(quantity=quantity, clock=None, samples={"base": (1.0,), "head": (2.0,)}))
    write_json(tmp_path / "report.json", written)
    assert read_report(tmp_path / "report.json") == written


@pytest.mark.parametrize(
    "quantity",
    [
        Quantity("", "MiB"),
        Quantity("x" * 101, "MiB"),
        Quantity("mem\nory", "MiB"),
        Quantity("memory", "x" * 21),
        Quantity("memory", "M\x1b[31m"),
        Quantity("memory", "MiB\n"),
        Quantity("memory", "MiB", "sideways"),  # type: ignore[arg-type]
    ],
)
def test_a_quantity_that_no_reader_could_show_is_refused(tmp_path: Path, quantity: Quantity) -> None:
    write_json(tmp_path / "report.json", report(comparison(quantity=quantity)))
    with pytest.raises(StoreError, match="is damaged"):
        read_report(tmp_path / "report.json")


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "giflab.gate/2"}', '{"schema": "giflab.gate/1"}'])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(StoreError, match=r"report\.json"):
        read_report(tmp_path / "report.json")
