"""What every curve keeps, whatever its ends."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from looks_like.model.errors import ModelError
from looks_like.model.geometry.paths.curves import CURVES, path_points, registered, spherical

LATENT = 6
quick = settings(max_examples=80, deadline=None)
vectors = st.lists(st.floats(-4, 4, width=32), min_size=LATENT, max_size=LATENT).map(np.array)
every_curve = pytest.mark.parametrize("name", sorted(CURVES))


@every_curve
def test_it_says_what_it_is(name: str) -> None:
    assert CURVES[name].title.strip() == CURVES[name].title != ""
    assert CURVES[name].sentence.endswith(".")
    assert [curve.title for curve in CURVES.values()].count(CURVES[name].title) == 1


def test_two_curves_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two curves are called 'spherical'"):
        registered("Twice", "Twice.")(spherical)


@every_curve
@quick
@given(a_d=vectors, b_d=vectors)
def test_a_path_begins_and_ends_at_its_anchors_exactly(name: str, a_d: np.ndarray, b_d: np.ndarray) -> None:
    points_td = path_points([a_d, b_d], 9, name)
    assert points_td.dtype == np.float32
    np.testing.assert_array_equal(points_td[0], a_d.astype(np.float32))
    np.testing.assert_array_equal(points_td[-1], b_d.astype(np.float32))
    assert np.isfinite(points_td).all()


@every_curve
@quick
@given(a_d=vectors, b_d=vectors)
def test_the_way_back_is_the_way_there(name: str, a_d: np.ndarray, b_d: np.ndarray) -> None:
    there_td, back_td = path_points([a_d, b_d], 11, name), path_points([b_d, a_d], 11, name)
    assume(name == "linear" or not nearly_opposite(a_d, b_d))
    np.testing.assert_allclose(there_td, back_td[::-1], atol=1e-4)


def nearly_opposite(a_d: np.ndarray, b_d: np.ndarray) -> bool:
    """Where the great circle is about to be undefined, rounding errors are large."""
    return cosine(a_d, b_d) < -0.999


def cosine(a_d: np.ndarray, b_d: np.ndarray) -> float:
    norms = float(np.linalg.norm(a_d) * np.linalg.norm(b_d))
    return float(a_d @ b_d) / norms if norms else 0.0


@quick
@given(a_d=vectors, b_d=vectors)
def test_a_great_circle_stays_between_the_norms_of_its_ends(a_d: np.ndarray, b_d: np.ndarray) -> None:
    norms = sorted([np.linalg.norm(a_d), np.linalg.norm(b_d)])
    assume(norms[0] > 1e-3)
    assume(not nearly_opposite(a_d, b_d))
    between_t = np.linalg.norm(spherical(a_d, b_d, np.linspace(0, 1, 21)), axis=1)
    assert between_t.min() >= norms[0] * (1 - 1e-3)
    assert between_t.max() <= norms[1] * (1 + 1e-3)


def test_a_great_circle_turns_evenly() -> None:
    points_td = spherical(np.array([2.0, 0]), np.array([0, 2.0]), np.linspace(0, 1, 10))
    angles_t = np.arctan2(points_td[:, 1], points_td[:, 0])
    np.testing.assert_allclose(np.diff(angles_t), np.pi / 2 / 9)


@quick
@given(a_d=vectors, b_d=vectors)
def test_a_straight_path_has_equal_steps(a_d: np.ndarray, b_d: np.ndarray) -> None:
    steps_td = np.diff(path_points([a_d, b_d], 7, "linear"), axis=0)
    np.testing.assert_allclose(steps_td, np.broadcast_to((b_d - a_d) / 6, steps_td.shape), atol=1e-5)


def test_the_middle_of_a_matched_path_by_hand() -> None:
    """(a + b) / sqrt(2) between independent ends, as in Agustsson 2019; no farther out where they are alike."""
    a_d = np.array([3.0, 0, 0])
    for b_d, middle_d in (([0, 5, 0], [3 / 2**0.5, 5 / 2**0.5, 0]), ([6, 0, 0], [4.5, 0, 0])):
        np.testing.assert_allclose(path_points([a_d, np.array(b_d)], 3, "matched")[1], middle_d, rtol=1e-5)


@quick
@given(a_d=vectors, b_d=vectors)
def test_between_ends_of_one_norm_a_matched_path_keeps_it(a_d: np.ndarray, b_d: np.ndarray) -> None:
    assume(min(np.linalg.norm(a_d), np.linalg.norm(b_d)) > 1e-3)
    assume(cosine(a_d, b_d) > -0.9)
    b_d = b_d * np.linalg.norm(a_d) / np.linalg.norm(b_d)
    norms_t = np.linalg.norm(path_points([a_d, b_d], 9, "matched"), axis=1)
    np.testing.assert_allclose(norms_t, np.linalg.norm(a_d), rtol=1e-3)


def test_a_matched_path_keeps_the_norm_that_the_prior_gives() -> None:
    """Between independent draws of 32 dimensions: straight falls to 1/sqrt(2) of the norm, matched does not."""
    draws_and = np.random.default_rng(0).standard_normal((2, 500, 32))
    half = np.array([0.5])
    norms = {
        name: np.mean([np.linalg.norm(curve(a_d, b_d, half)) for a_d, b_d in zip(*draws_and, strict=True)])
        for name, curve in CURVES.items()
    }
    prior = np.linalg.norm(draws_and, axis=2).mean()
    assert norms["matched"] == pytest.approx(prior, rel=0.02)
    assert norms["linear"] == pytest.approx(prior / np.sqrt(2), rel=0.02)


@every_curve
@quick
@given(a_d=vectors, steps=st.integers(2, 9))
def test_from_a_product_to_itself_nothing_moves(name: str, a_d: np.ndarray, steps: int) -> None:
    points_td = path_points([a_d, a_d], steps, name)
    np.testing.assert_allclose(points_td, np.broadcast_to(a_d, points_td.shape), atol=1e-5)


@every_curve
@quick
@given(anchors_ad=st.lists(vectors, min_size=2, max_size=4), per_piece=st.integers(1, 6))
def test_a_path_passes_through_every_anchor(name: str, anchors_ad: list[np.ndarray], per_piece: int) -> None:
    pieces = len(anchors_ad) - 1
    points_td = path_points(anchors_ad, pieces * per_piece + 1, name)
    assert points_td.shape == (pieces * per_piece + 1, LATENT)
    np.testing.assert_array_equal(points_td[::per_piece], np.stack(anchors_ad).astype(np.float32))


@every_curve
@pytest.mark.parametrize("steps", [3, 4, 5, 7, 60])
def test_each_piece_takes_its_share_of_the_steps(name: str, steps: int) -> None:
    anchors_ad = [np.array([0.0, 1]), np.array([1.0, 0]), np.array([0.0, -1])]
    points_td = path_points(anchors_ad, steps, name)
    assert any(np.array_equal(point_d, anchors_ad[1].astype(np.float32)) for point_d in points_td), "the middle is met"
    first = int((points_td[:, 1] > 1e-6).sum())
    second = int((points_td[:, 1] < -1e-6).sum())
    assert abs(first - second) <= 1


@every_curve
def test_opposite_and_zero_ends_are_harmless(name: str) -> None:
    a_d = np.array([1.0, 0, 0])
    for b_d in (-a_d, a_d * (1 + 1e-9), np.zeros(3), -a_d + 1e-6):
        assert np.isfinite(path_points([a_d, b_d], 8, name)).all()


@pytest.mark.parametrize(
    ("count", "steps", "curve", "says"),
    [
        (2, 5, "bezier", "unknown curve 'bezier'; there are: dense, graph, geodesic, matched, linear, spherical"),
        (1, 5, "linear", "needs two anchors or more and a step for each, got 1 and 5 steps"),
        (0, 5, "linear", "got 0 and 5 steps"),
        (3, 2, "linear", "got 3 and 2 steps"),
    ],
)
def test_a_path_that_cannot_be_is_a_sentence(count: int, steps: int, curve: str, says: str) -> None:
    with pytest.raises(ModelError) as mistake:
        path_points([np.zeros(3)] * count, steps, curve)
    assert says in str(mistake.value)
