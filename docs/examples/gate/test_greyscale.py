"""A benchmark like any other that uses pytest-benchmark."""

from greyscale import greyscale
from PIL import Image


def test_greyscale(benchmark):
    image = Image.linear_gradient("L").resize((48, 48)).convert("RGB")
    luma = benchmark(greyscale, image)
    assert len(luma) == 48 * 48
