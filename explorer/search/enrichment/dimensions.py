"""The dimensions of a model in which the codes of some products lie apart from those of all others: Cohen's d."""

from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.search.enrichment.statistics import CHANCE, chance, two_groups

_COHEN = 0.3  # an effect below says nothing to anyone


@dataclass(frozen=True)
class DimensionEnrichment:
    """A dimension of a model."""

    dimension: int
    d: float  # Cohen's: the difference of the means in (pooled) deviations
    evidence: float  # |z|
    words: str


def dimension_enrichments(lab: Lab, rows_m: np.ndarray, model: str) -> tuple[DimensionEnrichment, ...]:
    """Those of a model's active dimensions, the strongest first; none where it has no codes."""
    try:
        space = lab.space(model)
        active = [dimension.index for dimension in space.dimensions]
    except MISTAKES:
        return ()
    z_md = np.asarray(space.z_nd[space.positions(rows_m)][:, active], np.float64)
    count, whole = len(z_md), len(space.z_nd)
    if not count or count == whole:
        return ()
    sums_2d = lab.cache.get_or_make(("sums of codes", space), lambda: _sums(space.z_nd), max_size=8)[:, active]
    mean_d, mean_rest_d, deviation_d = two_groups(z_md, sums_2d, whole)
    d_d = (mean_d - mean_rest_d) / np.maximum(deviation_d, 1e-12)
    z_d = np.abs(d_d) * np.sqrt(count * (whole - count) / whole)
    told_d = (np.abs(d_d) >= _COHEN) & (chance(z_d) * len(active) < CHANCE)
    found = [_dimension(active[i], float(d_d[i]), float(z_d[i])) for i in np.flatnonzero(told_d)]
    return tuple(sorted(found, key=lambda one: (-one.evidence, one.dimension)))


def _sums(z_nd: np.ndarray) -> np.ndarray:
    """(2, D) sums of all codes and of their squares."""
    return np.stack([z_nd.sum(0, dtype=np.float64), np.einsum("nd,nd->d", z_nd, z_nd, dtype=np.float64)])


def _dimension(index: int, d: float, z: float) -> DimensionEnrichment:
    side = "higher" if d > 0 else "lower"
    return DimensionEnrichment(index, d, z, f"dimension {index}: {abs(d):.1f} deviations {side} than all others")
