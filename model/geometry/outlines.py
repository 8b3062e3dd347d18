"""Where a cluster lies on a map: outlines of its densest part, and a place for its name. For drawing."""

from dataclasses import dataclass

import numpy as np

VERTICES_MAX = 64
ISLANDS_MAX = 4
_HELD = 0.8  # of the cluster's products, in the densest cells
_ISLAND_SHARE, _ISLAND_LEAST = 0.08, 8  # of the cluster, products; smaller ones are not drawn, but the largest is
_CELLS = 57  # along the longer side of a cluster; odd, so that its middle is the middle of a cell
_BLUR_CELLS, _BLUR_MAX = 3.0, 6.0  # the fewer products, the wider: three beside each other are no place
_BLUR_AT_ONE = 60  # cells; over the root of how many there are: a little more than they lie apart
_MARGIN = 14  # cells
_REACH = (0.02, 0.98)  # quantiles: a stray product does not make the cells large
_SMALLEST = 1 / 100  # of the map's extent: a cluster at one place is drawn as large


@dataclass(frozen=True)
class Outline:
    """Polygons on the map, the largest island first, and a point inside that one; empty and None off the map."""

    islands: tuple[np.ndarray, ...]  # (V, 2) float32, V <= 40, open: the last vertex meets the first
    at: tuple[float, float] | None


def outline(xy_n2: np.ndarray, members_n: np.ndarray) -> Outline:
    """Of the rows marked in `members_n` (bool) on a map (N, 2); rows whose place is NaN are on no map."""
    placed_n = np.isfinite(xy_n2).all(1)
    xy_m2 = np.asarray(xy_n2[members_n & placed_n], np.float64)
    if not len(xy_m2):
        return Outline((), None)
    extent = float(np.ptp(xy_n2[placed_n], axis=0).max()) or 1.0  # a map of one place
    low_2, cell = _frame(xy_m2, extent * _SMALLEST)
    counts_yx, dense_yx = _densities(xy_m2, low_2, cell)
    return _of_cells(_densest(counts_yx, dense_yx), counts_yx, low_2, cell)


def _frame(xy_m2: np.ndarray, smallest: float) -> tuple[np.ndarray, float]:
    """-> (where the first cell begins, the edge of a cell)"""
    low_2, high_2 = np.quantile(xy_m2, _REACH, axis=0)
    edge = max(float((high_2 - low_2).max()), smallest)
    cell = edge / _CELLS
    return (low_2 + high_2) / 2 - (edge / 2 + _MARGIN * cell), cell


def _densities(xy_m2: np.ndarray, low_2: np.ndarray, cell: float) -> tuple[np.ndarray, np.ndarray]:
    """-> products in each cell (Y, X), and the same blurred"""
    from scipy.ndimage import gaussian_filter

    side = _CELLS + 2 * _MARGIN
    at_m2 = np.floor((xy_m2 - low_2) / cell).astype(np.int64)
    inside_m = ((at_m2 >= 0) & (at_m2 < side)).all(1)
    flat = at_m2[inside_m, 1] * side + at_m2[inside_m, 0]
    counts_yx = np.bincount(flat, minlength=side * side).reshape(side, side).astype(np.float64)
    blur = float(np.clip(_BLUR_AT_ONE / len(xy_m2) ** 0.5, _BLUR_CELLS, _BLUR_MAX))
    return counts_yx, gaussian_filter(counts_yx, blur, mode="constant")


def _densest(counts_yx: np.ndarray, dense_yx: np.ndarray) -> np.ndarray:
    """(Y, X) bool: the densest cells that hold the share; none at the rim, so that every outline closes."""
    order = np.argsort(-dense_yx, axis=None, kind="stable")
    held = np.cumsum(counts_yx.ravel()[order])
    enough = int(np.searchsorted(held, _HELD * held[-1])) + 1
    level = dense_yx.ravel()[order[min(enough, len(order) - 1)]]
    dense = dense_yx >= max(level, 1e-12)
    dense[[0, -1]] = dense[:, [0, -1]] = False
    return np.asarray(dense)


