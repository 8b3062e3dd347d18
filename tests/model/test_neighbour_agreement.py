"""Whose neighbours agree, by hand, and by chance."""

import numpy as np
import pytest

from looks_like.model.metrics.codes.neighbour_agreement import WAYS, agreement, by_chance

RNG = np.random.default_rng(3)


def test_two_crowds_agree_with_themselves_and_strangers_by_chance() -> None:
    label_n = np.repeat([0, 1], 60)
    z_nd = (10 * label_n[:, None] + RNG.normal(0, 1, (120, 3))).astype(np.float32)
    dealt_n = RNG.permutation(label_n)
    found_na = agreement(z_nd, np.stack([label_n, dealt_n], 1))
    assert found_na[:, 0].mean() == 1
    assert found_na[:, 1].mean() == pytest.approx(0.5, abs=0.08)
    np.testing.assert_allclose(by_chance(np.stack([label_n, dealt_n], 1)), [0.5, 0.5])


def test_who_is_not_known_is_neither_asked_nor_counted() -> None:
    z_nd = np.arange(12, dtype=np.float32)[:, None]
    label_n = np.array([0] * 6 + [-1] * 6)
    found_n = agreement(z_nd, label_n[:, None])[:, 0]
    assert (found_n[:6] == 1).all()
    assert np.isnan(found_n[6:]).all()


def test_a_number_of_great_spread_hides_another_unless_all_have_one() -> None:
    label_n = np.repeat([0, 1], 100)
    z_nd = np.stack([RNG.normal(0, 100, 200), label_n + RNG.normal(0, 0.05, 200)], 1).astype(np.float32)
    found = {way: float(agreement(turned(z_nd), label_n[:, None]).mean()) for way, turned in WAYS.items()}
    assert found["whitened"] > 0.95
    assert found["Euclidean"] < 0.7
