"""A path as one PNG: rows of decoded steps, each above its nearest product."""

import io

from PIL import Image

from looks_like.data.pictures import resized
from looks_like.explorer.core import DecodedPath, Lab
from looks_like.explorer.paths.frames import pictures_of

_COLUMNS = 10


def sheet(lab: Lab, path: DecodedPath, size: int) -> bytes:
    """All steps at once: rows of decoded steps, each above its nearest product."""
    real = pictures_of(lab, path.nearest, size)
    columns = min(_COLUMNS, len(real))
    rows = -(-len(real) // columns)
    gap = max(4, size // 16)
    image = Image.new("RGB", (columns * (size + gap) + gap, rows * (2 * size + 2 * gap) + gap), "white")
    for i, pixels in enumerate(real):
        left = gap + (i % columns) * (size + gap)
        top = gap + (i // columns) * (2 * size + 2 * gap)
        image.paste(resized(Image.fromarray(path.frames_thwc[i]), size), (left, top))
        image.paste(Image.fromarray(pixels), (left, top + size))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
