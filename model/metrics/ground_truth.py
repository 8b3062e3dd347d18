"""Codes with ground-truth factors: validation, train/test splits and sampling by factor as in Locatello 2019.

A model encodes everything once; a batch in which one factor is fixed is drawn from the rows that have its value. For a
full grid of factors, and for factors that were drawn independently, that is the published protocol.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from looks_like.model.errors import ModelError

TRAIN, TEST = 10_000, 5_000  # codes that a classifier learns from and is asked about
CODES_MIN = 100


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """Codes (N, D) and their factors (N, F), whole numbers from 0; `columns` says which of the given ones they are."""

    z_nd: np.ndarray
    values_nf: np.ndarray
    columns: tuple[int, ...]
    left_out: tuple[int, ...]  # factors with one value

    def __len__(self) -> int:
        return len(self.z_nd)

    @property
    def dimensions(self) -> int:
        return int(self.z_nd.shape[1])

    @property
    def factors(self) -> int:
        return len(self.columns)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many values each factor has."""
        return tuple(int(most) + 1 for most in self.values_nf.max(0))

    def some(self, rows_n: np.ndarray) -> "GroundTruth":
        return GroundTruth(self.z_nd[rows_n], self.values_nf[rows_n], self.columns, self.left_out)

    def split(self, rng: np.random.Generator) -> tuple["GroundTruth", "GroundTruth"]:
        """Random train/test split: 10,000 and 5,000 codes, or two thirds and one third if there are fewer."""
        rows_n = rng.permutation(len(self))[: TRAIN + TEST]
        learnt = len(rows_n) * TRAIN // (TRAIN + TEST)
        return self.some(rows_n[:learnt]), self.some(rows_n[learnt:])

    def alike(self, rows_n: np.ndarray, factor: int, rng: np.random.Generator, count: int = 1) -> np.ndarray:
        """(..., count) others for each of the rows, drawn from those with the same value of a factor."""
        order_n, starts_v = self._by_value[factor]
        value_n = self.values_nf[rows_n, factor].astype(np.intp)
        start_n, end_n = starts_v.take(value_n)[..., None], starts_v.take(value_n + 1)[..., None]
        within_n = rng.random((*rows_n.shape, count))
        within_n *= end_n - start_n
        return np.asarray(order_n.take(start_n + within_n.astype(np.intp)))  # rounded down before it is moved

    def named(self, values_f: np.ndarray) -> dict[str, float]:
        """Parts of a score: one number per factor, by its place among those that were given."""
        return {f"factor {place}": float(value) for place, value in zip(self.columns, values_f, strict=True)}

    def said(self, counts: str, seed: int) -> str:
        parts = [counts, f"{self.dimensions} dimensions, {self.factors} factors, seed {seed}"]
        if self.left_out:
            places = ", ".join(str(place) for place in self.left_out)
            parts.append(f"left out for having one value: factor {places}")
        return "; ".join(parts)

    @cached_property
    def _by_value(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Per factor: rows in the order of their values, and where each value starts."""
        return [
            (np.argsort(values_n, kind="stable"), np.concatenate([[0], np.bincount(values_n).cumsum()]))
            for values_n in np.ascontiguousarray(self.values_nf.T)
        ]


def known(z_nd: np.ndarray, factors_nf: np.ndarray) -> GroundTruth:
    """Codes (N, D >= 2) with the values (N, F) of known factors, whole numbers; a factor with one value is left out.

    ModelError for codes and factors of different lengths, too few or broken codes, or no factor with two values.
    """
    z_nd, factors_nf = checked_codes(z_nd, dimensions=2), np.asarray(factors_nf)
    if factors_nf.ndim != 2 or len(factors_nf) != len(z_nd):
        raise ModelError(f"{len(z_nd)} codes need as many rows of factors, got factors of shape {factors_nf.shape}")
    if not np.issubdtype(factors_nf.dtype, np.integer):
        raise ModelError(f"factors are whole numbers, got {factors_nf.dtype}: put continuous ones into bins first")
    varies_f = (factors_nf != factors_nf[0]).any(0)
    if not varies_f.any():
        raise ModelError("no factor has two values or more, so there is nothing that codes could tell")
    kept = np.flatnonzero(varies_f)
    columns = [_from_zero(factors_nf[:, f]) for f in kept]
    return GroundTruth(z_nd, np.stack(columns, 1), tuple(kept.tolist()), tuple(np.flatnonzero(~varies_f).tolist()))


def checked_codes(z_nd: np.ndarray, *, dimensions: int = 1, least: int = CODES_MIN) -> np.ndarray:
    """The codes (N, D), or a ModelError: which shape they have, how many are too few, or that some are not numbers."""
    z_nd = np.asarray(z_nd)
    if z_nd.ndim != 2 or z_nd.shape[1] < dimensions:
        raise ModelError(f"codes must be (products, {dimensions} dimensions or more), got shape {z_nd.shape}")
    if len(z_nd) < least:
        raise ModelError(f"this measure needs at least {least} codes, got {len(z_nd)}")
    if not np.isfinite(z_nd).all():
        bad = int((~np.isfinite(z_nd)).any(1).sum())
        raise ModelError(f"{bad} of {len(z_nd)} codes are not finite numbers: encode the products again")
    return z_nd


def mean_of_batches(values_bnd: np.ndarray) -> np.ndarray:
    """(B, D) over the middle axis. As a product with ones: NumPy's mean over few numbers takes ten times as long."""
    count = values_bnd.shape[1]
    means_bd: np.ndarray = (np.ones((1, count), values_bnd.dtype) @ values_bnd)[:, 0] / count
    return means_bd


def sample(z_nd: np.ndarray, factors_nf: np.ndarray, count: int, rng: np.random.Generator) -> GroundTruth:
    """Known codes of at most `count` rows, none twice, without a look at the others."""
    if len(z_nd) != len(factors_nf) or len(z_nd) <= count:
        return known(z_nd, factors_nf)
    rows_n = rng.choice(len(z_nd), count, replace=False, shuffle=False)
    return known(np.asarray(z_nd)[rows_n], np.asarray(factors_nf)[rows_n])


def _from_zero(values_n: np.ndarray) -> np.ndarray:
    """Values by their rank; as small integers, which NumPy sorts by radix."""
    least, most = int(values_n.min()), int(values_n.max())
    if most - least < len(values_n):
        offset_n = values_n - least
        ranks_n = ((np.bincount(offset_n) > 0).cumsum() - 1)[offset_n]
    else:
        ranks_n = np.unique(values_n, return_inverse=True)[1]
    small_n: np.ndarray = ranks_n.astype(np.min_scalar_type(ranks_n.max()))
    return small_n
