"""Exact nearest neighbours in z-space, Euclidean. No index: 60 queries of 30,000 take milliseconds."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Graph:
    """The k nearest of every row, itself not among them, nearest first: what every map starts from."""

    index_nk: np.ndarray  # int64
    distance_nk: np.ndarray  # float32


class Neighbours:
    """Answers for one embedding (N, D) float32."""

    def __init__(self, z_nd: np.ndarray) -> None:
        import faiss

        self.z_nd = np.ascontiguousarray(z_nd, dtype=np.float32)
        self._index = faiss.IndexFlatL2(self.z_nd.shape[1])
        self._index.add(self.z_nd)

    def nearest(self, z_md: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """-> (index_mk, distance_mk), nearest first; fewer than k when there are fewer products.

        The distances are measured again from the differences: faiss expands the square, which leaves about 1e-3
        between a product and itself.
        """
        z_md = np.ascontiguousarray(z_md, dtype=np.float32)
        _, index_mk = self._index.search(z_md, min(k, len(self.z_nd)))
        distance_mk = np.linalg.norm(self.z_nd[index_mk] - z_md[:, None], axis=2)
        order_mk = np.argsort(distance_mk, axis=1, kind="stable")
        return np.take_along_axis(index_mk, order_mk, 1), np.take_along_axis(distance_mk, order_mk, 1)

    def graph(self, k: int = 90) -> Graph:
        """The k nearest others of every product."""
        return self.others(np.arange(len(self.z_nd)), k)

    def others(self, rows_m: np.ndarray, k: int) -> Graph:
        """The k nearest others of these products alone."""
        index_mk, distance_mk = self.nearest(self.z_nd[rows_m], min(k + 1, len(self.z_nd)))
        others_mk = index_mk != rows_m[:, None]
        others_mk[others_mk.all(1), -1] = False  # more than k twins: the row itself was not found, drop the farthest
        shape = (len(rows_m), index_mk.shape[1] - 1)
        return Graph(index_mk[others_mk].reshape(shape), distance_mk[others_mk].reshape(shape))

    def typical_distance(self, sample: int = 2000) -> float:
        """Median distance from a product to its nearest other one: the unit of the reality gap."""
        rows = np.random.default_rng(0).permutation(len(self.z_nd))[:sample]
        if len(self.z_nd) < 2:
            return 0.0
        return float(np.median(self.nearest(self.z_nd[rows], 2)[1][:, 1]))
