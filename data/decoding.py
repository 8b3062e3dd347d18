"""Decodes the files of strangers: only common raster formats, within limits, the giants one after the other.

No PostScript, no plug-ins that start programs; the size is known before a pixel is read. What comes out is small,
upright and in sRGB.
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pillow_heif
from PIL import Image, JpegImagePlugin

from looks_like.data.colours import eight_bits, on_ground, to_srgb
from looks_like.data.errors import PictureError

PIXELS_MAX = 100_000_000
ENDINGS = (  # those that people have most often first: pages name them in this order
    *(".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".hif", ".avif", ".gif", ".tif", ".tiff", ".bmp", ".jfif"),
    *(".ppm", ".pgm"),
)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM", "HEIF")
_READABLE = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC, PPM"
_GAP = 2  # a picture is first reduced by whole pixels to this many times the size asked for
_ORIENTATION, _BITS_PER_SAMPLE = 0x0112, 258
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = (5, 6, 7, 8)

Image.MAX_IMAGE_PIXELS = None  # we refuse by PIXELS_MAX, with a sentence; Pillow would warn first
Image.init()  # once, here: `Image.open(formats=...)` does not look for plug-ins, and threads must not race to load them
pillow_heif.register_heif_opener()


class _Budget:
    """So many pixels may be decoded at once, by whatever number of threads; who comes first is served first."""

    def __init__(self, pixels: int) -> None:
        self._free = pixels
        self._turn = threading.Lock()  # whoever waits for much is not overtaken for ever
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Waits until they are free."""
        with self._turn, self._changed:
            self._changed.wait_for(lambda: self._free >= pixels)
            self._free -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._free += pixels
                self._changed.notify_all()


_BUDGET = _Budget(PIXELS_MAX)


def decoded(content: bytes, edge_max_px: int) -> Image.Image:
    """RGB, no edge longer than `edge_max_px`. PictureError says why it can't be."""
    image = _opened(content)
    try:
        with _BUDGET.taken(image.width * image.height):
            profile = image.info.get("icc_profile")
            orientation = 1 if image.format == "TIFF" else _orientation(image)  # Pillow turns that one as it loads it
            small = _small(image, content, edge_max_px)
        small = small.transpose(_TURNS[orientation]) if orientation in _TURNS else small
        return on_ground(to_srgb(small, profile if isinstance(profile, bytes) else None))
    except PictureError:
        raise
    except Exception as reason:  # noqa: BLE001 - as in `_opened`: truncated data, broken tags, bad palettes
        raise PictureError(f"the picture is damaged or cut short ({_first_line(reason)})") from None


def upright_size(content: bytes) -> tuple[int, int]:
    """(width, height) in px as people see it, of the file of a stranger. PictureError where it is none or a giant."""
    image = _opened(content)
    lies = _orientation(image) in _ON_ITS_SIDE
    return (image.height, image.width) if lies else (image.width, image.height)


def _opened(content: bytes) -> Image.Image:
    """Its head was read, its pixels were not. PictureError where it is no picture, or a giant."""
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Exception:  # noqa: BLE001 - a decoder fed hostile bytes may raise anything
        raise PictureError(f"not a picture that can be read ({_READABLE})") from None
    _refuse_giants(image)
    return image


def _refuse_giants(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        raise PictureError(
            f"{image.width} x {image.height} px is more than {PIXELS_MAX // 1_000_000} million pixels: too large, "
            "or a decompression bomb"
        )


def _small(image: Image.Image, content: bytes, edge_max_px: int) -> Image.Image:
    """Of eight bits a channel, fitted into the square."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft("RGB", (_GAP * edge_max_px, _GAP * edge_max_px))  # decodes at a half … eighth: less time and memory
    bits = _bits(image, content)
    image.load()
    _refuse_giants(image)  # HEIF: what is decoded may be larger than its header said
    image.info["bits a channel"] = bits
    longest = max(image.size)
    if longest <= edge_max_px:
        return eight_bits(image)
    wide, high = image.size
    size = (max(1, round(wide * edge_max_px / longest)), max(1, round(high * edge_max_px / longest)))
    by = max(1, min(wide // size[0], high // size[1]) // _GAP)
    reduced = eight_bits(image, by)
    return reduced.resize(size, Image.Resampling.HAMMING, box=(0, 0, wide / by, high / by))


def _bits(image: Image.Image, content: bytes) -> int:
    """A channel's in the file, where it says so plainly."""
    if image.format == "PNG":
        return content[24]  # of the header, which is always first
    said = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, 8)
    bits = said[0] if isinstance(said, tuple) else said
    return bits if isinstance(bits, int) and 0 < bits <= 64 else 8


def _orientation(image: Image.Image) -> int:
    """As EXIF says it; 1 where that is broken: then nobody knows, and the picture is as good."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - tags of strangers
        return 1


def _first_line(reason: Exception) -> str:
    return (str(reason).strip().splitlines() or [type(reason).__name__])[0][:120]
