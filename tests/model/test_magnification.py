"""Path length and magnification of decoders whose Jacobian is known."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.space.magnification import magnification, magnification_scores, stretch
from looks_like.model.metrics.space.ppl import ppl

PLAIN = Device("cpu", torch.float32, "a test")
LATENT = 3
ISOMETRY_DP = torch.from_numpy(np.linalg.qr(np.random.default_rng(0).normal(size=(48, LATENT)))[0].T.astype(np.float32))
CODES_ND = np.random.default_rng(1).normal(0, 1, (80, LATENT)).astype(np.float32)


def scaled(by: float):
    return lambda z_nd: (0.5 + by * z_nd @ ISOMETRY_DP).view(-1, 3, 4, 4)


def bent(z_nd: Tensor) -> Tensor:
    """J'J is diagonal: 1, 4, and the square of twice the third code."""
    return torch.stack([z_nd[:, 0], 2 * z_nd[:, 1], z_nd[:, 2] ** 2], 1).view(-1, 3, 1, 1)


def measured(decode, z_nd: np.ndarray = CODES_ND, **other) -> dict[str, Score]:
    return {score.key: score for score in magnification_scores(decode, z_nd, **{"device": PLAIN, **other})}


# -- magnification -----------------------------------------------------------------------------------------------


def test_an_isometry_magnifies_nothing_and_a_scale_adds_its_logarithm_per_dimension() -> None:
    np.testing.assert_allclose(magnification(scaled(1), CODES_ND, device=PLAIN), 0, atol=1e-5)
    np.testing.assert_allclose(magnification(scaled(5), CODES_ND, device=PLAIN), LATENT * math.log(5), atol=1e-5)


def test_a_magnification_follows_the_place() -> None:
    true_n = np.log(2) + np.log(np.abs(2 * CODES_ND[:, 2]))
    np.testing.assert_allclose(magnification(bent, CODES_ND, device=PLAIN), true_n, atol=1e-4)


def test_a_dimension_that_is_masked_does_not_count() -> None:
    found_n = magnification(bent, CODES_ND, np.array([True, True, False]), PLAIN)
    np.testing.assert_allclose(found_n, math.log(2), atol=1e-5)


def test_a_dimension_that_is_ignored_sinks_it_but_leaves_a_number() -> None:
    found_n = magnification(lambda z_nd: z_nd[:, :2].view(-1, 2, 1, 1), CODES_ND, device=PLAIN)
    assert (found_n < -10).all()
    assert np.isfinite(found_n).all()


def test_a_length_from_probes_is_the_frobenius_norm() -> None:
    """Signs make it exact where J'J is diagonal."""
    true_n = np.sqrt(5 + 4 * CODES_ND[:, 2] ** 2)
    np.testing.assert_allclose(stretch(bent, CODES_ND, device=PLAIN), true_n, rtol=1e-5)
    np.testing.assert_allclose(stretch(scaled(2), CODES_ND, probes=2000, device=PLAIN), math.sqrt(12), rtol=0.05)


def test_an_isometry_is_stretched_everywhere_alike() -> None:
    found = measured(scaled(3))
    assert found["stretch_ratio"].value == pytest.approx(1, abs=1e-5)
    assert found["magnification"].value == pytest.approx(3 * math.log(3), abs=1e-5)
    assert found["magnification"].parts["p95"] - found["magnification"].parts["p5"] < 1e-5


def test_a_wall_between_two_islands_is_seen_half_way() -> None:
    """The slope is 1 at the islands, 1 + 20 at 0, where the mid-points of pairs across lie."""
    rng = np.random.default_rng(0)
    islands_nd = (np.sign(rng.normal(size=(200, 1))) * 3 + rng.normal(0, 0.1, (200, 1))).astype(np.float32)

    def walled(z_nd: Tensor) -> Tensor:
        return (z_nd + 20 * torch.tanh(z_nd)).view(-1, 1, 1, 1)

    found = measured(walled, islands_nd)["stretch_ratio"]
    at_islands = 1 + 20 / math.cosh(2.8) ** 2
    assert found.value == pytest.approx(21 / at_islands, rel=0.1)
    assert found.value > 3
    assert "200 of 200 products, 1 active dimensions" in found.said


def test_only_active_dimensions_are_measured() -> None:
    still_nd = CODES_ND * np.array([1, 1, 0.01], np.float32)
    assert measured(bent, still_nd)["magnification"].value == pytest.approx(math.log(2), abs=1e-5)


