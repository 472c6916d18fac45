"""Where the shared files are, and what to do when they are not."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

# Time is measured in benchmarks; on a busy machine a deadline fails tests that are right.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
settings.register_profile("few", deadline=None, max_examples=5)

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("GIFLAB_SHARED", ROOT.parent / "shared"))
# Where most of the time goes: begun first, so that no worker is left with a long one at the end.
LONGEST = ("integration/test_act.py", "plugin/duet", "plugin/gates", "integration/test_comment_bot.py")
REQUIRE_ALL = os.environ.get("GIFLAB_REQUIRE_ALL") == "1"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test has a cache of its own: none finds what another has kept, or what its user has."""
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "caches" / uuid4().hex))


def turn_of(item: pytest.Item) -> int:
    name = item.path.relative_to(ROOT / "tests").as_posix()
    return next((turn for turn, longest in enumerate(LONGEST) if name.startswith(longest)), len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=turn_of)
    gc.collect()
    gc.freeze()  # no collection need look at thousands of tests again
    if SHARED.is_dir() or REQUIRE_ALL:
        return
    skip = pytest.mark.skip(reason=f"no shared files in {SHARED}; set GIFLAB_SHARED")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(skip)
