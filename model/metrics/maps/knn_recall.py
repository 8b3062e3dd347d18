"""k-NN recall of a map: the share of a product's k nearest neighbours by code that are among its k nearest on the
map (Lee 2009).
"""

import numpy as np

from looks_like.model.geometry import NearestNeighbours
from looks_like.model.metrics.maps.trustworthiness import SAMPLE, K, map_rows, map_said
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="knn_recall",
        formerly="neighbours_kept",
        judges="maps",
        title="Neighbours kept",
        unit="",
        better="higher",
        ideal=1.0,
        sentence=f"The share of the {K} products most like a product that are also its {K} nearest on the map. Two "
        "dimensions cannot keep them all: .2 to .6 is usual of UMAP and t-SNE, chance is near 0.",
        source="Lee 2009 (Q_NX)",
        protocol=f"overlap of the {K} nearest in the space and on the map, among all products, exact, Euclidean; mean "
        f"over at most {SAMPLE:,} products drawn at random.",
    ),
)


def knn_recall(z_nd: np.ndarray, map_n2: np.ndarray, *, k: int = K, sample: int = SAMPLE, seed: int = 0) -> Score:
    """Of a map of codes. ModelError for fewer than k + 1 products, two lengths, or values that are not finite."""
    rows_m = map_rows(z_nd, map_n2, k + 1, sample, seed)
    kept_m = knn_recall_per_product(z_nd, map_n2, k, rows_m)
    parts = {"p5": float(np.quantile(kept_m, 0.05)), "p95": float(np.quantile(kept_m, 0.95))}
    return Score("knn_recall", float(kept_m.mean()), f"{map_said(rows_m, z_nd, k, seed)}, among all", parts)


def knn_recall_per_product(
    z_nd: np.ndarray,
    map_n2: np.ndarray,
    k: int = K,
    rows_m: np.ndarray | None = None,
    true_mk: np.ndarray | None = None,
) -> np.ndarray:
    """(N,) shares in 0..1 for every product, to colour the map by, or (M,) for these rows. ModelError as above.

    `true_mk`: their k nearest others in the space, where somebody has found them already.
    """
    if rows_m is None:
        rows_m = map_rows(z_nd, map_n2, k + 1, len(z_nd), 0)
    true_mk = NearestNeighbours(z_nd).others(rows_m, k).index_nk if true_mk is None else true_mk
    shown_mk = _shown(map_n2, rows_m, k)
    offset_m1 = np.arange(len(rows_m))[:, None] * len(z_nd)  # so that one look-up serves all rows
    kept_mk = np.isin(true_mk + offset_m1, shown_mk + offset_m1)
    return np.asarray(kept_mk.mean(1))


def _shown(map_n2: np.ndarray, rows_m: np.ndarray, k: int) -> np.ndarray:
    """(M, k) nearest others on the map, by a tree: in two dimensions that takes a fiftieth of the time."""
    from scipy.spatial import cKDTree

    _, index_mk = cKDTree(map_n2).query(map_n2[rows_m], min(k + 1, len(map_n2)))
    others_mk = index_mk != rows_m[:, None]
    others_mk[others_mk.all(1), -1] = False  # more than k in one place: the row itself was not found
    return np.asarray(index_mk[others_mk].reshape(len(rows_m), -1))
