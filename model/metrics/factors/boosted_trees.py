"""Boosted trees that tell classes from codes: scikit-learn's GradientBoostingClassifier as it comes, grown faster.

Friedman 2001 (doi:10.1214/aos/1013203451): 100 rounds, in each of them a tree of depth 3 for every class, fitted to the
residuals; a leaf moves what is said of its codes by a tenth of a Newton step. Splits are exact, as scikit-learn's are:
two of its own runs with different seeds differ as much as ours does from one. It sorts the codes anew in every node of
every tree; here they are sorted once, and a level of a tree is one walk along each dimension.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import expit, softmax

ROUNDS, RATE, DEPTH = 100, 0.1, 3
_NODES = 2 ** (DEPTH + 1)  # numbered from the root 1; the children of t are 2 t and 2 t + 1
_ALIKE = np.float32(1e-7)  # values so near have no threshold between them
_PURE = float(np.finfo(np.float64).eps)  # variance of residuals at which there is nothing to split
_CERTAIN = 1e-150  # curvature of a leaf that does not move
_RARE = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, eq=False)
class Predictions:
    """Feature importances and predictions of the boosted trees."""

    used_d: np.ndarray  # (D,) how much they use each dimension, in shares; all 0 where codes tell nothing
    predicted_m: np.ndarray  # (M,) the class of each other code


def boosted_trees(z_nd: np.ndarray, classes_n: np.ndarray, test_md: np.ndarray, seed: int = 0) -> Predictions:
    """Learns from codes (N, D) with their classes (N,), and answers for others (M, D).

    The seed decides which of two dimensions that split equally well is taken.
    """
    x_dn, asked_dm = (np.ascontiguousarray(codes.T, np.float32) for codes in (z_nd, test_md))
    order_dn = np.argsort(x_dn, axis=1, kind="stable").astype(np.int32)
    sorted_dn = np.take_along_axis(x_dn, order_dn, 1)
    values_k, class_n = np.unique(classes_n, return_inverse=True)
    begin_k, target_kn, link = _link(class_n)
    said_kn, asked_km = (np.repeat(begin_k[:, None], codes.shape[1], 1) for codes in (x_dn, asked_dm))
    used_d, rng = np.zeros(len(x_dn)), np.random.default_rng(seed)
    columns_kld = np.tile(np.arange(len(x_dn)), (len(target_kn), DEPTH, 1))
    shrink = 1 if len(values_k) == 2 else 1 - 1 / len(values_k)  # Friedman's (K - 1) / K
    for _ in range(ROUNDS):
        chance_kn = link(said_kn)
        residual_kn = target_kn - chance_kn
        for k, columns_ld in enumerate(rng.permuted(columns_kld, axis=2)):
            column_t, threshold_t, leaf_n = _grown(x_dn, sorted_dn, order_dn, residual_kn[k], columns_ld, used_d)
            upwards_t = np.bincount(leaf_n, residual_kn[k], _NODES)
            curvature_t = np.bincount(leaf_n, chance_kn[k] * (1 - chance_kn[k]), _NODES)
            step_t = np.divide(upwards_t, curvature_t, np.zeros(_NODES), where=curvature_t > _CERTAIN) * RATE * shrink
            said_kn[k] += step_t[leaf_n]
            asked_km[k] += step_t[_leaves(asked_dm, column_t, threshold_t)]
    predicted_m = (asked_km[0] > 0).astype(np.intp) if len(values_k) == 2 else asked_km.argmax(0)
    return Predictions(used_d / max(used_d.sum(), _CERTAIN), values_k[predicted_m])


def _link(class_n: np.ndarray) -> tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Initial scores (K,), one-hot targets (K, N) and the link function; K = 1 for two classes."""
    share_k = np.bincount(class_n) / len(class_n)
    share_k = np.clip(share_k, _RARE, 1 - _RARE)
    right_kn = (class_n == np.arange(len(share_k))[:, None]).astype(np.float64)
    if len(share_k) == 2:
        return np.log(share_k[1:] / share_k[:1]), right_kn[1:], expit
    return np.log(share_k), right_kn, lambda said_kn: softmax(said_kn, axis=0)


