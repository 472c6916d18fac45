"""An artifact is anybody's: it is a report, or it is refused in one line; nothing is unpacked to the disk."""

from __future__ import annotations

import io
import json
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_giflab.errors import GateError, StoreError
from pytest_giflab.github.artifact import is_named, job_of, read_artifact, unpack, unpack_each
from pytest_giflab.report.document import to_document
from tests.helpers.marks import needs_posix
from tests.helpers.measurements import comparison, report

MIB = 1024 * 1024
REPORT = report(comparison("critical"), comparison("ok"))
DOCUMENT = to_document(REPORT)
TEXT = json.dumps(DOCUMENT).encode()
# Offsets in a zip, from its specification (APPNOTE.TXT 4.3.7, 4.3.12).
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
FLAGS = {LOCAL: 6, CENTRAL: 8}
METHOD = {LOCAL: 8, CENTRAL: 10}
CENTRAL_CRC, CENTRAL_SIZE = 16, 24

Made = bytes | Callable[[], bytes]  # what is large is made when it is needed


def changed(**changes: Any) -> bytes:
    return json.dumps({**DOCUMENT, **changes}).encode()


def with_threshold(number: str) -> bytes:
    return changed(thresholds={"warning": 0.05, "critical": "here", "confidence": 0.95}).replace(
        b'"here"', number.encode()
    )


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two files of one name
        for name, data in files or (("report.json", TEXT),):
            archive.writestr(name, data)
    return buffer.getvalue()


def patched(data: bytes, header: bytes, offset: int, layout: str, value: int) -> bytes:
    """Overwrite a field of the only file's header."""
    found = bytearray(data)
    struct.pack_into(layout, found, data.index(header) + offset, value)
    return bytes(found)


def in_both(data: bytes, offsets: dict[bytes, int], value: int) -> bytes:
    for header, offset in offsets.items():
        data = patched(data, header, offset, "<H", value)
    return data


def made(data: Made) -> bytes:
    return data if isinstance(data, bytes) else data()


def lying_bomb() -> bytes:
    """32 MiB of zeros that say they are 100 bytes."""
    return patched(zipped(("report.json", bytes(32 * MIB))), CENTRAL, CENTRAL_SIZE, "<I", 100)


def lying_bomb_with_its_crc() -> bytes:
    """The same, with the checksum of what it says that it holds."""
    return patched(lying_bomb(), CENTRAL, CENTRAL_CRC, "<I", zlib.crc32(bytes(100)))


