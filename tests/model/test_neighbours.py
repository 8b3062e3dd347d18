"""Exact means exact: the same answers as measuring every distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.model.geometry.neighbours import NearestNeighbours


def cloud(count: int, latent: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, latent)).astype(np.float32)


def all_distances(a_md: np.ndarray, b_nd: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a_md[:, None].astype(np.float64) - b_nd[None], axis=2)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 120), latent=st.integers(1, 40), k=st.integers(1, 20), seed=st.integers(0, 999))
def test_the_nearest_are_those_of_brute_force(count: int, latent: int, k: int, seed: int) -> None:
    z_nd, asked_md = cloud(count, latent, seed), cloud(7, latent, seed + 1)
    index_mk, distance_mk = NearestNeighbours(z_nd).nearest(asked_md, k)
    true_mn = all_distances(asked_md, z_nd)
    assert index_mk.shape == distance_mk.shape == (7, min(k, count))
    np.testing.assert_allclose(distance_mk, np.sort(true_mn, axis=1)[:, :k], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(np.take_along_axis(true_mn, index_mk, 1), distance_mk, rtol=1e-4, atol=1e-4)
    assert all(len(set(row)) == len(row) for row in index_mk.tolist())


@pytest.mark.parametrize("scale", [1, 1000])
def test_a_product_is_at_distance_zero_from_itself_exactly(scale: int) -> None:
    z_nd = cloud(500, 32) * scale
    index_nk, distance_nk = NearestNeighbours(z_nd).nearest(z_nd, 3)
    np.testing.assert_array_equal(index_nk[:, 0], np.arange(500))
    assert (distance_nk[:, 0] == 0).all()
    assert (np.diff(distance_nk, axis=1) >= 0).all()


def test_twins_are_both_at_zero() -> None:
    z_nd = cloud(50, 8)
    z_nd[30] = z_nd[10]
    index_1k, distance_1k = NearestNeighbours(z_nd).nearest(z_nd[[10]], 3)
    assert set(index_1k[0, :2]) == {10, 30}
    assert distance_1k[0, :2].tolist() == [0, 0]
    assert distance_1k[0, 2] > 0


def test_no_more_neighbours_than_products() -> None:
    index_1k, distance_1k = NearestNeighbours(cloud(4, 3)).nearest(np.zeros((1, 3)), 50)
    assert sorted(index_1k[0]) == [0, 1, 2, 3]
    assert np.isfinite(distance_1k).all()


@pytest.mark.parametrize("count", [2, 3, 40])
def test_nobody_is_a_neighbour_of_themselves_in_the_graph(count: int) -> None:
    z_nd = cloud(count, 5)
    graph = NearestNeighbours(z_nd).graph(10)
    k = min(10, count - 1)
    assert graph.index_nk.shape == graph.distance_nk.shape == (count, k)
    assert not (graph.index_nk == np.arange(count)[:, None]).any()
    true_nn = all_distances(z_nd, z_nd)
    np.fill_diagonal(true_nn, np.inf)
    np.testing.assert_allclose(graph.distance_nk, np.sort(true_nn, axis=1)[:, :k], rtol=1e-4, atol=1e-4)


def test_more_twins_than_neighbours_still_give_a_graph() -> None:
    z_nd = np.concatenate([np.zeros((30, 4), np.float32), cloud(10, 4)])
    graph = NearestNeighbours(z_nd).graph(5)
    assert graph.index_nk.shape == (40, 5)
    assert not (graph.index_nk == np.arange(40)[:, None]).any()
    assert (graph.distance_nk[:30] == 0).all()


def test_a_typical_distance_is_the_median_to_the_nearest_other() -> None:
    z_nd = cloud(80, 4)
    true_nn = all_distances(z_nd, z_nd)
    np.fill_diagonal(true_nn, np.inf)
    assert NearestNeighbours(z_nd).typical_distance() == pytest.approx(np.median(true_nn.min(1)), rel=1e-5)
    assert NearestNeighbours(z_nd[:1]).typical_distance() == 0
    assert NearestNeighbours(np.zeros((9, 4))).typical_distance() == 0


@pytest.mark.parametrize("count", [0, 1, 5, 40, 399, 400])
@pytest.mark.parametrize("questions", [1, 25])
def test_among_some_the_nearest_are_those_of_sorting_them(count: int, questions: int) -> None:
    rng = np.random.default_rng(count)
    z_nd, z_md = cloud(400, 8), cloud(questions, 8, seed=1)
    among_p = np.sort(rng.choice(400, count, replace=False))
    index_mk, distance_mk = NearestNeighbours(z_nd).nearest(z_md, 12, among_p)
    assert index_mk.shape == (questions, min(12, count))
    for z_d, index_k, distance_k in zip(z_md, index_mk, distance_mk, strict=True):
        all_p = np.linalg.norm(z_nd[among_p] - z_d, axis=1)
        nearest = np.argsort(all_p, kind="stable")[:12]
        assert index_k.tolist() == among_p[nearest].tolist()
        assert np.allclose(distance_k, all_p[nearest], rtol=1e-5)


def test_a_share_of_products_has_another_within_a_distance() -> None:
    line_nd = np.array([[0.0], [1.0], [3.0], [6.0], [10.0]], np.float32)  # nearest others: 1, 1, 2, 3, 4
    neighbours = NearestNeighbours(line_nd)
    assert neighbours.typical_distance() == 2
    assert neighbours.typical_distance(share=1.0) == 4
