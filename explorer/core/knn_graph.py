"""The k-nearest-neighbour graph of a model's codes, computed lazily in a background thread and kept as long as the
codes.

Of 30,000 products that takes a second, so it is found beside the pages, which ask `ready` first. Other codes make
another space with another of these: nothing here is ever of older codes.
"""

import threading

import numpy as np

from looks_like.model.geometry import KnnArrays, NearestNeighbours

PAIRS_AT_ONCE = 100_000_000  # a fifth of a second: between, others may ask, and the program may end
FEW = 100  # products for which nobody needs to wait elsewhere


class KnnGraph:
    """The `k` nearest others of each code, by place among the codes."""

    def __init__(self, neighbours: NearestNeighbours, k: int) -> None:
        self.count = len(neighbours.z_nd)
        self._neighbours, shape = neighbours, (self.count, min(k, self.count - 1))
        self._index_nk = np.empty(shape, np.int32)  # memory is taken as it is written
        self._distance_nk = np.empty(shape, np.float32)
        self._known_n = np.zeros(self.count, bool)
        self._writing, self._starting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None

    def of(self, places_m: np.ndarray) -> KnnArrays:
        """Neighbours of the given codes, (M, k), nearest first. Computes what is missing, which may take seconds."""
        missing_m = places_m[~self._known_n[places_m]]
        at_once = max(1, PAIRS_AT_ONCE // self.count)
        for i in range(0, len(missing_m), at_once):
            with self._writing:
                self._find(missing_m[i : i + at_once])
        return KnnArrays(self._index_nk[places_m].astype(np.int64), self._distance_nk[places_m])

    def _find(self, places_m: np.ndarray) -> None:
        if not threading.main_thread().is_alive():
            raise SystemExit  # of this thread: the program is ending, and faiss must not outlive it
        places_m = places_m[~self._known_n[places_m]]  # others may have found some meanwhile
        if len(places_m):
            found = self._neighbours.others(places_m, self._index_nk.shape[1])
            self._index_nk[places_m], self._distance_nk[places_m] = found.index_nk, found.distance_nk
            self._known_n[places_m] = True

    def ready(self, places_m: np.ndarray) -> bool:
        """Whether `of` would return immediately; if not, starts computing in a background thread. Poll it."""
        if np.count_nonzero(~self._known_n[places_m]) <= FEW:
            return True
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self.of, args=(places_m,))
                self._thread.start()
        return False

    def all_of(self) -> KnnArrays:
        """Of every code."""
        return self.of(np.arange(self.count))

    def all_ready(self) -> bool:
        return self.ready(np.arange(self.count))
