"""Hostile files, decoded to their ends: frames or one DecodeError, soon, and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import needs_linux
from tests.shared import files

pytestmark = [pytest.mark.corpus, needs_linux]

CODE = """
import sys
from giflab_core import DecodeError, decode
try:
    for _ in decode(sys.argv[1]):
        pass
except DecodeError as error:
    assert len(str(error).splitlines()) == 1
"""
LIMIT_S, LIMIT_KIB = 2, 512 * 1024


@pytest.mark.parametrize("path", files("hostile/*.gif"), ids=lambda path: path.stem)
def test_a_hostile_file_ends_soon_and_in_little_memory(path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", CODE, str(path)], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    assert usage.ru_utime + usage.ru_stime <= LIMIT_S  # of the processor: other tests run beside this one
    assert usage.ru_maxrss <= LIMIT_KIB
