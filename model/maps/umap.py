"""UMAP map (McInnes 2018) by umap-learn, from the exact neighbour graph and a PCA start or an earlier map, seeded."""

import io
import re
import warnings

import numpy as np

from looks_like.model.geometry import KnnArrays, among_neighbours
from looks_like.model.maps import Progress, pca_start

TITLE = "UMAP"
SENTENCE = "Neighbours are kept and clusters stand apart; distances between far clusters mean little."
NEEDS_GRAPH = True
CLUSTERS = 2
PRODUCTS_MIN = 10
place = among_neighbours
_NEIGHBOURS = 15
DENSE_DIMENSIONS, _DENSE_ROUNDS = 5, 200  # for clusters: more of either finds none better (docs/clusters.md)


def fit(
    z_nd: np.ndarray, graph: KnnArrays | None, seed: int, progress: Progress, start_n2: np.ndarray | None = None
) -> np.ndarray:
    assert graph is not None
    return _fit(z_nd, graph, progress, start_nd=pca_start(z_nd) if start_n2 is None else start_n2, random_state=seed)


def fit_dense(z_nd: np.ndarray, graph: KnnArrays, seed: int, progress: Progress) -> np.ndarray:
    """(N, 5), for finding clusters and not for looking at: what is alike lies as near as can be. PRODUCTS_MIN codes."""
    start_nd = _principal(z_nd, min(DENSE_DIMENSIONS, *z_nd.shape))
    return _fit(z_nd, graph, progress, start_nd, random_state=seed, min_dist=0.0, n_epochs=_DENSE_ROUNDS)


def _fit(z_nd: np.ndarray, graph: KnnArrays, progress: Progress, start_nd: np.ndarray, **settings: float) -> np.ndarray:
    k = min(_NEIGHBOURS, len(z_nd) - 1)
    itself_n1 = np.arange(len(z_nd))[:, None]
    index_nk = np.hstack([itself_n1, graph.index_nk[:, : k - 1]])
    distance_nk = np.hstack([np.zeros_like(itself_n1, dtype=np.float32), graph.distance_nk[:, : k - 1]])
    start_nd = (start_nd / max(np.abs(start_nd).max(), 1e-12) * 10).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that a seed means one thread, and that the graph replaces its own
        from umap import UMAP  # and, when it is imported, of TensorFlow, which nobody needs

        reducer = UMAP(
            n_components=start_nd.shape[1],
            n_neighbors=k,
            init=start_nd,
            n_jobs=1,
            precomputed_knn=(index_nk, distance_nk),
            force_approximation_algorithm=True,  # umap-learn ignores a given graph below 4,096 rows without this
            tqdm_kwds={"file": _Percent(progress), "disable": False},
            **settings,
        )
        return np.asarray(reducer.fit_transform(z_nd))


def _principal(z_nd: np.ndarray, dimensions: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    return np.asarray(PCA(dimensions, random_state=0).fit_transform(z_nd))


class _Percent(io.StringIO):
    """umap-learn tells its progress to tqdm alone; this reads the percentage off what tqdm writes."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def write(self, text: str) -> int:
        if found := re.search(r"(\d+)%", text):
            self._progress(int(found.group(1)) / 100)
        return len(text)
