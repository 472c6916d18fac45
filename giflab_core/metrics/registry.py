"""All metrics by name: those that the catalogue lists, each loaded from its file when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from giflab_core.lazy import load
from giflab_core.metrics import catalogue
from giflab_core.metrics.base import Metric


class Registry(Mapping[str, Metric]):
    """The metric `ssim` is `SSIM` in the file `ssim.py` here."""

    def __getitem__(self, name: str) -> Metric:
        if name not in catalogue.CATALOGUE:
            raise KeyError(name)
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(catalogue.CATALOGUE)

    def __len__(self) -> int:
        return len(catalogue.CATALOGUE)


@cache
def _loaded(name: str) -> Metric:
    metric: Metric = load(f"giflab_core.metrics.{name}", name.upper())
    return metric


METRICS: Mapping[str, Metric] = Registry()
