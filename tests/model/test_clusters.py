"""Clusters of made-up codes and places whose answer is known."""

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.geometry.clusters import (
    default_k,
    density,
    exemplars,
    hdbscan,
    joined_by_vote,
    k_means,
    majority_vote,
    propose_k,
    propose_least,
    standing,
)
from looks_like.model.geometry.outlines import VERTICES_MAX, Outline, inside, outline

CENTRES = np.array([[0, 0], [10, 0], [0, 10]], np.float32)


def blobs(*counts: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """-> (places (N, 2) around CENTRES in an order drawn by lot, which centre each is of)"""
    rng = np.random.default_rng(seed)
    which_n = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    return (CENTRES[which_n] + rng.normal(0, 0.5, (len(which_n), 2))).astype(np.float32), which_n


@pytest.mark.parametrize("find", [lambda z_nd: k_means(z_nd, 3), hdbscan], ids=["k-means", "hdbscan"])
def test_blobs_are_found_and_numbered_by_size(find) -> None:  # type: ignore[no-untyped-def]
    xy_n2, which_n = blobs(60, 200, 100)
    labels_n = find(xy_n2)
    assert labels_n.dtype == np.int32
    size_to_number = {60: 2, 200: 0, 100: 1}
    for which, size in enumerate((60, 200, 100)):
        found, count = np.unique(labels_n[which_n == which], return_counts=True)
        assert found[count.argmax()] == size_to_number[size]
        assert count.max() >= 0.95 * size


def test_the_same_codes_and_seed_give_the_same_clusters() -> None:
    z_nd = np.random.default_rng(1).normal(size=(500, 8)).astype(np.float32)
    assert np.array_equal(k_means(z_nd, 7, seed=3), k_means(z_nd, 7, seed=3))
    assert not np.array_equal(k_means(z_nd, 7, seed=3), k_means(z_nd, 7, seed=4))


def test_many_codes_are_clustered_in_batches_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("looks_like.model.geometry.clusters.centroids._BATCHED_FROM", 100)
    xy_n2, which_n = blobs(60, 200, 100)
    labels_n = k_means(xy_n2, 3)
    assert [len(np.unique(labels_n[which_n == which])) for which in range(3)] == [1, 1, 1]
    assert np.array_equal(labels_n, k_means(xy_n2, 3))


def test_noise_between_blobs_is_in_no_cluster() -> None:
    xy_n2, _ = blobs(300, 300, 300)
    noise_n2 = np.random.default_rng(2).uniform(-8, 18, (60, 2)).astype(np.float32)
    noise_n2 = noise_n2[np.linalg.norm(noise_n2[:, None] - CENTRES, axis=2).min(1) > 4]
    labels_n = hdbscan(np.concatenate([xy_n2, noise_n2]), least=50)
    assert labels_n.max() == 2
    assert (labels_n[len(xy_n2) :] == -1).mean() > 0.5
    assert (labels_n[: len(xy_n2)] >= 0).mean() > 0.95


def test_the_clusters_of_neighbours_alone_are_those_of_all_pairs() -> None:
    from sklearn.cluster import HDBSCAN

    xy_n2 = blobs(200, 120, 80, seed=5)[0].astype(np.float64)
    theirs_n = HDBSCAN(min_cluster_size=20, min_samples=5, copy=True).fit_predict(xy_n2)
    ours_n = hdbscan(xy_n2, least=20)
    pairs = {(int(a), int(b)) for a, b in zip(ours_n, theirs_n, strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}), "the same, but for the numbers"


def test_a_cluster_of_most_products_gives_way_to_its_parts() -> None:
    rng = np.random.default_rng(0)
    near = np.concatenate([rng.normal((x, 0), 0.3, (200, 2)) for x in (0, 2, 4)])
    far = rng.normal((100, 0), 0.3, (150, 2))
    labels_n = hdbscan(np.concatenate([near, far]), least=100)
    assert labels_n.max() >= 3


@pytest.mark.parametrize("find", [lambda z_nd: k_means(z_nd, 4), hdbscan], ids=["k-means", "hdbscan"])
def test_products_all_alike_are_one_cluster(find) -> None:  # type: ignore[no-untyped-def]
    assert find(np.full((30, 2), 3.5, np.float32)).tolist() == [0] * 30
    assert find(np.zeros((1, 2), np.float32)).tolist() == [0]


def test_twins_are_in_the_same_cluster() -> None:
    z_nd = np.repeat(np.random.default_rng(0).normal(size=(40, 5)), 3, axis=0).astype(np.float32)
    for labels_n in (k_means(z_nd, 6), hdbscan(z_nd[:, :2], least=3)):
        assert (labels_n.reshape(40, 3) == labels_n[::3, None]).all()


def test_fewer_products_than_clusters_are_a_cluster_each() -> None:
    assert sorted(k_means(np.array([[0.0], [5.0], [9.0]]), 10).tolist()) == [0, 1, 2]
    assert len(np.unique(k_means(np.array([[0.0], [5.0], [5.0], [0.0]]), 4))) == 2, "no more than codes that differ"
    assert hdbscan(np.array([[0.0, 0.0], [1.0, 1.0]])).tolist() == [-1, -1]


def test_one_dimension_is_enough() -> None:
    labels_n = k_means(np.array([[0.0], [0.1], [0.2], [50.0], [50.1]]), 2)
    assert labels_n.tolist() == [0, 0, 0, 1, 1]


def test_places_on_a_line_have_clusters_too() -> None:
    rng = np.random.default_rng(0)
    x_n = np.concatenate([rng.normal(0, 1, 300), rng.normal(40, 1, 200)])
    labels_n = hdbscan(np.stack([x_n, 2 * x_n], 1), least=100)
    assert (labels_n[:300] == 0).mean() > 0.8
    assert (labels_n[300:] == 1).mean() > 0.8


@pytest.mark.parametrize("z_nd", [np.empty((0, 3)), np.array([[np.nan, 1.0]]), np.zeros(4)])
def test_what_has_no_clusters_says_so(z_nd: np.ndarray) -> None:
    with pytest.raises(ModelError, match="clusters need one product or more and finite numbers"):
        k_means(z_nd, 2)
    with pytest.raises(ModelError, match="clusters need"):
        hdbscan(z_nd)


def test_a_number_that_cannot_be_is_refused() -> None:
    with pytest.raises(ModelError, match="k must be between 1 and 500, got 0"):
        k_means(np.eye(3), 0)
    with pytest.raises(ModelError, match="2 products or more, got 1"):
        hdbscan(np.eye(2), least=1)


def test_how_many_clusters_by_itself() -> None:
    assert [default_k(count) for count in (1, 80, 13_677, 30_000, 1_000_000)] == [2, 4, 24, 31, 48]


def test_places_in_more_dimensions_have_clusters_and_all_hang_together() -> None:
    rng = np.random.default_rng(0)
    centres_kd = 8 * np.eye(5)
    which_n = np.repeat(np.arange(5), 60)
    x_nd = (centres_kd[which_n] + rng.normal(0, 0.4, (300, 5))).astype(np.float32)
    labels_n = hdbscan(x_nd, least=30)
    assert labels_n.max() == 4
    assert all(len(np.unique(labels_n[which_n == i])) == 1 for i in range(5))


def test_the_clusters_of_neighbours_alone_are_those_of_all_pairs_in_five_dimensions() -> None:
    from sklearn.cluster import HDBSCAN
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(1)
    x_nd = np.concatenate([rng.normal(4 * np.eye(5)[i], 0.6, (count, 5)) for i, count in enumerate((200, 120, 80))])
    theirs_n = HDBSCAN(min_cluster_size=20, min_samples=5, copy=True).fit_predict(x_nd)
    assert adjusted_rand_score(hdbscan(x_nd, least=20), theirs_n) > 0.95


def test_who_is_in_none_goes_where_a_third_of_its_neighbours_are() -> None:
    labels_n = np.array([0, 0, 1, -1, -1, -1], np.int32)
    index_nk = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [3, 5, 2], [4, 4, 4]])
    assert joined_by_vote(labels_n, index_nk, rounds=1).tolist() == [0, 0, 1, 0, 1, -1]
    assert joined_by_vote(labels_n, index_nk).tolist()[5] in (0, 1), "those that were joined vote in the next round"
    assert joined_by_vote(labels_n, np.empty((6, 0), np.int64)).tolist() == labels_n.tolist()