@njit(nogil=True, cache=True)
def _grown(
    x_dn: np.ndarray,
    sorted_dn: np.ndarray,
    order_dn: np.ndarray,
    residual_n: np.ndarray,
    columns_ld: np.ndarray,
    used_d: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A tree: the column (-1 = a leaf) and threshold of each node, and the leaf of each code. Adds to `used_d`."""
    column_t, threshold_t = np.full(_NODES, -1), np.zeros(_NODES)
    node_n = np.ones(len(residual_n), np.int8)
    for depth in range(DEPTH):
        _split(1 << depth, sorted_dn, order_dn, residual_n, node_n, columns_ld[depth], column_t, threshold_t, used_d)
        _descend(1 << depth, x_dn, node_n, column_t, threshold_t)
    return column_t, threshold_t, node_n


@njit(nogil=True, cache=True)
def _leaves(x_dn: np.ndarray, column_t: np.ndarray, threshold_t: np.ndarray) -> np.ndarray:
    """(N,) where codes come to rest in a tree."""
    node_n = np.ones(x_dn.shape[1], np.int8)
    for depth in range(DEPTH):
        _descend(1 << depth, x_dn, node_n, column_t, threshold_t)
    return node_n


@njit(nogil=True, cache=True)
def _descend(first: int, x_dn: np.ndarray, node_n: np.ndarray, column_t: np.ndarray, threshold_t: np.ndarray) -> None:
    """Codes in a split node of the level that begins with node `first` go on to one of its children."""
    for n in range(len(node_n)):
        t = node_n[n]
        if t >= first and column_t[t] >= 0:
            node_n[n] = 2 * t + (x_dn[column_t[t], n] > threshold_t[t])


@njit(nogil=True, cache=True)
def _split(
    first: int,
    sorted_dn: np.ndarray,
    order_dn: np.ndarray,
    residual_n: np.ndarray,
    node_n: np.ndarray,
    columns_d: np.ndarray,
    column_t: np.ndarray,
    threshold_t: np.ndarray,
    used_d: np.ndarray,
) -> None:
    """Finds where each node w of a level is split best, columns in the order given; the earlier of equals wins."""
    count_w, sum_w, is_open_w = _level(first, residual_n, node_n)
    best_w = np.zeros(first)
    for d in columns_d:
        below_w, sum_below_w, last_w = np.zeros(first), np.zeros(first), np.zeros(first, np.float32)
        for i, n in enumerate(order_dn[d]):
            w = node_n[n] - first
            if w < 0 or not is_open_w[w]:
                continue
            value, below = sorted_dn[d, i], below_w[w]
            if below > 0 and value > last_w[w] + _ALIKE:
                above = count_w[w] - below
                apart = above * sum_below_w[w] - below * (sum_w[w] - sum_below_w[w])
                gain = apart * apart / (below * above)  # = count x what the squared residuals fall by
                if gain > best_w[w]:
                    best_w[w] = gain
                    column_t[first + w] = d
                    threshold_t[first + w] = last_w[w] / 2.0 + value / 2.0
            below_w[w] = below + 1
            sum_below_w[w] += residual_n[n]
            last_w[w] = value
    for w in range(first):
        if column_t[first + w] >= 0:
            used_d[column_t[first + w]] += best_w[w] / count_w[w]


@njit(nogil=True, cache=True)
def _level(first: int, residual_n: np.ndarray, node_n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each node of a level: how many codes it has, the sum of their residuals, whether there is a split to find."""
    count_w, sum_w, squares_w = np.zeros(first), np.zeros(first), np.zeros(first)
    for n in range(len(residual_n)):
        w = node_n[n] - first
        if w >= 0:
            count_w[w] += 1
            sum_w[w] += residual_n[n]
            squares_w[w] += residual_n[n] * residual_n[n]
    is_open_w = np.zeros(first, np.bool_)
    for w in range(first):
        if count_w[w] > 1:
            is_open_w[w] = squares_w[w] / count_w[w] - (sum_w[w] / count_w[w]) ** 2 > _PURE
    return count_w, sum_w, is_open_w
