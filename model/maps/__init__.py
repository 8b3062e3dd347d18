"""Maps: 2-D layouts of an embedding. One file, one method; dropping a file in here is all.

A method is a module with what `Method` lists: some values, and two functions. `fit` makes a map, from a given start
where there is one, and `place` finds places for new products on a map that stays as it is; `near` holds the mapped ones
nearest to each. `progress` takes the share done, 0..1. Methods that need it get the same exact neighbour graph, the
others None.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.geometry import PLACING_NEIGHBOURS, KnnArrays, NearestNeighbours

Progress = Callable[[float], None]
FAR = 1.5  # times the distance of the loneliest 1 %; of 1,000 products held out of two catalogues none is as far
_PLACED_AT_ONCE = 20_000  # whose nearest mapped ones are held: memory follows from it, not from how many are new


class Method(Protocol):
    TITLE: str
    SENTENCE: str  # what the map keeps, for people
    PRODUCTS_MIN: int
    NEEDS_GRAPH: bool  # is `fit` given the exact neighbours of all codes
    CLUSTERS: int  # how well its maps show clusters beside other methods' maps; 0 = they show none

    def fit(
        self, z_nd: np.ndarray, graph: KnnArrays | None, seed: int, progress: Progress, start_n2: np.ndarray | None
    ) -> np.ndarray: ...

    def place(self, z_nd: np.ndarray, xy_n2: np.ndarray, new_md: np.ndarray, near: KnnArrays) -> np.ndarray: ...


@dataclass(frozen=True)
class Placed:
    xy_m2: np.ndarray  # float32
    far_m: np.ndarray  # bool: like nothing on the map


METHODS = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def method(name: str) -> Method:
    """The module of a method, imported when it is asked for: umap alone takes seconds."""
    if name not in METHODS:
        raise ModelError(f"unknown map method {name!r}; there are: {', '.join(METHODS)}")
    return cast(Method, importlib.import_module(f"{__name__}.{name}"))


def shows_clusters(name: str) -> int:
    """How well a method's maps show clusters beside others'; 0 = not, -1 = there is no such method (any more)."""
    return method(name).CLUSTERS if name in METHODS else -1


def fit_map(
    name: str,
    z_nd: np.ndarray,
    seed: int = 0,
    progress: Progress = lambda share: None,
    start_n2: np.ndarray | None = None,
) -> np.ndarray:
    """(N, 2) float32, centred, the larger half-width 1. The same codes, seed and start give the same map.

    `start_n2`: places to start from, of a map made before. ModelError for an unknown method or too few products.
    """
    chosen = method(name)
    if len(z_nd) < chosen.PRODUCTS_MIN:
        raise ModelError(f"a {chosen.TITLE} map needs at least {chosen.PRODUCTS_MIN} products, got {len(z_nd)}")
    if not np.ptp(z_nd, axis=0).any():
        return np.zeros((len(z_nd), 2), np.float32)  # all alike: one place
    graph = NearestNeighbours(z_nd).graph() if chosen.NEEDS_GRAPH else None
    xy_n2 = chosen.fit(z_nd, graph, seed, progress, start_n2)
    low_2, high_2 = xy_n2.min(0), xy_n2.max(0)
    half = max(float((high_2 - low_2).max()) / 2, 1e-12)
    return np.asarray((xy_n2 - (low_2 + high_2) / 2) / half, dtype=np.float32)


def place_on_map(
    name: str, z_nd: np.ndarray, xy_n2: np.ndarray, new_md: np.ndarray, lonely: float | None = None
) -> Placed:
    """Places for new codes (M, D) on a map of codes (N, D) at (N, 2), which is not touched.

    `lonely`: `lonely_distance` of its codes where that is known; to find it takes longer than to place a hundred.
    ModelError for an unknown method, an empty map, or codes of two lengths.
    """
    chosen = method(name)
    if not len(z_nd) or len(z_nd) != len(xy_n2) or z_nd.shape[1:] != new_md.shape[1:]:
        raise ModelError(
            f"new products are placed among mapped ones: got {len(z_nd)} codes, {len(xy_n2)} places, and new codes of "
            f"{new_md.shape[1:]} numbers for codes of {z_nd.shape[1:]}"
        )
    if not len(new_md):
        return Placed(np.empty((0, 2), np.float32), np.empty(0, bool))
    mapped = NearestNeighbours(z_nd)
    lonely = lonely_distance(mapped) if lonely is None else lonely
    xy_m2, far_m = np.empty((len(new_md), 2), np.float32), np.empty(len(new_md), bool)
    for begin in range(0, len(new_md), _PLACED_AT_ONCE):
        some = slice(begin, begin + _PLACED_AT_ONCE)
        near = KnnArrays(*mapped.nearest(new_md[some], PLACING_NEIGHBOURS))
        far_m[some] = near.distance_nk[:, 0] > FAR * lonely
        xy_m2[some] = chosen.place(z_nd, xy_n2, new_md[some], near)
    return Placed(xy_m2, far_m)


def lonely_distance(mapped: NearestNeighbours, sample: int = 2000) -> float:
    """The 99th percentile of the nearest-neighbour distance among mapped products; duplicates (distance 0) are
    ignored.
    """
    rows_m = np.random.default_rng(0).permutation(len(mapped.z_nd))[:sample]
    nearest_m = mapped.others(rows_m, 1).distance_nk.ravel()
    return float(np.quantile(nearest_m[nearest_m > 0], 0.99)) if (nearest_m > 0).any() else 0.0


def pca_axes(z_nd: np.ndarray) -> np.ndarray:
    """(N, 2): the first two principal axes; the second is 0 where codes have one dimension."""
    from sklearn.decomposition import PCA

    if z_nd.shape[1] == 1:
        return np.column_stack([z_nd - z_nd.mean(), np.zeros(len(z_nd))])
    return np.asarray(PCA(2, svd_solver="full", random_state=0).fit_transform(z_nd))


def pca_start(z_nd: np.ndarray) -> np.ndarray:
    """(N, 2): where t-SNE and UMAP begin, so that regions keep their side; never flat, since both divide by widths."""
    xy_n2 = pca_axes(z_nd)
    if np.ptp(xy_n2[:, 1]) < 1e-6 * np.ptp(xy_n2[:, 0]):
        xy_n2[:, 1] = np.random.default_rng(0).normal(0, 1e-3 * xy_n2[:, 0].std(), len(xy_n2))
    return xy_n2
