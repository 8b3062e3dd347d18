"""A picture with a part erased, completed by a model that draws: several ways in which the rest may look.

What is known stays as it is, to the pixel. The model finds codes that explain it and lie where products do; what they
decode to fills the hole, with its colours bent so that no seam shows.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from looks_like.data.decoding import upright_size
from looks_like.data.errors import PictureError
from looks_like.data.pictures import EDGE_MAX_PX, encode, picture_edge, pixels_of, resized, shown_pixels
from looks_like.explorer.core import Lab, Product, Space
from looks_like.explorer.errors import RequestError
from looks_like.model.geometry import seamless

SAMPLES, SAMPLES_MAX = 4, 12
NEAREST = 12  # real products beside it
_KNOWN_LEAST = 0.05  # of the picture
_POOR = 2.5  # times the error of products that a model has not seen: it knows nothing like what is there
_LOOKED_AT_BYTES = 32_000_000  # of products' pictures, evenly drawn, among which the start is found


@dataclass(frozen=True)
class Completed:
    """An answer, the likeliest first."""

    pictures: list[bytes]  # PNG, square
    z_kd: np.ndarray  # the codes that fill them
    nearest: list[Product]  # real ones, by the code of the first, nearest first
    doubts: str  # "" where there are none


def complete(lab: Lab, model: str, picture: bytes, erased_hw: np.ndarray, samples: int = SAMPLES) -> Completed:
    """A squared picture whose pixels are forgotten where `erased_hw` (bool, square, of any edge) says so.

    Of a product's own picture, that product and its copies are not looked at. RequestError where nothing or too much is
    erased, or for an impossible number of samples; ModelError for a model that draws nothing or has no codes.
    """
    if not 1 <= samples <= SAMPLES_MAX:
        raise RequestError(f"1 to {SAMPLES_MAX} samples can be made, got {samples}")
    space = lab.space(model)
    space.require_decoder()
    space.require_codes()
    edge_px = min(EDGE_MAX_PX, max(picture_edge(picture), space.size))
    hole_hw, seen_hw = _resized_mask(erased_hw, edge_px), _seen(erased_hw, edge_px, space.size)
    _require_part(hole_hw, seen_hw)
    pixels_hwc = pixels_of(picture, space.size)
    itself_m = _rows_of(lab, picture)
    start_kd = _starts(lab, space, np.where(seen_hw[..., None], pixels_hwc, 0), seen_hw, (itself_m, samples))
    z_kd = space.codes_of_known(pixels_hwc, seen_hw, start_kd)
    made_khwc = space.decode(z_kd)
    larger_khwc = np.stack([np.asarray(resized(Image.fromarray(made), edge_px)) for made in made_khwc])
    filled_khwc = seamless(larger_khwc, shown_pixels(picture, edge_px).astype(np.float64), hole_hw)
    filled_khwc = np.clip(np.round(filled_khwc), 0, 255).astype(np.uint8)
    missed = float(np.mean((made_khwc[0][seen_hw].astype(np.float32) - pixels_hwc[seen_hw]) ** 2)) / 255**2
    found = lab.nearest_products(model, z_kd[0], NEAREST + len(itself_m))
    return Completed(
        [encode(Image.fromarray(filled), lossless=True) for filled in filled_khwc],
        z_kd,
        [product for product in found if product.row not in itself_m][:NEAREST],
        _doubts(missed, space.card.measures.get("mse", 0.0)),
    )


def _require_part(hole_hw: np.ndarray, seen_hw: np.ndarray) -> None:
    if not hole_hw.any():
        raise RequestError("nothing of the picture is erased: mark the part that is to be filled")
    if seen_hw.mean() < _KNOWN_LEAST:
        raise RequestError(
            f"too much is erased: what is left says nothing. Leave {_KNOWN_LEAST:.0%} of the picture at least"
        )


def _rows_of(lab: Lab, picture: bytes) -> np.ndarray:
    """int64: the catalogue rows that have this very picture."""
    row = lab.catalogue().row_of_picture(hashlib.sha256(picture).hexdigest())
    return np.empty(0, np.int64) if row is None else lab.copies().of(row)


def _starts(
    lab: Lab, space: Space, pixels_hwc: np.ndarray, seen_hw: np.ndarray, without_count: tuple[np.ndarray, int]
) -> np.ndarray:
    """(K, D): codes of the products whose pictures are nearest where something is known, of some evenly drawn."""
    (itself_m, count), places = without_count, space.one_of_each
    places = places[~np.isin(space.rows_n[places], itself_m)]
    if not len(places):
        return np.repeat(space.mean_code[None], count, 0)
    most = max(count, _LOOKED_AT_BYTES // (3 * space.size**2))
    places = places[np.linspace(0, len(places) - 1, min(len(places), most)).astype(np.int64)]
    pixels_nhwc, known_kc = lab.pixels(space.size), pixels_hwc[seen_hw].astype(np.float32)
    apart_m = [np.square(pixels_nhwc[row][seen_hw] - known_kc).sum() for row in space.rows_n[places].tolist()]
    best = np.argsort(apart_m, kind="stable")[:count]
    return np.asarray(space.z_nd[places[np.resize(best, count)]])


def _resized_mask(erased_hw: np.ndarray, edge_px: int) -> np.ndarray:
    """bool (edge, edge): a pixel of which some is erased is erased."""
    high, wide = erased_hw.shape
    if high != wide:
        raise RequestError(f"a mask is as square as its picture, got {wide} x {high}")
    image = Image.fromarray(erased_hw.astype(np.uint8) * 255)
    return np.asarray(image.resize((edge_px, edge_px), Image.Resampling.BOX)) > 0


def _seen(erased_hw: np.ndarray, from_px: int, edge_px: int) -> np.ndarray:
    """bool (edge, edge): pixels of the smaller picture into which nothing of the hole was averaged."""
    hole_hw = _resized_mask(erased_hw, edge_px)
    if from_px <= edge_px:
        return ~hole_hw
    wider = Image.fromarray(hole_hw.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(3))
    return np.asarray(np.asarray(wider) == 0)


def _doubts(missed: float, usual: float) -> str:
    if not usual or missed < _POOR * usual:
        return ""
    return (
        f"The model explains the part that is left {missed / usual:.1f} × as badly as it does a product that it had "
        "not seen: it knows little like it, so judge the rest by eye."
    )


def box_mask(content: bytes, box: str) -> np.ndarray:
    """bool (S, S), square: a part "x,y,w,h" of a stranger's picture, in its pixels, upright. RequestError else."""
    wide, high = upright_size(content)
    try:
        x, y, w, h = (int(part) for part in box.split(","))
    except ValueError:
        raise RequestError(f"a box is written x,y,w,h in pixels, got {box[:40]!r}") from None
    if not (0 <= x < x + w <= wide and 0 <= y < y + h <= high):
        raise RequestError(f"the box {box[:40]} is not within the picture, which is {wide} x {high} px")
    edge, (right, down) = _padded(wide, high)
    scale = min(1.0, EDGE_MAX_PX / edge)
    at = np.floor(np.array([y + down, x + right]) * scale).astype(int)
    end = np.ceil(np.array([y + down + h, x + right + w]) * scale).astype(int)
    mask_hw = np.zeros((max(1, round(edge * scale)),) * 2, bool)
    mask_hw[at[0] : end[0], at[1] : end[1]] = True
    return mask_hw


