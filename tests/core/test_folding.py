"""One cause, one headline, and the true one: on pairs that are made with one fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from giflab_core import ValidationReport, validate
from giflab_core.cli.program import main
from tests.helpers.gifs import Indices, Picture, gif, write_clip
from tests.helpers.scenes import SCENES, cards, disc, held

COUNT = 16
Colours = npt.NDArray[np.uint8]
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def against(folder: Path, original: list[Indices], compressed: list[Indices], delays_cs: int = 10) -> ValidationReport:
    pair = write_clip(folder / "original.gif", original), write_clip(folder / "compressed.gif", compressed, delays_cs)
    return validate(*pair)


def headlines(report: ValidationReport) -> list[str]:
    names = {each.name for each in report.headlines}
    assert all(each.because_of in {None, *names} for each in report.failed)
    return [each.name for each in report.headlines]


@few
@given(st.sampled_from(sorted(SCENES)), st.integers(0, COUNT - 1), st.sampled_from([0, 255]))
def test_one_blank_frame_anywhere_is_told_once(tmp_path: Path, kind: str, at: int, level: int) -> None:
    clip = SCENES[kind](COUNT, 3)
    blank = [np.full_like(frame, level) if number == at else frame for number, frame in enumerate(clip)]
    report = against(tmp_path, clip, blank)
    assert headlines(report) == ["content"]
    assert f"1 of {COUNT} frames" in report.headlines[0].message
    assert f"frame {at}, at {100 * at} ms" in report.headlines[0].message


@few
@given(st.sampled_from(sorted(SCENES)), st.sampled_from([3, 5, 20, 40]))
def test_another_tempo_is_told_once(tmp_path: Path, kind: str, delay_cs: int) -> None:
    clip = SCENES[kind](COUNT, 3)
    assert headlines(against(tmp_path, clip, clip, delay_cs)) == ["duration"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda clip: held(clip, 5, 10), "stall"),
        (lambda clip: [*clip[:12], clip[2], *clip[13:]], "order"),
        (lambda clip: clip[::-1], "order"),
        (lambda clip: clip[:11], "frames"),
        (lambda clip: clip[:1], "animation"),
        (lambda clip: [frame[:, :60] for frame in clip], "canvas"),
        (lambda clip: [np.zeros_like(frame) for frame in clip], "content"),
        (lambda clip: clip[:8] + [np.zeros_like(frame) for frame in clip[8:]], "content"),
        (lambda clip: clip[6:], "frames"),
        (lambda clip: [*clip[1:], clip[-1]], "frames"),
        (lambda clip: [clip[0], *clip[:-1]], "timing"),
    ],
    ids=[
        *("held", "jumps back", "reversed", "cut off", "one frame", "canvas", "all black"),
        *("half black", "no beginning", "one early", "one late"),
    ],
)
def test_one_fault_is_told_once(tmp_path: Path, fault: Callable[[list[Indices]], list[Indices]], told: str) -> None:
    clip = cards(COUNT, 3)
    assert headlines(against(tmp_path, clip, fault(clip))) == [told]


def coloured(folder: Path, name: str, palette: Colours, from_frame: int = 0) -> Path:
    """A disc in a palette of its own; greys from some frame on."""
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes()
    pictures = [
        Picture(frame, palette=palette.tobytes() if number >= from_frame else greys)
        for number, frame in enumerate(disc(COUNT))
    ]
    path = folder / f"{name}.gif"
    path.write_bytes(gif(pictures, size=(120, 90), loop=0))
    return path


def tints(share: float = 1.0) -> Colours:
    """256 colours from blue to orange, whose lumas are their indices; so much of their colour."""
    index = np.arange(256.0)
    grey = np.stack([index] * 3, axis=1)
    tint = np.outer(np.sin(index / 40) * 50 + 60, [1.0, 0.0, -0.299 / 0.114])
    return np.clip(grey + share * tint, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_lost_colour_is_told_once(tmp_path: Path, share: float) -> None:
    report = validate(coloured(tmp_path, "original", tints()), coloured(tmp_path, "compressed", tints(share)))
    assert headlines(report) == ["colour"]
    assert len(report.failed) > 1


@pytest.mark.parametrize("at", [0, 6, 15])
def test_colour_that_one_frame_lost_is_not_said_of_the_clip(tmp_path: Path, at: int) -> None:
    pictures = [Picture(frame, palette=tints(number != at).tobytes()) for number, frame in enumerate(disc(COUNT))]
    (tmp_path / "compressed.gif").write_bytes(gif(pictures, size=(120, 90), loop=0))
    report = validate(coloured(tmp_path, "original", tints()), tmp_path / "compressed.gif")
    assert headlines(report) == ["colour"]
    assert (
        f"1 of {COUNT} frames have lost much of the original's colour; first frame {at}" in report.headlines[0].message
    )


def test_a_gamma_is_told_once_with_its_limits(tmp_path: Path) -> None:
    clip = disc(COUNT)
    darker = [(255 * (frame / 255) ** 2.2).astype(np.uint8) for frame in clip]
    report = against(tmp_path, clip, darker)
    assert headlines(report) == ["tone"]
    assert "psnr.mean" in {each.name for each in report.failed}


def test_two_faults_are_two_headlines(tmp_path: Path) -> None:
    clip = disc(40)
    faulty = [frame.copy() for frame in clip]
    faulty[30][:] = 0
    for frame in faulty:
        frame[4:20, 4:60] = 250
    assert set(headlines(against(tmp_path, clip, faulty))) == {"content", "region"}


def test_what_follows_is_one_dim_line_in_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = cards(COUNT, 3)
    paths = [write_clip(tmp_path / "a.gif", clip), write_clip(tmp_path / "b.gif", [*clip[:-1], clip[-1] * 0])]
    main(["validate", *map(str, paths), "--no-cache"])
    out = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("fail: ") for line in out) == 1
    assert any(line.startswith("  ") and "because of it" in line for line in out)
