"""Clusters: products that lie together, numbered from 0, the largest first; -1 is in none.

`k_means` gives everyone a cluster and works on codes (N, D). `hdbscan` (Campello 2013) leaves out who lies between, and
is meant for a map (N, 2): among 32 dimensions density says so little that it leaves out nearly all.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from looks_like.model.errors import ModelError

K_MAX = 500
EXAMPLES = 5
_BATCHED_FROM = 200_000  # codes; from there on k-means learns from batches
_BATCH = 8192
_STARTS = 3  # of k-means; the best is kept
_CORE_MAX = 2000  # examples are picked among so many
_LEAST_SIZE, _LEAST_SHARE = 5, 1 / 120  # what HDBSCAN takes for a cluster
_LEAST_AROUND = 5  # neighbours that make a place dense
_JOINED_TO = 12  # nearest places of each, itself among them
_LARGE, _LEFT_OUT = 1 / 3, 0.2  # shares of all: a cluster that is looked at again, and what that may leave out more


@dataclass(frozen=True)
class Exemplars:
    """Exemplars of a cluster, as row indices of the given codes: the medoid and examples far from each other."""

    medoid: int  # the row nearest to the cluster's mean
    examples: tuple[int, ...]  # five others of its inner half at most, far from one another


def default_k(count: int) -> int:
    """As many clusters as the cube root of the products: 24 for 13,677, 31 for 30,000; 2 to 48."""
    return int(np.clip(round(count ** (1 / 3)), 2, 48))


def k_means(z_nd: np.ndarray, k: int, seed: int = 0) -> np.ndarray:
    """(N,) int32 of k clusters, fewer where fewer codes differ. ModelError for no codes, or a k that can't be."""
    _need_finite(z_nd)
    if not 1 <= k <= K_MAX:
        raise ModelError(f"k must be between 1 and {K_MAX}, got {k}")
    distinct = _distinct_up_to(z_nd, k)
    if distinct <= 1:
        return np.zeros(len(z_nd), np.int32)
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    k = min(k, distinct)
    if len(z_nd) < _BATCHED_FROM:
        fitted = KMeans(k, n_init=_STARTS, random_state=seed)
    else:
        fitted = MiniBatchKMeans(k, n_init=_STARTS, random_state=seed, batch_size=_BATCH)
    with threadpool_limits(1):  # sums of several threads differ in their last digits from run to run
        labels_n = fitted.fit_predict(np.ascontiguousarray(z_nd, np.float32))
    return _largest_first(labels_n)


def hdbscan(xy_n2: np.ndarray, least: int | None = None) -> np.ndarray:
    """(N,) int32 of clusters of `least` products or more (a 120th of all unless said), -1 for those in none.

    No chance is in it. Where one cluster holds more than a third of all, its parts take its place unless that leaves
    out many more. ModelError for no places, or a `least` below 2.
    """
    _need_finite(xy_n2)
    least = max(_LEAST_SIZE, round(len(xy_n2) * _LEAST_SHARE)) if least is None else least
    if least < 2:
        raise ModelError(f"a cluster has 2 products or more, got {least}")
    if not np.ptp(xy_n2, axis=0).any():
        return np.zeros(len(xy_n2), np.int32)  # all at one place
    if len(xy_n2) <= least:
        return np.full(len(xy_n2), -1, np.int32)
    graph = _joined(np.asarray(xy_n2, np.float64))
    labels_n = _hdbscan(graph, least, None)
    most = round(_LARGE * len(xy_n2))
    if np.bincount(labels_n + 1)[1:].max(initial=0) > most:
        finer_n = _hdbscan(graph, least, most)
        labels_n = finer_n if (finer_n < 0).mean() <= (labels_n < 0).mean() + _LEFT_OUT else labels_n
    return _largest_first(labels_n)


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


