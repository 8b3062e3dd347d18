"""Spearman's rank correlation between distances of codes and distances on the map."""

import numpy as np

from looks_like.model.metrics.maps.trustworthiness import map_rows
from looks_like.model.metrics.metric import Metric, Score

SAMPLE = 2000  # products; 2 million pairs
_LEAST = 3

MEASURES = (
    Metric(
        key="distance_rank_correlation",
        formerly="distance_order",
        judges="maps",
        title="Order of distances",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="Are products that differ more farther apart on the map. 1 = the map has all distances in their true "
        "order, 0 = they mean nothing. PCA is made for it; UMAP and t-SNE keep neighbours instead.",
        source="Spearman 1904; for maps, Kobak & Berens 2019",
        protocol=f"Spearman's correlation of Euclidean distances in the space and on the map, all pairs of at most "
        f"{SAMPLE:,} products drawn at random.",
    ),
)


def distance_rank_correlation(z_nd: np.ndarray, map_n2: np.ndarray, *, sample: int = SAMPLE, seed: int = 0) -> Score:
    """Of a map of codes; 0 where one of the two has no distances. ModelError for fewer than three products."""
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    rows_m = map_rows(z_nd, map_n2, _LEAST, sample, seed)
    distances = [pdist(space_nd[rows_m]) for space_nd in (z_nd, map_n2)]
    told = all(np.ptp(distance_p) > 0 for distance_p in distances)
    value = float(spearmanr(*distances).statistic) if told else 0.0
    return Score(
        "distance_rank_correlation", value, f"all pairs of {len(rows_m):,} of {len(z_nd):,} products, seed {seed}"
    )
