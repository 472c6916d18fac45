"""Hostile files, decoded to their ends: frames or one DecodeError, soon, and in little memory."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from giflab_core import DecodeError, decode
from tests.helpers.marks import needs_linux
from tests.helpers.memory import growth
from tests.helpers.shared import files

pytestmark = [pytest.mark.corpus, needs_linux]

LIMIT_S, LIMIT_KIB = 2, 512 * 1024


@pytest.mark.parametrize("path", files("hostile/*.gif"), ids=lambda path: path.stem)
def test_a_hostile_file_ends_soon_and_in_little_memory(path: Path) -> None:
    started = time.process_time()  # of the processor: other tests run beside this one
    said = ""
    with growth() as taken:
        try:
            for _ in decode(path):
                pass
        except DecodeError as error:
            said = str(error)
    assert time.process_time() - started <= LIMIT_S
    assert taken.kib <= LIMIT_KIB
    assert len(said.splitlines()) <= 1


def test_memory_that_is_taken_and_given_back_is_noticed() -> None:
    with growth() as taken:
        np.ones(200 << 20, np.uint8)
    assert taken.kib > 190 << 10