def test_as_many_clusters_are_proposed_as_there_are() -> None:
    rng = np.random.default_rng(0)
    z_nd = np.concatenate([rng.normal(9 * np.eye(6)[i], 0.5, (80, 6)) for i in range(6)])
    k, agreed = propose_k(z_nd)
    assert (k, round(agreed, 2)) == (6, 1.0)
    assert propose_k(z_nd[:160], among=(2, 3, 4, 5))[0] == 2
    assert propose_k(np.ones((50, 3)))[0] == 1
    assert propose_k(np.array([[0.0], [1.0], [5.0]]))[0] == 2


def test_how_large_the_smallest_should_be_is_found_by_halves() -> None:
    rng = np.random.default_rng(0)
    x_nd = np.concatenate([rng.normal(9 * np.eye(5)[i], 0.5, (200, 5)) for i in range(5)])
    found = [hdbscan(x_nd, propose_least(x_nd, seed)).max() + 1 for seed in range(3)]
    assert found == [5, 5, 5]
    assert propose_least(x_nd[:40]) == 5


def test_a_cluster_far_from_the_others_stands_apart_and_one_beside_another_runs_into_it() -> None:
    rng = np.random.default_rng(0)
    z_nd = np.concatenate([rng.normal(at, 1, (100, 2)) for at in ((0, 0), (2, 0), (90, 0))])
    found = standing(z_nd, np.repeat([4, 7, 9], 100))
    assert found[9].silhouette > 0.9
    assert 0 < found[4].silhouette < 0.5
    assert (found[4].runs_into, found[7].runs_into, found[9].runs_into) == (7, 4, 7)
    alone = standing(z_nd, np.where(np.arange(300) < 100, 0, -1))
    assert (np.isnan(alone[0].silhouette), alone[0].runs_into) == (True, -1)
    assert standing(z_nd, np.full(300, -1)) == {}


