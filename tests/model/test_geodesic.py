"""A geodesic changes the picture less than a straight way does, at an even speed, and turns round as it came."""

import numpy as np
import torch

from looks_like.model.geometry import NearestNeighbours, Roads, path_points
from looks_like.model.geometry.paths import Ground

LATENT = 4


def hill(z_nd: torch.Tensor) -> torch.Tensor:
    """Pictures (N, 1, 1, 5): the code itself, and a hill in the way from -x to +x that nobody needs to climb."""
    high_n = 6 * torch.exp(-2 * z_nd[:, 0] ** 2 - 4 * z_nd[:, 1] ** 2)
    return torch.cat([z_nd, high_n[:, None]], 1)[:, None, None]


HILL = Ground(decode=hill)
A_D, B_D = np.array([-2.0, 0.1, 0, 0], np.float32), np.array([2.0, 0.1, 0, 0], np.float32)


def lengths(points_td: np.ndarray) -> np.ndarray:
    seen_tp = hill(torch.from_numpy(points_td)).flatten(1)
    return np.asarray(torch.linalg.vector_norm(seen_tp.diff(dim=0), dim=1))


def test_it_goes_round_what_a_straight_way_climbs() -> None:
    straight_t = lengths(path_points([A_D, B_D], 33, "linear"))
    way_td = path_points([A_D, B_D], 33, "geodesic", HILL)
    assert lengths(way_td).sum() < 0.8 * straight_t.sum()
    assert np.abs(way_td[16, 1]) > 0.3, "it leaves the line"


def test_every_step_changes_the_picture_as_much() -> None:
    step_t = lengths(path_points([A_D, B_D], 33, "geodesic", HILL))
    assert step_t.max() < 1.25 * step_t.min()


def test_the_way_back_is_the_way_there_and_both_ends_are_met() -> None:
    there_td = path_points([A_D, B_D], 12, "geodesic", HILL)
    back_td = path_points([B_D, A_D], 12, "geodesic", HILL)
    np.testing.assert_allclose(there_td, back_td[::-1], atol=1e-5)
    np.testing.assert_array_equal(there_td[[0, -1]], [A_D, B_D])


def test_where_the_picture_never_changes_it_is_straight() -> None:
    flat = Ground(decode=lambda z_nd: torch.zeros(len(z_nd), 3, 2, 2) + 0 * z_nd.sum())
    np.testing.assert_allclose(
        path_points([A_D, B_D], 9, "geodesic", flat), path_points([A_D, B_D], 9, "linear"), atol=1e-5
    )


def test_stops_of_a_graph_path_are_products() -> None:
    z_nd = np.random.default_rng(0).normal(size=(300, LATENT)).astype(np.float32)
    ground = Ground(Roads(z_nd, NearestNeighbours(z_nd).graph(6)))
    way_td = path_points([z_nd[0], z_nd[7]], 61, "graph", ground)
    stops = ground.roads.stops(0, 7) if ground.roads else []
    assert len(stops) > 3
    met = np.abs(way_td[:, None] - z_nd[stops][None]).max(2).min(0)
    np.testing.assert_allclose(met, 0, atol=1e-6)


def test_a_graph_path_with_fewer_steps_than_stops_still_ends_where_it_should() -> None:
    z_nd = np.random.default_rng(0).normal(size=(300, LATENT)).astype(np.float32)
    ground = Ground(Roads(z_nd, NearestNeighbours(z_nd).graph(4)))
    way_td = path_points([z_nd[0], z_nd[7]], 3, "graph", ground)
    assert np.isfinite(way_td).all()
    np.testing.assert_array_equal(way_td[[0, -1]], z_nd[[0, 7]])


def test_gentle_time_is_slow_at_products() -> None:
    even_td, gentle_td = (path_points([A_D, B_D], 21, "linear", easing=easing) for easing in ("even", "gentle"))
    first_even, first_gentle = (np.linalg.norm(way_td[1] - way_td[0]) for way_td in (even_td, gentle_td))
    assert first_gentle < 0.3 * first_even
    np.testing.assert_allclose(even_td[10], gentle_td[10], atol=1e-6)
