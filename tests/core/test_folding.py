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


def erased(frame: Indices) -> Indices:
    """Without what is in the upper left corner, in every frame the same."""
    frame = frame.copy()
    frame[4:20, 4:60] = 250
    return frame


def causes(report: ValidationReport) -> dict[str, str | None]:
    return {each.name: each.because_of for each in report.failed}


def test_two_swapped_frames_do_not_explain_what_is_missing_in_all_the_others(tmp_path: Path) -> None:
    clip = disc(12)
    swapped = [clip[number] for number in (0, 1, 5, 3, 4, 2, *range(6, 12))]
    assert headlines(against(tmp_path, clip, swapped)) == ["order"]
    assert set(headlines(against(tmp_path, clip, list(map(erased, swapped))))) == {"order", "region"}


def test_lost_colour_does_not_explain_what_is_erased(tmp_path: Path) -> None:
    grey = [Picture(erased(frame), palette=tints(0.0).tobytes()) for frame in disc(COUNT)]
    (tmp_path / "compressed.gif").write_bytes(gif(grey, size=(120, 90), loop=0))
    report = validate(coloured(tmp_path, "original", tints()), tmp_path / "compressed.gif")
    assert set(headlines(report)) == {"colour", "region"}
    assert causes(report)["psnr.mean"] == "region"


def test_less_contrast_does_not_explain_erased_lines_of_text(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    text = np.where(chance.random((40, 60)) < 0.4, 20, 240).astype(np.uint8)
    clip, faulty = disc(COUNT), []
    for frame in clip:
        frame[25:65, 30:90] = 240
        faulty.append((128 + 0.6 * (frame - 128.0)).astype(np.uint8))
        for top in range(27, 63, 10):
            frame[top : top + 6, 30:90] = text[top - 25 : top - 19]
    assert {"tone", "region"} <= set(headlines(against(tmp_path, clip, faulty)))


def test_the_worst_moments_follow_from_the_check_that_is_about_them(tmp_path: Path) -> None:
    clip = disc(40)
    faulty = [erased(frame) for frame in clip]
    faulty[30][:] = 0
    found = causes(against(tmp_path, clip, faulty))
    assert found["ssim.p01"] == found["psnr.p01"] == "content"


def test_what_has_several_causes_follows_from_that_of_most_of_it(tmp_path: Path) -> None:
    clip = disc(COUNT)
    clip[12] = clip[2]
    black = range(3, 9)
    faulty = [
        Picture(frame * (at not in black), palette=tints(at not in black).tobytes()) for at, frame in enumerate(clip)
    ]
    (tmp_path / "compressed.gif").write_bytes(gif(faulty, size=(120, 90), loop=0))
    found = causes(validate(coloured(tmp_path, "original", tints()), tmp_path / "compressed.gif"))
    assert found["order"] is found["content"] is None
    assert found["colour"] == "content"


def test_a_picture_that_a_lower_rate_leaves_out_is_told_by_its_place(tmp_path: Path) -> None:
    plain = disc(40)
    flashed = [frame.copy() for frame in plain]
    for at in (20, 21):
        flashed[at][4:30, 80:116] = 250
    original = write_clip(tmp_path / "original.gif", flashed, 4)
    slower = [plain[start_ms // 40] for start_ms in range(0, 1600, 50)]
    report = validate(original, write_clip(tmp_path / "compressed.gif", slower, 5))
    assert headlines(report) == ["region"]
    assert "at (80, 0) " in report.headlines[0].message
    assert "from 800 to " in report.headlines[0].message


def test_what_follows_is_one_dim_line_in_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = cards(COUNT, 3)
    paths = [write_clip(tmp_path / "a.gif", clip), write_clip(tmp_path / "b.gif", [*clip[:-1], clip[-1] * 0])]
    main(["validate", *map(str, paths), "--no-cache"])
    out = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("fail: ") for line in out) == 1
    assert any(line.startswith("  ") and "because of it" in line for line in out)
