"""HDBSCAN (Campello 2013): clusters where products lie densely; who lies between is in none.

Meant for a layout of 2 to 10 dimensions: among 32 or more density says so little that nearly all are left out.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from looks_like.model.errors import ModelError
from looks_like.model.geometry.clusters.numbering import largest_first, need_finite
from looks_like.model.geometry.neighbours import NearestNeighbours

_LEAST_SIZE, _LEAST_SHARE = 5, 1 / 120  # what is taken for a cluster
_TRIED_SHARES, _TRIED_MAX = (1 / 120, 1 / 80, 1 / 60, 1 / 40, 1 / 25), 10_000
_MORE = 0.35  # power of the number of clusters: twice as many, found again a fifth less alike, say as much
_LEAST_AROUND = 5  # neighbours that make a place dense
_JOINED_TO = 12  # nearest places of each, itself among them
_LARGE, _LEFT_OUT = 1 / 3, 0.2  # shares of all: a cluster that is looked at again, and what that may leave out more


def hdbscan(x_nd: np.ndarray, least: int | None = None) -> np.ndarray:
    """(N,) int32 of clusters of `least` products or more (a 120th of all unless said), -1 for those in none.

    No chance is in it. Where one cluster holds more than a third of all, its parts take its place unless that leaves
    out many more. ModelError for no places, or a `least` below 2.
    """
    need_finite(x_nd)
    least = max(_LEAST_SIZE, round(len(x_nd) * _LEAST_SHARE)) if least is None else least
    if least < 2:
        raise ModelError(f"a cluster has 2 products or more, got {least}")
    if not np.ptp(x_nd, axis=0).any():
        return np.zeros(len(x_nd), np.int32)  # all at one place
    if len(x_nd) <= least:
        return np.full(len(x_nd), -1, np.int32)
    graph = _joined(np.asarray(x_nd, np.float64))
    labels_n = _hdbscan(graph, least, None)
    most = round(_LARGE * len(x_nd))
    if np.bincount(labels_n + 1)[1:].max(initial=0) > most:
        finer_n = _hdbscan(graph, least, most)
        labels_n = finer_n if (finer_n < 0).mean() <= (labels_n < 0).mean() + _LEFT_OUT else labels_n
    return largest_first(labels_n)


def propose_least(x_nd: np.ndarray, seed: int = 0) -> int:
    """Of how many products the smallest cluster should be: a 120th to a 25th of all.

    Whichever finds the most alike clusters in three drawn halves of at most 10,000 places (adjusted Rand index); more
    clusters may be a little less alike.
    """
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    asked_nd = x_nd[rng.permutation(len(x_nd))[:_TRIED_MAX]]
    halves = [rng.permutation(len(asked_nd))[: len(asked_nd) // 2] for _ in range(3)]
    best, most = _TRIED_SHARES[0], -1.0
    for share in _TRIED_SHARES:
        least = round(len(halves[0]) * share)
        if least < _LEAST_SIZE:
            continue
        found = [hdbscan(asked_nd[half], least) for half in halves]
        said = [
            labels_m[NearestNeighbours(asked_nd[half]).nearest(asked_nd, 1)[0][:, 0]]
            for half, labels_m in zip(halves, found, strict=True)
        ]
        agreed = np.mean([adjusted_rand_score(a, b) for a, b in combinations(said, 2)])
        worth = agreed * max(1.0, np.mean([labels_m.max() + 1 for labels_m in found])) ** _MORE
        if worth > most:
            best, most = share, worth
    return max(_LEAST_SIZE, round(len(x_nd) * best))


@dataclass(frozen=True)
class _Graph:
    """Neighbours (a, b), a < b, and at what mutual reachability (Campello 2013) each pair is one."""

    count: int
    a_e: np.ndarray
    b_e: np.ndarray
    reach_e: np.ndarray

    def matrix(self, reach_e: np.ndarray, kept_e: np.ndarray | slice = slice(None)) -> csr_array:
        a_e, b_e = self.a_e[kept_e], self.b_e[kept_e]
        both = (np.concatenate([a_e, b_e]), np.concatenate([b_e, a_e]))
        return csr_array(csr_matrix((np.tile(reach_e[kept_e], 2), both), shape=(self.count, self.count)))


def _hdbscan(graph: _Graph, least: int, most: int | None) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    # one sample: how dense each place is stands in the reachability already
    found = HDBSCAN(min_cluster_size=least, min_samples=1, max_cluster_size=most, metric="precomputed", copy=True)
    labels_n = np.asarray(found.fit_predict(graph.matrix(_all_different(graph.reach_e))))
    return _without_bridges(labels_n, graph, least)


def _all_different(reach_e: np.ndarray) -> np.ndarray:
    """The same to eight digits, equal ones told apart in the order given.

    Many are equal, as a place is reached from all within its core at the same cost. scikit-learn and SciPy sort them
    with no order among equals, which comes out otherwise on another processor, and clusters with it.
    """
    order_e = np.argsort(reach_e, kind="stable")
    different_e = np.empty_like(reach_e)
    different_e[order_e] = reach_e[order_e] * (1 + np.arange(len(reach_e)) * 2.0**-51)
    return different_e


def _without_bridges(labels_n: np.ndarray, graph: _Graph, least: int) -> np.ndarray:
    """Who hangs on a cluster by the very reach at which it meets another is in none.

    Such a place lies between the two, as near to the one as to the other: a tree of pairs gives it to either, by lot.
    """
    from scipy.sparse.csgraph import connected_components

    a_e, b_e = labels_n[graph.a_e], labels_n[graph.b_e]
    meets_c = np.full(labels_n.max(initial=-1) + 2, np.inf)  # the last place is that of -1
    for side_e in (a_e, b_e):
        np.minimum.at(meets_c, side_e[a_e != b_e], graph.reach_e[a_e != b_e])
    inside_e = (a_e == b_e) & (a_e >= 0) & (graph.reach_e < meets_c[a_e])
    part_n = connected_components(graph.matrix(graph.reach_e, inside_e), directed=False)[1]
    return np.where(np.bincount(part_n)[part_n] >= least, labels_n, -1)


def _joined(x_nd: np.ndarray) -> _Graph:
    """Neighbours alone: a graph that hangs together and holds the shortest tree through all, or nearly.

    In two dimensions Delaunay's triangulation holds that tree; in more, the nearest of each hold it within each dense
    place and the shortest ways from part to part between them. All pairs, as scikit-learn would take them, are several
    times the work at 30,000 and too many at a million.
    """
    from scipy.spatial import KDTree

    count = len(x_nd)
    apart_nk, near_nk = (found_nk[:, 1:] for found_nk in KDTree(x_nd).query(x_nd, min(_JOINED_TO, count)))
    near_e2 = np.stack([np.repeat(np.arange(count), near_nk.shape[1]), near_nk.ravel()], 1)
    further_e2 = _triangulated(x_nd) if x_nd.shape[1] == 2 else _ways_between(x_nd, near_e2)
    a, b = np.sort(np.concatenate([near_e2, further_e2]), axis=1).T.astype(np.int64)
    key = np.sort(a * count + b)
    key = key[np.append(True, key[1:] != key[:-1])]  # NumPy's unique takes ten times as long
    a, b = key // count, key % count
    a, b = a[a != b], b[a != b]
    core_n = apart_nk[:, min(_LEAST_AROUND - 1, apart_nk.shape[1]) - 1]
    reach_e = np.maximum(np.maximum(core_n[a], core_n[b]), np.linalg.norm(x_nd[a] - x_nd[b], axis=1))
    return _Graph(count, a, b, np.maximum(reach_e, 1e-12))  # 0 would say that there is no edge


def _triangulated(x_n2: np.ndarray) -> np.ndarray:
    """(E, 2) pairs of places in a plane that are neighbours."""
    from scipy.spatial import Delaunay, QhullError

    try:
        found = Delaunay(x_n2)
    except QhullError:  # all on one line
        order = np.lexsort(x_n2.T)
        return np.stack([order[:-1], order[1:]], 1)
    sides = [found.simplices[:, [0, 1]], found.simplices[:, [1, 2]], found.simplices[:, [2, 0]]]
    return np.concatenate([*sides, found.coplanar[:, [0, 2]]])  # the last: places that others have already


def _ways_between(x_nd: np.ndarray, pair_e2: np.ndarray) -> np.ndarray:
    """(E, 2) the shortest way out of each part of the graph, until all hang together (Boruvka 1926)."""
    from scipy.sparse.csgraph import connected_components

    neighbours, found = NearestNeighbours(x_nd), [np.empty((0, 2), np.int64)]
    while True:
        pair_e2 = np.concatenate([pair_e2, found[-1]])
        joined = csr_matrix((np.ones(len(pair_e2), bool), tuple(pair_e2.T)), shape=(len(x_nd),) * 2)
        parts, part_n = connected_components(joined, directed=False)
        if parts == 1:
            return np.concatenate(found)
        largest = np.bincount(part_n).argmax()
        found.append(np.array([_way_out(neighbours, part_n == i) for i in range(parts) if i != largest]))


def _way_out(neighbours: NearestNeighbours, inside_n: np.ndarray) -> tuple[int, int]:
    inside_m = np.flatnonzero(inside_n)
    index_m1, distance_m1 = neighbours.nearest(neighbours.z_nd[inside_m], 1, np.flatnonzero(~inside_n))
    shortest = int(distance_m1[:, 0].argmin())
    return int(inside_m[shortest]), int(index_m1[shortest, 0])
