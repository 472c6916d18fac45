"""What measuring needs of the system, taken before a test can put anything in its place."""

from __future__ import annotations

import gc
import os
import sys
from builtins import open as open_file

if sys.platform != "win32":
    import resource


class System:
    """Functions as they were when this was imported: not names of a module, which fakes of file systems look for."""

    list_folder = staticmethod(os.listdir)
    open = staticmethod(open_file)
    collect = staticmethod(gc.collect)
    freeze = staticmethod(gc.freeze)
    has_collection = staticmethod(gc.isenabled)
    allow_collection = staticmethod(gc.enable)
    forbid_collection = staticmethod(gc.disable)
    if sys.platform == "linux":
        pin = staticmethod(os.sched_setaffinity)
    if sys.platform != "win32":
        usage = staticmethod(resource.getrusage)


# Of a process that a session started; 0 where chance has chosen it.
_GIVEN = os.environ.get("PYTHONHASHSEED", "")
HASH_SEED = int(_GIVEN) if _GIVEN.isdecimal() else 0
