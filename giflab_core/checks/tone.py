"""Judge how the tones, the colours and the detail of a clip as a whole became others. Pure: values in, a check out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from giflab_core.config import Goal
from giflab_core.frozen import dataclass
from giflab_core.model import Check, Tone


@dataclass(frozen=True, slots=True)
class ToneTolerance:
    """What is allowed: the least and the largest `Tone`; of `cast` only the largest, of `levels` only the least."""

    least: Tone
    most: Tone


# From this share of the moments on, nothing is said of when.
ALL_THE_TIME = 0.9
# What each was held against: docs/decisions/0018-goals-and-tone.md.
TONE_TOLERANCES: Mapping[Goal, ToneTolerance] = MappingProxyType(
    {
        "small": ToneTolerance(
            Tone(0.80, 0.77, -18.0, 0.70, -16.0, 0.0, 0.80, 7.0), Tone(1.25, 1.30, 18.0, 1.30, 16.0, 17.0, 1.50, 256.0)
        ),
        "good": ToneTolerance(
            Tone(0.86, 0.85, -11.0, 0.80, -9.0, 0.0, 0.88, 9.0), Tone(1.16, 1.17, 11.0, 1.20, 9.0, 11.0, 1.25, 256.0)
        ),
        "invisible": ToneTolerance(
            Tone(0.94, 0.93, -5.0, 0.90, -4.0, 0.0, 0.94, 13.0), Tone(1.06, 1.07, 5.0, 1.10, 4.0, 4.0, 1.10, 256.0)
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
    if found and tone.share < ALL_THE_TIME:
        found += f", during {tone.share:.0%} of the time; the rest is equal"
    return Check("tone", "fail", found) if found else Check("tone", "pass")


def _said(tone: Tone, allowed: ToneTolerance, *, scaled: bool) -> Iterator[str]:
    """What is beyond the tolerance, the cause before what follows from it, which is not said again."""
    beyond = {name for name in Tone.__slots__ if _is_beyond(name, tone, allowed)}

    def told(name: str, form: str) -> str:
        return _told(name, tone, allowed, form)

    if "levels" in beyond:
        yield f"tones are rounded to about {tone.levels:.0f} levels, without dithering, as if posterised"
    if "contrast" in beyond:
        yield f"contrast is {told('contrast', '%')} of the original's"
    elif "gamma" in beyond:
        yield f"gamma is about {told('gamma', 'f')}: middle tones are {'darker' if tone.gamma > 1 else 'lighter'}"
    if "brightness" in beyond and not ("gamma" in beyond and "contrast" not in beyond):
        yield f"the mean is {told('brightness', '')} grey levels {'darker' if tone.brightness < 0 else 'lighter'}"
    if "saturation" in beyond and not ("contrast" in beyond and _is_near(tone.saturation, tone.contrast)):
        yield f"saturation is {told('saturation', '%')} of the original's"
    if "hue" in beyond:
        yield f"hues are turned by {told('hue', '')} degrees on average"
    if "cast" in beyond and not beyond & {"saturation", "hue", "contrast"}:
        yield f"the mean colour has moved by {told('cast', '')} levels"
    is_explained = "levels" in beyond or ("contrast" in beyond and _is_near(tone.detail, tone.contrast))
    # What blurs a clip leaves no picture as it was.
    if "detail" in beyond and not scaled and not is_explained and tone.share >= ALL_THE_TIME:
        how = "blurred" if tone.detail < 1 else "sharpened"
        yield f"steps between neighbours are {told('detail', '%')} of the original's, as if {how}"


def _told(name: str, tone: Tone, allowed: ToneTolerance, form: str) -> str:
    """A size, in as many digits as tell it from a limit. `form`: "%", "f" (a factor) or "" (levels, degrees)."""
    kind, digits = {"%": ("%", 0), "f": ("f", 2), "": ("f", 0)}[form]
    value, *limits = (abs(getattr(each, name)) for each in (tone, allowed.least, allowed.most))
    written = [f"{value:.{more}{kind}}" for more in range(digits, digits + 4)]
    limited = [{f"{limit:.{more}{kind}}" for limit in limits} for more in range(digits, digits + 4)]
    return next((one for one, others in zip(written, limited, strict=True) if one not in others), written[-1])


def _is_beyond(name: str, tone: Tone, allowed: ToneTolerance) -> bool:
    value = getattr(tone, name)
    return not getattr(allowed.least, name) <= value <= getattr(allowed.most, name)


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) < 0.1
