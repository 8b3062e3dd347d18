"""Measures of maps: of one that keeps all, of one that keeps nothing, and by hand."""

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.metrics.maps.continuity import continuity
from looks_like.model.metrics.maps.distance_rank_correlation import distance_rank_correlation
from looks_like.model.metrics.maps.knn_recall import knn_recall, knn_recall_per_product
from looks_like.model.metrics.maps.trustworthiness import trustworthiness

RNG = np.random.default_rng(0)
FLAT_ND = np.column_stack([RNG.normal(size=(400, 2)), np.zeros((400, 3))]).astype(np.float32)
SAME_N2 = 3 * FLAT_ND[:, :2] + 1
MIXED_N2 = RNG.permutation(SAME_N2)
MEASURES = (trustworthiness, continuity, knn_recall, distance_rank_correlation)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_map_that_keeps_all_distances_is_perfect(measure) -> None:
    assert measure(FLAT_ND, SAME_N2).value == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("measure", "chance"),
    [(trustworthiness, 0.5), (continuity, 0.5), (knn_recall, 15 / 399), (distance_rank_correlation, 0)],
)
def test_a_shuffled_map_is_as_good_as_chance(measure, chance: float) -> None:
    assert measure(FLAT_ND, MIXED_N2).value == pytest.approx(chance, abs=0.05)


def test_a_map_that_folds_is_not_trusted_but_continuous_and_one_that_tears_the_other_way_round() -> None:
    """Two far planes laid over each other bring strangers together; a sheet cut in the middle parts neighbours."""
    half = FLAT_ND.copy()
    half[::2, 4] = 100
    folded = trustworthiness(half, SAME_N2), continuity(half, SAME_N2)
    assert folded[0].value < 0.9 < 0.98 < folded[1].value
    torn_n2 = SAME_N2 + np.where(np.arange(400) % 2, 100, 0)[:, None]
    torn = trustworthiness(FLAT_ND, torn_n2), continuity(FLAT_ND, torn_n2)
    assert torn[1].value < 0.9 < torn[0].value


def test_neighbours_kept_by_hand() -> None:
    """Five on a line, two neighbours each; on the map the last one has gone to the other end."""
    line_n1 = np.array([[0.0], [1.1], [2.3], [3.6], [5]])
    map_n2 = np.column_stack([[0, 1.1, 2.3, 3.6, -1.5], np.zeros(5)])
    kept_n = knn_recall_per_product(line_n1, map_n2, k=2)
    # true: {1,2} {0,2} {1,3} {2,4} {3,2}; shown: {1,4} {0,2} {1,3} {2,1} {0,1}
    assert kept_n.tolist() == [0.5, 1, 1, 0.5, 0]
    assert knn_recall(line_n1, map_n2, k=2).value == pytest.approx(0.6)


def test_neighbours_are_sought_among_all_products_for_those_that_were_drawn() -> None:
    kept_n = knn_recall_per_product(FLAT_ND, MIXED_N2)
    found = knn_recall(FLAT_ND, MIXED_N2, sample=100, seed=4)
    rows_m = np.sort(np.random.default_rng(4).choice(400, 100, replace=False))
    assert found.value == pytest.approx(kept_n[rows_m].mean())
    assert found.said == "100 of 400 products, k = 15, seed 4, among all"


def test_the_order_of_distances_does_not_mind_their_sizes() -> None:
    line_n1 = np.array([[0.0], [1], [3], [7]])  # distances 1 3 7 2 6 4
    map_n2 = np.column_stack([[0, 1, 9, 99], np.zeros(4)])  # 1 9 99 8 98 90: the same order
    assert distance_rank_correlation(line_n1, map_n2).value == pytest.approx(1)
    assert distance_rank_correlation(line_n1, np.zeros((4, 2))).value == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_a_map_of_something_else_is_a_sentence(measure) -> None:
    with pytest.raises(ModelError, match="got 400 codes and 399 places"):
        measure(FLAT_ND, SAME_N2[:-1])
    with pytest.raises(ModelError, match=r"products or more, with a place for each; got 2 codes"):
        measure(FLAT_ND[:2], SAME_N2[:2])
    with pytest.raises(ModelError, match="finite"):
        measure(FLAT_ND, SAME_N2 * np.inf)
