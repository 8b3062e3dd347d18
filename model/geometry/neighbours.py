"""Exact nearest neighbours in z-space, Euclidean. No index: 60 queries of 30,000 take milliseconds."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

_FEW = 10  # of 30,000 or 1,000,000 codes, up to a tenth are faster gathered than passed over


@dataclass(frozen=True)
class KnnArrays:
    """The k nearest of every row, itself not among them, nearest first: what every map starts from."""

    index_nk: np.ndarray  # int64
    distance_nk: np.ndarray  # float32


class NearestNeighbours:
    """Answers for one embedding (N, D) float32."""

    def __init__(self, z_nd: np.ndarray) -> None:
        import faiss

        self.z_nd = np.ascontiguousarray(z_nd, dtype=np.float32)
        self._index = faiss.IndexFlatL2(self.z_nd.shape[1])
        self._index.add(self.z_nd)

    def nearest(self, z_md: np.ndarray, k: int, among_p: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """-> (index_mk, distance_mk), nearest first; fewer than k when there are fewer products.

        `among_p`: only these rows of the embedding are looked at, as exactly. The distances are measured again from
        the differences: faiss expands the square, which leaves about 1e-3 between a product and itself.
        """
        z_md = np.ascontiguousarray(z_md, dtype=np.float32)
        if among_p is None:
            _, index_mk = self._index.search(z_md, min(k, len(self.z_nd)))
        else:
            index_mk = self._among(z_md, min(k, len(among_p)), np.asarray(among_p))
        distance_mk = np.linalg.norm(self.z_nd[index_mk] - z_md[:, None], axis=2)
        order_mk = np.argsort(distance_mk, axis=1, kind="stable")
        return np.take_along_axis(index_mk, order_mk, 1), np.take_along_axis(distance_mk, order_mk, 1)

    def _among(self, z_md: np.ndarray, k: int, among_p: np.ndarray) -> np.ndarray:
        """Few are gathered into an index of their own; of many, the whole one passes over those not asked for."""
        faiss: Any = import_module("faiss")  # whose types know less than it does
        if not k:
            return np.empty((len(z_md), 0), np.int64)
        if len(among_p) * _FEW < len(self.z_nd):
            few = faiss.IndexFlatL2(self.z_nd.shape[1])
            few.add(self.z_nd[among_p])
            return np.asarray(among_p[few.search(z_md, k)[1]])
        allowed_n = np.zeros(len(self.z_nd), bool)
        allowed_n[among_p] = True
        bits = np.packbits(allowed_n, bitorder="little")
        passing = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        return np.asarray(self._index.search(z_md, k, params=passing)[1])

    def graph(self, k: int = 90) -> KnnArrays:
        """The k nearest others of every product."""
        return self.others(np.arange(len(self.z_nd)), k)

    def others(self, rows_m: np.ndarray, k: int) -> KnnArrays:
        """The k nearest others of these products alone."""
        index_mk, distance_mk = self.nearest(self.z_nd[rows_m], min(k + 1, len(self.z_nd)))
        others_mk = index_mk != rows_m[:, None]
        others_mk[others_mk.all(1), -1] = False  # more than k twins: the row itself was not found, drop the farthest
        shape = (len(rows_m), index_mk.shape[1] - 1)
        return KnnArrays(index_mk[others_mk].reshape(shape), distance_mk[others_mk].reshape(shape))

    def typical_distance(self, sample: int = 2000, share: float = 0.5) -> float:
        """Median distance from a product to its nearest other one: the unit of the reality gap.

        Another `share`: the distance within which that share of products has another one.
        """
        rows = np.random.default_rng(0).permutation(len(self.z_nd))[:sample]
        if len(self.z_nd) < 2:
            return 0.0
        return float(np.quantile(self.nearest(self.z_nd[rows], 2)[1][:, 1], share))