def file_mask(content: bytes, mask: bytes, name: str) -> np.ndarray:
    """bool (S, S), square: what is white in a black and white picture as large as the stranger's picture is erased.

    RequestError for one of another size, PictureError for what is none.
    """
    size, own = upright_size(content), upright_size(mask)
    if size != own:
        raise RequestError(
            f"{name[:80]} is {own[0]} x {own[1]} px and the picture {size[0]} x {size[1]}: a mask is as large as its "
            "picture"
        )
    edge, (right, down) = _padded(*size)
    small = Image.open(io.BytesIO(mask), formats=("PNG",)).convert("L")
    square = Image.new("L", (edge, edge))
    square.paste(small.point(lambda value: 255 * (value > 127)), (right, down))
    kept = min(edge, EDGE_MAX_PX)
    return np.asarray(square.resize((kept, kept), Image.Resampling.BOX)) > 0


def read_mask(file: Path, content: bytes) -> np.ndarray:
    """The same of a PNG file. RequestError where there is no such file, or it is no PNG."""
    try:
        mask = file.read_bytes()
    except OSError:
        raise RequestError(f"there is no file {str(file)[:80]!r} to read a mask of") from None
    if not mask.startswith(b"\x89PNG"):
        raise RequestError(f"{file.name[:80]} is not a PNG: a mask is one, white where the picture is erased")
    try:
        return file_mask(content, mask, file.name)
    except (OSError, SyntaxError, ValueError) as reason:
        if isinstance(reason, RequestError | PictureError):
            raise
        raise RequestError(f"{file.name[:80]} is damaged: it can't be read as a mask") from None


def _padded(wide: int, high: int) -> tuple[int, tuple[int, int]]:
    """-> (the edge of the square that an import makes of it, what is added at its left and top)"""
    edge = max(wide, high)
    return edge, ((edge - wide) // 2, (edge - high) // 2)
