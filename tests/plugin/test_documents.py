"""Documents are read up to a limit, whatever a path leads to."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pytest_giflab.documents import read_document, read_start
from pytest_giflab.errors import StoreError
from pytest_giflab.github.artifact import read_artifact
from pytest_giflab.report import read_report
from tests.helpers.marks import needs_linux, needs_posix


@needs_linux
@pytest.mark.parametrize("read", [read_report, read_artifact, lambda path: read_document(path, "giflab.baseline", 1)])
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_link_to_a_device_is_not_read(tmp_path: Path, device: str, read: object) -> None:
    (tmp_path / "main.json").symlink_to(device)
    with pytest.raises(StoreError, match=r"^cannot read .*/main\.json: "):
        read(tmp_path / "main.json")  # type: ignore[operator]


@needs_posix
def test_no_more_is_read_than_the_limit_of_a_pipe_that_goes_on(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    thread = threading.Thread(target=lambda: os.write(writing, b"x" * 5000))
    thread.start()
    try:
        assert read_start(Path(f"/dev/fd/{reading}"), 1000) == b"x" * 1000
    finally:
        thread.join()
        for each in (reading, writing):
            os.close(each)


@needs_posix
def test_a_pipe_that_nobody_writes_into_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_start(tmp_path / "pipe", 1000) == b""


@needs_linux
def test_what_says_that_it_is_empty_and_is_not_is_read_up_to_the_limit() -> None:
    """Files of /proc have no size, as one that grows has less than is read in the end."""
    assert os.stat("/proc/self/status").st_size == 0
    assert len(read_start(Path("/proc/self/status"), 10)) == 10


def test_a_file_is_read_up_to_the_limit_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_giflab.documents.LARGEST_BYTES", 1 << 20)
    (tmp_path / "large.json").write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(StoreError, match=r"larger than 1 MiB; it is not a giflab\.baseline"):
        read_document(tmp_path / "large.json", "giflab.baseline", 1)
