"""Codes that no product has: what they are drawn from, and that a seed is all they depend on."""

import numpy as np
import pytest

from looks_like.model.geometry.paths.curves import path_points
from looks_like.model.geometry.sampling import mid_points, mixture_codes, prior_codes


def islands(count: int = 600) -> np.ndarray:
    """(count, 3): two clusters far apart, none of them at the origin; the third dimension is not used."""
    rng = np.random.default_rng(0)
    centres_23 = np.array([[5.0, 0, 0], [-5.0, 3, 0]])
    return (centres_23[np.arange(count) % 2] + rng.normal(0, [0.5, 0.2, 0.0], (count, 3))).astype(np.float32)


def test_the_prior_is_standard_normal() -> None:
    z_nd = prior_codes(4000, 3)
    assert z_nd.dtype == np.float32
    np.testing.assert_allclose(z_nd.mean(0), 0, atol=0.06)
    np.testing.assert_allclose(np.cov(z_nd.T), np.eye(3), atol=0.08)


def test_the_mixture_draws_where_codes_are() -> None:
    codes_nd = islands()
    z_nd = mixture_codes(codes_nd, 500)
    assert z_nd.shape == (500, 3)
    assert z_nd.dtype == np.float32
    nearest_n = np.linalg.norm(z_nd[:, None] - codes_nd[None], axis=2).min(1)
    assert np.quantile(nearest_n, 0.95) < 0.5
    assert (z_nd[:, 0] > 0).mean() == pytest.approx(0.5, abs=0.1)
    assert 0.3 < (z_nd[:100, 0] > 0).mean() < 0.7  # not one component after the other


def test_few_codes_are_enough_for_a_mixture() -> None:
    assert mixture_codes(islands(6), 20).shape == (20, 3)


def test_a_mid_point_lies_on_the_default_curve_between_two_different_products() -> None:
    codes_nd = np.eye(4, dtype=np.float32)[:3]
    possible = {
        tuple(np.round(path_points([codes_nd[a], codes_nd[b]], 3)[1], 4)) for a in range(3) for b in range(3) if a != b
    }
    found = {tuple(np.round(z_d, 4)) for z_d in mid_points(codes_nd, 60)}
    assert found == possible


@pytest.mark.parametrize("draw", [lambda s: prior_codes(5, 3, s), lambda s: mixture_codes(islands(), 5, s)])
def test_a_seed_gives_the_same_codes(draw) -> None:
    np.testing.assert_array_equal(draw(1), draw(1))
    assert not np.array_equal(draw(1), draw(2))
