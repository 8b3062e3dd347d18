"""Paths whose steps are known, and made-up decoders whose smoothness can be worked by hand."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.geometry.mixture import Mixture
from looks_like.model.geometry.neighbours import NearestNeighbours
from looks_like.model.metrics import metrics
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.space.cliff import cliff
from looks_like.model.metrics.space.density_gap import density_gap, depth, neighbour_log_density
from looks_like.model.metrics.space.path_length_ratio import path_length_ratio
from looks_like.model.metrics.space.reality_gap import reality_gap
from looks_like.model.metrics.space.roughness import roughness
from looks_like.model.metrics.space.smoothness import Smoothness, WalkPlan, random_pairs, same_pairs, smoothness
from looks_like.model.metrics.space.step_lengths import features, pixels, step_lengths
from looks_like.model.networks.pretrained import features as features_of_bytes

PLAIN = Device("cpu", torch.float32, "a test")
EVEN_1T, JUMP_1T = np.full((1, 32), 0.5), np.eye(32)[:1] * 7


# -- a path ------------------------------------------------------------------------------------------------------


def test_even_steps_have_no_cliff_and_no_roughness() -> None:
    assert cliff(EVEN_1T)[0] == pytest.approx(0, abs=1e-12)
    assert roughness(EVEN_1T)[0] == 0


def test_a_single_jump_is_all_cliff() -> None:
    assert cliff(JUMP_1T)[0] == 1 - 1 / 32
    assert roughness(JUMP_1T)[0] == pytest.approx(math.sqrt(31))  # mean m, one of 32 m: variance 31 m^2


def test_steps_by_hand() -> None:
    lengths_pt = np.array([[1.0, 2, 1], [3, 3, 6]])
    np.testing.assert_allclose(cliff(lengths_pt), [2 / 4 - 1 / 3, 6 / 12 - 1 / 3])
    np.testing.assert_allclose(roughness(lengths_pt), [math.sqrt(2 / 9) / (4 / 3), math.sqrt(2) / 4])
    np.testing.assert_allclose(path_length_ratio(lengths_pt, np.array([4.0, 6])), [1, 2])


def test_where_nothing_moves_all_is_smooth_and_a_round_trip_has_no_end() -> None:
    still_1t = np.zeros((1, 32))
    assert (cliff(still_1t)[0], roughness(still_1t)[0], path_length_ratio(still_1t, np.zeros(1))[0]) == (0, 0, 1)
    assert path_length_ratio(EVEN_1T, np.zeros(1))[0] == np.inf


def test_lengths_are_between_neighbours_and_ends_between_the_first_and_the_last() -> None:
    phi_ptf = torch.tensor([[[0.0, 0], [3, 4], [3, 0]]])
    lengths_pt, ends_p = step_lengths(phi_ptf)
    assert lengths_pt.tolist() == [[5, 4]]
    assert ends_p.tolist() == [3]


def test_a_chasm_is_worked_from_densities() -> None:
    """Ends of 4 and 1, so 2 on average; 1/2 between them: three quarters are missing, log 4 nats."""
    log_density_pt = np.log([[4, 0.5, 3, 1], [2, 5, 5, 2]])
    np.testing.assert_allclose(depth(log_density_pt), [math.log(4), 0], atol=1e-12)
    np.testing.assert_allclose(density_gap(depth(log_density_pt)), [0.75, 0], atol=1e-12)


def test_a_density_by_neighbours_falls_with_the_power_of_the_dimensions_and_leaves_itself_out() -> None:
    line_nd = np.column_stack([np.arange(20.0), np.zeros(20)])
    at_product, between = neighbour_log_density(NearestNeighbours(line_nd), np.array([[10.0, 0], [10.5, 0]]))
    assert at_product == pytest.approx(-2 * math.log(4))  # four on either side
    assert between == pytest.approx(-2 * math.log(3.5))


def test_a_reality_gap_is_in_units_of_the_usual_distance() -> None:
    near = NearestNeighbours(np.arange(0, 40, 2.0)[:, None])
    np.testing.assert_allclose(reality_gap(np.array([[4.0], [5], [44]]), near, near.typical_distance()), [0, 0.5, 3])
    twins = NearestNeighbours(np.zeros((5, 1)))
    assert reality_gap(np.array([[0.0], [1]]), twins, twins.typical_distance()).tolist() == [0, np.inf]


def test_features_of_floats_are_those_of_the_bytes() -> None:
    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    x_nchw = torch.from_numpy(pixels_nhwc).permute(0, 3, 1, 2) / 255
    np.testing.assert_allclose(features(x_nchw), features_of_bytes(pixels_nhwc, PLAIN), atol=1e-4)
    assert features(x_nchw[:, :1]).shape == (2, 1280)
    assert pixels(2 * x_nchw - 0.5).min() == 0


# -- many paths --------------------------------------------------------------------------------------------------

EDGE, LATENT = 4, 3
WEIGHTS_DP = np.linalg.qr(np.random.default_rng(0).normal(size=(48, LATENT)))[0].T.astype(np.float32) * 0.1
CODES_ND = np.random.default_rng(1).normal(0, 1, (60, LATENT)).astype(np.float32)


def linear(z_nd: Tensor) -> Tensor:
    """An isometry but for the factor of 10, round mid grey."""
    return 0.5 + (z_nd @ torch.from_numpy(WEIGHTS_DP)).view(-1, 3, EDGE, EDGE)


def back(x_nchw: Tensor) -> Tensor:
    return (x_nchw.flatten(1) - 0.5) @ torch.from_numpy(WEIGHTS_DP).T * 100


def two_sorts(z_nd: Tensor) -> Tensor:
    """Black for one half of the space, white for the other: nothing between."""
    return (z_nd[:, 0] > 0).float().view(-1, 1, 1, 1).expand(-1, 3, EDGE, EDGE)


def of(found: Smoothness, key: str) -> Score:
    return next(score for score in found.scores if score.key == key)


def walked(decode=linear, encode=back, z_nd: np.ndarray = CODES_ND, **other) -> Smoothness:
    given = {key: other.pop(key) for key in ("same", "mixture", "neighbours") if key in other}
    plan = WalkPlan(**({"pairs": 20, "curve": "linear", "feature_pairs": 0, "device": PLAIN} | other))
    return smoothness(decode, encode, z_nd, plan, **given)


def test_a_linear_decoder_has_no_cliff_no_roughness_and_no_detour() -> None:
    found = walked()
    for key, ideal in (("cliff", 0), ("roughness", 0), ("path_length_ratio", 1)):
        assert of(found, key).value == pytest.approx(ideal, abs=1e-4)
        assert of(found, key).parts["p95"] == pytest.approx(ideal, abs=1e-4)


def test_a_decoder_that_jumps_is_all_cliff_and_the_walk_says_where() -> None:
    ends_nd = np.repeat([[-1.0, 0, 0], [3.0, 0, 0]], 5, axis=0) + np.arange(10)[:, None] * [0, 1e-3, 0]
    found = walked(two_sorts, lambda x_nchw: x_nchw[:, :, 0, 0], ends_nd.astype(np.float32))
    assert of(found, "cliff").parts["p95"] == pytest.approx(1 - 1 / 32)
    first = found.worst[0]
    assert first.cliff == pytest.approx(1 - 1 / 32)
    assert (first.a < 5) != (first.b < 5)
    assert first.at == (8 if first.a < 5 else 23)  # a quarter of 32 steps reaches 0, which is black still
    assert [walk.cliff for walk in found.worst] == sorted((walk.cliff for walk in found.worst), reverse=True)


def test_between_two_islands_there_is_a_chasm() -> None:
    rng = np.random.default_rng(0)
    islands_nd = (np.repeat([[-9.0, 0, 0], [9, 0, 0]], 40, axis=0) + rng.normal(0, 1, (80, 3))).astype(np.float32)
    mixture = Mixture(
        np.full(2, 0.5, np.float32),
        np.array([[-9, 0, 0], [9, 0, 0]], np.float32),
        np.stack([np.eye(3, dtype=np.float32)] * 2),
    )
    found = walked(z_nd=islands_nd, mixture=mixture, same=np.repeat([0, 1], 40))
    assert of(found, "density_gap").parts["p95"] == pytest.approx(1)
    assert of(found, "density_gap_knn").parts["p95"] > 0.98
    assert of(found, "density_gap").parts["p95 depth, nats"] > 30  # 81/2 between centres, less what the ends lack
    assert of(found, "density_gap").parts["same attribute depth, nats"] < 3


def test_a_picture_of_a_product_is_no_farther_than_products_are() -> None:
    """The encoder undoes the decoder, so a gap is that of the points themselves."""
    line_nd = np.zeros((33, 3), np.float32)
    line_nd[:, 0] = np.linspace(-1, 1, 33)
    found = walked(z_nd=line_nd)
    assert of(found, "reality_gap").parts["p95"] <= 0.51  # no step is farther than half-way
    ghost = walked(z_nd=line_nd, encode=lambda x_nchw: back(x_nchw) + torch.tensor([0.0, 0.25, 0]))
    assert of(ghost, "reality_gap").value == pytest.approx(4, rel=0.02)  # .25 over a spacing of 1/16


def test_features_are_measured_on_fewer_pairs_and_say_so() -> None:
    def larger(z_nd: Tensor) -> Tensor:
        return linear(z_nd).repeat(1, 1, 8, 8)

    def smaller(x_nchw: Tensor) -> Tensor:
        return back(x_nchw[:, :, :EDGE, :EDGE])

    found = walked(larger, smaller, pairs=10, feature_pairs=2, steps=5)
    assert of(found, "cliff").said.startswith("10 pairs of 60 products, 5 steps, curve linear, seed 0")
    assert of(found, "cliff_features").said.startswith("2 pairs")
    assert of(found, "path_length_ratio_features").value > 1
    assert len(found.scores) == 9
    assert "cliff_features" not in {score.key for score in walked().scores}


def test_every_score_of_a_walk_is_a_measure() -> None:
    assert {score.key for score in walked().scores} <= metrics().keys()


def test_a_path_that_ends_where_it_began_has_no_detour() -> None:
    def periodic(z_nd: Tensor) -> Tensor:
        return torch.cos(2 * math.pi * z_nd[:, :1]).mul(0.5).add(0.5).view(-1, 1, 1, 1).expand(-1, 3, EDGE, EDGE)

    whole_nd = np.zeros((12, 1), np.float32)
    whole_nd[:, 0] = np.arange(12)
    found = walked(periodic, lambda x_nchw: x_nchw[:, 0, 0, :1], whole_nd, pairs=5, steps=301)
    assert of(found, "path_length_ratio").value > 100 or math.isnan(of(found, "path_length_ratio").value)


def test_a_seed_gives_the_same_walks() -> None:
    first, again, other = (walked(pairs=5, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert [walk.a for walk in first.worst] != [walk.a for walk in other.worst]


# -- pairs -------------------------------------------------------------------------------------------------------


def test_random_pairs_are_of_two_different_products() -> None:
    pairs_p2 = random_pairs(3, 200)
    assert (pairs_p2[:, 0] != pairs_p2[:, 1]).all()
    assert len(np.unique(pairs_p2, axis=0)) == 6


def test_same_pairs_share_a_known_value() -> None:
    same_n = np.array([0, 1, 1, -1, 2, 2, 2, -1])
    pairs_p2 = same_pairs(same_n, 300)
    assert (same_n[pairs_p2[:, 0]] == same_n[pairs_p2[:, 1]]).all()
    assert (pairs_p2[:, 0] != pairs_p2[:, 1]).all()
    assert set(pairs_p2.ravel().tolist()) == {1, 2, 4, 5, 6}


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"z_nd": CODES_ND[:9]}, "at least 10 products, 1 pair and 3 steps; got 9, 20 and 33"),
        ({"pairs": 0}, "got 60, 0 and 33"),
        ({"steps": 2}, "got 60, 20 and 2"),
        ({"z_nd": np.full((20, 3), np.nan, np.float32)}, "finite"),
        ({"same": np.arange(60)}, "two products or more with the same value"),
        ({"same": np.zeros(59, int)}, "59 labels for 60 products"),
        ({"same": np.full(60, "red")}, "whole numbers, one for each value; got <U3"),
        ({"curve": "knot"}, "unknown curve 'knot'"),
    ],
)
def test_what_cannot_be_walked_is_a_sentence(other, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        walked(**other)
