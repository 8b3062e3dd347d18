"""Modularity and explicitness: does each dimension tell of one factor, and can all factors be read from the code?"""

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.information import codes_in_bins, shared_nats
from looks_like.model.metrics.ground_truth import TEST, TRAIN, GroundTruth, sample
from looks_like.model.metrics.metric import Metric, Score

_SOURCE = "Ridgeway & Mozer 2018; counted as in Locatello 2019"

MEASURES = (
    Metric(
        key="modularity",
        judges="factors",
        title="Modularity",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="How far each dimension tells of one factor alone; two dimensions may tell of the same one.",
        source=_SOURCE,
        protocol="Mutual information in nats of 10,000 codes in 20 bins of equal width with each factor, squared; "
        "1 - (the sum over factors less the greatest) / (the greatest · (factors - 1)); mean over dimensions; one "
        "that tells nothing at all counts as 0. Noise on a dimension counts like a telling one.",
    ),
    Metric(
        key="explicitness",
        judges="factors",
        title="Explicitness",
        unit="area under ROC",
        better="higher",
        ideal=1.0,
        sentence="How well a straight classifier of the whole code tells each value of each factor; .5 is chance.",
        source=_SOURCE,
        protocol="Logistic regression (scikit-learn's, C = 1) for each factor on codes divided by their deviation, "
        "dimensions without any left out; learnt from 10,000 codes; area under the ROC curve of each value against the "
        "rest on 5,000 others, mean over values, then over factors.",
    ),
)


def modularity(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F). ModelError as `known_factors.known`, and for fewer than two factors."""
    given = sample(z_nd, factors_nf, TRAIN, np.random.default_rng(seed))
    if given.factors < 2:
        raise ModelError("modularity needs two factors or more with two values or more, got 1")
    squared_df = shared_nats(codes_in_bins(given.z_nd), given.values_nf) ** 2
    most_d = squared_df.max(1)
    others_d = (squared_df.sum(1) - most_d) / (given.factors - 1)
    alone_d = np.where(most_d > 0, 1 - others_d / np.where(most_d > 0, most_d, 1), 0.0)
    by_dimension = {f"dimension {d}": float(value) for d, value in enumerate(alone_d)}
    return Score("modularity", float(alone_d.mean()), given.said(f"{len(given):,} codes", seed), by_dimension)


def explicitness(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F); .5 where no dimension varies. ModelError as `known_factors.known`."""
    rng = np.random.default_rng(seed)
    given = sample(z_nd, factors_nf, TRAIN + TEST, rng)
    train, test = given.split(rng)
    deviation_d = train.z_nd.std(0)
    varies_d = deviation_d > 0
    said = given.said(f"{len(train):,} + {len(test):,} codes", seed)
    if not varies_d.any():
        return Score("explicitness", 0.5, said)
    middle_d = train.z_nd.mean(0)
    scaled = [((part.z_nd - middle_d)[:, varies_d] / deviation_d[varies_d]) for part in (train, test)]
    area_f = np.array([_area(train, test, f, *scaled) for f in range(given.factors)])
    return Score("explicitness", float(area_f.mean()), said, given.named(area_f))


def _area(train: GroundTruth, test: GroundTruth, factor: int, learnt_nd: np.ndarray, asked_nd: np.ndarray) -> float:
    """Mean over the values of one factor of the area under the ROC curve."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    classifier = LogisticRegression(max_iter=1000).fit(learnt_nd, train.values_nf[:, factor])
    is_nv = test.values_nf[:, factor, None] == classifier.classes_
    asked_v = is_nv.any(0) & ~is_nv.all(0)  # a value that nobody was asked about has no curve
    return float(roc_auc_score(is_nv[:, asked_v], classifier.predict_proba(asked_nd)[:, asked_v]))