# -- exemplars, and who came later -------------------------------------------------------------------------------------


def test_the_medoid_is_the_row_nearest_to_the_mean_and_examples_show_the_range() -> None:
    z_nd = np.zeros((50, 2))
    z_nd[10:31, 0] = np.arange(-10, 11)  # a row of 21: the middle one is their mean
    found = exemplars(z_nd, np.arange(10, 31))
    assert found.medoid == 20
    assert len(set(found.examples) | {found.medoid}) == 6
    assert all(15 <= row <= 25 for row in found.examples), "the inner half"
    assert {15, 24} & set(found.examples), "its ends"


def test_small_and_uniform_clusters_have_the_examples_that_there_are() -> None:
    assert exemplars(np.eye(4), np.array([2])).examples == ()
    assert len(exemplars(np.eye(4), np.array([0, 1, 3])).examples) == 2
    assert exemplars(np.ones((9, 2)), np.arange(9)).examples == (), "all look like the medoid"


def test_most_neighbours_decide_and_the_nearest_among_equals() -> None:
    labels_n = np.array([7, 7, 8, 8, 9, -1])
    index_mk = np.array([[4, 0, 1, 5, 2], [2, 0, 3, 1, 4], [5, 4, 2, 0, 1]])
    assert majority_vote(index_mk, labels_n).tolist() == [7, 8, 7]


# -- outlines ------------------------------------------------------------------------------------------------------


def test_an_outline_is_around_the_dense_part_and_its_name_inside() -> None:
    xy_n2, which_n = blobs(400, 400)
    found = outline(xy_n2, which_n == 0)
    assert len(found.islands) == 1
    assert found.islands[0].dtype == np.float32
    assert 8 <= len(found.islands[0]) <= VERTICES_MAX
    mine_m = inside(xy_n2[which_n == 0], found.islands[0])
    assert 0.65 < mine_m.mean() < 0.95
    assert not inside(xy_n2[which_n == 1], found.islands[0]).any()
    assert inside(np.array([found.at]), found.islands[0]).all()


