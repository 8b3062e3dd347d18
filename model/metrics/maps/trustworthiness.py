"""Trustworthiness (Venna & Kaski 2001) and what all measures of maps share: which products are looked at."""

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.metric import Metric, Score

K = 15  # neighbours
SAMPLE = 5000  # products; time and memory grow with their square: 1.3 s and .4 GB

MEASURES = (
    Metric(
        key="trustworthiness",
        judges="maps",
        title="Trustworthiness",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="Are those that the map shows side by side truly alike. 1 = every neighbour on the map is a neighbour "
        "in the space; .5 = as good as chance.",
        source="Venna 2001",
        protocol=f"scikit-learn's trustworthiness of the map, Euclidean, k = {K}, among at most {SAMPLE:,} products "
        "drawn at random.",
    ),
)


def trustworthiness(z_nd: np.ndarray, map_n2: np.ndarray, *, k: int = K, sample: int = SAMPLE, seed: int = 0) -> Score:
    """Of a map of codes. ModelError for fewer than 2k + 1 products, two lengths, or values that are not finite."""
    rows_m = map_rows(z_nd, map_n2, 2 * k + 1, sample, seed)
    return Score("trustworthiness", trusted(z_nd[rows_m], map_n2[rows_m], k), map_said(rows_m, z_nd, k, seed))


def trusted(true_nd: np.ndarray, shown_nd: np.ndarray, k: int) -> float:
    """Less for each of the k neighbours in `shown` that is none in `true`, by how far down the list it comes there."""
    from sklearn.manifold import trustworthiness as measured

    return float(measured(true_nd, shown_nd, n_neighbors=k))


def map_rows(z_nd: np.ndarray, map_n2: np.ndarray, least: int, sample: int, seed: int) -> np.ndarray:
    """(M,) rows, in their order. ModelError as above."""
    if len(z_nd) != len(map_n2) or len(z_nd) < least:
        raise ModelError(
            f"a map is measured on {least} products or more, with a place for each; got {len(z_nd)} codes and "
            f"{len(map_n2)} places"
        )
    rows_m = np.arange(len(z_nd))
    if len(z_nd) > sample:
        rows_m = np.sort(np.random.default_rng(seed).choice(len(z_nd), sample, replace=False))
    if not (np.isfinite(z_nd[rows_m]).all() and np.isfinite(map_n2[rows_m]).all()):
        raise ModelError("a map is measured on codes and places that are finite; some are not")
    return rows_m


def map_said(rows_m: np.ndarray, z_nd: np.ndarray, k: int, seed: int) -> str:
    return f"{len(rows_m):,} of {len(z_nd):,} products, k = {k}, seed {seed}"
