"""Validate a compressed GIF against its original: exact decoding, pairing by time, metrics, a verdict."""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.config import Config as Config
    from giflab_core.config import DecodeLimits as DecodeLimits
    from giflab_core.config import resolve as resolve
    from giflab_core.decoding import decode as decode
    from giflab_core.decoding import open_clip as open_clip
    from giflab_core.demo import write_demo as write_demo
    from giflab_core.errors import DecodeError as DecodeError
    from giflab_core.errors import GiflabError as GiflabError
    from giflab_core.errors import LimitExceeded as LimitExceeded
    from giflab_core.errors import UsageError as UsageError
    from giflab_core.frames import View as View
    from giflab_core.inspection import Inspection as Inspection
    from giflab_core.inspection import inspect as inspect
    from giflab_core.measurement import pair as pair
    from giflab_core.model import Check as Check
    from giflab_core.model import Clip as Clip
    from giflab_core.model import Frame as Frame
    from giflab_core.model import FramePair as FramePair
    from giflab_core.model import MetricResult as MetricResult
    from giflab_core.model import Moment as Moment
    from giflab_core.model import ValidationReport as ValidationReport
    from giflab_core.opening import open_cache as open_cache
    from giflab_core.opening import open_frames as open_frames
    from giflab_core.validation import validate as validate

__getattr__, __dir__ = lazy.exports(
    __name__,
    {
        "config": ("Config", "DecodeLimits", "resolve"),
        "decoding": ("decode", "open_clip"),
        "demo": ("write_demo",),
        "errors": ("DecodeError", "GiflabError", "LimitExceeded", "UsageError"),
        "frames": ("View",),
        "inspection": ("Inspection", "inspect"),
        "measurement": ("pair",),
        "model": ("Check", "Clip", "Frame", "FramePair", "MetricResult", "Moment", "ValidationReport"),
        "opening": ("open_cache", "open_frames"),
        "validation": ("validate",),
    },
)
