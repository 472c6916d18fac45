"""The default limits, by goal and content type: how much a recompression may lose.

What each was held against, and what it lets pass: docs/decisions/0018-goals-and-tone.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from giflab_core.config import DEFAULT_LIMITS, Goal
from giflab_core.model import ContentType

Limits = Mapping[ContentType, Mapping[str, float]]

CONTENTS: tuple[ContentType, ...] = get_args(ContentType)
# By limit, for each of `CONTENTS`.
_GOOD: dict[str, tuple[float, float, float, float]] = {
    "quality": (0.74, 0.82, 0.86, 0.88),
    "ssim": (0.60, 0.85, 0.80, 0.93),
    "ssim.p01": (0.50, 0.70, 0.75, 0.85),
    "gmsd": (0.16, 0.10, 0.06, 0.07),
    "psnr": (20.0, 25.0, 28.0, 28.0),
    "psnr.p01": (19.0, 21.0, 18.0, 25.0),
    "zncc.p01": (0.88, 0.80, 0.55, 0.90),
    "ciede2000": (9.0, 4.0, 1.2, 2.2),
    "ciede2000.p01": (11.0, 8.0, 4.0, 5.0),
    "flicker": (5.0, 1.0, 0.5, 0.6),
    "ghost": (0.2, 0.05, 0.05, 0.05),
    "alpha": (0.005, 0.005, 0.005, 0.005),
    "alpha.p01": (0.1, 0.1, 0.1, 0.1),
}
_INVISIBLE: dict[str, tuple[float, float, float, float]] = {
    "quality": (0.93, 0.95, 0.97, 0.97),
    "ssim": (0.85, 0.94, 0.97, 0.97),
    "ssim.p01": (0.75, 0.88, 0.90, 0.95),
    "gmsd": (0.06, 0.03, 0.02, 0.02),
    "psnr": (28.0, 33.0, 36.0, 36.0),
    "psnr.p01": (26.0, 28.0, 24.0, 32.0),
    "zncc.p01": (0.96, 0.95, 0.75, 0.97),
    "ciede2000": (3.5, 0.9, 0.6, 1.3),
    "ciede2000.p01": (5.0, 2.0, 2.2, 2.0),
    "flicker": (1.0, 0.1, 0.1, 0.1),
    "ghost": (0.02, 0.01, 0.01, 0.01),
    "alpha": (0.002, 0.002, 0.002, 0.002),
    "alpha.p01": (0.03, 0.03, 0.03, 0.03),
}
# What is equal has exactly these; the check `lossless` looks at every picture besides.
_EXACT = (0.0, 0.0, 0.0, 0.0)
_LOSSLESS = {"mse": _EXACT, "ciede2000": _EXACT, "alpha": _EXACT}


def _by_content(rows: Mapping[str, tuple[float, float, float, float]]) -> Limits:
    return MappingProxyType(
        {
            content: MappingProxyType({name: values[place] for name, values in rows.items()})
            for place, content in enumerate(CONTENTS)
        }
    )


GOAL_LIMITS: Mapping[Goal, Limits] = MappingProxyType(
    {
        "small": DEFAULT_LIMITS,
        "good": _by_content(_GOOD),
        "invisible": _by_content(_INVISIBLE),
        "lossless": _by_content(_LOSSLESS),
    }
)
