"""Mutual information on codes whose answer is known."""

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.information import in_bins, information

RNG = np.random.default_rng(0)
FACTORS = RNG.integers(0, 5, (4000, 3))


def test_a_dimension_that_is_a_factor_tells_all_of_it_and_nothing_else() -> None:
    told = information(FACTORS.astype(float), FACTORS)
    np.testing.assert_allclose(np.diag(told), 1)
    assert np.abs(told - np.eye(3)).max() < 0.01


def test_half_of_a_factor() -> None:
    """Four equal values; the code says which half: log 2 / log 4."""
    factor = np.arange(4000) % 4
    assert information((factor // 2)[:, None].astype(float), factor[:, None])[0, 0] == pytest.approx(0.5)


def test_noise_and_a_dead_dimension_tell_nothing() -> None:
    codes = np.column_stack([RNG.normal(size=4000), np.zeros(4000)])
    told = information(codes, FACTORS)
    assert told[0].max() < 0.02  # (20 - 1)(5 - 1) / 8000 = .0095 nats too high, of 1.6
    assert (told[1] == 0).all()


def test_two_dimensions_turned_by_45_degrees_tell_both_alike() -> None:
    two = RNG.uniform(-1, 1, (20_000, 2))
    turned = two @ np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    told = information(turned, np.column_stack([in_bins(column) for column in two.T]))
    assert told.max() - told.min() < 0.02
    assert 0.05 < told.mean() < 0.5


def test_a_factor_with_one_value_is_told_by_nothing() -> None:
    assert information(FACTORS[:, :1].astype(float), np.zeros((4000, 1), int))[0, 0] == 0


def test_bins_are_of_equal_width() -> None:
    assert in_bins(np.array([0.0, 0.49, 0.51, 1.0]), 2).tolist() == [1, 1, 2, 2]


def test_too_few_codes() -> None:
    with pytest.raises(ModelError, match="at least 100"):
        information(np.zeros((99, 2)), np.zeros((99, 1), int))
