"""What a validation is to do: metrics, limits, mattes, and how much a file may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Literal, TypedDict, Unpack, get_args

from giflab_core.errors import UsageError
from giflab_core.frozen import dataclass, field, freeze
from giflab_core.model import ContentType
from giflab_core.model import Goal as Goal

Matte = Literal["white", "black"]
GOALS: tuple[Goal, ...] = get_args(Goal)

DEFAULT_METRICS = (
    "quality",
    "ssim",
    "gmsd",
    "mse",
    "psnr",
    "zncc",
    "ciede2000",
    "ciede2000_p95",
    "alpha",
    "temporal",
    "flicker",
    "ghost",
)

# `name` limits the mean, `name.p01` the worst 1 % of the time; see docs/decisions/0018-goals-and-tone.md.
_ALPHA = {"alpha": 0.01, "alpha.p01": 0.2}
DEFAULT_LIMITS: Mapping[ContentType, Mapping[str, float]] = MappingProxyType(
    {
        "photo": MappingProxyType(
            {
                "quality": 0.5,
                "ssim": 0.4,
                "ssim.p01": 0.3,
                "gmsd": 0.26,
                "psnr": 17.0,
                "psnr.p01": 15.5,
                "zncc.p01": 0.65,
                "ciede2000": 16.0,
                "ciede2000.p01": 20.0,
                "flicker": 7.0,
                "ghost": 0.4,
                **_ALPHA,
            }
        ),
        "cartoon": MappingProxyType(
            {
                "quality": 0.6,
                "ssim": 0.7,
                "ssim.p01": 0.45,
                "gmsd": 0.18,
                "psnr": 17.0,
                "psnr.p01": 14.5,
                "zncc.p01": 0.6,
                "ciede2000": 11.0,
                "ciede2000.p01": 17.0,
                "flicker": 4.0,
                "ghost": 0.1,
                **_ALPHA,
            }
        ),
        "ui": MappingProxyType(
            {
                "quality": 0.75,
                "ssim": 0.6,
                "ssim.p01": 0.5,
                "gmsd": 0.16,
                "psnr": 21.0,
                "psnr.p01": 15.5,
                "zncc.p01": 0.4,
                "ciede2000": 3.5,
                "ciede2000.p01": 12.0,
                "flicker": 3.0,
                "ghost": 0.1,
                **_ALPHA,
            }
        ),
        "pixel-art": MappingProxyType(
            {
                "quality": 0.65,
                "ssim": 0.82,
                "ssim.p01": 0.6,
                "gmsd": 0.17,
                "psnr": 21.5,
                "psnr.p01": 18.5,
                "zncc.p01": 0.75,
                "ciede2000": 5.0,
                "ciede2000.p01": 9.0,
                "flicker": 3.0,
                "ghost": 0.1,
                **_ALPHA,
            }
        ),
    }
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
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
                raise UsageError(f"{name} must be a whole number of at least 1, not {value!r}")
            object.__setattr__(self, name, int(value))

    def named(self, name: str) -> str:
        """One of them for a message, and how it is raised."""
        return f"the limit is {name}={getattr(self, name)} (--decode-limit {name}=N raises it)"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one validation. Build it with `resolve()`.

    `limits` holds only what the user set; what is in force is these over the defaults of the goal and the content type.
    `content`: what the original shows, "auto" to have it detected. `goal`: how much may be lost, see checks/goals.py.
    `mattes` are the backgrounds behind transparent pixels; the worse score counts. `threads`: how many may work at
    once, 1 or 2. `verify_content`: with a cache, read both files every time, also where the system says that they have
    not changed.
    """

    metrics: tuple[str, ...] = DEFAULT_METRICS
    limits: Mapping[str, float] = field(default_factory=dict)
    content: ContentType | Literal["auto"] = "auto"
    goal: Goal = "small"
    mattes: tuple[Matte, ...] = ("white", "black")
    allow_resize: bool = False
    threads: int = 2
    verify_content: bool = False
    decode_limits: DecodeLimits = DecodeLimits()

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", metric_names(self.metrics))
        object.__setattr__(self, "mattes", _mattes(self.mattes))
        object.__setattr__(self, "limits", _plain_limits(self.limits))
        freeze(self, "limits")
        if not isinstance(self.content, str) or self.content not in ("auto", *DEFAULT_LIMITS):
            raise UsageError(f"unknown content type {self.content!r}; known: auto, {', '.join(DEFAULT_LIMITS)}")
        if not isinstance(self.goal, str) or self.goal not in GOALS:
            raise UsageError(f"unknown goal {self.goal!r}; known: {', '.join(GOALS)}")
        if type(self.threads) is not int or self.threads not in (1, 2):
            raise UsageError(f"threads must be 1 or 2, not {self.threads!r}")
        for name, value in (("allow_resize", self.allow_resize), ("verify_content", self.verify_content)):
            if not isinstance(value, bool):
                raise UsageError(f"{name} must be True or False, not {value!r}")
        if not isinstance(self.decode_limits, DecodeLimits):
            raise UsageError(f"decode_limits must be a DecodeLimits, not {self.decode_limits!r}")


def metric_names(given: Any) -> tuple[str, ...]:
    """Each name once, in this order; raises UsageError for what is not a list of names, or has none."""
    if isinstance(given, str):
        raise UsageError(f"metrics must be a list of names such as [{given!r}], not one string")
    names = _items(given)
    if names is None or not all(isinstance(each, str) for each in names):
        raise UsageError(f"metrics must be a list of names such as ['ssim'], not {given!r}")
    if not names:
        raise UsageError("no metric given; name at least one, such as ssim")
    return tuple(dict.fromkeys(names))


def _mattes(given: Any) -> tuple[Matte, ...]:
    mattes = _items(given)
    if not mattes or not all(each in ("white", "black") for each in mattes):
        raise UsageError(f"mattes must be a list of 'white', 'black' or both, not {given!r}")
    return mattes


def _items(given: Any) -> tuple[Any, ...] | None:
    """What is listed; None for what is not a list of anything."""
    return tuple(given) if isinstance(given, Iterable) else None


def _plain_limits(given: Any) -> dict[str, float]:
    """The limits as Python's own numbers: those of NumPy are numbers too."""
    if not isinstance(given, Mapping):
        raise UsageError(f"limits must be numbers by name such as {{'ssim': 0.9}}, not {given!r}")
    for name, value in given.items():
        if not isinstance(name, str):
            raise UsageError(f"limits must be numbers by name such as 'ssim' or 'ssim.p01'; {name!r} is not a name")
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise UsageError(f"limit {name}={value!r} is not a finite number")
    return {name: value if type(value) is int else float(value) for name, value in given.items()}


class Settings(TypedDict, total=False):
    """What `resolve()` takes: the fields of `Config`, all of them optional."""

    metrics: Sequence[str]
    limits: Mapping[str, float]
    content: ContentType | Literal["auto"]
    goal: Goal
    mattes: Sequence[Matte]
    allow_resize: bool
    threads: int
    verify_content: bool
    decode_limits: DecodeLimits


def resolve(**settings: Unpack[Settings]) -> Config:
    """A `Config` from the defaults and `settings`; raises UsageError for an unknown setting or a wrong value."""
    for name in settings:
        if name not in Config.__slots__:
            raise UsageError(f"unknown setting {name!r}; known: {', '.join(sorted(Config.__slots__))}")
    given: Mapping[str, Any] = settings  # sequences of any kind become tuples
    return Config(**given)
