"""How sure a number is: the interval within which it would fall for other products of the same kind, by resampling.

Percentile bootstrap (Efron 1979): the pictures, or pairs, that were measured are drawn again with replacement, a
thousand times. Draws follow from the number of things alone, so two models measured on the same ones are compared
draw by draw: what one picture costs both takes no part in their difference.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DRAWS = 1000
FEW = 10  # things; of fewer a draw says nothing
_INSIDE = (0.025, 0.975)
_AT_ONCE = 4_000_000  # numbers of some draws
Better = str  # higher | lower | neither


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of what other draws give."""

    low: float
    high: float
    draws: tuple[float, ...] = ()  # what each gives
    things: str = ""  # which ones were drawn from: intervals of the same ones can be compared draw by draw

    def through(self, rising: Callable[[np.ndarray], np.ndarray]) -> "Interval":
        """Of a rising function of the value."""
        low, high, *draws = (float(value) for value in rising(np.array([self.low, self.high, *self.draws])))
        return Interval(low, high, tuple(draws), self.things)

    def covers(self, value: float) -> bool:
        return self.low <= value <= self.high


Statistic = Callable[[np.ndarray], np.ndarray]  # rows (R, N) -> its value for each draw (R,)


def resampled(count: int, statistic: Statistic, things: str = "") -> Interval | None:
    """Of whatever can be said of `count` things; None for fewer than ten, or where it is not a number."""
    if count < FEW:
        return None
    rng, at_once, found = np.random.default_rng(count), max(1, _AT_ONCE // count), list[np.ndarray]()
    for i in range(0, DRAWS, at_once):
        found.append(statistic(rng.integers(0, count, (min(at_once, DRAWS - i), count))))
    draws_r = np.concatenate(found)
    finite_r = draws_r[np.isfinite(draws_r)]
    if len(finite_r) < DRAWS:
        return None
    low, high = np.quantile(finite_r, _INSIDE)
    return Interval(float(low), float(high), tuple(draws_r.tolist()), things)


def of_mean(values_n: np.ndarray, things: str = "") -> Interval | None:
    """Of the mean of a number for each thing."""
    return resampled(len(values_n), lambda rows_rn: values_n[rows_rn].mean(1), things)


def of_ratio(values_n: np.ndarray, beside_n: np.ndarray, things: str = "") -> Interval | None:
    """Of the mean of one number over the mean of another."""

    def ratio(rows_rn: np.ndarray) -> np.ndarray:
        beside_r = beside_n[rows_rn].mean(1)
        nothing_r = np.full(len(rows_rn), np.nan)
        return np.asarray(np.divide(values_n[rows_rn].mean(1), beside_r, out=nothing_r, where=beside_r != 0))

    return resampled(len(values_n), ratio, things)


def of_quantile(values_pt: np.ndarray, share: float = 0.5, things: str = "") -> Interval | None:
    """Of a quantile, the median unless said, of one or several numbers for each thing: (P,) or (P, T). What is no
    number is left out. Numbers of one thing stay together: they hang on each other.
    """

    def quantile(rows_rp: np.ndarray) -> np.ndarray:
        drawn_rm = values_pt[rows_rp].reshape(len(rows_rp), -1)
        measure = np.quantile if np.isfinite(drawn_rm).all() else np.nanquantile
        return np.asarray(measure(drawn_rm, share, axis=1))

    width = values_pt[0].size if len(values_pt) else 1
    if len(values_pt) < FEW or np.isnan(values_pt).all(axis=tuple(range(1, values_pt.ndim))).mean() > 0.5:
        return None
    return resampled(len(values_pt), _in_parts(quantile, max(1, _AT_ONCE // (len(values_pt) * width))), things)


def of_sum(*sides: np.ndarray) -> Interval | None:
    """Of the sum of means over several kinds of things, each drawn from its own."""
    if min(map(len, sides)) < FEW:
        return None
    found = [of_mean(values_n) for values_n in sides]
    draws_r = np.sum([each.draws for each in found if each is not None], axis=0)
    low, high = np.quantile(draws_r, _INSIDE)
    return Interval(float(low), float(high))


def better_share(one: Interval | None, other: Interval | None, better: Better) -> float | None:
    """In which share of the draws the first is better; None where they were not drawn from the same things."""
    if one is None or other is None or better == "neither" or not one.things or one.things != other.things:
        return None
    difference_r = np.subtract(one.draws, other.draws)
    ahead_r = difference_r > 0 if better == "higher" else difference_r < 0
    return float(ahead_r.mean() + 0.5 * (difference_r == 0).mean())


def _in_parts(statistic: Statistic, rows: int) -> Statistic:
    """The same a few draws at a time: each takes as much memory as its numbers."""

    def parts(rows_rn: np.ndarray) -> np.ndarray:
        return np.concatenate([statistic(rows_rn[i : i + rows]) for i in range(0, len(rows_rn), rows)])

    return parts
