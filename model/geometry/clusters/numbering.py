"""Labels of clusters: numbered from 0, the largest first; -1 is in none. And who votes for whom."""

import numpy as np

from looks_like.model.errors import ModelError

VOTE_SHARE = 1 / 3  # of the neighbours: more leave twice as many in none, and the others are no purer


def largest_first(labels_n: np.ndarray) -> np.ndarray:
    """The same clusters, numbered by size; among equals by their first row."""
    found, first, count = np.unique(labels_n[labels_n >= 0], return_index=True, return_counts=True)
    number = np.full(int(labels_n.max(initial=-1)) + 2, -1, np.int32)  # the last place is that of -1
    number[found[np.lexsort((first, -count))]] = np.arange(len(found))
    return np.asarray(number[labels_n])


def need_finite(x_nd: np.ndarray) -> None:
    if x_nd.ndim != 2 or not len(x_nd) or not np.isfinite(x_nd).all():
        raise ModelError(f"clusters need one product or more and finite numbers (N, D), got an array {x_nd.shape}")


def majority_vote(index_mk: np.ndarray, labels_n: np.ndarray) -> np.ndarray:
    """(M,) the label that most of each row's neighbours have (nearest first); among equals that of the nearest."""
    votes_mk = labels_n[index_mk]
    same_mk = (votes_mk[:, :, None] == votes_mk[:, None, :]).sum(2)
    return np.asarray(np.take_along_axis(votes_mk, same_mk.argmax(1)[:, None], 1)[:, 0])


def vote(votes_mk: np.ndarray, share: float = VOTE_SHARE) -> np.ndarray:
    """(M,) the label that most of each row's votes are for, where that are at least this share of all; -1 elsewhere."""
    same_mk = ((votes_mk[:, :, None] == votes_mk[:, None, :]) & (votes_mk >= 0)[:, None, :]).sum(2)
    best_m1 = same_mk.argmax(1)[:, None]
    sure_m = np.take_along_axis(same_mk, best_m1, 1)[:, 0] >= max(1.0, share * votes_mk.shape[1])
    return np.where(sure_m, np.take_along_axis(votes_mk, best_m1, 1)[:, 0], -1)


def joined_by_vote(labels_n: np.ndarray, index_nk: np.ndarray, rounds: int = 3) -> np.ndarray:
    """(N,) the labels; who has none (-1) gets the one that enough of its neighbours have. Who is among strangers stays
    without. Those that a round gave a label vote in the next.
    """
    labels_n = labels_n.copy()
    for _ in range(rounds if index_nk.shape[1] else 0):
        alone_m = np.flatnonzero(labels_n < 0)
        if not len(alone_m):
            break
        labels_n[alone_m] = vote(labels_n[index_nk[alone_m]])
    return labels_n
