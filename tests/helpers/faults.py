"""What can happen to the files of a cache: bytes that change, disks that are full or cannot be written."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.tools import miss


def chance(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311


def flipped(content: bytes, choice: random.Random) -> bytes:
    """With 1 to 8 bits flipped, somewhere or all within a page."""
    changed = bytearray(content)
    page = choice.randrange(len(content) // 4096) * 4096
    first, length = choice.choice([(0, len(content)), (page, 4096), (page, 100), (0, 100)])
    for _ in range(choice.randint(1, 8)):
        changed[first + choice.randrange(length)] ^= 1 << choice.randrange(8)
    return bytes(changed)


def overwritten(content: bytes, choice: random.Random) -> bytes:
    """With a stretch of noise, zeros, or of another place in the file."""
    length = choice.choice([16, 512, 4096, 20_000])
    target, source = (choice.randrange(len(content) - length) for _ in range(2))
    page = choice.random() < 0.5
    target, source = (each // 4096 * 4096 if page else each for each in (target, source))
    stretch = choice.choice([choice.randbytes(length), bytes(length), content[source : source + length]])
    return content[:target] + stretch + content[target + length :]


def truncated(content: bytes, choice: random.Random) -> bytes:
    """Cut anywhere, or at the end of a page."""
    length = choice.randrange(len(content))
    return content[: choice.choice([length, length // 4096 * 4096])]


DAMAGES = [flipped, overwritten, truncated]


def begin(workers: list[subprocess.Popen[bytes]]) -> None:
    """Let processes that say when they are ready start together."""
    for each in workers:
        assert each.stdout
        assert each.stdout.readline() == b"ready\n"
    for each in workers:
        assert each.stdin
        each.stdin.write(b"go\n")
        each.stdin.flush()


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, in memory."""
    folder.mkdir()
    if not shutil.which("mount"):
        miss("there is no program mount")
    options = ["-t", "tmpfs", "-o", f"size={size},mode=0700", "giflab", str(folder)]
    found = subprocess.run(["mount", *options], stderr=subprocess.PIPE, check=False)
    if found.returncode:
        miss(f"no file system can be mounted: {found.stderr.decode(errors='replace').strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def remounted_read_only(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