HOSTILE: dict[str, tuple[Made, str]] = {
    "nothing": (b"", "not JSON"),
    "text": (b"all is well", "not JSON"),
    "bytes": (b"\xff\xfe\x00", "not JSON"),
    "two documents": (TEXT + TEXT, "not JSON"),
    "a list": (b"[]", "not a giflab.gate"),
    "null": (b"null", "not a giflab.gate"),
    "no schema": (b"{}", "not a giflab.gate"),
    "another schema": (changed(schema="giflab.baseline/1"), "not a giflab.gate"),
    "a schema that is no text": (changed(schema=["giflab.gate/1"]), "not a giflab.gate"),
    "a newer schema": (changed(schema="giflab.gate/2"), "newer version"),
    "something besides": (changed(extra=1), "damaged"),
    "something missing": (json.dumps({"schema": "giflab.gate/1", "verdict": "ok"}).encode(), "damaged"),
    "an unknown verdict": (changed(verdict="great"), "damaged"),
    "benchmarks that are none": (changed(benchmarks=[1]), "damaged"),
    "NaN": (with_threshold("NaN"), "NaN is not JSON"),
    "Infinity": (with_threshold("Infinity"), "Infinity is not JSON"),
    "an infinite threshold": (with_threshold("1e999"), "critical"),
    "thresholds the wrong way round": (with_threshold("0.01"), "critical"),
    "a number of 5000 digits": (with_threshold("9" * 5000), "not JSON"),
    "deep nesting": (b'{"schema": ' * 100_000, "not JSON"),
    "deep lists": (b"[" * 100_000 + b"]" * 100_000, "not JSON"),
    "more than 16 MiB": (lambda: b" " * (16 * MIB) + TEXT, "larger than 16 MiB"),
    "a zip of more than 4 MiB": (
        lambda: zipped(("report.json", TEXT), ("noise", os.urandom(4 * MIB)), method=zipfile.ZIP_STORED),
        "larger than 4 MiB",
    ),
    "a zip of 50 MB": (lambda: b"PK\x03\x04" + bytes(50_000_000), "larger than 4 MiB"),
    "a bomb": (lambda: zipped(("report.json", bytes(64 * MIB))), "larger than 16 MiB"),
    "a bomb that lies": (lying_bomb, "not a zip file"),
    "a bomb that lies well": (lying_bomb_with_its_crc, "not JSON"),
    "a bomb that is a report with blanks": (
        lambda: zipped(("report.json", TEXT + b" " * 17 * MIB)),
        "larger than 16 MiB",
    ),
    "two reports": (zipped(("report.json", TEXT), ("report.json", TEXT)), "2 files named report.json"),
    "an empty zip": (b"PK\x05\x06" + bytes(18), "0 files named report.json"),
    "another file": (zipped(("reports.json", TEXT)), "0 files named report.json"),
    "a report in a folder": (zipped(("sub/report.json", TEXT)), "0 files named report.json"),
    "a report outside": (zipped(("../report.json", TEXT)), "0 files named report.json"),
    "a report at the top": (zipped(("/report.json", TEXT)), "0 files named report.json"),
    "a folder of that name": (zipped(("report.json/", b"")), "0 files named report.json"),
    "a report in another case": (zipped(("REPORT.JSON", TEXT)), "0 files named report.json"),
    "no report in the zip": (zipped(("report.json", b"all is well")), "not JSON"),
    "a zip in the zip": (zipped(("report.json", zipped())), "not JSON"),
    "an encrypted zip": (in_both(zipped(), FLAGS, 1), "not a zip file"),
    "a truncated zip": (zipped()[:-30], "not a zip file"),
    "half a zip": (zipped()[: len(zipped()) // 2], "not a zip file"),
    "two letters": (b"PK", "not a zip file"),
    "a method that nobody knows": (in_both(zipped(), METHOD, 99), "not stored or deflated"),
    "bzip2, which is unpacked whole": (zipped(method=zipfile.ZIP_BZIP2), "not stored or deflated"),
    "LZMA, which is unpacked whole": (zipped(method=zipfile.ZIP_LZMA), "not stored or deflated"),
}


@pytest.mark.parametrize("name", ["report.json", "report.zip", "no-suffix"])
@pytest.mark.parametrize("data", [TEXT, zipped(), zipped(method=zipfile.ZIP_STORED)], ids=["JSON", "zip", "stored"])
def test_a_report_is_read_from_json_and_from_a_zip_whatever_its_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert read_artifact(tmp_path / name) == REPORT


def test_other_files_of_the_zip_are_left_alone() -> None:
    assert unpack(zipped(("../../evil", b"x"), ("report.json", TEXT), ("report.md", b"# x")), "artifact") == REPORT


@pytest.mark.parametrize(("data", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_report_is_refused_in_one_line_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Made, said: str
) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(GateError, match=said) as raised:
        unpack(made(data), "artifact 'gate'")
    assert len(str(raised.value).splitlines()) == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["cwd"]


@pytest.mark.parametrize("data", [data for data, _ in HOSTILE.values()], ids=HOSTILE.keys())
def test_a_file_that_is_no_report_is_refused_and_nothing_is_written_beside_it(tmp_path: Path, data: Made) -> None:
    path = tmp_path / "given"
    path.write_bytes(made(data))
    with pytest.raises(GateError):
        read_artifact(path)
    assert [each.name for each in tmp_path.iterdir()] == ["given"]


@pytest.mark.parametrize("number", ["9" * 400, "1e999"])
@pytest.mark.parametrize("field", ["before", "after", "ratio", "low", "high"])
def test_a_number_that_no_benchmark_has_is_refused(field: str, number: str) -> None:
    row = {**DOCUMENT["benchmarks"][0], field: "here"}
    with pytest.raises(StoreError):
        unpack(changed(benchmarks=[row]).replace(b'"here"', number.encode()), "artifact")


def test_a_key_cannot_begin_a_line_of_the_log() -> None:
    environment = {**DOCUMENT["environment"], "packages": {"x\n::error::y": 1}}
    with pytest.raises(StoreError) as raised:
        unpack(changed(environment=environment), "artifact")
    assert len(str(raised.value).splitlines()) == 1


def test_no_more_is_unpacked_of_a_bomb_than_a_report_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    read = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        data = read(self, n)
        unpacked.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    for bomb in (zipped(("report.json", bytes(64 * MIB))), lying_bomb(), lying_bomb_with_its_crc()):
        with pytest.raises(GateError):
            unpack(bomb, "artifact")
    assert max(unpacked, default=0) <= 16 * MIB + 1


@given(data=st.data())
def test_a_damaged_zip_is_read_right_or_refused(data: st.DataObject) -> None:
    good = zipped()
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(GateError):
        assert unpack(bytes(damaged), "artifact") == REPORT


@given(st.binary(max_size=200))
def test_any_bytes_after_the_letters_of_a_zip_are_refused(data: bytes) -> None:
    with pytest.raises(StoreError):
        unpack(b"PK" + data, "artifact")


@needs_posix
def test_a_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot read .*: Is a directory$"):
        read_artifact(tmp_path)


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot read .*none\.json: No such file or directory$"):
        read_artifact(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("name", "pattern", "named"),
    [
        ("giflab-gate", "giflab-gate", True),
        ("giflab-gate-2", "giflab-gate", False),
        ("giflab-gate-linux", "giflab-gate-*", True),
        ("a-giflab-gate-linux", "giflab-gate-*", False),
        ("gate-linux-py3.12", "gate-*-py*", True),
        ("gate[1]", "gate[1]", True),
        ("gate1", "gate[1]", False),
        ("gatex", "gate.", False),
    ],
)
def test_an_artifact_has_the_name_or_anything_in_the_place_of_a_star(name: str, pattern: str, named: bool) -> None:
    assert is_named(name, pattern) == named


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("gate-linux-py3.12", "linux-py3.12"),
        ("gate-<@octo>", "__octo_"),
        ("gate-", "_"),
        ("gate-" + "x" * 99, "x" * 60),
    ],
)
def test_a_job_is_named_by_what_its_artifact_has_besides(name: str, job: str) -> None:
    assert job_of(name, "gate-*") == job


def test_each_artifact_is_read_by_itself() -> None:
    found = unpack_each({"one": zipped(), "two": b"PK no zip"})
    assert found["one"] == REPORT
    assert isinstance(found["two"], StoreError)


def test_artifacts_together_unpack_to_no_more_than_one_may() -> None:
    large = zipped(("report.json", TEXT + b" " * 10 * MIB))
    found = unpack_each({"one": large, "two": large, "three": zipped()})
    assert found["one"] == REPORT
    assert [isinstance(found[name], StoreError) for name in ("two", "three")] == [True, True]
