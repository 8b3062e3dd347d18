"""Roads between products: the shortest by the definition, ends exact, straight where there is none."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from looks_like.model.geometry import Ground, NearestNeighbours, Roads, path_points

K = 15
RING = np.linspace(0, 2 * np.pi, 400, endpoint=False)


def roads_of(z_nd: np.ndarray, k: int = K) -> Roads:
    return Roads(z_nd, NearestNeighbours(z_nd).graph(k))


def ring(dimensions: int = 4) -> np.ndarray:
    """Codes round an empty middle."""
    z_nd = np.zeros((len(RING), dimensions), np.float32)
    z_nd[:, 0], z_nd[:, 1] = np.cos(RING), np.sin(RING)
    return z_nd


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_shortest_way(seed: int) -> None:
    """Beside SciPy's Dijkstra on the same edges."""
    z_nd = np.random.default_rng(seed).normal(size=(500, 6)).astype(np.float32)
    near, roads = NearestNeighbours(z_nd).graph(K), roads_of(z_nd)
    one_way = csr_matrix((near.distance_nk.ravel(), near.index_nk.ravel(), np.arange(501) * K), (500, 500))
    for a, b in np.random.default_rng(seed).integers(0, 500, (20, 2)):
        stops = roads.stops(a, b)
        assert (stops[0], stops[-1]) == (a, b)
        length = np.linalg.norm(np.diff(z_nd[stops], axis=0), axis=1).sum()
        assert length == pytest.approx(dijkstra(one_way, directed=False, indices=a)[b], rel=1e-4, abs=1e-6)


def test_it_goes_round_what_is_empty() -> None:
    """Half-way between two opposite codes of a ring a straight line is in the middle of nowhere."""
    z_nd = ring()
    a, b = 0, 150
    straight_td = path_points([z_nd[a], z_nd[b]], 21, "dense")
    round_td = path_points([z_nd[a], z_nd[b]], 21, "dense", Ground(roads_of(z_nd)))
    assert np.linalg.norm(straight_td, axis=1).min() < 0.5
    assert np.linalg.norm(round_td, axis=1).min() > 0.95


def test_steps_are_alike_and_ends_exact() -> None:
    z_nd = ring()
    points_td = path_points([z_nd[3], z_nd[170], z_nd[60]], 41, "dense", Ground(roads_of(z_nd)))
    np.testing.assert_array_equal(points_td[[0, 20, 40]], z_nd[[3, 170, 60]])
    steps = np.linalg.norm(np.diff(points_td, axis=0), axis=1)
    assert steps[:20].max() < 2 * np.median(steps[:20])
    assert steps[20:].max() < 2 * np.median(steps[20:])


def test_the_way_back_is_the_way_there() -> None:
    """On a grid many ways are equally short."""
    z_nd = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), -1).reshape(-1, 2).astype(np.float32)
    roads, t_t = roads_of(z_nd, 4), np.linspace(0, 1, 30)
    for a, b in np.random.default_rng(0).integers(0, 144, (20, 2)):
        there_td, back_td = roads.curve(z_nd[a], z_nd[b], t_t), roads.curve(z_nd[b], z_nd[a], t_t[::-1])
        np.testing.assert_allclose(there_td, back_td, atol=1e-6)


def test_where_nothing_links_two_it_is_straight() -> None:
    rng = np.random.default_rng(0)
    z_nd = np.concatenate([rng.normal(size=(40, 3)), 1000 + rng.normal(size=(40, 3))]).astype(np.float32)
    roads, t_t = roads_of(z_nd), np.linspace(0, 1, 9)
    straight_td = z_nd[0] + t_t[:, None] * (z_nd[70] - z_nd[0])
    np.testing.assert_allclose(roads.curve(z_nd[0], z_nd[70], t_t), straight_td, rtol=1e-4)


def test_a_code_of_no_product_joins_at_the_nearest() -> None:
    z_nd = ring()
    points_td = path_points([1.1 * z_nd[0], z_nd[100]], 31, "dense", Ground(roads_of(z_nd)))
    np.testing.assert_array_equal(points_td[0], 1.1 * z_nd[0])
    assert np.linalg.norm(points_td[5:], axis=1).max() < 1.05


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_products_and_twins(count: int) -> None:
    z_nd = np.ones((count, 3), np.float32)
    points_td = path_points([z_nd[0], z_nd[-1] + 1], 5, "dense", Ground(roads_of(z_nd)))
    assert np.isfinite(points_td).all()
    np.testing.assert_array_equal(points_td[[0, -1]], [z_nd[0], z_nd[-1] + 1])
