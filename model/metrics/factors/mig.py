"""The mutual information gap: does one dimension alone tell each factor?"""

import numpy as np

from looks_like.model.metrics.factors.information import information
from looks_like.model.metrics.ground_truth import TRAIN, sample
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="mig",
        judges="factors",
        title="Mutual information gap",
        unit="share of entropy",
        better="higher",
        ideal=1.0,
        sentence="How much more the best dimension tells about a factor than the second best: 1 when each factor "
        "has a dimension of its own.",
        source="Chen 2018; counted as in Locatello 2019",
        protocol="10,000 codes (means of q(z|x), not samples as Chen has them), each dimension in 20 bins of equal "
        "width; the gap between the two dimensions that tell most of a factor, over its entropy; mean over all "
        "factors.",
    ),
)


def mig(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F). ModelError as `looks_like.model.metrics.ground_truth.known`."""
    given = sample(z_nd, factors_nf, TRAIN, np.random.default_rng(seed))
    told_df = np.sort(information(given.z_nd, given.values_nf), axis=0)
    gap_f = told_df[-1] - told_df[-2]
    return Score("mig", float(gap_f.mean()), given.said(f"{len(given):,} codes", seed), given.named(gap_f))
