"""The BetaVAE score: can a straight classifier tell which factor two products share?"""

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.ground_truth import TEST, TRAIN, GroundTruth, known, mean_of_batches
from looks_like.model.metrics.metric import Metric, Score

PAIRS = 64
_CHUNK = 250  # batches: what fits in a processor's cache

MEASURES = (
    Metric(
        key="beta_vae_score",
        judges="factors",
        title="BetaVAE score",
        unit="share right",
        better="higher",
        ideal=1.0,
        sentence="How often one can tell, from how far their codes lie apart, which factor pairs of products share.",
        source="Higgins 2017; settings of Locatello 2019",
        protocol="64 pairs of products alike in one factor, drawn by lot; the mean absolute difference of their codes "
        "by dimension; logistic regression on 10,000 of these says the factor, and the score is how often it is right "
        "about 5,000 others. Chance is one over the number of factors. It saturates early: never the only test.",
    ),
)


def beta_vae_score(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F). ModelError as `known_factors.known`, and for fewer than two factors."""
    from sklearn.linear_model import LogisticRegression

    given, rng = known(z_nd, factors_nf), np.random.default_rng(seed)
    if given.factors < 2:
        raise ModelError("the BetaVAE score needs two factors or more with two values or more, got 1")
    (learnt_bd, learnt_b), (asked_bd, asked_b) = (_differences(given, batches, rng) for batches in (TRAIN, TEST))
    classifier = LogisticRegression(max_iter=1000).fit(learnt_bd, learnt_b)
    right_b = classifier.predict(asked_bd) == asked_b
    said = given.said(f"{TRAIN:,} + {TEST:,} batches of {PAIRS} pairs from {len(given):,} codes", seed)
    by_factor = np.array([right_b[asked_b == f].mean() for f in range(given.factors)])
    return Score("beta_vae_score", float(right_b.mean()), said, given.named(by_factor))


def _differences(given: GroundTruth, batches: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mean distances (B, D) between the codes of pairs that share a factor, and which it was (B,)."""
    shared_b = np.sort(rng.integers(given.factors, size=batches))
    mean_bd = np.empty((batches, given.dimensions))
    for factor in range(given.factors):
        batches_b = np.flatnonzero(shared_b == factor)
        for i in range(0, len(batches_b), _CHUNK):
            chunk_b = batches_b[i : i + _CHUNK]
            rows_bn = rng.integers(len(given), size=(len(chunk_b), PAIRS))
            apart_bnd = given.z_nd.take(rows_bn, 0) - given.z_nd.take(given.alike(rows_bn, factor, rng)[..., 0], 0)
            mean_bd[chunk_b] = mean_of_batches(np.abs(apart_bnd))
    return mean_bd, shared_b
