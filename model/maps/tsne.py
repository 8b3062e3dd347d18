"""t-SNE map (van der Maaten & Hinton 2008) by openTSNE: 250 steps exaggerated, 500 plain, from PCA.

From the places of an earlier map: 250 plain ones at its size, since exaggeration draws every region through the middle.
"""

import warnings

import numpy as np

from looks_like.model.geometry import KnnArrays, among_neighbours
from looks_like.model.maps import Progress, pca_start

TITLE = "t-SNE"
SENTENCE = "Neighbours are kept; the gaps between clusters and their sizes mean little."
NEEDS_GRAPH = True
CLUSTERS = 1
PRODUCTS_MIN = 10
place = among_neighbours
_EARLY, _LATE, _RESUMED = 250, 500, 250  # steps
_RESUMED_HALF_WIDTH = 50  # maps end 70 to 80 wide each way; a little less leaves room to move
_REPORT_EVERY = 25


def fit(
    z_nd: np.ndarray, graph: KnnArrays | None, seed: int, progress: Progress, start_n2: np.ndarray | None = None
) -> np.ndarray:
    import torch
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.initialization import rescale
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    assert graph is not None
    threads = torch.get_num_threads()  # as few as this process may use; the map is the same with any number
    known = PrecomputedNeighbors(graph.index_nk.astype(np.int32), graph.distance_nk.astype(np.float64))
    perplexity = min(30.0, graph.index_nk.shape[1] / 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # twins at distance 0
        affinities = PerplexityBasedNN(knn_index=known, perplexity=perplexity, n_jobs=threads)
    first_n2 = rescale(pca_start(z_nd)) if start_n2 is None else _at_full_size(start_n2)
    total = _EARLY + _LATE if start_n2 is None else _RESUMED
    embedding = TSNEEmbedding(first_n2, affinities, negative_gradient_method="auto", random_state=seed, n_jobs=threads)

    def stage(begin: int, exaggeration: float, steps: int, momentum: float) -> None:
        def report(step: int, error: float, embedding: object) -> None:
            progress((begin + step) / total)

        embedding.optimize(
            steps,
            inplace=True,
            exaggeration=exaggeration,
            momentum=momentum,
            callbacks=[report],
            callbacks_every_iters=_REPORT_EVERY,
        )

    if start_n2 is None:
        stage(0, 12, _EARLY, 0.5)
        stage(_EARLY, 1, _LATE, 0.8)
    else:
        stage(0, 1, _RESUMED, 0.8)
    return np.asarray(embedding)


def _at_full_size(start_n2: np.ndarray) -> np.ndarray:
    centred_n2 = start_n2.astype(np.float64) - start_n2.mean(0)
    return np.asarray(centred_n2 / max(np.abs(centred_n2).max(), 1e-12) * _RESUMED_HALF_WIDTH)
