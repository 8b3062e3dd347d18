"""Disentanglement, completeness and informativeness, from how much boosted trees use each dimension for each factor."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.ground_truth import GroundTruth, known
from looks_like.model.metrics.metric import Metric, Score

_PROTOCOL = (
    "the trees of scikit-learn's GradientBoostingClassifier as it comes (100 rounds of depth 3) for each factor, "
    "learnt from 10,000 codes and asked about 5,000 others; "
)
_SOURCE = "Eastwood & Williams 2018; trees as in Locatello 2019"

MEASURES = (
    Metric(
        key="disentanglement",
        judges="factors",
        title="Disentanglement (DCI)",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="How far each dimension is used for one factor alone.",
        source=_SOURCE,
        protocol=_PROTOCOL + "1 - entropy (base: factors) of a dimension's importances over factors, weighted by the "
        "dimension's share of all importance.",
    ),
    Metric(
        key="completeness",
        judges="factors",
        title="Completeness (DCI)",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="How far each factor is told by one dimension alone.",
        source=_SOURCE,
        protocol=_PROTOCOL + "1 - entropy (base: dimensions) of a factor's importances over dimensions, weighted by "
        "the factor's share of all importance.",
    ),
    Metric(
        key="informativeness",
        judges="factors",
        title="Informativeness (DCI)",
        unit="share right",
        better="higher",
        ideal=1.0,
        sentence="How often the factors can be told from the whole code.",
        source=_SOURCE,
        protocol=_PROTOCOL + "share of right answers about the others, mean over factors.",
    ),
)

_LEAST = 1e-11  # the reference's; keeps the entropy of unused dimensions defined


def dci(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> tuple[Score, Score, Score]:
    """The three in this order, of codes (N, D) and whole numbers (N, F): seconds for factors with many values.

    ModelError as `looks_like.model.metrics.ground_truth.known`, and for fewer than two factors.
    """
    given = known(z_nd, factors_nf)
    if given.factors < 2:
        raise ModelError("DCI needs two factors or more with two values or more, got 1")
    train, test = given.split(np.random.default_rng(seed))
    with ThreadPoolExecutor() as pool:  # trees grow outside Python's lock
        found = list(pool.map(lambda f: _importances(train, test, f, seed), range(given.factors)))
    used_df, right_f = np.stack([used_d for used_d, _ in found], 1), np.array([right for _, right in found])
    alone_d, alone_f = _one_sided(used_df), _one_sided(used_df.T)
    said = given.said(f"{len(train):,} + {len(test):,} codes", seed)
    by_dimension = {f"dimension {d}": float(value) for d, value in enumerate(alone_d)}
    return (
        Score("disentanglement", _weighted(alone_d, used_df.sum(1)), said, by_dimension),
        Score("completeness", _weighted(alone_f, used_df.sum(0)), said, given.named(alone_f)),
        Score("informativeness", float(right_f.mean()), said, given.named(right_f)),
    )


def _importances(train: GroundTruth, test: GroundTruth, factor: int, seed: int) -> tuple[np.ndarray, float]:
    """(D,) how much the trees of one factor use each dimension, and the share of right answers."""
    from looks_like.model.metrics.factors.boosted_trees import (
        boosted_trees,  # numba is not needed to answer anything else
    )

    trees = boosted_trees(train.z_nd, train.values_nf[:, factor], test.z_nd, seed)
    return trees.used_d, float((trees.predicted_m == test.values_nf[:, factor]).mean())


def _one_sided(used_ab: np.ndarray) -> np.ndarray:
    """(A,) 1 - the entropy of each row in units of the greatest possible: 1 = one place has it all."""
    share_ab = used_ab + _LEAST
    share_ab = share_ab / share_ab.sum(1, keepdims=True)
    alone_a: np.ndarray = 1 + (share_ab * np.log(share_ab)).sum(1) / np.log(used_ab.shape[1])
    return alone_a


def _weighted(alone_a: np.ndarray, weight_a: np.ndarray) -> float:
    return float(np.average(alone_a, weights=weight_a if weight_a.any() else None))
