"""Validate a compressed GIF against its original: exact decoding, pairing by time, metrics, a verdict.

A validation goes through it so:

1. `config` says what is wanted, and `validation` asks for it; `results` answers if it was found out before.
2. `decoding` reads both files: their structure first, then picture by picture.
3. `measurement` pairs the frames by time and runs once through both files.
4. `metrics` turn each pair into numbers, by the arithmetic of `kernels`; `pooling` makes one result of those of each.
5. `checks` looks at what no metric sees: durations, loops, order, motion, what the clip shows.
6. `validation` holds `evidence` of all that against limits (`checks` again), and gives the verdict; `comparison` has it
   do so for several files of one original.
7. `report` tells it, `pages` show what it looks like; `cli` is `giflab`, which does all of this from the command line.

`cache` keeps bytes for `results` and for `frames`, which hands out decoded clips; `opening` composes both for the user.
`inspection` says what is in one GIF, and `demo` makes some to try. `model` holds the values that pass between them,
`series` what each pair scored, `events` what observers are told, `errors` what can go wrong. All of them use `text`,
`stamp`, `frozen` and `lazy`.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.cache import Cache as Cache
    from giflab_core.cache import Stats as Stats
    from giflab_core.cache import TieredCache as TieredCache
    from giflab_core.comparison import Candidate as Candidate
    from giflab_core.comparison import Ranking as Ranking
    from giflab_core.comparison import compare as compare
    from giflab_core.config import Config as Config
    from giflab_core.config import DecodeLimits as DecodeLimits
    from giflab_core.config import Goal as Goal
    from giflab_core.config import Matte as Matte
    from giflab_core.config import Settings as Settings
    from giflab_core.config import resolve as resolve
    from giflab_core.decoding import PathLike as PathLike
    from giflab_core.decoding import ZeroDelay as ZeroDelay
    from giflab_core.decoding import decode as decode
    from giflab_core.decoding import open_clip as open_clip
    from giflab_core.demo import Demo as Demo
    from giflab_core.demo import write_demo as write_demo
    from giflab_core.errors import CacheRefused as CacheRefused
    from giflab_core.errors import DecodeError as DecodeError
    from giflab_core.errors import FileChanged as FileChanged
    from giflab_core.errors import GiflabError as GiflabError
    from giflab_core.errors import LibraryMissing as LibraryMissing
    from giflab_core.errors import LimitExceeded as LimitExceeded
    from giflab_core.errors import NotWritten as NotWritten
    from giflab_core.errors import UsageError as UsageError
    from giflab_core.events import Event as Event
    from giflab_core.events import Observer as Observer
    from giflab_core.events import PairsScored as PairsScored
    from giflab_core.events import Progress as Progress
    from giflab_core.frames import FrameCache as FrameCache
    from giflab_core.frames import Frames as Frames
    from giflab_core.frames import View as View
    from giflab_core.inspection import Disposal as Disposal
    from giflab_core.inspection import InspectedFrame as InspectedFrame
    from giflab_core.inspection import Inspection as Inspection
    from giflab_core.inspection import Oddity as Oddity
    from giflab_core.inspection import OddityKind as OddityKind
    from giflab_core.inspection import Part as Part
    from giflab_core.inspection import StoredText as StoredText
    from giflab_core.inspection import TextKind as TextKind
    from giflab_core.inspection import inspect as inspect
    from giflab_core.measurement import pair as pair
    from giflab_core.model import Better as Better
    from giflab_core.model import Check as Check
    from giflab_core.model import Clip as Clip
    from giflab_core.model import ContentType as ContentType
    from giflab_core.model import Extra as Extra
    from giflab_core.model import Frame as Frame
    from giflab_core.model import FramePair as FramePair
    from giflab_core.model import MetricResult as MetricResult
    from giflab_core.model import Moment as Moment
    from giflab_core.model import Region as Region
    from giflab_core.model import Rest as Rest
    from giflab_core.model import Sampling as Sampling
    from giflab_core.model import Statistic as Statistic
    from giflab_core.model import Status as Status
    from giflab_core.opening import open_cache as open_cache
    from giflab_core.opening import open_frames as open_frames
    from giflab_core.pages import write_contact_sheet as write_contact_sheet
    from giflab_core.pages import write_diff as write_diff
    from giflab_core.pages import write_page as write_page
    from giflab_core.report import ValidationReport as ValidationReport
    from giflab_core.series import PairScore as PairScore
    from giflab_core.series import Series as Series
    from giflab_core.validation import validate as validate

    __version__: str

__all__ = [
    "Better",
    "Cache",
    "CacheRefused",
    "Candidate",
    "Check",
    "Clip",
    "Config",
    "ContentType",
    "DecodeError",
    "DecodeLimits",
    "Demo",
    "Disposal",
    "Event",
    "Extra",
    "FileChanged",
    "Frame",
    "FrameCache",
    "FramePair",
    "Frames",
    "GiflabError",
    "Goal",
    "InspectedFrame",
    "Inspection",
    "LibraryMissing",
    "LimitExceeded",
    "Matte",
    "MetricResult",
    "Moment",
    "NotWritten",
    "Observer",
    "Oddity",
    "OddityKind",
    "PairScore",
    "PairsScored",
    "Part",
    "PathLike",
    "Progress",
    "Ranking",
    "Region",
    "Rest",
    "Sampling",
    "Series",
    "Settings",
    "Statistic",
    "Stats",
    "Status",
    "StoredText",
    "TextKind",
    "TieredCache",
    "UsageError",
    "ValidationReport",
    "View",
    "ZeroDelay",
    "__version__",
    "compare",
    "decode",
    "inspect",
    "open_cache",
    "open_clip",
    "open_frames",
    "pair",
    "resolve",
    "validate",
    "write_contact_sheet",
    "write_demo",
    "write_diff",
    "write_page",
]

lazy.exports(
    __name__,
    {
        "cache": ("Cache", "Stats", "TieredCache"),
        "comparison": ("Candidate", "Ranking", "compare"),
        "config": ("Config", "DecodeLimits", "Goal", "Matte", "Settings", "resolve"),
        "decoding": ("PathLike", "ZeroDelay", "decode", "open_clip"),
        "demo": ("Demo", "write_demo"),
        "errors": (
            "CacheRefused",
            "DecodeError",
            "FileChanged",
            "GiflabError",
            "LibraryMissing",
            "LimitExceeded",
            "NotWritten",
            "UsageError",
        ),
        "events": ("Event", "Observer", "PairsScored", "Progress"),
        "frames": ("FrameCache", "Frames", "View"),
        "inspection": (
            "Disposal",
            "InspectedFrame",
            "Inspection",
            "Oddity",
            "OddityKind",
            "Part",
            "StoredText",
            "TextKind",
            "inspect",
        ),
        "measurement": ("pair",),
        "model": (
            "Better",
            "Check",
            "Clip",
            "ContentType",
            "Extra",
            "Frame",
            "FramePair",
            "MetricResult",
            "Moment",
            "Region",
            "Rest",
            "Sampling",
            "Statistic",
            "Status",
        ),
        "pages": ("write_contact_sheet", "write_diff", "write_page"),
        "opening": ("open_cache", "open_frames"),
        "report": ("ValidationReport",),
        "series": ("PairScore", "Series"),
        "validation": ("validate",),
    },
    distribution="pytest-giflab",
)
