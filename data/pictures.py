"""Turns untrusted image files into square pictures: decode, apply EXIF rotation, put on white, pad with the border
colour.

Only common raster formats are decoded (no PostScript, no plug-ins that start programs), the size is known before a
pixel is read, and what is kept is encoded anew, so nothing that hid in the file (places, comments, programs) is kept.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from looks_like.data.errors import PictureError

EDGE_MAX_PX = 256  # stored; the largest that a model can be made for
PIXELS_MAX = 100_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
_JPEG_QUALITY = 95
_LOSSLESS_EDGE_MAX_PX = 64  # small drawings (sprites, digits) are kept exactly
_BLANK_RANGE = 4  # of 255: darkest to lightest value of a picture with nothing on it

Image.MAX_IMAGE_PIXELS = None  # we refuse by PIXELS_MAX, with a sentence; Pillow would warn first
Image.init()  # once, here: `Image.open(formats=...)` does not look for plug-ins, and threads must not race to load them


@dataclass(frozen=True)
class Picture:
    content: bytes  # JPEG or PNG, square, RGB
    edge_px: int
    sha256: str  # of content


def square_picture(content: bytes, edge_max_px: int = EDGE_MAX_PX) -> Picture:
    """A checked square from the bytes of a file. PictureError says why it can't be one."""
    if not content:
        raise PictureError("the file is empty")
    image = _pad(_fit(_decode(content, edge_max_px), edge_max_px))
    image.info.clear()  # Pillow would write the comment and the colour profile of the source into the copy
    low, high = zip(*image.getextrema(), strict=True)
    if max(h - l for l, h in zip(low, high, strict=True)) < _BLANK_RANGE:
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


def _decode(content: bytes, edge_max_px: int) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Exception:  # noqa: BLE001 - a decoder fed hostile bytes may raise anything
        raise PictureError("not a picture that can be read (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, PPM)") from None
    if image.width * image.height > PIXELS_MAX:
        raise PictureError(
            f"{image.width} x {image.height} px is more than {PIXELS_MAX // 1_000_000} million pixels: too large, "
            "or a decompression bomb"
        )
    try:
        if image.format == "JPEG":
            image.draft("RGB", (2 * edge_max_px, 2 * edge_max_px))  # decodes at a half, quarter or eighth: much faster
        image.load()
        return _on_white(ImageOps.exif_transpose(image))
    except Exception as reason:  # noqa: BLE001 - as above: truncated data, broken tags, bad palettes
        raise PictureError(f"the picture is damaged or cut short ({_first_line(reason)})") from None


def _on_white(image: Image.Image) -> Image.Image:
    """Any mode -> RGB; what is transparent becomes white."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint32) // 257).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        values = np.asarray(image, dtype=np.float64)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        top = 65535.0 if image.mode == "I" and low >= 0 and 255 < high <= 65535 else None
        scaled = values / top if top else (values - low) / max(high - low, 1e-12)
        return Image.fromarray((np.nan_to_num(scaled) * 255).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")


def _fit(image: Image.Image, edge_max_px: int) -> Image.Image:
    longest = max(image.size)
    if longest <= edge_max_px:
        return image
    size = (
        max(1, round(image.width * edge_max_px / longest)),
        max(1, round(image.height * edge_max_px / longest)),
    )
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


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


def _first_line(reason: Exception) -> str:
    return (str(reason).strip().splitlines() or [type(reason).__name__])[0][:120]
