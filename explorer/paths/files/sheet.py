"""A path as one PNG: rows of decoded steps, each above its nearest product."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from looks_like.data.pictures import resized
from looks_like.explorer.core import Lab
from looks_like.explorer.paths.files.frames import pictures_of
from looks_like.explorer.paths.walking import DecodedPath

_COLUMNS = 10


def sheet(lab: Lab, path: DecodedPath, size: int, title: str) -> bytes:
    """All steps at once: rows of decoded steps, each above its nearest product; the title stands in the file."""
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
    said = PngInfo()
    said.add_itxt("Title", title)
    image.save(out, "PNG", pnginfo=said)
    return out.getvalue()
