"""Colours in a hole that meet those around it."""

import numpy as np

_NEXT = ((0, 1), (0, -1), (1, 0), (-1, 0))


def membrane(values_hwc: np.ndarray, hole_hw: np.ndarray) -> np.ndarray:
    """float64 (H, W, C): the values, and in the hole (H, W, bool) those of a membrane that is held by its border.

    Solves Laplace's equation; at the border of the picture the membrane is free. ValueError where all is hole.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import splu

    if hole_hw.all():
        raise ValueError("a membrane needs something that is known")
    filled_hwc = np.array(values_hwc, np.float64)
    y_m, x_m = np.nonzero(hole_hw)
    if not len(y_m):
        return filled_hwc
    place_hw = np.full(hole_hw.shape, -1)
    place_hw[y_m, x_m] = np.arange(len(y_m))
    held_mc, beside_m, pairs = np.zeros((len(y_m), filled_hwc.shape[2])), np.zeros(len(y_m)), []
    for down, right in _NEXT:
        at = np.flatnonzero(_inside(y_m + down, x_m + right, hole_hw.shape))
        y, x = y_m[at] + down, x_m[at] + right
        beside_m[at] += 1
        inner = hole_hw[y, x]
        pairs.append((at[inner], place_hw[y[inner], x[inner]]))
        held_mc[at[~inner]] += filled_hwc[y[~inner], x[~inner]]  # one neighbour of each on this side: none twice
    from_p, to_p = (np.concatenate(part) for part in zip(*pairs, strict=True))
    own = np.arange(len(y_m))
    weights = np.concatenate([beside_m, np.full(len(from_p), -1.0)])
    equations = coo_matrix((weights, (np.concatenate([own, from_p]), np.concatenate([own, to_p]))))
    filled_hwc[y_m, x_m] = splu(equations.tocsc()).solve(held_mc)
    return filled_hwc


def seamless(made_nhwc: np.ndarray, known_hwc: np.ndarray, hole_hw: np.ndarray) -> np.ndarray:
    """float64 (N, H, W, C): the known picture with the hole filled from each made one (N, H, W, C).

    What a made one misses at the border is taken off it within the hole too, less and less from there on (Perez 2003:
    Poisson image editing with the made gradients).
    """
    count, channels = len(made_nhwc), known_hwc.shape[2]
    missed_hwnc = np.moveaxis(known_hwc[None] - np.asarray(made_nhwc, np.float64), 0, 2)
    missed_hwk = membrane(missed_hwnc.reshape(*hole_hw.shape, count * channels), hole_hw)
    return np.asarray(made_nhwc + np.moveaxis(missed_hwk.reshape(*hole_hw.shape, count, channels), 2, 0))


def _inside(y_m: np.ndarray, x_m: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray((y_m >= 0) & (y_m < shape[0]) & (x_m >= 0) & (x_m < shape[1]))
