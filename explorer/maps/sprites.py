"""Sprite sheets: pages of 32 x 32 thumbnails, ordered along a Hilbert curve over the map.

A page holds 1,024 products at every size of cell, so the work for one is bounded and a page shows the same products at
each. Along a Hilbert curve over the map, neighbours on the map are neighbours in the pages: a view of it needs few of
them, whatever the size of the catalogue. The address of a page carries a fingerprint of the places and the pictures.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

import numpy as np
from PIL import Image

from looks_like.data.pictures import encode, shown_pixels
from looks_like.data.pixels import cached_pixels
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError

EDGES_PX = (16, 32, 64)
COLUMNS = 32
CELLS = COLUMNS * COLUMNS
_QUALITY = 85
_KEPT_PAGES = 64  # at most about 40 MB
_HILBERT_BITS = 12


class SpriteSheets:
    """The pages of a Lab's maps. Shared by threads; one page is made at a time."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._making = Lock()

    def fingerprint(self, model: str, name: str) -> str:
        """Changes when a product moves, comes or gets another picture. CatalogueError when there is no such map."""
        key = ("fingerprint of pictures", self._lab.version())
        pictures = self._lab.cache.get_or_make(key, self._fingerprint_of_pictures, max_size=2)
        return f"{self._lab.map_view(model, name).etag}-{pictures}"

    def order(self, model: str, name: str) -> np.ndarray:
        """int64 (M,): the rows that the map shows, cell by cell; page p holds those from 1,024 p on."""
        key = ("order of cells", model, name, self.fingerprint(model, name))
        return self._lab.cache.get_or_make(
            key, lambda: along_hilbert(self._lab.map_view(model, name).xy_n2), max_size=4
        )

    def page(self, model: str, name: str, edge_px: int, number: int) -> bytes:
        """JPEG of 32 x 32 cells of `edge_px`. RequestError for another edge or a page that is not there."""
        if edge_px not in EDGES_PX:
            raise RequestError(f"the edge of a cell must be one of {', '.join(map(str, EDGES_PX))} px, got {edge_px}")
        pages = -(-len(self.order(model, name)) // CELLS)
        if not 0 <= number < pages:
            raise RequestError(f"there is no page {number}; this map has {pages}, from 0")
        key = ("page of cells", model, name, self.fingerprint(model, name), edge_px, number)
        return self._lab.cache.get_or_make(
            key, lambda: self._make_page(model, name, edge_px, number), max_size=_KEPT_PAGES
        )

    def _fingerprint_of_pictures(self) -> str:
        return hashlib.sha256("".join(self._lab.catalogue().sha256).encode()).hexdigest()[:16]

    def _make_page(self, model: str, name: str, edge_px: int, number: int) -> bytes:
        rows = self.order(model, name)[number * CELLS : (number + 1) * CELLS]
        cells_nhwc = np.full((CELLS, edge_px, edge_px, 3), 255, np.uint8)
        with self._making:
            cells_nhwc[: len(rows)] = self._cells(rows, edge_px)
        grid = cells_nhwc.reshape(COLUMNS, COLUMNS, edge_px, edge_px, 3).swapaxes(1, 2)
        whole = Image.fromarray(grid.reshape(COLUMNS * edge_px, COLUMNS * edge_px, 3))
        return encode(whole, lossless=False, quality=_QUALITY)

    def _cells(self, rows: np.ndarray, edge_px: int) -> np.ndarray:
        """From the array of all pictures where one was made for a model, which is ten times faster; else one by one."""
        catalogue = self._lab.catalogue()
        kept = cached_pixels(self._lab.workspace, catalogue, edge_px)
        if kept is None:
            with ThreadPoolExecutor(2) as pool:
                return np.stack(list(pool.map(partial(shown_pixels, edge_px=edge_px), catalogue.pictures(rows))))
        pixels_nhwc, share = kept[rows], kept.shape[1] // edge_px
        if share == 1:
            return np.asarray(pixels_nhwc)
        sums_nhwc = np.full((len(rows), edge_px, edge_px, 3), share * share // 2, np.uint32)
        for down, right in np.ndindex(share, share):
            sums_nhwc += pixels_nhwc[:, down::share, right::share]
        return np.asarray((sums_nhwc // (share * share)).astype(np.uint8))


def sprite_sheets_of(lab: Lab) -> SpriteSheets:
    """Those of a Lab: the same ones each time."""
    return lab.cache.get_or_make(("atlases",), lambda: SpriteSheets(lab))


def along_hilbert(xy_n2: np.ndarray) -> np.ndarray:
    """int64 (M,): the rows with a place (NaN = none), in their order along a Hilbert curve over all of them."""
    rows_m = np.flatnonzero(np.isfinite(xy_n2).all(1))
    if not len(rows_m):
        return rows_m
    low_2, high_2 = xy_n2[rows_m].min(0), xy_n2[rows_m].max(0)
    side = (1 << _HILBERT_BITS) - 1
    grid_m2 = ((xy_n2[rows_m] - low_2) / max(float((high_2 - low_2).max()), 1e-12) * side).astype(np.int32)
    return rows_m[np.argsort(_hilbert(grid_m2[:, 0], grid_m2[:, 1]), kind="stable")]


def _hilbert(x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
    """How far along the curve each place of the grid is; quadrants are turned from the largest to the smallest."""
    along_m, full = np.zeros_like(x_m), (1 << _HILBERT_BITS) - 1
    for bit in reversed(range(_HILBERT_BITS)):
        right_m, up_m = (x_m >> bit) & 1, (y_m >> bit) & 1
        along_m += ((3 * right_m) ^ up_m) << (2 * bit)
        mirrored_m = np.where((right_m == 1) & (up_m == 0), full, 0)
        x_m, y_m = x_m ^ mirrored_m, y_m ^ mirrored_m
        x_m, y_m = np.where(up_m == 0, y_m, x_m), np.where(up_m == 0, x_m, y_m)
    return along_m
