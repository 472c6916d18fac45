"""The kernels in C, where the extension is built: each kernel asks here, and has a twin in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giflab_core.lazy import available

if TYPE_CHECKING:
    from giflab_core.kernels import _kernels

    # As if it were always there, since no type says "this module, or None". Tests compute with all twins instead.
    NATIVE = _kernels
else:
    NATIVE = available("giflab_core.kernels._kernels")
"""The module, or None. Its functions are called by the kernels alone, which say what they do; `csrc` is its source,
and `_kernels.pyi` has their types."""
