"""Is the compressed file smaller at all? Pure: values in, a check out."""

from __future__ import annotations

from giflab_core.model import Check, Clip

# Files that were rewritten without loss differ by less.
LARGER, LEAST_BYTES = 1.1, 1024


def check_size(original: Clip, compressed: Clip) -> Check:
    """The compressed file is not much larger than the original; a warning where it is: it may still look right."""
    before, after = original.size_bytes, compressed.size_bytes
    if after < LARGER * before or after - before < LEAST_BYTES:
        return Check("size", "pass")
    message = f"{before} bytes, then {after}: {after / before:.1f} times as large as the original"
    more = compressed.extra_bytes - original.extra_bytes
    if 2 * more >= after - before:
        nothing = "metadata and what lies after the trailer, which show nothing; giflab inspect names it"
        message += f"; {compressed.extra_bytes} bytes of it are {nothing}"
    return Check("size", "warning", message)