def _of_cells(dense_yx: np.ndarray, counts_yx: np.ndarray, low_2: np.ndarray, cell: float) -> Outline:
    from scipy import ndimage

    labels_yx, found = ndimage.label(dense_yx)
    held = np.asarray(ndimage.sum_labels(counts_yx, labels_yx, range(1, found + 1)))
    chosen = [int(i) for i in np.argsort(-held, kind="stable")[:ISLANDS_MAX]]
    least = max(_ISLAND_LEAST, _ISLAND_SHARE * counts_yx.sum())
    chosen = [i for place, i in enumerate(chosen) if not place or held[i] >= least]
    islands, at = [], None
    for i in chosen:
        island_yx = ndimage.binary_fill_holes(labels_yx == i + 1)
        polygon_v2 = _smooth(_border(island_yx))
        if at is None:
            at_2 = _deepest(island_yx, polygon_v2) * cell + low_2
            at = (float(at_2[0]), float(at_2[1]))
        islands.append((polygon_v2 * cell + low_2).astype(np.float32))
    return Outline(tuple(islands), at)


def _border(island_yx: np.ndarray) -> np.ndarray:
    """(V, 2) corners x, y around an island of cells that hang together by their sides, as its inside does.

    No corner is met twice then, so each has one successor.
    """
    padded = np.pad(island_yx, 1)
    onward: dict[tuple[int, int], tuple[int, int]] = {}
    # the side of a cell that has no neighbour there, walked with the cell on the same hand
    sides = (((-1, 0), (0, 0), (1, 0)), ((0, 1), (1, 0), (1, 1)), ((1, 0), (1, 1), (0, 1)), ((0, -1), (0, 1), (0, 0)))
    for (down, right), (x0, y0), (x1, y1) in sides:
        alone = padded & ~np.roll(padded, (-down, -right), (0, 1))
        for y, x in np.argwhere(alone[1:-1, 1:-1]).tolist():
            onward[x + x0, y + y0] = (x + x1, y + y1)
    start = min(onward)
    walked = [start]
    while (corner := onward[walked[-1]]) != start:
        walked.append(corner)
    return np.array(walked, np.float64)


def _smooth(corners_v2: np.ndarray) -> np.ndarray:
    """The stairs averaged away, then at most VERTICES_MAX places along the way."""
    count = len(corners_v2)
    for _ in range(3 if count >= 20 else 0):
        corners_v2 = np.mean([np.roll(corners_v2, shift, 0) for shift in range(-2, 3)], axis=0)
    at = np.linspace(0, count, min(count, VERTICES_MAX), endpoint=False)
    return np.stack([np.interp(at, np.arange(count), corners_v2[:, i], period=count) for i in (0, 1)], 1)


def _deepest(island_yx: np.ndarray, polygon_v2: np.ndarray) -> np.ndarray:
    """(2,) x, y: the middle of the cell that is farthest from the island's border and inside its polygon."""
    from scipy.ndimage import distance_transform_edt

    depth_yx = distance_transform_edt(np.pad(island_yx, 1))[1:-1, 1:-1]
    places = np.argwhere(island_yx)
    places = places[np.argsort(-depth_yx[island_yx], kind="stable")]
    for y, x in places[:200]:
        if inside(np.array([[x + 0.5, y + 0.5]]), polygon_v2)[0]:
            return np.array([x + 0.5, y + 0.5])
    return np.asarray(polygon_v2.mean(0))


def inside(xy_m2: np.ndarray, polygon_v2: np.ndarray) -> np.ndarray:
    """(M,) bool: which points lie in a closed polygon, by the even-odd rule; NaN is nowhere.

    Only points within its bounds are looked at, each beside the sides at its height: a million points and the 400 sides
    of a lasso take a fifth of a second.
    """
    near_m = ((xy_m2 >= polygon_v2.min(0)) & (xy_m2 <= polygon_v2.max(0))).all(1)
    rows = np.flatnonzero(near_m)
    rows = rows[np.argsort(xy_m2[rows, 1], kind="stable")]
    x_r, y_r = xy_m2[rows].astype(np.float64).T
    odd_r = np.zeros(len(rows), bool)
    for (x0, y0), (x1, y1) in zip(polygon_v2, np.roll(polygon_v2, -1, axis=0), strict=True):
        beside = slice(*np.searchsorted(y_r, sorted((y0, y1))))  # those that are not below both ends, or above both
        if y0 != y1:
            odd_r[beside] ^= x_r[beside] < (x1 - x0) * (y_r[beside] - y0) / (y1 - y0) + x0
    near_m[rows] = odd_r
    return np.asarray(near_m)
