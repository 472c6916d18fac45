"""The shared files as lists to parametrise over; empty where they are absent, an error where they are required."""

from __future__ import annotations

import configparser
import csv
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REQUIRE_ALL, SHARED

CORPUS = SHARED / "corpus"
CASES = SHARED / "cases"
CONFORMANCE = SHARED / "conformance" / "pygif" / "test-suite"
# The clips of over 35 million pixels: nine of 84, which have seven tenths of all pixels.
LARGEST = (
    "MarkovJunior__River",
    "MarkovJunior__Wilson",
    "cli__httpie-animation",
    "image-gif__sample_big",
    "rich__status",
    "rich__table_movie",
    "thefuck__example",
    "tqdm__tqdm",
    "wuffs__gifplayer-muybridge",
)


def files(pattern: str) -> list[Path]:
    return _matching(CORPUS, pattern)


def _matching(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if REQUIRE_ALL and not found:
        raise RuntimeError(f"GIFLAB_REQUIRE_ALL is set and {folder / pattern} matches no file")
    return found


def marks(name: str, kept: Collection[str]) -> list[pytest.MarkDecorator]:
    """Slow, if a file of this stem is one of the largest clips or a recompression of it, and not one that is kept."""
    return [pytest.mark.slow] if name.startswith(LARGEST) and name not in kept else []


def largest_slow(paths: Iterable[Path], kept: Collection[str]) -> list[Any]:
    """Parameters with their stems as ids. The largest clips are slow, except for the stems that stand for them."""
    return [pytest.param(path, id=path.stem, marks=marks(path.stem, kept)) for path in paths]


def case_files(pattern: str) -> list[Path]:
    """Files drawn for one judgement each."""
    return _matching(CASES, pattern)


def pairs() -> list[dict[str, str]]:
    """The rows of PAIRS.csv."""
    files("PAIRS.csv")
    path = CORPUS / "PAIRS.csv"
    if not path.exists():
        return []
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def conformance_tests() -> list[str]:
    path = CONFORMANCE / "TESTS"
    if REQUIRE_ALL and not path.exists():
        raise RuntimeError(f"GIFLAB_REQUIRE_ALL is set and {path} is missing")
    return path.read_text().split() if path.exists() else []


def expectation(name: str) -> tuple[configparser.SectionProxy, list[configparser.SectionProxy]]:
    """What a conformance test says of the whole, and of each frame."""
    parser = configparser.ConfigParser()
    parser.read(CONFORMANCE / f"{name}.conf")
    config = parser["config"]
    return config, [parser[section] for section in config["frames"].split(",") if section]


def case(name: str) -> Path:
    """A file of the shared cases; the test is skipped where it is absent, and fails where all are required."""
    path = CASES / name
    if not path.exists():
        if REQUIRE_ALL:
            raise RuntimeError(f"GIFLAB_REQUIRE_ALL is set and {path} is missing")
        pytest.skip(f"{path} is missing")
    return path


def pair_of_case(name: str) -> tuple[Path, Path]:
    """The original and the compressed file of a case."""
    return case(f"{name}.original.gif"), case(f"{name}.compressed.gif")


def pairs_of_case(pattern: str) -> list[tuple[Path, Path]]:
    """The original and the compressed clip of each case whose original matches, of `cases/`."""
    names = {".original.gif": ".compressed.gif", "_o.gif": "_c.gif"}
    return [
        (path, path.with_name(path.name.removesuffix(before) + after))
        for path in case_files(pattern)
        for before, after in names.items()
        if path.name.endswith(before)
    ]
