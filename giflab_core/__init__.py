"""Validate a compressed GIF against its original: exact decoding, pairing by time, metrics, a verdict."""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.cache import Cache as Cache
    from giflab_core.cache import Stats as Stats
    from giflab_core.cache import TieredCache as TieredCache
    from giflab_core.config import Config as Config
    from giflab_core.config import DecodeLimits as DecodeLimits
    from giflab_core.config import Matte as Matte
    from giflab_core.config import Settings as Settings
    from giflab_core.config import resolve as resolve
    from giflab_core.decoding import ZeroDelay as ZeroDelay
    from giflab_core.decoding import decode as decode
    from giflab_core.decoding import open_clip as open_clip
    from giflab_core.demo import Demo as Demo
    from giflab_core.demo import write_demo as write_demo
    from giflab_core.errors import CacheRefused as CacheRefused
    from giflab_core.errors import DecodeError as DecodeError
    from giflab_core.errors import GiflabError as GiflabError
    from giflab_core.errors import LibraryMissing as LibraryMissing
    from giflab_core.errors import LimitExceeded as LimitExceeded
    from giflab_core.errors import UsageError as UsageError
    from giflab_core.events import Event as Event
    from giflab_core.events import Observer as Observer
    from giflab_core.events import PairsScored as PairsScored
    from giflab_core.frames import FrameCache as FrameCache
    from giflab_core.frames import Frames as Frames
    from giflab_core.frames import View as View
    from giflab_core.inspection import InspectedFrame as InspectedFrame
    from giflab_core.inspection import Inspection as Inspection
    from giflab_core.inspection import Oddity as Oddity
    from giflab_core.inspection import StoredText as StoredText
    from giflab_core.inspection import inspect as inspect
    from giflab_core.measurement import pair as pair
    from giflab_core.model import Better as Better
    from giflab_core.model import Check as Check
    from giflab_core.model import Clip as Clip
    from giflab_core.model import ContentType as ContentType
    from giflab_core.model import Frame as Frame
    from giflab_core.model import FramePair as FramePair
    from giflab_core.model import MetricResult as MetricResult
    from giflab_core.model import Moment as Moment
    from giflab_core.model import Sampling as Sampling
    from giflab_core.model import Status as Status
    from giflab_core.model import ValidationReport as ValidationReport
    from giflab_core.opening import open_cache as open_cache
    from giflab_core.opening import open_frames as open_frames
    from giflab_core.validation import validate as validate

    __version__: str

__all__ = [
    "Better",
    "Cache",
    "CacheRefused",
    "Check",
    "Clip",
    "Config",
    "ContentType",
    "DecodeError",
    "DecodeLimits",
    "Demo",
    "Event",
    "Frame",
    "FrameCache",
    "FramePair",
    "Frames",
    "GiflabError",
    "InspectedFrame",
    "Inspection",
    "LibraryMissing",
    "LimitExceeded",
    "Matte",
    "MetricResult",
    "Moment",
    "Observer",
    "Oddity",
    "PairsScored",
    "Sampling",
    "Settings",
    "Stats",
    "Status",
    "StoredText",
    "TieredCache",
    "UsageError",
    "ValidationReport",
    "View",
    "ZeroDelay",
    "__version__",
    "decode",
    "inspect",
    "open_cache",
    "open_clip",
    "open_frames",
    "pair",
    "resolve",
    "validate",
    "write_demo",
]

lazy.exports(
    __name__,
    {
        "cache": ("Cache", "Stats", "TieredCache"),
        "config": ("Config", "DecodeLimits", "Matte", "Settings", "resolve"),
        "decoding": ("ZeroDelay", "decode", "open_clip"),
        "demo": ("Demo", "write_demo"),
        "errors": ("CacheRefused", "DecodeError", "GiflabError", "LibraryMissing", "LimitExceeded", "UsageError"),
        "events": ("Event", "Observer", "PairsScored"),
        "frames": ("FrameCache", "Frames", "View"),
        "inspection": ("InspectedFrame", "Inspection", "Oddity", "StoredText", "inspect"),
        "measurement": ("pair",),
        "model": (
            "Better",
            "Check",
            "Clip",
            "ContentType",
            "Frame",
            "FramePair",
            "MetricResult",
            "Moment",
            "Sampling",
            "Status",
            "ValidationReport",
        ),
        "opening": ("open_cache", "open_frames"),
        "validation": ("validate",),
    },
    distribution="pytest-giflab",
)
