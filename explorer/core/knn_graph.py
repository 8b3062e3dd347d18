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
    """The `k` nearest others of each code, by place among the codes. Copies of one picture share them: of each picture
    one code is looked at, so nobody's nearest are its own copies, and of other copies one is enough.
    """

    def __init__(
        self,
        neighbours: NearestNeighbours,
        k: int,
        place_u: np.ndarray | None = None,
        picture_n: np.ndarray | None = None,
    ) -> None:
        """`neighbours`: of one code of each picture; `place_u`: where it stands among all, `picture_n`: the picture of
        each of all.
        """
        pictures = len(neighbours.z_nd)
        self._place_u = np.arange(pictures) if place_u is None else place_u
        self._picture_n = np.arange(pictures) if picture_n is None else picture_n
        self.count = len(self._picture_n)
        self._neighbours, shape = neighbours, (pictures, min(k, pictures - 1))
        self._index_uk = np.empty(shape, np.int32)  # memory is taken as it is written
        self._distance_uk = np.empty(shape, np.float32)
        self._known_u = np.zeros(pictures, bool)
        self._writing, self._starting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None

    def of(self, places_m: np.ndarray) -> KnnArrays:
        """Neighbours of the given codes, (M, k), nearest first. Computes what is missing, which may take seconds."""
        picture_m = self._picture_n[places_m]
        missing_u = np.unique(picture_m[~self._known_u[picture_m]])
        at_once = max(1, PAIRS_AT_ONCE // len(self._place_u))
        for i in range(0, len(missing_u), at_once):
            with self._writing:
                self._find(missing_u[i : i + at_once])
        return KnnArrays(self._place_u[self._index_uk[picture_m]], self._distance_uk[picture_m])

    def _find(self, picture_u: np.ndarray) -> None:
        if not threading.main_thread().is_alive():
            raise SystemExit  # of this thread: the program is ending, and faiss must not outlive it
        picture_u = picture_u[~self._known_u[picture_u]]  # others may have found some meanwhile
        if len(picture_u):
            found = self._neighbours.others(picture_u, self._index_uk.shape[1])
            self._index_uk[picture_u], self._distance_uk[picture_u] = found.index_nk, found.distance_nk
            self._known_u[picture_u] = True

    def ready(self, places_m: np.ndarray) -> bool:
        """Whether `of` would return immediately; if not, starts computing in a background thread. Poll it."""
        if np.count_nonzero(~self._known_u[self._picture_n[places_m]]) <= FEW:
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
