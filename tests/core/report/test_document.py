"""The JSON document: strict, and true to its schema."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from giflab_core import resolve, validate
from giflab_core.cli.program import main
from giflab_core.report import to_json
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_linux

SCHEMA = json.loads(resources.files("giflab_core.report").joinpath("giflab.report.1.schema.json").read_text())


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not strict JSON")


def document(original: Path, compressed: Path, **options: Any) -> Any:
    text = to_json(validate(original, compressed, **options))
    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "original.gif", moving_frames(5))


def test_a_report_follows_the_schema(original: Path, tmp_path: Path) -> None:
    off = write_clip(tmp_path / "off.gif", [frame // 3 for frame in moving_frames(5)], loop=None)
    jsonschema.validate(document(original, off), SCHEMA)


def test_a_report_with_its_series_follows_the_schema(original: Path) -> None:
    found = validate(original, original).to_dict(series=True)
    jsonschema.validate(found, SCHEMA)
    assert found["series"]["psnr"][1] == {"start_ms": 100, "duration_ms": 100, "value": None}
    assert set(found["series"]) == set(found["metrics"])


def test_infinite_psnr_is_null_with_a_note(original: Path) -> None:
    found = document(original, original)
    jsonschema.validate(found, SCHEMA)
    psnr = found["metrics"]["psnr"]
    assert [psnr[name] for name in ("mean", "low", "high", "p01")] == [None] * 4
    assert psnr["worst"]["value"] is None
    assert "infinite" in psnr["note"]


def test_absent_metrics_are_reported_with_the_reason(tmp_path: Path) -> None:
    tiny = write_clip(tmp_path / "tiny.gif", [frame[:3, :3] for frame in moving_frames(2)])
    found = document(tiny, tiny)
    jsonschema.validate(found, SCHEMA)
    assert set(found["absent"]) == {"ssim"}
    assert "without haarpsi" in found["metrics"]["quality"]["note"]
    assert "ssim" not in found["metrics"]


@needs_linux
def test_a_path_that_is_not_text_is_still_json(tmp_path: Path) -> None:
    path = write_clip(tmp_path / os.fsdecode(b"\xff.gif"), moving_frames(2))
    found = json.dumps(document(path, path), ensure_ascii=False).encode("utf-8")
    assert b"\\\\xff.gif" in found


def test_what_a_clip_is_stands_in_the_report(original: Path) -> None:
    found = document(original, original)["original"]
    assert found.pop("sha256")
    assert found == {
        "path": str(original),
        "width": 32,
        "height": 32,
        "frames": 5,
        "duration_ms": 500,
        "loop_count": 0,
    }


def test_a_report_as_a_dictionary_is_what_the_command_writes(
    original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    off = write_clip(tmp_path / "off.gif", [frame // 3 for frame in moving_frames(5)])
    found = validate(original, off, config=resolve(goal="good"))
    main(["validate", str(original), str(off), "--goal", "good", "--format", "json", "--no-cache"])
    assert json.loads(capsys.readouterr().out) == found.to_dict()
    assert found.to_dict()["settings"] == {"goal": "good"}


def test_moments_are_told_with_the_originals_frame(original: Path, tmp_path: Path) -> None:
    frames = moving_frames(5)
    frames[3] = frames[3] // 3
    found = document(original, write_clip(tmp_path / "off.gif", frames))
    assert found["metrics"]["psnr"]["worst"]["time_ms"] == 300
    assert found["metrics"]["psnr"]["worst"]["frame"] == 3
    limited = [check for check in found["checks"] if "limit" in check and check["name"].startswith("psnr")]
    assert {check["frame"] for check in limited} == {3}
