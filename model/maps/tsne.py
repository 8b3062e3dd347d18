"""t-SNE map (van der Maaten & Hinton 2008) by openTSNE: 250 steps exaggerated, 500 plain, from PCA."""

import warnings

import numpy as np

from model.maps import Progress, pca_start
from model.neighbours import Graph
from model.placing import among_neighbours

TITLE = "t-SNE"
SENTENCE = "Neighbours are kept; the gaps between clusters and their sizes mean little."
PRODUCTS_MIN = 10
place = among_neighbours
_EARLY, _LATE = 250, 500
_REPORT_EVERY = 25


def fit(
    z_nd: np.ndarray, graph: Graph | None, seed: int, progress: Progress, start_n2: np.ndarray | None = None
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
    start_n2 = rescale(pca_start(z_nd) if start_n2 is None else start_n2)
    embedding = TSNEEmbedding(start_n2, affinities, negative_gradient_method="auto", random_state=seed, n_jobs=threads)

    def stage(begin: int, exaggeration: float, steps: int, momentum: float) -> None:
        def report(step: int, error: float, embedding: object) -> None:
            progress((begin + step) / (_EARLY + _LATE))

        embedding.optimize(
            steps,
            inplace=True,
            exaggeration=exaggeration,
            momentum=momentum,
            callbacks=[report],
            callbacks_every_iters=_REPORT_EVERY,
        )

    stage(0, 12, _EARLY, 0.5)
    stage(_EARLY, 1, _LATE, 0.8)
    return np.asarray(embedding)
