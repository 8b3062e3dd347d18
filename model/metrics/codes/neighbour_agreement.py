"""Neighbour agreement: whether the products nearest to one have its attributes, by several ways to measure nearness."""

import numpy as np

from looks_like.model.geometry import NearestNeighbours
from looks_like.model.metrics.metric import Metric

K = 10
MEASURES = (
    Metric(
        key="neighbour_agreement",
        judges="codes",
        title="Neighbours that agree",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="Of the ten products nearest to one, how many have the same value of an attribute. What is dealt out "
        "by chance has as much as the values are frequent.",
        source="precision at k, as in nearest-neighbour evaluation (Wu 2018)",
        protocol=f"mean over products, then over attributes of 2 to 64 words, of the share of the {K} nearest others "
        "(one of each picture) with the same value, among those whose value is known; up to 6,000 products, 1,500 in a "
        "quick check.",
    ),
)


def euclidean(z_nd: np.ndarray) -> np.ndarray:
    return z_nd


def cosine(z_nd: np.ndarray) -> np.ndarray:
    """Of unit length: nearest then is what points the same way from the mean of all."""
    away_nd = z_nd - z_nd.mean(0)
    return np.asarray(away_nd / np.maximum(np.linalg.norm(away_nd, axis=1, keepdims=True), 1e-12))


def whitened(z_nd: np.ndarray) -> np.ndarray:
    """Each number of one spread."""
    return np.asarray((z_nd - z_nd.mean(0)) / np.maximum(z_nd.std(0), 1e-6))


WAYS = {"Euclidean": euclidean, "cosine": cosine, "whitened": whitened}


def agreement(z_nd: np.ndarray, labels_na: np.ndarray) -> np.ndarray:
    """(N, A): of each vector's nearest others with a known value, the share with its own; NaN where none is known.

    `labels_na`: whole numbers, below 0 = not known.
    """
    near_nk = NearestNeighbours(z_nd).graph(K).index_nk
    found_na = np.full(labels_na.shape, np.nan)
    for a, label_n in enumerate(labels_na.T):
        known_nk = label_n[near_nk] >= 0
        count_n = known_nk.sum(1)
        same_n = ((label_n[near_nk] == label_n[:, None]) & known_nk).sum(1)
        asked_n = (label_n >= 0) & (count_n > 0)
        found_na[asked_n, a] = same_n[asked_n] / count_n[asked_n]
    return found_na


def by_chance(labels_na: np.ndarray) -> np.ndarray:
    """(A,): the same where neighbours are dealt out."""
    found = []
    for label_n in labels_na.T:
        share_v = np.bincount(label_n[label_n >= 0]) / max(1, int((label_n >= 0).sum()))
        found.append(float(np.square(share_v).sum()))
    return np.array(found)
