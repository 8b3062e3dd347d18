"""PCA map: the two directions in which codes differ most. Instant; distances are true, neighbours are not."""

import numpy as np

from looks_like.model.geometry import KnnArrays
from looks_like.model.maps import Progress, pca_axes

TITLE = "PCA"
SENTENCE = "The two directions in which products differ most. Far apart here is far apart in truth; close may not be."
NEEDS_GRAPH = False
CLUSTERS = 0
PRODUCTS_MIN = 3


_RANK = 1e-3  # a direction this much thinner than the widest says nothing of the axes, only of rounding


def fit(
    z_nd: np.ndarray, graph: KnnArrays | None, seed: int, progress: Progress, start_n2: np.ndarray | None = None
) -> np.ndarray:
    return pca_axes(z_nd)


def place(z_nd: np.ndarray, xy_n2: np.ndarray, new_md: np.ndarray, near: KnnArrays) -> np.ndarray:
    """The projection itself, read off the map: it is affine in the codes, so least squares are exact."""
    middle_d, middle_2 = z_nd.mean(0, dtype=np.float64), xy_n2.mean(0, dtype=np.float64)
    axes_d2 = np.linalg.lstsq(z_nd - middle_d, xy_n2 - middle_2, rcond=_RANK)[0]
    return np.asarray((new_md - middle_d) @ axes_d2 + middle_2, dtype=np.float32)
