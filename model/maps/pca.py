"""PCA map: the two directions in which codes differ most. Instant; distances are true, neighbours are not."""

import numpy as np

from model.maps import Progress, pca_axes
from model.neighbours import Graph

TITLE = "PCA"
SENTENCE = "The two directions in which products differ most. Far apart here is far apart in truth; close may not be."
PRODUCTS_MIN = 3


def fit(z_nd: np.ndarray, graph: Graph | None, seed: int, progress: Progress) -> np.ndarray:
    return pca_axes(z_nd)
