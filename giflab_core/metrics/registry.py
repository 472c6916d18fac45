"""All metrics by name: those that the catalogue lists, each loaded from its file when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from giflab_core.lazy import load
from giflab_core.metrics import catalogue
from giflab_core.metrics.base import Metric


class Registry(Mapping[str, Metric]):
    """The metric `ssim` is `SSIM` in the file `ssim.py` here."""

    def __init__(self) -> None:
        self._loaded: dict[str, Metric] = {}

    def __getitem__(self, name: str) -> Metric:
        if name not in catalogue.CATALOGUE:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = load(f"giflab_core.metrics.{name}", name.upper())
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(catalogue.CATALOGUE)

    def __len__(self) -> int:
        return len(catalogue.CATALOGUE)


METRICS: Mapping[str, Metric] = Registry()
