"""Our boosted trees beside scikit-learn's, and what they do where there is little to learn."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from looks_like.model.metrics.factors.boosted_trees import boosted_trees


def told(count: int, dimensions: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Codes (N, D), and classes (N,) that the first three dimensions tell, with noise."""
    rng = np.random.default_rng(seed)
    z_nd = rng.normal(size=(count, dimensions)).astype(np.float32)
    said_n = z_nd[:, 0] + 0.5 * z_nd[:, 1] * z_nd[:, 2] + 0.3 * rng.normal(size=count)
    return z_nd, np.digitize(said_n, np.linspace(-2, 2, classes + 1)[1:-1])


@pytest.mark.parametrize(("classes", "dimensions"), [(2, 6), (3, 6), (5, 4)])
def test_they_are_scikit_learns_up_to_equal_splits(classes: int, dimensions: int) -> None:
    """Which of equal splits is taken is drawn by lot, in theirs as in ours: two of their seeds measure how much."""
    z_nd, class_n = told(1500, dimensions, classes)
    learnt, asked = slice(0, 1000), slice(1000, None)
    one, other = (GradientBoostingClassifier(random_state=s).fit(z_nd[learnt], class_n[learnt]) for s in (0, 1))
    ours = boosted_trees(z_nd[learnt], class_n[learnt], z_nd[asked])
    by_lot = np.abs(one.feature_importances_ - other.feature_importances_).max()
    assert np.abs(one.feature_importances_ - ours.used_d).max() <= 2 * by_lot + 0.002
    assert one.feature_importances_.max() - one.feature_importances_.min() > 0.1
    theirs_m = one.predict(z_nd[asked])
    assert (ours.predicted_m == theirs_m).mean() >= (theirs_m == other.predict(z_nd[asked])).mean() - 0.02


def test_one_split_is_found_where_it_is() -> None:
    z_nd = np.random.default_rng(0).uniform(-1, 1, (400, 3))
    class_n = (z_nd[:, 1] > 0.25).astype(int)
    found = boosted_trees(z_nd, class_n, np.array([[0, 0.24, 0], [0, 0.27, 0]]))
    assert found.used_d[1] > 0.999
    assert found.predicted_m.tolist() == [0, 1]


def test_equal_dimensions_are_used_alike() -> None:
    z_nd, class_n = told(600, 3, 4)
    used_d = boosted_trees(np.hstack([z_nd, z_nd]), class_n, np.hstack([z_nd, z_nd])[:1]).used_d
    assert used_d[:3] == pytest.approx(used_d[3:], abs=0.08)
    assert used_d.sum() == pytest.approx(1)


def test_the_same_seed_gives_the_same_trees() -> None:
    z_nd, class_n = told(300, 4, 3)
    one, same = (boosted_trees(z_nd, class_n, z_nd[:50], seed=3) for _ in range(2))
    assert np.array_equal(one.used_d, same.used_d)
    assert np.array_equal(one.predicted_m, same.predicted_m)


def test_of_codes_that_are_all_the_same_nothing_is_used() -> None:
    found = boosted_trees(np.zeros((100, 3)), np.arange(100) % 3 == 0, np.zeros((4, 3)))
    assert not found.used_d.any()
    assert not found.predicted_m.any()


def test_classes_that_were_not_seen_are_no_answer() -> None:
    z_nd = np.random.default_rng(0).normal(size=(200, 2))
    assert set(boosted_trees(z_nd, np.where(z_nd[:, 0] > 0, 7, 2), z_nd).predicted_m) == {2, 7}
    assert set(boosted_trees(z_nd, np.full(200, 5), z_nd).predicted_m) == {5}
