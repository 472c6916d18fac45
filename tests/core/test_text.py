"""Text that is fit to be shown, whatever it was made from."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from giflab_core.text import as_utf8, columns_of, counted, folded, line, printable, show, table, times
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


class Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


def shown(monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool = True, **environment: str) -> str:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm", "WT_SESSION": "1"} | environment).items():
        monkeypatch.setenv(name, value)
    stream = Stream(is_terminal=is_terminal)
    show([line(("a", "bold red"), " b ", ("c", "dim"))], stream)
    return stream.getvalue()


def test_a_terminal_shows_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch) == "\x1b[1;31ma\x1b[0m b \x1b[2mc\x1b[0m\n"


def test_what_is_no_terminal_gets_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, is_terminal=False) == "a b c\n"
    assert shown(monkeypatch, TERM="dumb") == "a b c\n"


def test_who_wants_no_colour_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, NO_COLOR="1") == "\x1b[1ma\x1b[0m b \x1b[2mc\x1b[0m\n"


def test_who_wants_colour_gets_it_in_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "31m" in shown(monkeypatch, is_terminal=False, FORCE_COLOR="1")


def test_columns_are_beside_each_other() -> None:
    rows = [[line("a"), line("bcd"), line("e")], [line("fg"), line("h"), line("")]]
    texts = ["".join(text for text, _ in each) for each in table(rows, right=[1], gap=2)]
    assert texts == ["a   bcd  e", "fg    h"]


def test_styles_take_no_room_in_a_column() -> None:
    first, second = table([[line(("a", "bold")), line("b")], [line("cc"), line("d")]])
    assert first == (("a", "bold"), (" ", ""), (" ", ""), ("b", ""))
    assert "".join(text for text, _ in second) == "cc d"


@pytest.mark.parametrize(
    ("text", "columns", "parts"),
    [
        ("abcdefghijklmnop", 12, ["abcdefghijkl", "mnop"]),
        ("abcdefghijklmnop", None, ["abcdefghijklmnop"]),
        ("abcdefghijklmnop", 11, ["abcdefghijklmnop"]),  # in too narrow a column it would be in too many parts
        ("größe größe größe", 12, ["größe größe größe"]),  # may be wider than it has characters
        ("", 12, [""]),
    ],
)
def test_a_text_is_folded_into_a_column(text: str, columns: int | None, parts: list[str]) -> None:
    assert folded(text, columns) == parts


def test_a_file_has_no_columns(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as stream:
        assert columns_of(stream) is None
    assert columns_of(io.StringIO()) is None


@needs_linux
def test_a_terminal_has_columns() -> None:
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, b"\x18\x00\x64\x00\x00\x00\x00\x00")
    with os.fdopen(theirs, "w") as stream:
        assert columns_of(stream) == 100
    os.close(ours)
