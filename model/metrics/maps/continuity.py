"""Continuity (Venna & Kaski 2001): trustworthiness with the space and the map exchanged."""

import numpy as np

from looks_like.model.metrics.maps.trustworthiness import SAMPLE, K, map_rows, map_said, trusted
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="continuity",
        judges="maps",
        title="Continuity",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="Are those that are alike still close on the map. 1 = the map tears no neighbours apart; .5 = as good "
        "as chance.",
        source="Venna 2001",
        protocol=f"scikit-learn's trustworthiness of the space as if it were a map of the map, Euclidean, k = {K}, "
        f"among at most {SAMPLE:,} products drawn at random.",
    ),
)


def continuity(z_nd: np.ndarray, map_n2: np.ndarray, *, k: int = K, sample: int = SAMPLE, seed: int = 0) -> Score:
    """Of a map of codes. ModelError for fewer than 2k + 1 products, two lengths, or values that are not finite."""
    rows_m = map_rows(z_nd, map_n2, 2 * k + 1, sample, seed)
    return Score("continuity", trusted(map_n2[rows_m], z_nd[rows_m], k), map_said(rows_m, z_nd, k, seed))
