"""Text that is fit to be shown, whatever it was made from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from giflab_core.text import as_utf8, counted, printable, times
from tests.helpers.marks import needs_linux


@pytest.mark.parametrize(("plays", "words"), [(1, "plays once"), (4, "plays 4 times"), (float("inf"), "loops forever")])
def test_how_often_a_clip_plays_is_said_in_words(plays: float, words: str) -> None:
    assert times(plays) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs")])
def test_one_thing_alone_is_singular(count: int, words: str) -> None:
    assert counted(count, "pair") == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.gif", "plain name.gif"),
        ("größe 図.gif", "größe 図.gif"),
        ("two\nlines", r"two\nlines"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("right\u202eleft", r"right\u202eleft"),
    ],
)
def test_what_a_terminal_would_act_on_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_path_is_as_printable_as_text() -> None:
    assert printable(Path("a\tb")) == r"a\tb"


@needs_linux
def test_bytes_that_are_not_text_are_escaped() -> None:
    name = os.fsdecode(b"caf\xe9.gif")
    assert as_utf8(name) == r"caf\xe9.gif"
    assert printable(name).isprintable()


def test_what_can_be_written_as_utf8_stays_as_it_is() -> None:
    assert as_utf8("größe\n図.gif") == "größe\n図.gif"
