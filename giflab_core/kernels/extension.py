"""The kernels in C, where the extension is built: each kernel asks here, and has a twin in NumPy."""

from __future__ import annotations

from giflab_core.lazy import available

NATIVE = available("giflab_core.kernels._kernels")
"""The module, or None. Its functions are called by the kernels alone, which say what they do; `csrc` is its source."""
