"""CAMBI against libvmaf, as it is in the FFmpeg of imageio-ffmpeg: made pictures, and frames of real GIFs."""

from __future__ import annotations

import json
import subprocess
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from giflab_core import decode
from giflab_core.kernels.cambi import cambi
from giflab_core.kernels.luma import luma
from tests.helpers.shared import files

if TYPE_CHECKING:
    from giflab_core.model import Plane

imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
pytestmark = pytest.mark.peers

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
FILTERS = subprocess.run([FFMPEG, "-hide_banner", "-filters"], capture_output=True, text=True, check=True).stdout
if " libvmaf " not in FILTERS:
    pytest.skip("this FFmpeg is without libvmaf", allow_module_level=True)

# libvmaf prints six decimals and works in single precision.
TOLERANCE = 1e-5
# libvmaf wants one side of at least this.
SMALLEST = 216


def libvmaf(planes: list[Plane], folder: Path, option: str = "") -> list[float]:
    """Its scores for planes of one shape. Not as "gray", which FFmpeg would first turn into limited range."""
    height, width = planes[0].shape
    grey = bytes([128]) * (2 * ((height + 1) // 2) * ((width + 1) // 2))
    (folder / "planes.yuv").write_bytes(b"".join(plane.tobytes() + grey for plane in planes))
    source = f"-f rawvideo -pix_fmt yuv420p -s {width}x{height} -i planes.yuv".split()
    chain = f"libvmaf=feature=name=cambi{option}:log_path=scores.json:log_fmt=json"
    command = [FFMPEG, "-nostdin", *source, *source, "-lavfi", chain, "-f", "null", "-"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    frames = json.loads((folder / "scores.json").read_text())["frames"]
    return [next(float(score) for name, score in frame["metrics"].items() if "cambi" in name) for frame in frames]


def made(width: int, height: int) -> list[Plane]:
    random = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width]
    slope = 20 + 90 * x / width + 40 * y / height
    small = random.integers(30, 36, (height // 4 + 1, width // 4 + 1))
    pictures = [
        slope.round(),
        slope // 8 * 8,
        slope // 16 * 16,
        slope / 6,
        slope + random.normal(0, 0.2, slope.shape),
        random.integers(0, 256, slope.shape),
        small.repeat(4, axis=0).repeat(4, axis=1)[:height, :width],
        np.full_like(slope, 60),
    ]
    return [picture.clip(0, 255).astype(np.uint8) for picture in pictures]


@pytest.mark.parametrize(("contrasts", "option"), [(4, ""), (32, r"\\:max_log_contrast=5")])
@pytest.mark.parametrize(
    ("width", "height"), [(640, 480), (800, 600), (1280, 720), (217, 301), (93, 216), (331, 57), (64, 400)]
)
def test_agrees_on_made_pictures(tmp_path: Path, width: int, height: int, contrasts: int, option: str) -> None:
    planes = made(width, height)
    expected = libvmaf(planes, tmp_path, option)
    assert [cambi(plane, contrasts) for plane in planes] == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("path", files("gifs/*.gif")[::5], ids=lambda path: path.stem)
def test_agrees_on_frames_of_gifs(tmp_path: Path, path: Path) -> None:
    planes = [luma(frame.pixels) for frame in islice(decode(path), 3)]
    times = -(-SMALLEST // max(planes[0].shape))
    planes = [np.ascontiguousarray(plane.repeat(times, axis=0).repeat(times, axis=1)) for plane in planes]
    assert [cambi(plane) for plane in planes] == pytest.approx(libvmaf(planes, tmp_path), abs=TOLERANCE)
