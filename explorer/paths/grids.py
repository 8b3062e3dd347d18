"""Grids: two ways at once. Between four anchors, or by analogy from three: a is to b as c is to what (White 2016)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from looks_like.data.pictures import resized
from looks_like.data.text import one_line
from looks_like.explorer.core import Lab, Product, whole_number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths.anchors import Anchor, find_anchor
from looks_like.explorer.paths.files import FilmStyle, fitting, font, pictures_of
from looks_like.explorer.paths.requests import SLOTS
from looks_like.explorer.paths.walking import match, shown_rows
from looks_like.model.geometry import CURVES, path_points

EDGE_MIN, EDGE_MAX = 3, 11
_CELL_MAX_PX, _PAPER, _INK, _QUIET = (
    160,
    {False: "#ffffff", True: "#14171a"},
    {False: "#1f2328", True: "#f0f2f4"},
    "#6e7681",
)


@dataclass(frozen=True)
class GridRequest:
    """Of `edge` x `edge` cells; its corners are a, b (to the right), c (below) and d."""

    model: str
    anchors: tuple[str, ...]  # three (d is b + c - a) or four
    edge: int = 5
    curve: str = "linear"
    filter: str = ""

    def __post_init__(self) -> None:
        if len(self.anchors) not in (3, 4):
            raise RequestError(
                f"a grid needs three products (a is to b as c is to …) or four, one for each corner; got "
                f"{len(self.anchors)}"
            )
        if not EDGE_MIN <= self.edge <= EDGE_MAX:
            raise RequestError(f"a grid has {EDGE_MIN} to {EDGE_MAX} pictures a side, got {self.edge}")
        if self.curve not in CURVES or CURVES[self.curve].follows:
            there = ", ".join(name for name, curve in CURVES.items() if not curve.follows)
            raise RequestError(f"a grid can't be along {self.curve[:40]!r}; there are: {there}")

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "GridRequest":
        """model, a to d, edge, curve and filter, as a link has them."""
        anchors = tuple(query[slot] for slot in SLOTS if query.get(slot))[:5]
        edge = whole_number(query, "edge", cls.edge)
        return cls(query.get("model", ""), anchors, edge, query.get("curve", cls.curve), query.get("filter", ""))

    def to_query(self) -> dict[str, str]:
        """What `from_query` reads."""
        said = {"model": self.model, **dict(zip(SLOTS, self.anchors, strict=False))}
        said |= {"edge": str(self.edge), "curve": self.curve}
        return said | ({"filter": self.filter} if self.filter else {})


@dataclass(frozen=True)
class DecodedGrid:
    """Cells row by row, N = edge²."""

    request: GridRequest
    anchors: tuple[Anchor, ...]
    z_nd: np.ndarray
    pictures_nhwc: np.ndarray  # uint8
    nearest: list[Product]

    @property
    def title(self) -> str:
        """What the corners are."""
        names = [anchor.title for anchor in self.anchors]
        if len(names) == 3:
            return one_line(f"{names[0]} is to {names[1]} as {names[2]} is to …", 300)
        return one_line(f"Between {', '.join(names[:3])} and {names[3]}", 300)


def lay_grid(lab: Lab, request: GridRequest) -> DecodedGrid:
    """Decoded and matched with real products; the last eight are kept. Mistakes as of a path."""
    space = lab.space(request.model)
    anchors = tuple(find_anchor(lab, request.model, said) for said in request.anchors)
    rows_m = shown_rows(lab, request.filter, space)

    def make() -> DecodedGrid:
        corners = [anchor.z_d for anchor in anchors]
        z_nd = grid_codes(np.stack(corners), request.edge, request.curve)
        rows_n, distance_n = match(space, z_nd, rows_m, False)
        nearest = lab.products_at(rows_n, distance_n, space.typical_distance)
        return DecodedGrid(request, anchors, z_nd, space.decode(z_nd), nearest)

    among = hash(rows_m.tobytes()) if rows_m is not None else None
    key = ("grid", request, space, lab.etag(), among, b"".join(anchor.z_d.tobytes() for anchor in anchors))
    return lab.cache.get_or_make(key, make, max_size=8)


def grid_codes(corners_cd: np.ndarray, edge: int, curve: str) -> np.ndarray:
    """(edge², D), row by row, between the way from a to c and that from b to d; of three corners d is b + c - a."""
    a_d, b_d, c_d = corners_cd[:3]
    d_d = corners_cd[3] if len(corners_cd) == 4 else b_d + c_d - a_d
    left_rd, right_rd = path_points([a_d, c_d], edge, curve), path_points([b_d, d_d], edge, curve)
    return np.concatenate([path_points(ends, edge, curve) for ends in zip(left_rd, right_rd, strict=True)])


def write_grid(lab: Lab, grid: DecodedGrid, style: FilmStyle) -> bytes:
    """PNG: the decoded cells, and beside them their nearest real products; `style`: real, names, dark, watermark, and
    size, the px of a cell, 160 at most.
    """
    cell, gap = min(style.size, _CELL_MAX_PX), 4
    block = grid.request.edge * (cell + gap) - gap
    head = max(28, cell // 3) if style.names else gap
    wide = block * (2 if style.real else 1) + (6 * gap if style.real else 0) + 2 * gap
    image = Image.new("RGB", (wide, head + block + (head if style.names else gap)), _PAPER[style.dark])
    decoded = [np.asarray(resized(Image.fromarray(picture), cell)) for picture in grid.pictures_nhwc]
    _paste(image, decoded, grid.request.edge, (gap, head, cell + gap))
    if style.real:
        at = (gap + block + 6 * gap, head, cell + gap)
        _paste(image, pictures_of(lab, grid.nearest, cell), grid.request.edge, at)
    _label(image, grid, style, (gap, head, block))
    said, out = PngInfo(), io.BytesIO()
    said.add_itxt("Title", grid.title)
    image.save(out, "PNG", pnginfo=said)
    return out.getvalue()


def _paste(image: Image.Image, cells: list[np.ndarray], edge: int, at: tuple[int, int, int]) -> None:
    left, top, pitch = at
    for i, cell in enumerate(cells):
        image.paste(Image.fromarray(cell), (left + i % edge * pitch, top + i // edge * pitch))


def _label(image: Image.Image, grid: DecodedGrid, style: FilmStyle, at: tuple[int, int, int]) -> None:
    """Above, what the grid is; below, what stands where, or the watermark."""
    gap, head, block = at
    draw, kind = ImageDraw.Draw(image), font(max(11, head // 2 - 2))
    room = image.width - 2 * gap
    if style.names:
        draw.text((gap, head // 2), fitting(draw, grid.title, kind, room), _INK[style.dark], kind, anchor="lm")
        foot = head + block + head // 2
        draw.text((gap, foot), "Decoded", _QUIET, kind, anchor="lm")
        if style.real:
            draw.text((gap + block + 6 * gap, foot), "Nearest real products", _QUIET, kind, anchor="lm")
    if style.watermark:
        where = (image.width - gap, image.height - gap)
        draw.text(where, fitting(draw, style.watermark, kind, room // 2), _QUIET, kind, anchor="rs")
