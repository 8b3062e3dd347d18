"""Directions between groups and of all codes: how clear they are beside chance, and how much axes carry."""

import numpy as np
import pytest

from looks_like.model.geometry import (
    apart,
    apart_by_chance,
    held_out_apart,
    own_axes,
    principal_directions,
)


def test_cohens_d_is_the_difference_of_means_in_deviations() -> None:
    rng = np.random.default_rng(0)
    score_m, high_m = rng.normal(size=20_000), np.arange(20_000) % 2 == 1
    score_m[high_m] += 1.5
    assert apart(score_m, high_m) == pytest.approx(1.5, abs=0.05)
    assert apart(-score_m, high_m) == pytest.approx(-1.5, abs=0.05)
    assert apart(np.ones(10), np.arange(10) < 5) == 0
    assert apart(np.arange(3.0), np.arange(3) < 1) == 0, "one product has no spread"


def test_groups_are_told_apart_by_products_that_were_not_learnt_from() -> None:
    rng = np.random.default_rng(1)
    x_md, high_m = rng.normal(size=(800, 12)), np.arange(800) % 2 == 1
    x_md[high_m, 3] += 2
    assert held_out_apart(x_md, high_m) == pytest.approx(2, abs=0.25)
    by_chance = apart_by_chance(x_md, 400, 400, draws=10)
    assert 0 < by_chance < 0.2, "what was learnt by heart does not count"
    assert abs(held_out_apart(rng.normal(size=(800, 12)), high_m)) < 0.3
    assert held_out_apart(x_md[:6], high_m[:6]) == 0


def test_chance_of_more_products_than_there_are_is_that_of_all() -> None:
    x_nd = np.random.default_rng(2).normal(size=(30, 4))
    assert apart_by_chance(x_nd, 500, 500, draws=3) == apart_by_chance(x_nd, 15, 15, draws=3)
    assert apart_by_chance(x_nd, 15, 15, draws=0) == 0


def test_the_widest_directions_are_those_that_codes_were_drawn_along() -> None:
    rng = np.random.default_rng(3)
    z_nd = rng.normal(size=(5000, 3)) * [1.0, 4.0, 0.0] + 7
    steps_kd, share_k = principal_directions(z_nd, 3)
    assert steps_kd.shape == (2, 3), "none along which codes are alike"
    assert np.abs(steps_kd) == pytest.approx(np.array([[0, 4, 0], [1, 0, 0]]), abs=0.2)
    assert share_k == pytest.approx([16 / 17, 1 / 17], abs=0.02)
    assert (np.abs(steps_kd).max(1) == steps_kd.max(1)).all(), "its largest number is positive"
    assert principal_directions(z_nd[:1], 3)[0].shape == (0, 3)


def test_axes_carry_as_much_as_their_numbers_are_told_from_noise() -> None:
    """KL of a posterior of variance v under codes of variance 1 - v is -log(v) / 2: the Gaussian channel's rate."""
    rng, noise_d = np.random.default_rng(4), np.array([0.01, 0.5, 0.999])
    z_nd = rng.normal(size=(50_000, 3)) * np.sqrt(1 - noise_d)
    axes = own_axes(z_nd, np.array([0, 1, 2]))
    nats_d = -np.log(noise_d) / 2
    carried_a = axes.carried(z_nd, nats_d)
    assert carried_a == pytest.approx(nats_d / nats_d.sum(), abs=0.01)
    assert carried_a.sum() == pytest.approx(1)
    assert np.isfinite(axes.carried(z_nd, np.zeros(3))).all(), "a KL that can't be is none"
    assert not len(own_axes(z_nd, np.array([], int)).carried(z_nd, nats_d))


def test_a_step_is_as_like_an_axis_as_it_goes_along_it() -> None:
    z_nd = np.random.default_rng(5).normal(size=(1000, 2)) * [1.0, 10.0]
    axes = own_axes(z_nd, np.array([1, 0]))
    assert axes.cosines(np.array([0.0, 3.0])) == pytest.approx([1, 0], abs=1e-6)
    assert axes.cosines(-(axes.steps_ad[0] + axes.steps_ad[1])) == pytest.approx([-(0.5**0.5)] * 2, abs=1e-3)
    assert axes.cosines(np.zeros(2)) == pytest.approx([0, 0])
