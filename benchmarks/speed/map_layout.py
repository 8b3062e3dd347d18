"""Maps, which take minutes: only asked for by name or with --full."""

import warnings
from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.measure import Bench, Result, by_turns, compared, say
from benchmarks.speed.codes import clustered_codes
from looks_like.model.maps import fit_map

_GOALS = {"tsne": 5.0, "umap": 1.5}
_THEIRS = {"tsne": "scikit-learn TSNE", "umap": "umap-learn, seeded"}


def mapping(bench: Bench) -> Iterator[Result]:
    """t-SNE and UMAP of 30,000 clustered codes of 32, neighbour search and all, beside the usual calls with defaults.

    Numba's compilation for UMAP is done beforehand on 1,000 codes, for both. How many of a product's 15 nearest stay
    so on the map is told for both: a map made sooner must not be a worse one.
    """
    count = bench.of(30_000, 3000)
    z_nd, few_nd = clustered_codes(count), clustered_codes(1000)
    for method, goal in _GOALS.items():
        works = {"ours": partial(fit_map, method), "theirs": partial(_fit_usually, method)}
        made: dict[str, np.ndarray] = {}

        def fit(who: str, works: dict[str, partial[np.ndarray]] = works, made: dict[str, np.ndarray] = made) -> None:
            made[who] = works[who](z_nd)

        if method == "umap":  # the other is compiled already, in C++ and Cython
            say(f"  {method}: compiling on {len(few_nd):,} codes …")
            for work in works.values():
                work(few_nd)
        samples = by_turns(partial(fit, "ours"), partial(fit, "theirs"), rounds=1, warm=0)
        more = {"neighbours_kept": {who: round(_kept(z_nd, xy_n2), 3) for who, xy_n2 in made.items()}}
        what = f"{method} map of {count:,}"
        yield compared(what, "s", _THEIRS[method], samples, goal_ratio=bench.goal(goal), more=more)


def _fit_usually(method: str, z_nd: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # umap-learn says that a seed means one thread
        if method == "tsne":
            from sklearn.manifold import TSNE

            return np.asarray(TSNE(random_state=0).fit_transform(z_nd))
        from umap import UMAP

        return np.asarray(UMAP(random_state=0).fit_transform(z_nd))


def _kept(z_nd: np.ndarray, xy_n2: np.ndarray, k: int = 15, sample: int = 1000) -> float:
    """Mean share of the k nearest codes that are among the k nearest on the map."""
    from sklearn.neighbors import NearestNeighbors

    rows = np.random.default_rng(0).permutation(len(z_nd))[:sample]
    near = [
        NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points[rows])[1][:, 1:] for points in (z_nd, xy_n2)
    ]
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(*near, strict=True)]))
