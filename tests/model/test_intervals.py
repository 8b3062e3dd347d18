"""Intervals hold what they promise: they cover a truth that is known in 95 of 100 checks."""

from collections.abc import Callable

import numpy as np
import pytest

from looks_like.model.metrics.intervals import (
    DRAWS,
    FEW,
    Interval,
    better_share,
    of_mean,
    of_quantile,
    of_ratio,
    resampled,
)
from looks_like.model.metrics.pictures.kid import kernel_interval, mmd2

CHECKS = 200
COVERED = range(182, 198)  # of 200 at 95 %: what a binomial gives in 99 of 100 tries, 91 to 98.5 %


def covered(make: Callable[[np.random.Generator], Interval | None], truth: float) -> int:
    found = [make(np.random.default_rng(seed)) for seed in range(CHECKS)]
    return sum(interval.covers(truth) for interval in found)


def test_means_of_errors_are_covered() -> None:
    """Squared errors are skew: here of a mean of 3."""
    assert covered(lambda rng: of_mean(rng.gamma(3.0, 1.0, 150)), 3.0) in COVERED


def test_medians_over_pairs_are_covered_also_where_each_pair_has_several_steps() -> None:
    def make(rng: np.random.Generator) -> Interval | None:
        own_p1 = rng.normal(0, 1, (150, 1))  # steps of one pair hang on each other
        return of_quantile(own_p1 + rng.normal(0, 0.5, (150, 7)))

    assert covered(make, 0.0) in COVERED


def test_ratios_of_means_are_covered() -> None:
    def make(rng: np.random.Generator) -> Interval | None:
        beside_n = rng.gamma(4.0, 1.0, 150)
        return of_ratio(beside_n * rng.uniform(0.4, 0.8, 150), beside_n)

    assert covered(make, 0.6) in COVERED


def test_distances_of_distributions_are_covered() -> None:
    """Two normal clouds, one moved: the truth from a very large draw."""
    rng, far, wide = np.random.default_rng(99), 0.3, 40
    truth = float(np.mean([mmd2(rng.normal(0, 1, (800, wide)), rng.normal(far, 1, (800, wide))) for _ in range(40)]))

    def make(rng: np.random.Generator) -> Interval | None:
        return kernel_interval(rng.normal(0, 1, (200, wide)), rng.normal(far, 1, (200, wide)))

    assert covered(make, truth) in range(178, 201)  # their scale is drawn too, which the truth is not


def test_the_same_things_are_compared_draw_by_draw() -> None:
    rng = np.random.default_rng(0)
    hard_n = rng.gamma(2.0, 1.0, 200)  # what is hard is hard for both: far apart, and yet always in one order
    one, other = of_mean(hard_n, "these"), of_mean(hard_n + rng.normal(0.05, 0.02, 200), "these")
    assert one is not None
    assert other is not None
    assert one.covers((other.low + other.high) / 2)
    assert better_share(one, other, "lower") == 1.0
    assert better_share(one, other, "higher") == 0.0
    assert better_share(one, one, "lower") == 0.5
    assert better_share(one, other, "neither") is None
    assert better_share(one, of_mean(hard_n, "others"), "lower") is None
    assert better_share(of_mean(hard_n), of_mean(hard_n), "lower") is None


def test_too_few_things_and_no_numbers_have_no_interval() -> None:
    assert of_mean(np.ones(FEW - 1)) is None
    assert of_quantile(np.full(50, np.nan)) is None
    assert of_ratio(np.ones(50), np.zeros(50)) is None
    assert of_quantile(np.r_[np.full(5, np.nan), np.arange(45.0)]) is not None
    assert kernel_interval(np.ones((3, 2)), np.ones((30, 2))) is None


def test_draws_are_the_same_however_they_are_cut() -> None:
    values_n = np.random.default_rng(1).random(60)
    whole, again = of_mean(values_n), resampled(60, lambda rows_rn: values_n[rows_rn].mean(1))
    assert whole == again
    assert whole is not None
    assert len(whole.draws) == DRAWS
    assert whole.through(np.exp).low == pytest.approx(np.exp(whole.low))