def _joined(xy_n2: np.ndarray) -> _Graph:
    """Neighbours alone: a graph that hangs together and holds the shortest tree through all.

    Delaunay's triangulation holds that tree; the few nearest of each place make dense ones known as such. All pairs,
    as scikit-learn would take them, are several times the work at 30,000 and too many at a million.
    """
    from scipy.spatial import Delaunay, KDTree, QhullError

    count = len(xy_n2)
    apart_nk, near_nk = (found_nk[:, 1:] for found_nk in KDTree(xy_n2).query(xy_n2, min(_JOINED_TO, count)))
    pairs = [np.stack([np.repeat(np.arange(count), near_nk.shape[1]), near_nk.ravel()], 1)]
    try:
        found = Delaunay(xy_n2)
        pairs += [found.simplices[:, [0, 1]], found.simplices[:, [1, 2]], found.simplices[:, [2, 0]]]
        pairs += [found.coplanar[:, [0, 2]]]  # places that others have already
    except QhullError:  # all on one line
        order = np.lexsort(xy_n2.T)
        pairs += [np.stack([order[:-1], order[1:]], 1)]
    a, b = np.sort(np.concatenate(pairs), axis=1).T.astype(np.int64)
    key = np.sort(a * count + b)
    key = key[np.append(True, key[1:] != key[:-1])]  # NumPy's unique takes ten times as long
    a, b = key // count, key % count
    a, b = a[a != b], b[a != b]
    core_n = apart_nk[:, min(_LEAST_AROUND - 1, apart_nk.shape[1]) - 1]
    reach_e = np.maximum(np.maximum(core_n[a], core_n[b]), np.linalg.norm(xy_n2[a] - xy_n2[b], axis=1))
    return _Graph(count, a, b, np.maximum(reach_e, 1e-12))  # 0 would say that there is no edge


def exemplars(z_nd: np.ndarray, members_m: np.ndarray) -> Exemplars:
    """Of the cluster made of these rows (one or more), ascending."""
    z_md = np.asarray(z_nd[members_m], np.float64)
    from_mean_m = np.linalg.norm(z_md - z_md.mean(0), axis=1)
    order_m = np.argsort(from_mean_m, kind="stable")
    core = order_m[1 : max(EXAMPLES + 1, len(order_m) // 2)]
    if len(core) > _CORE_MAX:
        core = core[np.linspace(0, len(core) - 1, _CORE_MAX).astype(np.int64)]
    picked = _far_apart(z_md[core], z_md[order_m[0]], EXAMPLES)
    return Exemplars(int(members_m[order_m[0]]), tuple(int(members_m[core[i]]) for i in picked))


def majority_vote(index_mk: np.ndarray, labels_n: np.ndarray) -> np.ndarray:
    """(M,) the label that most of each row's neighbours have (nearest first); among equals that of the nearest."""
    votes_mk = labels_n[index_mk]
    same_mk = (votes_mk[:, :, None] == votes_mk[:, None, :]).sum(2)
    return np.asarray(np.take_along_axis(votes_mk, same_mk.argmax(1)[:, None], 1)[:, 0])


def _far_apart(z_md: np.ndarray, from_d: np.ndarray, count: int) -> list[int]:
    """Each the farthest from `from_d` and all before it; twins of those are left out."""
    near_m = np.linalg.norm(z_md - from_d, axis=1)
    picked: list[int] = []
    while len(picked) < min(count, len(z_md)) and near_m.max() > 0:
        picked.append(int(near_m.argmax()))
        near_m = np.minimum(near_m, np.linalg.norm(z_md - z_md[picked[-1]], axis=1))
    return picked


def _largest_first(labels_n: np.ndarray) -> np.ndarray:
    """The same clusters, numbered by size; among equals by their first row."""
    found, first, count = np.unique(labels_n[labels_n >= 0], return_index=True, return_counts=True)
    number = np.full(int(labels_n.max(initial=-1)) + 2, -1, np.int32)  # the last place is that of -1
    number[found[np.lexsort((first, -count))]] = np.arange(len(found))
    return np.asarray(number[labels_n])


def _distinct_up_to(z_nd: np.ndarray, k: int) -> int:
    """How many codes differ; looks at few where that is enough."""
    few = len(np.unique(z_nd[: 4 * k], axis=0))
    return few if few >= k else len(np.unique(z_nd, axis=0))


def _need_finite(x_nd: np.ndarray) -> None:
    if x_nd.ndim != 2 or not len(x_nd) or not np.isfinite(x_nd).all():
        raise ModelError(f"clusters need one product or more and finite numbers (N, D), got an array {x_nd.shape}")
