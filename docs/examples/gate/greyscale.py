"""The code under test: the luma of an image, by a plain loop."""

from PIL import Image


def greyscale(image: Image.Image) -> bytes:
    """Rec. 601 luma of each pixel of an RGB image."""
    data = image.tobytes()
    return bytes((299 * data[i] + 587 * data[i + 1] + 114 * data[i + 2]) // 1000 for i in range(0, len(data), 3))
