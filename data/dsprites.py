"""The dSprites re-render: 737,280 pictures of 64 px drawn anew from their geometry, in seconds.

Source: github.com/deepmind/dsprites-dataset (Matthey, Higgins, Hassabis, Lerchner 2017; Apache-2.0). None of its
pictures is here. The geometry was fitted on published ones and differs from twelve of those by 0 or 1 px of 4,096, so
a number made with it says: dSprites re-render. Factors in the published order, the last one running fastest: shape (3),
scale (6), orientation (40), x (32), y (32).

Each shape is a polygon. A row of a picture is 64 bits; each edge that crosses the row flips all bits to the right of
the crossing (even-odd rule), so that no pixel is ever asked whether it lies inside.
"""

import math
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import filelock
import numpy as np
from numpy.polynomial import chebyshev

from looks_like.atomic import replacing

EDGE_PX = 64
FACTORS = ("shape", "scale", "orientation", "x", "y")
SIZES = (3, 6, 40, 32, 32)
COUNT = math.prod(SIZES)
SHAPES = ("square", "ellipse", "heart")
SCALES = np.linspace(0.5, 1, 6)
TURNS = np.linspace(0, 2 * np.pi, 40)  # radians; the last one equals the first, as published
PACKED_BYTES = EDGE_PX * EDGE_PX // 8
_BLOCK = 32 * 32  # pictures that share shape, scale and orientation
_EDITION = 1  # in the file's name: raise it when any picture changes
# Radius of the heart's right half around (0, -1) px, from the notch to the tip, as a Chebyshev series in angle / 90°.
_HEART = (8.022, 0.648, -0.879, 2.367, -0.044, 0.045, 0.099, 0.128, 0.009, -0.001)
# [k]: the bits of a row from pixel k on, in the byte order of np.packbits
_FROM_PIXEL = np.packbits(np.arange(EDGE_PX) >= np.arange(EDGE_PX + 1)[:, None], axis=1).view(np.uint64)[:, 0]


def factors_of(rows_n: np.ndarray) -> np.ndarray:
    """(N, 5) int64 indices into shape, scale, orientation, x, y. ValueError for a number outside 0 … 737,279."""
    indices_5n = np.unravel_index(np.asarray(rows_n, dtype=np.int64), SIZES)
    return np.stack(indices_5n, axis=1)


def values_of(rows_n: np.ndarray) -> np.ndarray:
    """(N, 5) float64 as published: shape 1 … 3, scale .5 … 1, orientation in radians 0 … 2 pi, x and y 0 … 1."""
    shape_n, scale_n, turn_n, x_n, y_n = factors_of(rows_n).T
    return np.stack([shape_n + 1.0, SCALES[scale_n], TURNS[turn_n], x_n / 31, y_n / 31], axis=1)


def rows_of(factors_n5: np.ndarray) -> np.ndarray:
    """(N,) int64 row numbers of (N, 5) indices. ValueError for an index that a factor does not have."""
    rows_n: np.ndarray = np.ravel_multi_index(tuple(np.asarray(factors_n5, dtype=np.int64).T), SIZES)
    return rows_n


def render(rows_n: np.ndarray) -> np.ndarray:
    """(N, 512) uint8, a bit per pixel as np.packbits has them: 1.5 us a picture for many, 85 us for one alone.

    ValueError for a number outside 0 … 737,279.
    """
    factors_n5 = factors_of(rows_n)
    drawn_nw = np.empty((len(factors_n5), EDGE_PX), np.uint64)
    block_n = np.asarray(rows_n) // _BLOCK
    order_n = np.argsort(block_n, kind="stable")
    for at_m in np.split(order_n, np.flatnonzero(np.diff(block_n[order_n])) + 1):
        if not len(at_m):
            continue
        shape, scale, turn = (int(i) for i in factors_n5[at_m[0], :3])
        (xs, x_m), (ys, y_m) = (np.unique(factors_n5[at_m, i], return_inverse=True) for i in (3, 4))
        drawn_nw[at_m] = draw(turned(shape, SCALES[scale], TURNS[turn]), place_px(xs), place_px(ys))[x_m, y_m]
    return drawn_nw.view(np.uint8)


