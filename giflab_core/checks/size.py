"""Is the compressed file smaller at all, and what is new in it that shows nothing? Pure: values in, a check out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from giflab_core.model import Check, Clip

# Files that were rewritten without loss differ by less.
LARGER, LEAST_BYTES = 1.1, 1024
REST = "after the trailer"


def check_size(original: Clip, compressed: Clip) -> Check:
    """The compressed file is not much larger than the original, and holds no more that shows nothing.

    Either is a warning: it may still look right. What the original holds already is not the compressed one's fault.
    """
    found = [*_grown(original, compressed), *_more(original, compressed)]
    return Check("size", "warning", "; ".join(found)) if found else Check("size", "pass")


def _grown(original: Clip, compressed: Clip) -> Iterator[str]:
    before, after = original.size_bytes, compressed.size_bytes
    if after >= LARGER * before and after - before >= LEAST_BYTES:
        times = f": {after / before:.1f} times as large as the original" if before else ""
        yield f"{before} bytes, then {after}{times}"


def _more(original: Clip, compressed: Clip) -> Iterator[str]:
    """What takes more place than before; names of applications may have changed their case."""
    before, after = _by_kind(original), _by_kind(compressed)
    for each in compressed.extras:
        kind = each.kind.casefold()
        if after[kind] - before[kind] >= (1 if each.kind == REST else LEAST_BYTES):
            yield each.message


def _by_kind(clip: Clip) -> Counter[str]:
    """How many bytes extras of each kind take."""
    sizes: Counter[str] = Counter()
    for each in clip.extras:
        sizes[each.kind.casefold()] += each.size_bytes
    return sizes
