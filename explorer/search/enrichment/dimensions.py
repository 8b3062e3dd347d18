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
    """Those of a model's dimensions, the strongest first; none where it has no codes."""
    try:
        space = lab.space(model)
        space.require_decoder()
        axes = space.axes
    except MISTAKES:
        return ()
    value_ma = np.asarray(axes.values(space.z_nd[space.positions(rows_m)]), np.float64)
    count, whole = len(value_ma), len(space.z_nd)
    if not count or count == whole:
        return ()
    sums_2a = lab.cache.get_or_make(("sums of values", space), lambda: _sums(axes.values(space.z_nd)), max_size=8)
    mean_a, mean_rest_a, deviation_a = two_groups(value_ma, sums_2a, whole)
    d_a = (mean_a - mean_rest_a) / np.maximum(deviation_a, 1e-12)
    z_a = np.abs(d_a) * np.sqrt(count * (whole - count) / whole)
    told_a = (np.abs(d_a) >= _COHEN) & (chance(z_a) * len(axes) < CHANCE)
    found = [_dimension(int(a) + 1, float(d_a[a]), float(z_a[a])) for a in np.flatnonzero(told_a)]
    return tuple(sorted(found, key=lambda one: (-one.evidence, one.dimension)))


def _sums(value_na: np.ndarray) -> np.ndarray:
    """(2, A) sums of all values and of their squares."""
    return np.stack([value_na.sum(0, dtype=np.float64), np.einsum("na,na->a", value_na, value_na, dtype=np.float64)])


def _dimension(number: int, d: float, z: float) -> DimensionEnrichment:
    side = "higher" if d > 0 else "lower"
    return DimensionEnrichment(number, d, z, f"dimension {number}: {abs(d):.1f} deviations {side} than all others")
