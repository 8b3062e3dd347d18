"""Clusters of codes and of a map, and what sets a selection apart."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from benchmarks.measure import Bench, Result, by_turns, compared
from benchmarks.speed.codes import clustered_codes
from looks_like.data.catalogue import Catalogue
from looks_like.explorer.search.enrichment import find_enrichment
from looks_like.model.geometry.clusters import default_k, hdbscan, k_means
from looks_like.model.maps import fit_map

_GOAL_MS = 100.0


def clustering(bench: Bench) -> Iterator[Result]:
    """Clusters of 30,000 codes of 32 by k-means, and of their PCA map by HDBSCAN, beside scikit-learn's.

    Theirs is HDBSCAN with defaults on the same map, which takes all pairs into account: `agreement` is the adjusted
    Rand index of both. For k-means it is the usual call on one thread; ours makes three starts.
    """
    from sklearn.cluster import HDBSCAN, KMeans
    from sklearn.metrics import adjusted_rand_score
    from threadpoolctl import threadpool_limits

    count = bench.of(30_000, 3000)
    z_nd, k = clustered_codes(count), default_k(count)
    xy_n2 = fit_map("pca", z_nd).astype(np.float64)
    least = round(count / 120)
    found: dict[str, np.ndarray] = {}

    def ours() -> None:
        found["ours"] = hdbscan(xy_n2, least)

    def theirs() -> None:
        found["theirs"] = HDBSCAN(min_cluster_size=least, min_samples=5, copy=True).fit_predict(xy_n2)

    def theirs_k() -> None:
        with threadpool_limits(1):
            KMeans(k, n_init=1, random_state=0).fit(z_nd)

    samples = by_turns(ours, theirs, rounds=bench.of(3, 1), warm=0)
    more = {"agreement": round(float(adjusted_rand_score(found["ours"], found["theirs"])), 4)}
    yield compared(f"HDBSCAN of {count:,} places", "s", "scikit-learn HDBSCAN", samples, goal_ratio=1, more=more)
    samples = by_turns(lambda: k_means(z_nd, k), theirs_k, rounds=bench.of(3, 1), warm=1)
    yield compared(f"k-means of {count:,} x 32, k = {k}", "s", "scikit-learn KMeans, 1 start", samples)


class _Shelves:
    """As much of a Lab as a contrast asks."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(0)
        columns: dict[str, pa.Array] = {}
        for name, values in (("brand", 15), ("line", 77), ("silhouette", 8), ("colour", 22)):
            drawn_n = (rng.random(count) ** 2 * values).astype(np.int32)
            words = pa.array([f"{name} {i}" for i in range(values)])
            columns[name] = pa.DictionaryArray.from_arrays(drawn_n, words).cast(pa.string())
        columns["price"] = pa.array(rng.gamma(3, 40, count).round(0))
        columns["rating"] = pa.array(rng.integers(1, 6, count))
        self._rows = Catalogue(1, pa.table(columns), None, np.empty(0, np.int64))  # type: ignore[arg-type]

    def catalogue(self) -> Catalogue:
        return self._rows


def contrasting(bench: Bench) -> Iterator[Result]:
    """What sets 5,000 products apart from 30,000, and from 1,000,000: four text attributes and two numbers.

    Beside the counts alone by pandas' crosstab of the four texts, without any test or median. Ours has numbered the
    values and ranked the numbers once beforehand, as a server does for each version of a catalogue.
    """
    import pandas as pd

    for count in (bench.of(30_000, 6000), bench.of(1_000_000, 60_000)):
        lab, rng = _Shelves(count), np.random.default_rng(1)
        rows_m = np.sort(rng.choice(count, 5000, replace=False))
        frame = lab.catalogue().rows.to_pandas()
        mine = pd.Series(np.isin(np.arange(count), rows_m))

        def ours(lab: _Shelves = lab, rows_m: np.ndarray = rows_m) -> None:
            find_enrichment(lab, rows_m)  # type: ignore[arg-type]

        def theirs(frame: pd.DataFrame = frame, mine: pd.Series = mine) -> None:
            for name in ("brand", "line", "silhouette", "colour"):
                pd.crosstab(frame[name], mine)

        samples = by_turns(ours, theirs, rounds=bench.of(7, 3), warm=1)
        yield compared(f"contrast of 5,000 in {count:,}", "ms", "pandas.crosstab", samples, goal=_GOAL_MS)
