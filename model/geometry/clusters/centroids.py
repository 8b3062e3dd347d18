"""k-means: everyone is in a cluster. Works on codes (N, D)."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.geometry.clusters.numbering import largest_first, need_finite

K_MAX = 500
_BATCHED_FROM = 200_000  # codes; from there on k-means learns from batches
_BATCH = 8192
_STARTS = 3  # of k-means; the best is kept
_TRIED_MAX, _HALVES = 6000, 3  # codes and drawn halves of them by which a number of clusters is tried
_LADDER = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96)  # from a third to twice the usual number
_MORE = 0.15  # power of k: twice as many clusters, found again a tenth less alike, say as much
_MEMBERS_TRIED = 5  # of each cluster at least, of a half


def default_k(count: int) -> int:
    """As many clusters as the cube root of the products: 24 for 13,677, 31 for 30,000; 2 to 48."""
    return int(np.clip(round(count ** (1 / 3)), 2, 48))


def k_means(z_nd: np.ndarray, k: int, seed: int = 0) -> np.ndarray:
    """(N,) int32 of k clusters, fewer where fewer codes differ. ModelError for no codes, or a k that can't be."""
    need_finite(z_nd)
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
    return largest_first(labels_n)


def _distinct_up_to(z_nd: np.ndarray, k: int) -> int:
    """How many codes differ; looks at few where that is enough."""
    few = len(np.unique(z_nd[: 4 * k], axis=0))
    return few if few >= k else len(np.unique(z_nd, axis=0))


def propose_k(z_nd: np.ndarray, seed: int = 0, among: Sequence[int] = ()) -> tuple[int, float]:
    """-> (how many clusters are found again most alike, the agreement: mean adjusted Rand index, 1 the same).

    Tried are numbers around `default_k` unless said, each on three drawn halves of at most 6,000 codes, which label the
    same codes (stability of Ben-Hur 2002). Few clusters are nearly always found again more alike, and say less: more of
    them are worth a little.
    """
    need_finite(z_nd)
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from threadpoolctl import threadpool_limits

    rng, usual = np.random.default_rng(seed), default_k(len(z_nd))
    asked_nd = np.ascontiguousarray(z_nd[rng.permutation(len(z_nd))[:_TRIED_MAX]], np.float32)
    distinct = _distinct_up_to(asked_nd, K_MAX)
    halves = [rng.permutation(len(asked_nd))[: max(1, len(asked_nd) // 2)] for _ in range(_HALVES)]
    tried = among or [k for k in _LADDER if usual / 3 <= k <= 2 * usual]
    best = (1 if distinct <= 1 else min(among[0] if among else usual, distinct), 0.0)
    for k in tried:
        if k * _MEMBERS_TRIED > len(halves[0]) or k > distinct:
            continue
        with threadpool_limits(1):
            found = [KMeans(k, n_init=1, random_state=seed + i).fit(asked_nd[h]) for i, h in enumerate(halves)]
            said = [each.predict(asked_nd) for each in found]
        agreed = float(np.mean([adjusted_rand_score(a, b) for a, b in combinations(said, 2)]))
        best = max(best, (k, agreed), key=lambda pair: pair[1] * pair[0] ** _MORE)
    return best
