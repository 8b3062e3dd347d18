"""What looks like what: under a filter, and for every product of a catalogue."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measure import Bench, Result, by_turns, compared
from benchmarks.speed.codes import clustered_codes
from looks_like.explorer.core.space import Space
from looks_like.explorer.search.likeness.similar_for_all import recommend
from looks_like.model.geometry.neighbours import NearestNeighbours

_K, _FILTERED_K = 12, 60


def finding_alike(bench: Bench) -> Iterator[Result]:
    """The 60 nearest of 30,000 codes of 32 that pass a filter, and the 12 nearest of each, beside scikit-learn's brute.

    A filter is new with every question, so scikit-learn's `fit` on those that pass is part of its answer; the codes
    of the whole catalogue are fitted beforehand on both sides. No file is written on either.
    """
    from sklearn.neighbors import NearestNeighbors

    z_nd = clustered_codes(30_000)
    ours, rng = NearestNeighbours(z_nd), np.random.default_rng(1)
    for share in (0.5, 0.01):
        among_p = np.sort(rng.choice(len(z_nd), int(share * len(z_nd)), replace=False))
        z_1d = z_nd[:1] + 0.1

        def here(among_p: np.ndarray = among_p, z_1d: np.ndarray = z_1d) -> np.ndarray:
            return ours.nearest(z_1d, _FILTERED_K, among_p)[0]

        def beside(among_p: np.ndarray = among_p, z_1d: np.ndarray = z_1d) -> np.ndarray:
            found = NearestNeighbors(n_neighbors=_FILTERED_K, algorithm="brute").fit(z_nd[among_p])
            return np.asarray(among_p[found.kneighbors(z_1d)[1]])

        samples = by_turns(here, beside, rounds=bench.of(60, 20), warm=3)
        more = {"same": float((here() == beside()).mean())}
        what = f"{_FILTERED_K} nearest of {len(among_p):,} that pass, of 30,000 x 32"
        yield compared(what, "ms", "scikit-learn, brute", samples, goal=20, goal_ratio=1, more=more)
    yield _everyone(bench, z_nd)


def _everyone(bench: Bench, z_nd: np.ndarray) -> Result:
    from sklearn.neighbors import NearestNeighbors

    nothing: Any = None  # no network is asked
    space = Space(nothing, nothing, z_nd, np.arange(len(z_nd)))
    brute = NearestNeighbors(n_neighbors=_K + 1, algorithm="brute").fit(z_nd)

    def ours() -> np.ndarray:
        return np.concatenate([found.similar_mk for found in recommend(space, _K)])

    def theirs() -> np.ndarray:
        return np.asarray(brute.kneighbors(z_nd)[1][:, 1:])

    samples = by_turns(ours, theirs, rounds=bench.of(3, 1))
    more = {"same": float((ours() == theirs()).mean())}
    what = f"{_K} nearest of each of {len(z_nd):,} x 32"
    return compared(what, "s", "scikit-learn, brute", samples, goal_ratio=1, more=more)
