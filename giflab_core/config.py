"""What a validation is to do: metrics, limits, mattes, and how much a file may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal

from giflab_core.errors import UsageError

Matte = Literal["white", "black"]

DEFAULT_METRICS = ("ssim", "mse", "psnr", "zncc", "alpha")

# Calibrated in docs/decisions/0004-default-limits.md; `name` limits the mean, `name.p01` the worst 1 % of the time.
DEFAULT_LIMITS: Mapping[str, float] = MappingProxyType(
    {"ssim": 0.25, "ssim.p01": 0.10, "psnr.p01": 17.0, "zncc.p01": 0.20, "alpha": 0.005, "alpha.p01": 0.05}
)


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """How much one file may ask for; what exceeds this is refused before it is allocated.

    `max_pixels` of the canvas and of each image, `max_frames`, `max_total_pixels` of all frames together (the
    larger of canvas and image each: what decoding takes in time), `max_bytes` of the file.
    """

    max_pixels: int = 4096 * 4096
    max_frames: int = 20_000
    max_total_pixels: int = 2_500_000_000
    max_bytes: int = 512 * 1024 * 1024

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) < 1:
                raise UsageError(f"{each.name} must be at least 1, not {getattr(self, each.name)}")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one validation. Build it with `resolve()`.

    `limits` holds only what the user set; what is in force is these over `DEFAULT_LIMITS`. `mattes` are the
    backgrounds behind transparent pixels; the worse score counts.
    """

    metrics: tuple[str, ...] = DEFAULT_METRICS
    limits: Mapping[str, float] = field(default_factory=dict)
    mattes: tuple[Matte, ...] = ("white", "black")
    allow_resize: bool = False
    decode_limits: DecodeLimits = DecodeLimits()

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", tuple(dict.fromkeys(self.metrics)))
        object.__setattr__(self, "limits", MappingProxyType(dict(self.limits)))
        if not self.metrics:
            raise UsageError("no metric given; name at least one, such as ssim")
        if not self.mattes or not set(self.mattes) <= {"white", "black"}:
            raise UsageError(f"mattes must be 'white', 'black' or both, not {self.mattes!r}")
        for name, value in self.limits.items():
            if not isinstance(value, int | float) or not isfinite(value):
                raise UsageError(f"limit {name}={value!r} is not a finite number")


def resolve(**settings: Any) -> Config:
    """A `Config` from the defaults and `settings`; raises UsageError for a setting that does not exist."""
    known = {each.name for each in fields(Config)}
    for name in settings:
        if name not in known:
            raise UsageError(f"unknown setting {name!r}; known: {', '.join(sorted(known))}")
    return Config(**settings)
