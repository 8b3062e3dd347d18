"""What shows and what tells of a cluster: exemplars, and how far it stands apart."""

from dataclasses import dataclass

import numpy as np

EXAMPLES = 5
_CORE_MAX = 2000  # examples are picked among so many


@dataclass(frozen=True)
class Exemplars:
    """Exemplars of a cluster, as row indices of the given codes: the medoid and examples far from each other."""

    medoid: int  # the row nearest to the cluster's mean
    examples: tuple[int, ...]  # five others of its inner half at most, far from one another


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


def _far_apart(z_md: np.ndarray, from_d: np.ndarray, count: int) -> list[int]:
    """Each the farthest from `from_d` and all before it; twins of those are left out."""
    near_m = np.linalg.norm(z_md - from_d, axis=1)
    picked: list[int] = []
    while len(picked) < min(count, len(z_md)) and near_m.max() > 0:
        picked.append(int(near_m.argmax()))
        near_m = np.minimum(near_m, np.linalg.norm(z_md - z_md[picked[-1]], axis=1))
    return picked


@dataclass(frozen=True)
class Standing:
    """How far a cluster stands apart from the others."""

    silhouette: float  # -1..1: 0 = its products are as near to another cluster as to their own; NaN where it is alone
    runs_into: int  # the cluster that most of its products are nearest to besides; -1 where it is alone


def standing(z_nd: np.ndarray, labels_n: np.ndarray) -> dict[int, Standing]:
    """Of each cluster, by the distances of its codes (N, D) to the middles of all (the simplified silhouette of
    Hruschka 2004); -1 is in none.
    """
    numbers_k = np.unique(labels_n[labels_n >= 0])
    if len(numbers_k) < 2:
        return {int(number): Standing(float("nan"), -1) for number in numbers_k}
    rows_m = np.flatnonzero(labels_n >= 0)
    at_m, z_md = np.searchsorted(numbers_k, labels_n[rows_m]), np.asarray(z_nd[rows_m], np.float32)
    count_k = np.bincount(at_m)
    middle_kd = np.zeros((len(numbers_k), z_md.shape[1]))
    np.add.at(middle_kd, at_m, z_md)
    middle_kd = (middle_kd / count_k[:, None]).astype(np.float32)
    squared_mk = (z_md**2).sum(1)[:, None] - 2 * z_md @ middle_kd.T + (middle_kd**2).sum(1)
    distance_mk = np.sqrt(np.maximum(squared_mk, 0))
    everyone = np.arange(len(rows_m))
    own_m = distance_mk[everyone, at_m].copy()
    distance_mk[everyone, at_m] = np.inf
    other_m = distance_mk.argmin(1)
    away_m = distance_mk[everyone, other_m]
    width_m = np.divide(away_m - own_m, np.maximum(away_m, own_m), out=np.zeros_like(own_m), where=away_m + own_m > 0)
    mean_k = np.bincount(at_m, width_m) / count_k
    met_kk = np.bincount(at_m * len(numbers_k) + other_m, minlength=len(numbers_k) ** 2).reshape(-1, len(numbers_k))
    return {
        int(number): Standing(float(mean_k[i]), int(numbers_k[met_kk[i].argmax()]))
        for i, number in enumerate(numbers_k)
    }
