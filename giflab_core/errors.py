"""Every error this package raises on purpose.

GiflabError                 one line that says what is wrong and what to do
├── UsageError              the caller's words are wrong: unknown metric, bad limit, bad option
├── CacheRefused            a folder cannot be used as the cache, or somebody else could write into it
├── LibraryMissing          an optional library is not installed
├── NotWritten              a file cannot be written
└── DecodeError             a file cannot be read as a GIF
    ├── FileChanged         it is not the file any more that was opened first
    └── LimitExceeded       the file asks for more than the decoding limits allow
"""


class GiflabError(Exception):
    """Base of all errors of this package. `str(error)` is one line, fit to be printed alone."""


class UsageError(GiflabError, ValueError):
    """A name, value or combination that the caller must correct."""


class CacheRefused(GiflabError):
    """A folder that cannot be used as the cache, or that somebody else could write into."""


class LibraryMissing(GiflabError):
    """An optional library is not installed; the message names the extra that brings it."""


class NotWritten(GiflabError):
    """A file that cannot be written; what was there before still is."""


class DecodeError(GiflabError):
    """A file that cannot be opened, or whose bytes do not decode as a GIF."""


class FileChanged(DecodeError):
    """A file that was written to while it was read, or whose name leads to another one by now."""


class LimitExceeded(DecodeError):
    """A file that asks for more pixels, frames or bytes than the decoding limits allow."""
