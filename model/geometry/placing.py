"""Places for new products on a map that stays as it is: where most of those that they are like stand together."""

import numpy as np

from looks_like.model.geometry.neighbours import KnnArrays

PLACING_NEIGHBOURS = 10
_SAMPLE = 1000  # of the mapped, to say what is close on this map
_STEPS = 30  # of the mean shift; it stands still long before


def among_neighbours(z_nd: np.ndarray, xy_n2: np.ndarray, new_md: np.ndarray, near: KnnArrays) -> np.ndarray:
    """(M, 2): the middle of the densest group that the 10 nearest mapped products form on the map.

    Codes (N, D) of the mapped with their places (N, 2), codes (M, D) of the new, and the mapped ones nearest to each.
    A neighbour weighs 1 / distance²: a twin's place is taken. From the neighbour with most others around it, mean
    shift (Comaniciu & Meer 2002), as wide as 10 products are on this map. A mean or a median of all neighbours lies
    between clusters, where nobody is.
    """
    places_mk2 = xy_n2[near.index_nk].astype(np.float64)
    weights_mk = 1 / np.maximum(near.distance_nk.astype(np.float64), 1e-9) ** 2
    width = _reach(xy_n2)
    apart_mkk = np.linalg.norm(places_mk2[:, :, None] - places_mk2[:, None], axis=3)
    crowd_mk = (weights_mk[:, None] * _close(apart_mkk, width)).sum(2)
    xy_m2 = np.take_along_axis(places_mk2, crowd_mk.argmax(1)[:, None, None], 1)[:, 0]
    for _ in range(_STEPS):
        pull_mk = weights_mk * _close(np.linalg.norm(places_mk2 - xy_m2[:, None], axis=2), width)
        xy_m2 = (places_mk2 * pull_mk[..., None]).sum(1) / pull_mk.sum(1, keepdims=True)
    return xy_m2.astype(np.float32)


def _reach(xy_n2: np.ndarray) -> float:
    """The usual distance on this map from a product to the 10th nearest other one."""
    from scipy.spatial import cKDTree

    rows_m = np.random.default_rng(0).permutation(len(xy_n2))[:_SAMPLE]
    if len(xy_n2) < 2:
        return 1e-9
    far_mk = cKDTree(xy_n2).query(xy_n2[rows_m], min(PLACING_NEIGHBOURS + 1, len(xy_n2)))[0]
    return max(float(np.median(far_mk[:, -1])), 1e-9)


def _close(distance: np.ndarray, width: float) -> np.ndarray:
    """1 at no distance, .6 at `width`, never 0: a sum of these is divided by."""
    return np.asarray(np.exp(-0.5 * np.minimum(distance / width, 30) ** 2))
