"""Which products lie together: labels for codes, by HDBSCAN on a layout of them or on a map, or by k-means."""

from collections.abc import Callable

import numpy as np

from looks_like.explorer.core import Space
from looks_like.model.geometry import (
    KnnArrays,
    NearestNeighbours,
    hdbscan,
    joined_by_vote,
    k_means,
    propose_k,
    propose_least,
    vote,
)
from looks_like.model.maps import method
from looks_like.model.maps.umap import fit_dense

Progress = Callable[[float], None]
LAID_OUT_MAX = 60_000  # codes; of more these many are laid out, evenly drawn, and the others go with their neighbours
_VOTERS = 15


def likeness_codes(space: Space) -> np.ndarray:
    """(N, D) what clusters are made of: a model's codes; of a look its form alone, since by form and colour a catalogue
    falls into a dozen black shelves of everything (docs/clusters.md).
    """
    form = space.net.parts.get("form")
    if form is None:
        return space.z_nd
    form_nd = space.z_nd[:, form]
    return form_nd if len(form_nd) and np.ptp(form_nd, axis=0).any() else space.z_nd


def by_density(z_nd: np.ndarray, least: int | None, seed: int, progress: Progress) -> np.ndarray:
    """(N,) int32 of the clusters that stand apart, -1 in none; where nothing does, as k-means parts them."""
    drawn_m = np.arange(len(z_nd))
    if len(z_nd) > LAID_OUT_MAX:
        drawn_m = np.linspace(0, len(z_nd) - 1, LAID_OUT_MAX).astype(np.int64)
    z_md = np.ascontiguousarray(z_nd[drawn_m], np.float32)
    labels_m = np.full(len(z_md), -1, np.int32)
    neighbours = NearestNeighbours(z_md)
    if not np.ptp(z_md, axis=0).any():
        return np.zeros(len(z_nd), np.int32)
    if len(z_md) >= method("umap").PRODUCTS_MIN:
        graph = neighbours.graph(_VOTERS)
        labels_m = _of_layout(z_md, graph, least, seed, progress)
    if (labels_m < 0).all():
        return usual_k_means(z_nd, None, seed)
    if len(drawn_m) == len(z_nd):
        return labels_m
    labels_n = np.full(len(z_nd), -1, np.int32)
    labels_n[drawn_m] = labels_m
    late = np.setdiff1d(np.arange(len(z_nd)), drawn_m, assume_unique=True)
    for part in np.array_split(late, -(-len(late) // LAID_OUT_MAX)):
        labels_n[part] = vote(labels_m[neighbours.nearest(z_nd[part], _VOTERS)[0]])
    return labels_n


def by_map(xy_n2: np.ndarray, z_nd: np.ndarray, least: int | None) -> np.ndarray:
    """(N,) int32 of the dense places of a map; who lies between goes with the codes most like it, if they agree."""
    labels_n = hdbscan(xy_n2, least)
    return joined_by_vote(labels_n, NearestNeighbours(z_nd).graph(_VOTERS).index_nk) if len(z_nd) > 1 else labels_n


def usual_k_means(z_nd: np.ndarray, k: int | None, seed: int) -> np.ndarray:
    """(N,) int32 of k clusters; unless said, of as many as are found again."""
    return k_means(z_nd, propose_k(z_nd, seed)[0] if k is None else k, seed)


def _of_layout(z_nd: np.ndarray, graph: KnnArrays, least: int | None, seed: int, progress: Progress) -> np.ndarray:
    x_nd = fit_dense(z_nd, graph, seed, progress)
    labels_n = hdbscan(x_nd, propose_least(x_nd, seed) if least is None else least)
    return joined_by_vote(labels_n, graph.index_nk)
