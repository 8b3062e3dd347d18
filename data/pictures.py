"""Turns untrusted image files into square pictures: decode, pad with the border colour.

What is kept is encoded anew, so nothing that hid in the file (places, comments, programs) is kept.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from looks_like.data.colours import value_range
from looks_like.data.decoding import decoded
from looks_like.data.errors import PictureError

EDGE_MAX_PX = 256  # stored; the largest that a model can be made for
_JPEG_QUALITY = 95
_LOSSLESS_EDGE_MAX_PX = 64  # small drawings (sprites, digits) are kept exactly


@dataclass(frozen=True)
class Picture:
    content: bytes  # JPEG or PNG, square, RGB
    edge_px: int
    sha256: str  # of content


def square_picture(content: bytes, edge_max_px: int = EDGE_MAX_PX) -> Picture:
    """A checked square from the bytes of a file. PictureError says why it can't be one."""
    if not content:
        raise PictureError("the file is empty")
    image = _pad(decoded(content, edge_max_px))
    image.info.clear()  # Pillow would write the comment and the colour profile of the source into the copy
    if not value_range(image):
        raise PictureError("the picture is blank: one colour all over")
    encoded = encode(image, lossless=image.width <= _LOSSLESS_EDGE_MAX_PX)
    return Picture(encoded, image.width, hashlib.sha256(encoded).hexdigest())


def pixels_of(content: bytes, edge_px: int) -> np.ndarray:
    """(edge, edge, 3) uint8 of a stored picture."""
    image: Image.Image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if image.format == "JPEG":
        image.draft("RGB", (edge_px, edge_px))
    if image.size != (edge_px, edge_px):
        image = image.convert("RGB").resize((edge_px, edge_px), Image.Resampling.HAMMING)
    return np.asarray(image.convert("RGB"))


def checked_pixels(content: bytes | None, edge_px: int) -> np.ndarray:
    """The same of what lies where others write too: its size is known before a pixel is read.

    PictureError for what is no square JPEG or PNG of at most EDGE_MAX_PX.
    """
    try:
        with Image.open(io.BytesIO(content or b""), formats=("JPEG", "PNG")) as image:
            if image.width != image.height or image.width > EDGE_MAX_PX:
                raise PictureError(f"{image.width} x {image.height} px is no square of {EDGE_MAX_PX} px at most")
        return pixels_of(content or b"", edge_px)
    except (OSError, ValueError, SyntaxError) as reason:  # the last is Pillow's for a broken PNG
        raise PictureError(f"it can't be read: {reason}") from None


def resized(image: Image.Image, edge_px: int) -> Image.Image:
    """A square in RGB at another size: enlarged smoothly, as no product has square pixels; averaged where larger."""
    image = image.convert("RGB")
    if image.width == edge_px:
        return image
    how = Image.Resampling.LANCZOS if image.width < edge_px else Image.Resampling.HAMMING
    return image.resize((edge_px, edge_px), how)


def shown_pixels(content: bytes, edge_px: int) -> np.ndarray:
    """(edge, edge, 3) uint8 of a stored picture as people see it; `pixels_of` is as models see it."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        return np.asarray(resized(image, edge_px)) if image.width < edge_px else pixels_of(content, edge_px)


def thumbnail(content: bytes, edge_px: int) -> bytes:
    """JPEG thumbnail of a stored picture, at most `edge_px` on each side; never enlarged."""
    image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if image.width <= edge_px:
        return content
    return encode(Image.fromarray(pixels_of(content, edge_px)), lossless=False, quality=88)


def encode(image: Image.Image, *, lossless: bool, quality: int = _JPEG_QUALITY) -> bytes:
    """PNG where `lossless`, else JPEG; the same image gives the same bytes."""
    out = io.BytesIO()
    if lossless:
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= _JPEG_QUALITY else 2)
    return out.getvalue()


def picture_edge(content: bytes) -> int:
    """The longer edge in px of a stored picture, which is not decoded for it."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        return max(image.size)


def media_type(content: bytes) -> str:
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"


def _pad(image: Image.Image) -> Image.Image:
    """Centred on a square of the median colour of the two sides that are added to: the product may touch the others."""
    if image.width == image.height:
        return image
    values = np.asarray(image)
    sides = (values[0], values[-1]) if image.width > image.height else (values[:, 0], values[:, -1])
    edge = max(image.size)
    square = Image.new("RGB", (edge, edge), tuple(int(v) for v in np.median(np.concatenate(sides), axis=0)))
    square.paste(image, ((edge - image.width) // 2, (edge - image.height) // 2))
    return square
