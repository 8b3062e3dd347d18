"""How a path follows what is known of the views between its ends, by hand."""

import numpy as np

from looks_like.model.metrics.space.following import following

ANGLES = np.arange(0, 360, 30.0)


def test_a_film_visits_every_view_in_order() -> None:
    assert following(np.array([0, 30, 30, 60, 90.0]), ANGLES) == (1, 1)
    assert following(np.array([90, 60, 30, 0.0]), ANGLES) == (1, 1)


def test_a_jump_visits_only_its_ends() -> None:
    visited, order = following(np.array([0, 0, 90.0]), ANGLES)
    assert (visited, order) == (2 / 4, 1)


def test_to_and_fro_is_out_of_order() -> None:
    assert following(np.array([0, 60, 30, 90.0]), ANGLES)[1] == 2 / 3


def test_what_lies_beyond_the_ends_is_not_asked_for() -> None:
    visited, order = following(np.array([0, 330, 30, 60.0]), np.array([0, 30, 60, 330.0]))
    assert visited == 1
    assert order == 2 / 3, "there and back again counts as back once"


def test_an_angle_goes_the_shorter_way_round() -> None:
    assert following(np.array([330, 0, 30.0]), ANGLES, 360) == (1, 1)
    assert following(np.array([30, 0, 330.0]), ANGLES, 360) == (1, 1)
    assert following(np.array([330, 180, 30.0]), ANGLES, 360)[0] == 2 / 3


def test_from_a_view_to_itself_nothing_is_missing() -> None:
    assert following(np.array([30, 30, 30.0]), ANGLES, 360) == (1, 1)
