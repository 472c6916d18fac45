"""Judge how the tones, the colours and the detail of a clip as a whole became others. Pure: values in, a check out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from giflab_core.config import Goal
from giflab_core.model import Check, Tone


@dataclass(frozen=True, slots=True)
class ToneTolerance:
    """What is allowed: the least and the largest `Tone`; of `cast`, which is never negative, the largest."""

    least: Tone
    most: Tone


# What each was held against: docs/decisions/0018-goals-and-tone.md.
TONE_TOLERANCES: Mapping[Goal, ToneTolerance] = MappingProxyType(
    {
        "small": ToneTolerance(
            Tone(0.80, 0.77, -18.0, 0.70, -16.0, 0.0, 0.80), Tone(1.25, 1.30, 18.0, 1.30, 16.0, 17.0, 1.40)
        ),
        "good": ToneTolerance(
            Tone(0.86, 0.85, -11.0, 0.80, -9.0, 0.0, 0.88), Tone(1.16, 1.17, 11.0, 1.20, 9.0, 11.0, 1.25)
        ),
        "invisible": ToneTolerance(
            Tone(0.94, 0.93, -5.0, 0.90, -4.0, 0.0, 0.94), Tone(1.06, 1.07, 5.0, 1.10, 4.0, 4.0, 1.10)
        ),
    }
)


def check_tone(tone: Tone | None, goal: Goal, *, scaled: bool = False) -> Check:
    """The clip as a whole is as light, as contrasty, as colourful and as sharp as the original, as far as a goal wants.

    `tone`: None where too little differs to tell. `scaled`: the compressed clip was, which costs detail.
    """
    if tone is None or goal == "lossless":
        return Check("tone", "pass")
    found = "; ".join(_said(tone, TONE_TOLERANCES[goal], scaled=scaled))
    return Check("tone", "fail", found) if found else Check("tone", "pass")


def _said(tone: Tone, allowed: ToneTolerance, *, scaled: bool) -> Iterator[str]:
    """What is beyond the tolerance, the cause before what follows from it, which is not said again."""
    beyond = {name for name in Tone.__slots__ if _is_beyond(name, tone, allowed)}
    if "contrast" in beyond:
        yield f"contrast is {tone.contrast:.0%} of the original's"
    elif "gamma" in beyond:
        yield f"gamma is about {tone.gamma:.2f}: middle tones are {'darker' if tone.gamma > 1 else 'lighter'}"
    if "brightness" in beyond:
        yield f"the mean is {abs(tone.brightness):.0f} grey levels {'darker' if tone.brightness < 0 else 'lighter'}"
    if "saturation" in beyond and not ("contrast" in beyond and _is_near(tone.saturation, tone.contrast)):
        yield f"saturation is {tone.saturation:.0%} of the original's"
    if "hue" in beyond:
        yield f"hues are turned by {abs(tone.hue):.0f} degrees on average"
    if "cast" in beyond and not beyond & {"saturation", "hue", "contrast"}:
        yield f"the mean colour has moved by {tone.cast:.0f} levels"
    if "detail" in beyond and not scaled and not ("contrast" in beyond and _is_near(tone.detail, tone.contrast)):
        how = "blurred" if tone.detail < 1 else "sharpened"
        yield f"steps between neighbours are {tone.detail:.0%} of the original's, as if {how}"


def _is_beyond(name: str, tone: Tone, allowed: ToneTolerance) -> bool:
    value = getattr(tone, name)
    return not getattr(allowed.least, name) <= value <= getattr(allowed.most, name)


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) < 0.1
