"""Copies of a canvas that their receivers own; they cost only what has changed once earlier ones are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

import numpy as np

from giflab_core.kernels.boxes import NOTHING, Box, enclosing

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Pixels

# A stream has two: the frame that its receiver still holds, and the next.
KEPT = 2


class _Lease:
    """Pixels for one receiver, read-only: NumPy keeps it while any array made of it is alive."""

    __slots__ = ("__array_interface__", "__weakref__", "_memory")

    def __init__(self, memory: npt.NDArray[np.uint32]) -> None:
        self._memory = memory.data.toreadonly()
        self.__array_interface__ = {
            "version": 3,
            "typestr": "|u1",
            "shape": (*memory.shape, 4),
            "data": (memory.__array_interface__["data"][0], True),
        }


class _Copy:
    """Memory for a copy, who has it, and what has changed on the canvas since it was made."""

    __slots__ = ("changed", "lease", "memory")

    def __init__(self, memory: npt.NDArray[np.uint32], lease: ref[_Lease]) -> None:
        self.memory = memory
        self.lease = lease
        self.changed = NOTHING


class Copies:
    """Copies of one canvas, uint32, shape (height, width), a pixel each."""

    def __init__(self, canvas: npt.NDArray[np.uint32]) -> None:
        self._canvas = canvas
        self._copies: list[_Copy] = []

    def note(self, changed: Box) -> None:
        """The canvas has changed within this box, which may reach outside of it."""
        for copy in self._copies:
            copy.changed = enclosing(copy.changed, changed)

    def make(self) -> Pixels:
        """What is on the canvas now: uint8, shape (height, width, 4), RGBA, read-only, nobody else's."""
        free = next((copy for copy in self._copies if copy.lease() is None), None)
        if free:
            top, bottom, left, right = free.changed
            free.memory[top:bottom, left:right] = self._canvas[top:bottom, left:right]
            free.changed = NOTHING
        memory = free.memory if free else self._canvas.copy()
        lease = _Lease(memory)
        if free:
            free.lease = ref(lease)
        elif len(self._copies) < KEPT:
            self._copies.append(_Copy(memory, ref(lease)))
        return np.asarray(lease)