def test_where_there_are_many_dimensions_lengths_come_from_probes() -> None:
    wide_nd = np.random.default_rng(0).normal(size=(20, 65)).astype(np.float32)
    found = measured(lambda z_nd: (2 * z_nd).view(-1, 65, 1, 1), wide_nd)
    assert found.keys() == {"stretch_ratio"}
    assert found["stretch_ratio"].value == pytest.approx(1, abs=1e-5)
    assert "Frobenius norm from 8 probes" in found["stretch_ratio"].said
    assert found["stretch_ratio"].parts["products p99"] == pytest.approx(2 * math.sqrt(65), rel=1e-5)


def test_a_decoder_that_says_nothing_is_not_stretched() -> None:
    assert measured(lambda z_nd: (0 * z_nd).view(-1, 3, 1, 1))["stretch_ratio"].value == 1


@pytest.mark.parametrize(
    ("z_nd", "says"),
    [
        (CODES_ND[:1], "2 codes or more, got 1"),
        (np.full((9, 3), np.inf, np.float32), "finite"),
        (np.zeros((9, 3), np.float32), "no dimension of these codes is active"),
    ],
)
def test_what_cannot_be_magnified_is_a_sentence(z_nd: np.ndarray, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        measured(scaled(1), z_nd)


# -- path length -------------------------------------------------------------------------------------------------


def test_the_path_length_of_a_linear_decoder_is_the_squared_distance_of_the_ends() -> None:
    """d/dt G((1 - t) a + t b) = W(b - a), and an isometry keeps its length; by s, the square of s."""
    ends_nd = np.array([[0, 0, 0], [0.3, 0.4, 0]], np.float32)
    assert ppl(scaled(1), ends_nd, pairs=10, curve="linear", device=PLAIN).value == pytest.approx(0.25, rel=1e-3)
    assert ppl(scaled(0.5), ends_nd, pairs=10, curve="linear", device=PLAIN).value == pytest.approx(0.0625, rel=1e-3)


def test_the_path_length_is_a_mean_over_pairs_without_the_extremes() -> None:
    """Ends at 0 and .1, .2: squares .01, .04 and .01 with equal chances; and one end far off that is hardly met."""
    ends_nd = np.zeros((3, 3), np.float32)
    ends_nd[:, 0] = 0, 0.1, 0.2
    found = ppl(scaled(1), ends_nd, pairs=3000, curve="linear", device=PLAIN)
    assert found.value == pytest.approx(0.02, rel=0.05)
    far_nd = np.concatenate([np.repeat(ends_nd, 200, axis=0), np.ones((1, 3), np.float32) * 0.25])
    assert ppl(scaled(1), far_nd, pairs=3000, curve="linear", device=PLAIN).parts["p95"] < 0.05


def test_what_cannot_be_seen_has_no_length() -> None:
    """Values above 1 are shown as 1."""
    assert ppl(lambda z_nd: scaled(1)(z_nd) + 9, CODES_ND, pairs=5, device=PLAIN).value == 0


def test_the_path_length_on_the_default_curve_is_that_of_the_circle() -> None:
    """Ends at right angles, norm .3: a quarter of a circle, walked at a speed of .3 / ((1 - t)^2 + t^2).

    Its square on average is .09 times the integral of ((1 - t)^2 + t^2)^-2, which is 1 + pi / 2.
    """
    ends_nd = 0.3 * np.eye(3, dtype=np.float32)[:2]
    found = ppl(scaled(1), ends_nd, pairs=4000, device=PLAIN)
    assert found.value == pytest.approx(0.09 * (1 + math.pi / 2), rel=0.03)


def test_a_perceptual_path_length_is_of_features() -> None:
    found = ppl(lambda z_nd: scaled(1)(z_nd).repeat(1, 1, 8, 8), CODES_ND, pairs=4, in_features=True, device=PLAIN)
    assert found.key == "ppl_features"
    assert found.value > 0
    assert found.said.startswith("4 pairs of 80 codes, curve matched, e = 0.01, 2 kept")


def test_a_path_length_follows_from_the_seed() -> None:
    first, again, other = (ppl(scaled(0.1), CODES_ND, pairs=20, seed=seed, device=PLAIN) for seed in (0, 0, 1))
    assert first == again
    assert first.value != other.value


@pytest.mark.parametrize(("z_nd", "pairs"), [(CODES_ND[:1], 5), (CODES_ND, 1), (CODES_ND * np.nan, 5)])
def test_a_path_length_of_nothing_is_a_sentence(z_nd: np.ndarray, pairs: int) -> None:
    with pytest.raises(ModelError, match="2 finite codes and 2 pairs or more"):
        ppl(scaled(1), z_nd, pairs=pairs, device=PLAIN)
