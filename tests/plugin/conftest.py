"""What the tests of the plugin share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def nothing_of_others_is_collected() -> Iterator[None]:
    """What other tests left is not looked at again and again, where one collects garbage often."""
    gc.freeze()
    yield
    gc.unfreeze()