def pixels(packed_nb: np.ndarray) -> np.ndarray:
    """(N, 64, 64) uint8, 0 or 255, of (N, 512) packed ones."""
    return np.unpackbits(packed_nb, axis=-1).reshape(-1, EDGE_PX, EDGE_PX) * np.uint8(255)


def packed_file(folder: Path, progress: Callable[[float], None] = lambda share: None) -> np.ndarray:
    """(737280, 512) uint8, memory-mapped: all pictures, drawn into `folder` (377 MB) unless they are there.

    `progress` takes the share done, 0..1. A kill leaves no more than a .part that the next call writes over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"dsprites-rerender-{_EDITION}.npy"
    with filelock.FileLock(path.with_suffix(".lock")):
        if not path.exists():
            with replacing(path) as aside:
                _write(aside, progress)
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def _write(path: Path, progress: Callable[[float], None]) -> None:
    """Written, not mapped: on a full disk a write raises OSError where a touched page would end the process."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (COUNT, PACKED_BYTES)}
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for begin in range(0, COUNT, _BLOCK):
            file.write(render(np.arange(begin, begin + _BLOCK)).data)
            progress((begin + _BLOCK) / COUNT)
        file.flush()
        os.fsync(file.fileno())  # the name must not be there before the pictures are


def place_px(index: np.ndarray) -> np.ndarray:
    """Of indices of x or y: where the shape's centre lies, 15.5 … 47.5, the first pixel's own centre being 0."""
    return 15.5 + 32 * index / 31


@cache
def outline(shape: int) -> np.ndarray:
    """(V, 2) float64: the corners of a shape at scale 1 around (0, 0), in px; y points down."""
    if shape == 0:
        return 9.6 * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    if shape == 1:
        angle_v = np.arange(256) / 128 * np.pi  # .001 px within the curve
        return np.stack([12.8 * np.cos(angle_v), 7.2 * np.sin(angle_v)], axis=1)
    share_v = np.linspace(-1, 1, 128)
    angle_v, radius_v = share_v * np.pi / 2, chebyshev.chebval(share_v, _HEART)
    right_v2 = np.stack([radius_v * np.cos(angle_v), radius_v * np.sin(angle_v) - 1], axis=1)
    return np.concatenate([right_v2, right_v2[::-1] * (-1, 1)])


def turned(shape: int, scale: float, radians: float) -> np.ndarray:
    """(V, 2) float64: an outline scaled, and turned from its x axis towards minus y (counter-clockwise as seen)."""
    c, s = math.cos(radians), math.sin(radians)
    turned_v2: np.ndarray = scale * outline(shape) @ np.array([(c, -s), (s, c)])
    return turned_v2


def draw(outline_v2: np.ndarray, x_px: np.ndarray, y_px: np.ndarray) -> np.ndarray:
    """(X, Y, 64) uint64 rows of bits: the outline filled around every pair of centres.

    A pixel belongs to it when its centre does. The outline must lie within the picture.
    """
    begin_v2, end_v2 = outline_v2, np.roll(outline_v2, -1, axis=0)
    row_r = (np.arange(EDGE_PX) - y_px[:, None]).ravel()  # R = Y * 64 rows, as the outline sees them
    crossed, edge = np.nonzero((begin_v2[:, 1] <= row_r[:, None]) != (end_v2[:, 1] <= row_r[:, None]))
    along = (row_r[crossed] - begin_v2[edge, 1]) / (end_v2 - begin_v2)[edge, 1]
    cut_c = begin_v2[edge, 0] + along * (end_v2 - begin_v2)[edge, 0]
    flips_cx = _FROM_PIXEL[np.ceil(cut_c[:, None] + x_px).astype(np.int64)]
    rows, first = np.unique(crossed, return_index=True)  # crossings come row by row
    words_rx = np.zeros((len(row_r), len(x_px)), np.uint64)
    words_rx[rows] = np.bitwise_xor.reduceat(flips_cx, first, axis=0)
    return np.ascontiguousarray(words_rx.reshape(len(y_px), EDGE_PX, len(x_px)).transpose(2, 0, 1))