def test_a_cluster_in_two_places_has_two_islands_the_larger_first() -> None:
    xy_n2, which_n = blobs(300, 700)
    found = outline(xy_n2, np.ones(len(xy_n2), bool))
    assert len(found.islands) == 2
    assert inside(CENTRES[1:2], found.islands[0])[0]
    assert inside(CENTRES[:1], found.islands[1])[0]
    assert inside(np.array([found.at]), found.islands[0])[0]
    assert which_n.sum() == 700


def test_a_name_stays_inside_a_ring_and_a_crescent() -> None:
    rng = np.random.default_rng(0)
    for turn in (np.pi, 1.6 * np.pi, 2 * np.pi):
        angle = rng.uniform(0, turn, 3000)
        xy_n2 = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.85, 1.15, (3000, 1))
        found = outline(xy_n2, np.ones(3000, bool))
        assert inside(np.array([found.at]), found.islands[0])[0]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_scattered_has_small_closed_outlines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy_n2 = rng.normal(size=(int(rng.integers(1, 300)), 2)) ** 3
    found = outline(xy_n2, rng.random(len(xy_n2)) < 0.7)
    if not found.islands:
        assert found == Outline((), None)
        return
    assert 1 <= len(found.islands) <= 4
    assert all(3 <= len(island) <= VERTICES_MAX and np.isfinite(island).all() for island in found.islands)
    assert inside(np.array([found.at]), found.islands[0])[0]


def test_three_strangers_far_away_are_no_island_and_an_outline_has_no_stairs() -> None:
    rng = np.random.default_rng(0)
    xy_n2 = np.concatenate([rng.normal(0, 1, (300, 2)), np.array([[9.0, 9.0], [9.1, 9.0], [9.0, 9.1]])])
    island, *others = outline(xy_n2, np.ones(303, bool)).islands
    assert not others
    side_v2 = np.diff(np.vstack([island, island[:2]]), axis=0)
    angle_v = np.arctan2(side_v2[:, 1], side_v2[:, 0])
    turn_v = np.abs((np.diff(angle_v) + np.pi) % (2 * np.pi) - np.pi)
    assert turn_v.max() < np.pi / 4, "a stair turns by a right angle"


def test_products_off_the_map_are_not_drawn() -> None:
    xy_n2 = np.full((20, 2), np.nan)
    assert outline(xy_n2, np.ones(20, bool)) == Outline((), None)
    xy_n2[:10] = 4
    assert outline(xy_n2, np.arange(20) >= 10) == Outline((), None)
    alike = outline(xy_n2, np.ones(20, bool))
    assert inside(np.array([[4.0, 4.0]]), alike.islands[0])[0]
    assert np.ptp(alike.islands[0], axis=0).max() < 0.1


def test_clusters_do_not_hang_on_the_order_of_equal_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorts that keep no order among equals differ between processors; here the order is drawn by lot."""
    noise_n2 = np.random.default_rng(2).uniform(-8, 18, (60, 2)).astype(np.float32)
    xy_n2 = np.concatenate([blobs(300, 300, 300)[0], noise_n2])
    expected_n, told_apart = hdbscan(xy_n2, least=50), density._all_different
    for seed in range(8):
        order = np.random.default_rng(seed)

        def by_lot(reach_e: np.ndarray, order: np.random.Generator = order) -> np.ndarray:
            drawn_e, apart_e = order.permutation(len(reach_e)), np.empty_like(reach_e)
            apart_e[drawn_e] = told_apart(reach_e[drawn_e])
            return apart_e

        monkeypatch.setattr(density, "_all_different", by_lot)
        assert np.array_equal(hdbscan(xy_n2, least=50), expected_n)


def test_a_place_half_way_between_two_clusters_is_in_none() -> None:
    left_n2 = blobs(100)[0]
    xy_n2 = np.concatenate([left_n2, np.float32([20, 0]) - left_n2, np.float32([[10, 0]])])
    labels_n = hdbscan(xy_n2, least=30)
    assert labels_n.max() == 1
    assert labels_n[-1] == -1
